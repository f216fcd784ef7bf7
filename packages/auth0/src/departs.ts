import { type Asked, type Departure, noTokens, type Policy, type Verdict } from '@claimsmith/core';

/** With client credentials an Action can neither take scopes out nor put scopes in: it refuses the token instead. */
export function departs(policy: Policy, verdict: Verdict, { trigger, scopes }: Asked): Departure | undefined {
  if (trigger !== 'credentials-exchange' || verdict.denied !== undefined) return undefined;
  const isRefused = scopes.some((scope) => !verdict.scopes.includes(scope));
  if (isRefused) {
    return {
      rule: 'TE808',
      path: ['scopes', policy.scopes[0]?.name ?? ''],
      why: 'With client credentials a refused scope denies the token: an Action can not take it out.',
      instead: { ...noTokens, denied: 'scope_refused' },
    };
  }
  const kept = verdict.scopes.filter((scope) => scopes.includes(scope));
  if (kept.length === verdict.scopes.length) return undefined;
  const added = policy.scopes.find(({ add, name }) => add && !scopes.includes(name));
  return {
    rule: 'TE809',
    path: ['scopes', added?.name ?? '', 'add'],
    why: 'With client credentials a scope that was not asked for is not added: an Action can not add scopes there.',
    instead: { ...verdict, scopes: kept },
  };
}
