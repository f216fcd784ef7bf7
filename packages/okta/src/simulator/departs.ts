import { type Asked, type Departure, noTokens, type Policy, type Verdict } from '@claimsmith/core';
import { scopeRefused } from '@claimsmith/runtime';

/** Okta's hook cannot remove scopes, so it denies the token. Okta makes ID tokens only for `openid`. */
export function departs(policy: Policy, verdict: Verdict, { scopes }: Asked): Departure | undefined {
  if (verdict.denied !== undefined) return undefined;
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
