import type { ExitCode } from '../exit.ts';
import { exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { execute } from '../publish/execute.ts';
import { openPublication } from '../publish/open.ts';
import {
  assertAllThere,
  assertSamePlan,
  assertSamePolicy,
  issuersOf,
  savedPlanAt,
} from '../publish/saved-plan.ts';
import { wantedBySpec } from '../publish/wanted.ts';

type Flags = FlagsOf<'apply'>;

/** Publishes a spec, or exactly what a saved plan says. */
export async function apply(
  terminal: Terminal,
  [argument]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  const saved = savedPlanAt(argument, terminal);
  const spec = saved?.spec ?? argument;
  const env = flags.env ?? saved?.environment;
  // A plan that was made with --issuer is for these alone.
  const issuer = flags.issuer.length > 0 || saved === undefined ? flags.issuer : issuersOf(saved);
  const set = flags.set.length > 0 ? flags.set : (saved?.set ?? []);
  const publication = await openPublication(terminal, spec, { ...flags, env, issuer, set });
  if (publication === undefined) return exit.failed;
  if (saved !== undefined) {
    assertSamePolicy(saved, publication);
    assertAllThere(saved, publication, flags.issuer);
  }
  const { revision } = publication.policy;
  return await execute(
    terminal,
    publication,
    {
      by: 'apply',
      aim: ({ place }) => ({ want: wantedBySpec(place), goal: { revision } }),
      ...(saved === undefined
        ? {}
        : { isReviewed: true, confirm: (site, plan) => assertSamePlan(saved, site, plan) }),
      adopt: flags.adopt,
    },
    flags,
  );
}
