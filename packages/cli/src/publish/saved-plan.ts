import { dirname, relative, resolve } from 'node:path';
import { DeployError, fingerprintOf, type Plan, readSavedPlan, type SavedPlan } from '@claimsmith/deploy';
import type { Terminal } from '../output/terminal.ts';
import { shown } from '../spec/find.ts';
import { readText } from '../spec/read-text.ts';
import { version } from '../version.ts';
import type { Publication, Site } from './open.ts';
import type { SiteResult } from './site-result.ts';

/** Whether an argument names a file that looks like a saved plan, and not like a spec. */
export function savedPlanAt(argument: string | undefined, { cwd }: Terminal): SavedPlan | undefined {
  if (argument === undefined || !argument.endsWith('.json')) return undefined;
  const path = resolve(cwd, argument);
  const content = readText(path, shown(path, cwd));
  if (content.kind === 'not_text' || !/"claimsmithPlan"\s*:/.test(content.text)) return undefined;
  const plan = readSavedPlan(shown(path, cwd), content.text);
  return { ...plan, spec: resolve(dirname(path), plan.spec) };
}

/** @param file absolute */
export function saved(
  publication: Publication,
  results: readonly SiteResult<Plan>[],
  file: string,
): SavedPlan {
  const { policy, environment, loaded, set } = publication;
  return {
    claimsmithPlan: 1,
    generator: `claimsmith ${version()}`,
    policy: policy.name,
    revision: policy.revision,
    environment: environment.name,
    spec: relative(dirname(file), loaded.file.path).replaceAll('\\', '/'),
    ...(set.length === 0 ? {} : { set: [...set] }),
    places: results.flatMap((result) => {
      if ('error' in result) return [];
      const { site, value } = result;
      return [
        {
          issuer: site.issuer.id,
          place: site.place.name,
          fingerprint: fingerprintOf(value),
          changes: value.steps.map(({ change: { kind, key } }) => ({ kind, key })),
        },
      ];
    }),
  };
}

/** @throws {DeployError} `plan` if the spec is another one than the plan was made for */
export function assertSamePolicy(plan: SavedPlan, { policy, environment }: Publication): void {
  if (
    plan.policy === policy.name &&
    plan.revision === policy.revision &&
    plan.environment === environment.name
  )
    return;
  throw new DeployError(
    'plan',
    `The plan was made for ${plan.policy}@${plan.revision} in ${plan.environment}, and the spec is ${policy.name}@${policy.revision} in ${environment.name}. Make a new plan.`,
  );
}

/** The issuers that a plan is for. */
export function issuersOf({ places }: SavedPlan): readonly string[] {
  return [...new Set(places.map(({ issuer }) => issuer))];
}

/**
 * @param asked issuers that were named; a plan may be applied in parts
 * @throws {DeployError} `plan` if the environment does not have a place of the plan any more
 */
export function assertAllThere(
  { places }: SavedPlan,
  { sites }: Publication,
  asked: readonly string[],
): void {
  const isThere = (id: string, name: string) =>
    sites.some(({ issuer, place }) => issuer.id === id && place.name === name);
  const gone = places.find(
    ({ issuer, place }) => (asked.length === 0 || asked.includes(issuer)) && !isThere(issuer, place),
  );
  if (gone === undefined) return;
  throw new DeployError(
    'plan',
    `The plan is also for ${gone.place}, which the environment does not have any more. Make a new plan.`,
  );
}

/** @throws {DeployError} `plan` if the place, or what the spec gives for it, has changed since the plan was made */
export function assertSamePlan(saved: SavedPlan, { issuer, place }: Site, plan: Plan): void {
  const then = saved.places.find((each) => each.issuer === issuer.id && each.place === place.name);
  if (then === undefined) {
    throw new DeployError('plan', `The plan does not include ${place.name}. Make a new plan.`);
  }
  if (then.fingerprint === fingerprintOf(plan)) return;
  const keys = new Set(then.changes.map(({ key }) => key));
  const differing = plan.steps.map(({ change }) => change.key).filter((key) => !keys.has(key));
  const what = differing.length === 0 ? '' : ` Now it would also change ${differing.join(', ')}.`;
  throw new DeployError('plan', `${place.name} has changed since the plan was made.${what} Make a new plan.`);
}
