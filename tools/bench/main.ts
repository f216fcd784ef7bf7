/** `npm run bench`: every ratio that Claimsmith promises, measured in one run, with its bound. */
import { availableParallelism, cpus } from 'node:os';
import { benchAuth0 } from './auth0.ts';
import { benchCli } from './cli.ts';
import { benchExpressions, formatExpressions } from './expressions.ts';

interface Promised {
  readonly what: string;
  readonly measured: string;
  readonly bound: string;
  readonly isKept: boolean;
}

console.log(
  `${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, Node ${process.version}`,
);

console.log('\nExpressions, time per evaluation');
const expressions = benchExpressions();
console.log(formatExpressions(expressions));

console.log('\nThe post-login Action of examples/payments, time per login');
const auth0 = await benchAuth0();
for (const { name, handWrittenUs, builtUs, ratio } of auth0.rows) {
  const times = `${handWrittenUs.toFixed(1).padStart(8)} µs hand${builtUs.toFixed(1).padStart(8)} µs built`;
  console.log(`${times}${ratio.toFixed(2).padStart(7)}x  ${name}`);
}

console.log('\nThe command, wall time');
const cli = benchCli();
for (const { what, bestMs, medianMs } of cli) {
  console.log(
    `${medianMs.toFixed(0).padStart(8)} ms median${bestMs.toFixed(0).padStart(6)} ms best  ${what}`,
  );
}

const promised: readonly Promised[] = [
  atMost('generated expressions, geometric mean against hand-written', expressions.generatedRatio, 1.25, 'x'),
  ...auth0.rows.map(({ name, ratio, boundRatio }) =>
    atMost(`Action against hand-written, ${name}`, ratio, boundRatio, 'x'),
  ),
  atMost('Action, minified', auth0.minifiedBytes / 1000, 12, ' kB'),
  ...cli.flatMap(({ what, bestMs, goalMs }) =>
    goalMs === undefined ? [] : [atMost(what, bestMs, goalMs, ' ms')],
  ),
];
console.log('\nPromised');
for (const { what, measured, bound, isKept } of promised) {
  console.log(`${isKept ? '✓' : '✗'} ${measured.padStart(9)}  at most ${bound.padEnd(8)} ${what}`);
}

function atMost(what: string, measured: number, bound: number, unit: string): Promised {
  const digits = unit === ' ms' ? 0 : 2;
  return {
    what,
    measured: `${measured.toFixed(digits)}${unit}`,
    bound: `${bound}${unit}`,
    isKept: measured <= bound,
  };
}
