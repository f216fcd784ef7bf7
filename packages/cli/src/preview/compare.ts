import { isDeepStrictEqual } from 'node:util';
import type { Issuance, ScenarioExpectation } from '@claimsmith/core';
import type { Decision } from '@claimsmith/runtime';

/** Something that should be one way and is another. */
export interface Mismatch {
  /** `access.roles`, `scopes`, `denied`. */
  readonly at: string;
  /** As JSON values; undefined stands for nothing. */
  readonly expected: unknown;
  readonly actual: unknown;
}

/** The tokens with the claims under the names that the spec gives them. */
export interface NamedIssuance {
  readonly denied: string | undefined;
  readonly access: Readonly<Record<string, unknown>>;
  readonly id: Readonly<Record<string, unknown>>;
  readonly scopes: readonly string[];
}

/**
 * Undoes the issuer's naming.
 *
 * @param names claim name in the spec to the name at the issuer
 */
export function withSpecNames(issuance: Issuance, names: Readonly<Record<string, string>>): NamedIssuance {
  const original = new Map(Object.entries(names).map(([claim, name]) => [name, claim]));
  const rename = (claims: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(Object.entries(claims).map(([name, value]) => [original.get(name) ?? name, value]));
  return {
    denied: issuance.denied?.description,
    access: rename(issuance.access),
    id: rename(issuance.id),
    scopes: issuance.scopes,
  };
}

/** Where a scenario's expectation is not met. */
export function unmet(expectation: ScenarioExpectation, actual: NamedIssuance): readonly Mismatch[] {
  if (expectation.denied !== actual.denied) {
    return [{ at: 'denied', expected: expectation.denied, actual: actual.denied }];
  }
  const found: Mismatch[] = [];
  for (const token of ['access', 'id'] as const) {
    for (const [claim, expected] of Object.entries(expectation[token] ?? {})) {
      const value = own(actual[token], claim);
      if (!isDeepStrictEqual(value, expected))
        found.push({ at: `${token}.${claim}`, expected, actual: value });
    }
    for (const claim of expectation.absent ?? []) {
      const value = own(actual[token], claim);
      if (value !== undefined) found.push({ at: `${token}.${claim}`, expected: undefined, actual: value });
    }
  }
  if (expectation.scopes !== undefined && !sameSet(expectation.scopes, actual.scopes)) {
    found.push({ at: 'scopes', expected: expectation.scopes, actual: actual.scopes });
  }
  return found;
}

/** Where the issuer's tokens are not what the policy decides. There must be none. */
export function divergences(
  decision: Decision,
  requested: readonly string[],
  actual: NamedIssuance,
): readonly Mismatch[] {
  if (decision.denied !== actual.denied) {
    return [{ at: 'denied', expected: decision.denied, actual: actual.denied }];
  }
  if (decision.denied !== undefined) return [];
  const found: Mismatch[] = [];
  for (const token of ['access', 'id'] as const) {
    for (const claim of new Set([...Object.keys(decision[token]), ...Object.keys(actual[token])])) {
      const expected = own(decision[token], claim);
      const value = own(actual[token], claim);
      if (!isDeepStrictEqual(value, expected))
        found.push({ at: `${token}.${claim}`, expected, actual: value });
    }
  }
  const { add, remove } = decision.scopes;
  const scopes = [...new Set([...requested.filter((scope) => !remove.includes(scope)), ...add])];
  if (!sameSet(scopes, actual.scopes)) found.push({ at: 'scopes', expected: scopes, actual: actual.scopes });
  return found;
}

function own(record: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return isDeepStrictEqual([...new Set(a)].sort(), [...new Set(b)].sort());
}
