import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One command, timed from start to exit. */
export interface CliRow {
  readonly what: string;
  /** The fastest run: what the work takes when nothing else is on the machine. */
  readonly bestMs: number;
  readonly medianMs: number;
  /** The median against that of an empty node process. */
  readonly ratio: number;
  /** What `ratio` shall not exceed; undefined for a row without such a bound. */
  readonly boundRatio: number | undefined;
  /** What `bestMs` shall not exceed. */
  readonly boundMs?: number | undefined;
}

const command = fileURLToPath(new URL('../../packages/cli/bin/claimsmith.js', import.meta.url));

/**
 * Times the built command, `npm run build` first. Commands take turns, so that a busy moment hits all of them, and are
 * compared with an empty process of the same minute. Their compiled code is kept in a folder of this run.
 *
 * @param rounds runs of each command. Default 20
 */
export function benchCli(rounds = 20): readonly CliRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bench-'));
  try {
    writeFileSync(join(folder, 'enrichment.yaml'), specOf(24, list));
    const huge = join(folder, 'huge');
    mkdirSync(huge);
    writeFileSync(join(huge, 'enrichment.yaml'), specOf(500, flag));
    writeFileSync(join(folder, 'nothing.mjs'), '');
    const cases = [
      { what: 'node, doing nothing', args: [join(folder, 'nothing.mjs')], boundRatio: undefined },
      { what: 'claimsmith --help', args: [command, '--help'], boundRatio: 1.5 },
      { what: 'claimsmith check, 200 lines', args: [command, 'check', folder], boundRatio: 3.5 },
      {
        what: 'claimsmith check, 500 claims',
        args: [command, 'check', huge],
        boundRatio: undefined,
        boundMs: 400,
      },
      { what: 'claimsmith build, 200 lines', args: [command, 'build', folder], boundRatio: undefined },
    ];
    const times = cases.map((): number[] => []);
    const environment = { ...process.env, CI: '', XDG_CACHE_HOME: folder };
    // The first round fills the cache of compiled code.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { args }] of cases.entries()) {
        const elapsed = timeOf(args, environment);
        if (round > 0) times[index]?.push(elapsed);
      }
    }
    const sorted = times.map((some) => some.toSorted((a, b) => a - b));
    const medians = sorted.map((some) => some[some.length >> 1] ?? Number.NaN);
    return cases.map(({ what, boundRatio, boundMs }, index) => {
      const medianMs = medians[index] ?? Number.NaN;
      const ratio = medianMs / (medians[0] ?? Number.NaN);
      return { what, boundRatio, boundMs, ratio, medianMs, bestMs: sorted[index]?.[0] ?? Number.NaN };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeOf(args: readonly string[], env: NodeJS.ProcessEnv): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return elapsed;
}

/** A list, bounded. */
function list(index: number): string {
  return `user.attributes.teams.filter(t, t.startsWith("${index}:")).map(t, t.substring(3))
    maxItems: 20`;
}

/** Of lists, so many would make a token too large. */
function flag(index: number): string {
  return `'"team-${index}" in user.attributes.teams && !("guest-${index}" in user.attributes.teams)'`;
}

/** Claims of 7 or 8 lines each, and what they need: 200 lines for 24 claims. */
function specOf(count: number, written: (index: number) => string): string {
  const claims = Array.from({ length: count }, (_, index) => {
    return `  claim_${index}:
    value: ${written(index)}
    when: subject_type == "human" && "team.read" in request.scopes
    kind: descriptive
    maxAge: 15m
    consumers: [team-api]
    owner: teams@bench.example
`;
  });
  return `version: 1
name: bench
lifetime: { access: 10m }
user:
  attributes: { teams: list(string) }
claims:
${claims.join('')}
issuers:
  auth0: {}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const { what, bestMs, medianMs, ratio, boundRatio, boundMs } of benchCli()) {
    const bound =
      boundRatio !== undefined
        ? `, at most ${boundRatio}x${ratio <= boundRatio ? '' : ': missed'}`
        : boundMs !== undefined
          ? `, best at most ${boundMs} ms${bestMs <= boundMs ? '' : ': missed'}`
          : '';
    const times = `best ${bestMs.toFixed(0).padStart(4)} ms  median ${medianMs.toFixed(0).padStart(4)} ms`;
    console.log(`${what.padEnd(30)} ${times} ${ratio.toFixed(2).padStart(6)}x${bound}`);
  }
}
