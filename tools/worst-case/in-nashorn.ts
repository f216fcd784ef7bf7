import { runInNashorn } from '../nashorn.ts';
import type { Trial } from './search.ts';

/** How long an issuance takes in Keycloak's engine, in milliseconds of processor time: new to it, and later on. */
export interface NashornTime {
  readonly firstMs: number;
  readonly laterMs: number;
}

const RUNS = 6;

/** Runs trials anew in Nashorn, each with code that the engine has not seen. */
export function timeInNashorn(classPath: string, trials: readonly Trial[]): readonly NashornTime[] {
  const script = `
var thread = Java.type('java.lang.management.ManagementFactory').getThreadMXBean();
function timed(program, raw) {
  var times = [], start, run;
  for (run = 0; run < ${RUNS}; run++) {
    start = thread.getCurrentThreadCpuTime();
    program.decide(program.context(raw), {});
    times.push((thread.getCurrentThreadCpuTime() - start) / 1e6);
  }
  print(times.join(' '));
}
${trials.map(({ text, raw }) => `timed((function () {\n${text}\nreturn program;\n})(), ${JSON.stringify(raw)});`).join('\n')}
`;
  return runInNashorn(classPath, script).map((line) => {
    const [firstMs = Number.NaN, ...later] = line.split(' ').map(Number);
    return { firstMs, laterMs: Math.max(...later) };
  });
}
