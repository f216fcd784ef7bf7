import {
  type Asked,
  challengeDeparture,
  type Departure,
  enrichedOf,
  leftAloneBy,
  mappingOf,
  noTokens,
  observedDeparture,
  type Policy,
  textOf,
  type Verdict,
} from '@claimsmith/core';
import { scopeRefused } from '@claimsmith/runtime';
import { listedGroups, planOf } from '../plan/plan.ts';
import { settingsOf } from '../settings.ts';
import { bypass } from './bypass.ts';
import { audienceOf } from './event-from.ts';

/** A sentence without its end. */
export const cannotAsk = "Okta's hook cannot ask for a factor, so the token is denied";

/** Okta's hook cannot remove scopes, so it denies the token. Okta makes ID tokens only for `openid`. */
export function departs(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined {
  const { scopes } = asked;
  const left =
    leftAlone(policy, verdict, asked) ??
    observedDeparture({ id: 'okta', title: 'Okta' }, settingsOf(policy).observe, asked.client, () => ({
      ...noTokens,
      denied: undefined,
      scopes,
      audiences: [audienceOf(policy, textOf(mappingOf(asked.context['request'])['audience']))],
    }));
  if (left !== undefined) return left;
  if (verdict.denied !== undefined) return challengeDeparture(policy, verdict, cannotAsk);
  if (scopes.some((scope) => !verdict.scopes.includes(scope))) {
    return {
      rule: 'TE808',
      path: ['scopes', policy.scopes[0]?.name ?? ''],
      why: 'A refused scope denies the token: a hook cannot remove scopes.',
      instead: { ...noTokens, denied: scopeRefused },
    };
  }
  const id = scopes.includes('openid') ? verdict.id : {};
  const instead = { ...verdict, access: withoutEmpty(verdict.access, policy), id: withoutEmpty(id, policy) };
  const dropped = listedGroups(policy).find((name) =>
    [verdict.access, id].some((claims) => isEmpty(claims[name])),
  );
  if (dropped !== undefined)
    return {
      rule: 'TE822',
      path: ['claims', dropped],
      why: 'Okta leaves an empty list of groups out.',
      instead,
    };
  if (Object.keys(verdict.id).length === Object.keys(id).length) return undefined;
  return {
    rule: 'TE810',
    path: ['claims', policy.claims.find(({ tokens }) => tokens.includes('id'))?.name ?? ''],
    why: 'Okta makes an ID token only if the client asks for `openid`.',
    instead,
  };
}

/** Without the empty lists that native claims of groups leave out. */
function withoutEmpty(claims: Verdict['access'], policy: Policy): Verdict['access'] {
  const listed = listedGroups(policy);
  return Object.fromEntries(
    Object.entries(claims).filter(([name, value]) => !(listed.includes(name) && isEmpty(value))),
  );
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** A token that the settings exclude stays as Okta made it, without feeders; a guard makes it worthless. */
function leftAlone(
  policy: Policy,
  verdict: Verdict,
  { client, scopes, context }: Asked,
): Departure | undefined {
  const { clients } = enrichedOf(settingsOf(policy)) ?? {};
  const isOfOther = leftAloneBy({ clients }, client, undefined) !== undefined;
  const audience = textOf(mappingOf(context['request'])['audience']);
  const promised = bypass.promised(policy, audience);
  const { marker } = policy;
  const guarded =
    marker === undefined || promised?.marker === undefined ? {} : { [marker.claim]: promised.marker };
  if (!isOfOther && !(verdict.left === true && hasGuard(policy))) return undefined;
  return {
    rule: 'TE832',
    path: isOfOther ? ['issuers', 'okta', 'clients'] : ['applies'],
    isGuarded: true,
    why: `Okta issues these tokens without the policy: \`${isOfOther ? 'clients' : 'applies'}\` excludes them.`,
    instead: {
      ...noTokens,
      denied: undefined,
      access: guarded,
      scopes,
      audiences: promised?.audiences ?? [audienceOf(policy, audience)],
      lifetimeSeconds: promised?.mostSeconds,
    },
  };
}

/** Whether the guard changes tokens that are left alone. */
function hasGuard(policy: Policy): boolean {
  const { hook, settings } = planOf(policy);
  return hook !== undefined && settings.guard.length > 0;
}
