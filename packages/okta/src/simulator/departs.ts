import {
  type Asked,
  challengeDeparture,
  type Departure,
  enrichedOf,
  leftAloneBy,
  mappingOf,
  noTokens,
  type Policy,
  textOf,
  type Verdict,
} from '@claimsmith/core';
import { scopeRefused } from '@claimsmith/runtime';
import { settingsOf } from '../settings.ts';
import { bypass } from './bypass.ts';
import { audienceOf } from './event-from.ts';

/** A sentence without its end. */
export const cannotAsk = "Okta's hook cannot ask for a factor, so the token is denied";

/** Okta's hook cannot remove scopes, so it denies the token. Okta makes ID tokens only for `openid`. */
export function departs(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined {
  const { scopes } = asked;
  const left = leftAlone(policy, asked);
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
  if (scopes.includes('openid') || Object.keys(verdict.id).length === 0) return undefined;
  return {
    rule: 'TE810',
    path: ['claims', policy.claims.find(({ tokens }) => tokens.includes('id'))?.name ?? ''],
    why: 'Okta makes an ID token only if the client asks for `openid`.',
    instead: { ...verdict, id: {} },
  };
}

/** A token that the settings exclude stays as Okta made it, without feeders; a guard makes it worthless. */
function leftAlone(policy: Policy, { client, scopes, context }: Asked): Departure | undefined {
  const { clients } = enrichedOf(settingsOf(policy)) ?? {};
  if (leftAloneBy({ clients }, client, undefined) === undefined) return undefined;
  const audience = textOf(mappingOf(context['request'])['audience']);
  const promised = bypass.promised(policy, audience);
  const marker =
    policy.marker === undefined || promised?.marker === undefined
      ? {}
      : { [policy.marker.claim]: promised.marker };
  return {
    rule: 'TE832',
    path: ['issuers', 'okta', 'clients'],
    isGuarded: true,
    why: 'Okta issues these tokens without the policy: `clients` excludes them.',
    instead: {
      ...noTokens,
      denied: undefined,
      access: marker,
      scopes,
      audiences: promised?.audiences ?? [audienceOf(policy, audience)],
      lifetimeSeconds: promised?.mostSeconds,
    },
  };
}
