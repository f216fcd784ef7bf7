/** `node … tools/bystander/main.ts --seconds 10` prints how long a bystander waits while a hook is under attack. */
import { parseArgs } from 'node:util';
import { formatBystanders, measureBystanders } from './measure.ts';

const { values } = parseArgs({ options: { seconds: { type: 'string' } } });
console.log(formatBystanders(await measureBystanders(Number(values.seconds ?? 10))));
