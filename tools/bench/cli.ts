import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** One command, timed from start to exit. */
export interface CliRow {
  readonly what: string;
  /** The fastest run: what the work takes when nothing else is on the machine. */
  readonly bestMs: number;
  readonly medianMs: number;
  /** What the product promises; undefined for a row that is there to compare with. */
  readonly goalMs: number | undefined;
}

const command = fileURLToPath(new URL('../../packages/cli/bin/claimsmith.js', import.meta.url));

/**
 * Times the built command, `npm run build` first. Commands take turns, so that a busy moment hits all of them.
 *
 * @param rounds runs of each command. Default 20
 */
export function benchCli(rounds = 20): readonly CliRow[] {
  const folder = mkdtempSync(join(tmpdir(), 'claimsmith-bench-'));
  try {
    writeFileSync(join(folder, 'enrichment.yaml'), longSpec());
    writeFileSync(join(folder, 'nothing.mjs'), '');
    const cases = [
      { what: 'node, doing nothing', args: [join(folder, 'nothing.mjs')], goalMs: undefined },
      { what: 'claimsmith --help', args: [command, '--help'], goalMs: 60 },
      { what: 'claimsmith check, 200 lines', args: [command, 'check', folder], goalMs: 120 },
      { what: 'claimsmith build, 200 lines', args: [command, 'build', folder], goalMs: undefined },
    ];
    const times = cases.map((): number[] => []);
    // The first round fills the compile cache.
    for (let round = 0; round <= rounds; round++) {
      for (const [index, { args }] of cases.entries()) {
        const elapsed = timeOf(args);
        if (round > 0) times[index]?.push(elapsed);
      }
    }
    return cases.map(({ what, goalMs }, index) => {
      const sorted = (times[index] ?? []).toSorted((a, b) => a - b);
      return { what, goalMs, bestMs: sorted[0] ?? 0, medianMs: sorted[sorted.length >> 1] ?? 0 };
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function timeOf(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  const elapsed = performance.now() - start;
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return elapsed;
}

/** About 200 lines: 24 claims of 8 lines each, and what they need. */
function longSpec(): string {
  const claims = Array.from({ length: 24 }, (_, index) => {
    return `  claim_${index}:
    value: user.attributes.teams.filter(t, t.startsWith("${index}:")).map(t, t.substring(3))
    when: subject_type == "human" && "team.read" in request.scopes
    kind: descriptive
    maxItems: 20
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
  for (const { what, bestMs, medianMs, goalMs } of benchCli()) {
    const goal = goalMs === undefined ? '' : `  goal ${goalMs} ms${bestMs <= goalMs ? '' : ', missed'}`;
    console.log(
      `${what.padEnd(30)} best ${bestMs.toFixed(0).padStart(4)} ms  median ${medianMs.toFixed(0).padStart(4)} ms${goal}`,
    );
  }
}
