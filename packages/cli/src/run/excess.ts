import { isDeepStrictEqual } from 'node:util';
import { own, type PolicyClaim, type Verdict } from '@claimsmith/core';
import type { Mismatch } from './compare.ts';

/**
 * Where tokens grant more than the policy: a token despite a denial, an authoritative claim that the policy lacks or
 * has with another value, a refused scope, another audience, or a longer life. Only a finding that the spec accepts announces these.
 */
export function excessOf(
  { claims }: { readonly claims: readonly Pick<PolicyClaim, 'name' | 'kind'>[] },
  due: Verdict,
  actual: Verdict,
): readonly Mismatch[] {
  if (actual.denied !== undefined) return [];
  if (due.denied !== undefined) return [{ at: 'denied', expected: due.denied, actual: undefined }];
  const found: Mismatch[] = [];
  const authoritative = claims.filter(({ kind }) => kind === 'authoritative').map(({ name }) => name);
  for (const token of ['access', 'id'] as const) {
    for (const name of authoritative) {
      const [expected, signed] = [own(due[token], name), own(actual[token], name)];
      if (signed !== undefined && !isWithin(signed, expected))
        found.push({ at: `${token}.${name}`, expected, actual: signed });
    }
  }
  if (actual.scopes.some((scope) => !due.scopes.includes(scope)))
    found.push({ at: 'scopes', expected: due.scopes, actual: actual.scopes });
  if (actual.audiences.some((audience) => !due.audiences.includes(audience)))
    found.push({ at: 'audience', expected: due.audiences, actual: actual.audiences });
  const { lifetimeSeconds } = due;
  if (lifetimeSeconds !== undefined && !((actual.lifetimeSeconds ?? Infinity) <= lifetimeSeconds))
    found.push({ at: 'lifetime', expected: lifetimeSeconds, actual: actual.lifetimeSeconds });
  return found;
}

/** Whether a value grants no more than another: the same, false for true, or a part of a list. */
export function isWithin(value: unknown, other: unknown): boolean {
  if (isDeepStrictEqual(value, other)) return true;
  if (value === false) return other === true;
  if (!Array.isArray(value) || !Array.isArray(other)) return false;
  return value.every((element) => other.some((one) => isDeepStrictEqual(one, element)));
}
