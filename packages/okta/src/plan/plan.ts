import { dependsOnActor, enrichedOf, oncePer, type Policy, restsOn, settingKeysOf } from '@claimsmith/core';
import { type Settings, settingsOf } from '../settings.ts';
import { type Classification, classify, nativeApplies } from './classify.ts';
import { isUnsaid } from './el/lower.ts';

/** How a policy is split between Okta and the hook. */
export interface Plan {
  readonly settings: Settings;
  readonly claims: Readonly<Record<string, Classification>>;
  /** The part of the policy that the hook decides; undefined if no hook is needed. */
  readonly hook: Policy | undefined;
  /** Whether a token whose hook was not called would grant more than the policy. */
  readonly needsGuard: boolean;
}

/** The split of a policy. */
export const planOf = oncePer((policy: Policy): Plan => {
  const claims = classify(policy);
  const settings = settingsOf(policy);
  const hook = hookPolicy(policy, claims, settings);
  const grants =
    policy.deny.length > 0 ||
    policy.scopes.length > 0 ||
    policy.details.length > 0 ||
    hook?.claims.some(({ kind }) => kind === 'authoritative') === true;
  return { settings, claims, hook, needsGuard: hook !== undefined && grants && settings.observe !== true };
});

/** The native claims that list groups of the user. Okta leaves out an empty list. */
export function listedGroups(policy: Policy): readonly string[] {
  return Object.entries(planOf(policy).claims).flatMap(([name, made]) =>
    made.via === 'native' && made.value?.valueType === 'GROUPS' ? [name] : [],
  );
}

function hookPolicy(policy: Policy, plans: Plan['claims'], settings: Settings): Policy | undefined {
  const claims = policy.claims.filter(({ name }) => plans[name]?.via === 'hook');
  const isNeeded =
    settings.observe !== undefined ||
    settings.remove !== undefined ||
    claims.length > 0 ||
    policy.deny.length > 0 ||
    policy.scopes.length > 0 ||
    policy.details.length > 0 ||
    !isRuleLifetime(policy) ||
    isUnsaid(nativeApplies(policy, settings));
  if (!isNeeded) return undefined;
  const parts = [...policy.deny, ...claims, ...policy.scopes, ...policy.details];
  const rests = restsOn({ ...policy, claims: [] });
  const read = new Set(parts.flatMap(({ reads }) => rests(reads).sources));
  const sources = policy.sources.filter(({ name }) => read.has(name));
  const written = JSON.stringify(sources.map(({ name }) => policy.spec.sources?.[name]));
  const keys = settingKeysOf({ ...policy, claims, sources });
  return {
    ...policy,
    // An authorization server has one audience: `check` compares it.
    only: enrichedOf({ clients: settings.clients }),
    claims,
    sources,
    // The hook denies exchanged tokens also where Okta makes all claims that are not for them.
    dependsOnActor: dependsOnActor(policy),
    secrets: policy.secrets.filter(
      (name) => name === policy.auditKey || written.includes(`\${${name}}`) || keys.includes(name),
    ),
  };
}

/** Whether a rule can set the lifetime: it counts in minutes. */
function isRuleLifetime({ spec }: Policy): boolean {
  return (spec.lifetime?.access ?? 0) % 60_000 === 0;
}
