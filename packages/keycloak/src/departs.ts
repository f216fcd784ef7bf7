import type { Asked, Departure, Policy, Verdict } from '@claimsmith/core';
import { gateOf, planOf } from './plan.ts';
import { refusedScopes } from './scope-plan.ts';
import { settingsOf } from './settings.ts';
import type { TriggerId } from './supplies.ts';

const serviceAccount: TriggerId = 'service-account';

/** Keycloak refuses scopes that name an object, mappers leave empty lists out, and service accounts get nothing of the policy where the settings say so. */
export function departs(policy: Policy, verdict: Verdict, { trigger, scopes }: Asked): Departure | undefined {
  const settings = settingsOf(policy);
  const refused = refusedScopes(policy);
  if (scopes.some((scope) => refused.some((beginning) => scope.startsWith(beginning)))) {
    return {
      rule: 'TE804',
      why: 'Keycloak knows scopes by fixed names: it refuses a request for one that names an object.',
      instead: { denied: 'invalid_scope', access: {}, id: {}, scopes: [] },
    };
  }
  if (settings.scripts && !settings.serviceAccounts && trigger === serviceAccount) {
    return {
      rule: 'TE804',
      why: 'The tokens of service accounts are not enriched, and lack the audience of the API.',
      instead: { denied: undefined, access: {}, id: {}, scopes },
    };
  }
  if (verdict.denied !== undefined) return unpermitted(policy, verdict, scopes);
  const dropped = new Set(
    planOf(policy)
      .filter((plan) => plan.by === 'mapper' && plan.limits.includes('empty_list'))
      .map(({ claim }) => claim.name),
  );
  const access = withoutEmpty(verdict.access, dropped);
  const id = withoutEmpty(verdict.id, dropped);
  if (access === verdict.access && id === verdict.id) return undefined;
  return { rule: 'TE804', why: 'Keycloak leaves an empty list out.', instead: { ...verdict, access, id } };
}

/** Where a role opens everything, a token without it is issued, but has nothing of the policy. */
function unpermitted(policy: Policy, { denied }: Verdict, scopes: readonly string[]): Departure | undefined {
  const gate = gateOf(policy, settingsOf(policy));
  if (gate === true || gate === undefined || !policy.deny.some(({ reason }) => reason === denied))
    return undefined;
  const others = scopes.filter((scope) => !policy.scopes.some(({ name }) => name === scope));
  return {
    rule: 'TE804',
    why: 'Nothing native denies a token: it lacks the audience of the API and all claims instead.',
    instead: { denied: undefined, access: {}, id: {}, scopes: others },
  };
}

function withoutEmpty(claims: Verdict['access'], dropped: ReadonlySet<string>): Verdict['access'] {
  const kept = Object.entries(claims).filter(
    ([name, value]) => !(dropped.has(name) && Array.isArray(value) && value.length === 0),
  );
  return kept.length === Object.keys(claims).length ? claims : Object.fromEntries(kept);
}
