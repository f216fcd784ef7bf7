import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { hasConflict, type Plan, planAt } from '@claimsmith/deploy';
import { CliError, systemReason } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { openPublication, type Publication, type Site } from '../publish/open.ts';
import { progressOf } from '../publish/progress.ts';
import { saved } from '../publish/saved-plan.ts';
import { atEach, failureCode, parallelOf, type SiteResult } from '../publish/site-result.ts';
import { wantedBySpec } from '../publish/wanted.ts';
import { planJson, planSummary, showPlans } from '../show/publication.ts';
import { shown } from '../spec/find.ts';

type Flags = FlagsOf<'plan'>;

/** Shows what `apply` would change at each place. It only reads. */
export async function plan(terminal: Terminal, [spec]: readonly string[], flags: Flags): Promise<ExitCode> {
  const publication = await openPublication(terminal, spec, flags);
  if (publication === undefined) return exit.failed;
  const results = await plansOf(terminal, publication, flags);
  if (flags.json) terminal.out(jsonDocument(plansJson(publication, results)));
  else {
    terminal.out(showPlans(results, terminal, flags.verbose));
    terminal.out(`\n${planSummary(results, terminal, 'apply')}`);
  }
  if (flags.out !== undefined) save(terminal, publication, results, flags.out);
  return verdict(results);
}

/** The plan of each place, some places at the same time. */
export function plansOf(
  terminal: Terminal,
  { sites }: Publication,
  flags: { readonly parallel: string | undefined; readonly adopt: boolean },
): Promise<readonly SiteResult<Plan>[]> {
  const parallel = parallelOf(flags.parallel);
  return atEach(sites, parallel, progressOf(sites.length, terminal), (site) => planOfSite(site, flags.adopt));
}

async function planOfSite({ place }: Site, adopt: boolean): Promise<Plan> {
  const { plan } = await planAt({ place, adopt, want: wantedBySpec(place) });
  return plan;
}

export function plansJson(publication: Publication, results: readonly SiteResult<Plan>[]): object {
  const { policy, environment } = publication;
  return {
    policy: policy.name,
    revision: policy.revision,
    environment: environment.name,
    requests: publication.requests(),
    places: results.map(planJson),
  };
}

function verdict(results: readonly SiteResult<Plan>[]): ExitCode {
  const errors = results.flatMap((result) => ('error' in result ? [result.error] : []));
  const failure = failureCode(errors);
  if (failure !== undefined) return failure;
  const isInSync = results.every(
    (result) => 'value' in result && result.value.steps.length === 0 && !hasConflict(result.value),
  );
  return isInSync ? exit.fine : exit.findings;
}

function save(
  terminal: Terminal,
  publication: Publication,
  results: readonly SiteResult<Plan>[],
  out: string,
): void {
  const path = resolve(terminal.cwd, out);
  if (results.some((result) => 'error' in result || hasConflict(result.value))) {
    terminal.err(`${shown(path, terminal.cwd)} was not written: a place failed or has conflicts.\n`);
    return;
  }
  try {
    writeFileSync(path, `${JSON.stringify(saved(publication, results, path), undefined, 2)}\n`);
  } catch (error) {
    throw new CliError('io', `${shown(path, terminal.cwd)}: ${systemReason(error)}`);
  }
}
