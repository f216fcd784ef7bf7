import type { Policy } from '@claimsmith/core';
import { sentinel } from '@claimsmith/core';
import { claimName } from '../names.ts';
import { nativeApplies, whereApplies } from '../plan/classify.ts';
import { isUnsaid } from '../plan/el/lower.ts';
import { literal } from '../plan/el/make.ts';
import { type FeederPlan, proofOf } from '../plan/feeders.ts';
import type { NativeClaim } from '../plan/native-claim.ts';
import type { Plan } from '../plan/plan.ts';

type Token = 'access' | 'id';

/** All claims that Okta makes itself: those of the policy, the marker, and the feeders. The policy's own come first. */
export function nativeClaims(
  policy: Policy,
  plan: Plan,
  feeders: readonly FeederPlan[],
): readonly NativeClaim[] {
  return [...policyClaims(policy, plan), ...markerClaims(policy, plan), ...feederClaims(feeders)];
}

function policyClaims(policy: Policy, { claims }: Plan): readonly NativeClaim[] {
  return policy.claims.flatMap((claim) => {
    const made = claims[claim.name];
    if (made?.via !== 'native' || made.value === undefined) return [];
    const {
      value: { valueType, value },
      scopes,
    } = made;
    const nativeClaim = valueType === 'GROUPS' ? groupsClaim : expressionClaim;
    return tokens
      .filter((token) => claim.tokens.includes(token))
      .map((token) => nativeClaim(claimName(claim, policy), token, value, scopes));
  });
}

/**
 * The native marker. Without a hook, it is the real one. With a hook, its value says that the hook has not run;
 * without such a value there is no native marker.
 */
function markerClaims(policy: Policy, { hook, settings }: Plan): readonly NativeClaim[] {
  const { marker } = policy;
  if (marker === undefined) return [];
  const applies = nativeApplies(policy, settings);
  if (hook === undefined && !isUnsaid(applies))
    return [expressionClaim(marker.claim, 'access', whereApplies(literal(marker.value), applies))];
  return settings.guard.includes('sentinel')
    ? [expressionClaim(marker.claim, 'access', `"${sentinel}"`)]
    : [];
}

/**
 * In both tokens, because the request decides which of them the hook sees. The proof comes after the feeders: a person
 * who creates the claims in this order never has the proof without all feeders.
 */
function feederClaims(feeders: readonly FeederPlan[]): readonly NativeClaim[] {
  if (feeders.length === 0) return [];
  return tokens.flatMap((token) => [
    ...feeders.map(({ claim, kind, value }) =>
      kind === 'groups' ? groupsClaim(claim, token, value) : expressionClaim(claim, token, value),
    ),
    expressionClaim(proofOf(feeders), token, 'true'),
  ]);
}

const tokens: readonly Token[] = ['access', 'id'];
const claimTypes = { access: 'RESOURCE', id: 'IDENTITY' } as const;

function expressionClaim(
  name: string,
  token: Token,
  value: string,
  scopes: readonly string[] = [],
): NativeClaim {
  return {
    name,
    status: 'ACTIVE',
    claimType: claimTypes[token],
    valueType: 'EXPRESSION',
    value,
    conditions: { scopes },
    alwaysIncludeInToken: true,
  };
}

function groupsClaim(
  name: string,
  token: Token,
  pattern: string,
  scopes: readonly string[] = [],
): NativeClaim {
  return {
    name,
    status: 'ACTIVE',
    claimType: claimTypes[token],
    valueType: 'GROUPS',
    value: pattern,
    group_filter_type: 'REGEX',
    conditions: { scopes },
    alwaysIncludeInToken: true,
  };
}
