import {
  type Issuance,
  openIdScopes,
  otherScopes,
  own,
  type Policy,
  type PolicyClaim,
  type TokenName,
  tokenNames,
  type Verdict,
} from '@claimsmith/core';
import type { ScenarioExpectation } from '@claimsmith/core/spec';
import { sameJson } from './same-json.ts';

/** Something that should be one way and is another. */
export interface Mismatch {
  /** `access.roles`, `scopes`, `denied`, `challenged`. */
  readonly at: string;
  /** As JSON values; undefined means none. */
  readonly expected: unknown;
  readonly actual: unknown;
}

/**
 * Maps the issuer's claim names back to those of the spec. Claims that never occur in one token may share a name.
 *
 * @param names claim name in the spec to the name at the issuer
 * @param rules whose messages clients see instead of reasons
 */
export function withSpecNames(
  issuance: Issuance,
  names: Readonly<Record<string, string>>,
  claims: NamedClaims,
  rules: readonly Pick<Policy['deny'][number], 'reason' | 'message'>[],
): Verdict {
  const rename = (token: TokenName) => {
    const original = originalNames(token, names, claims);
    const signed = Object.entries(issuance[token] ?? {});
    return Object.fromEntries(signed.map(([name, value]) => [original.get(name) ?? name, value]));
  };
  const { denied, challenged, scopes, audiences, lifetimeSeconds } = issuance;
  return {
    denied:
      denied && (rules.find(({ message }) => message === denied.description)?.reason ?? denied.description),
    ...(challenged === undefined ? {} : { challenged }),
    access: rename('access'),
    id: rename('id'),
    ...(issuance.userinfo === undefined ? {} : { userinfo: rename('userinfo') }),
    scopes,
    audiences,
    lifetimeSeconds,
  };
}

type NamedClaims = readonly Pick<PolicyClaim, 'name' | 'tokens'>[];

/** The names in the spec of the claims of a token, by the issuer's. */
export function originalNames(
  token: TokenName,
  names: Readonly<Record<string, string>>,
  claims: NamedClaims,
): ReadonlyMap<string, string> {
  // An issuer may show the claims of the ID token in the userinfo answer, too.
  const sources = token === 'userinfo' ? (['id', token] as const) : [token];
  const own = sources.flatMap((source) => claims.filter(({ tokens }) => tokens.includes(source)));
  return new Map(own.map(({ name }) => [names[name] ?? name, name]));
}

/** Where a scenario's expectation is not met by a policy's tokens. */
export function unmet(
  expectation: ScenarioExpectation,
  actual: Verdict,
  policy: Pick<Policy, 'marker' | 'scopes'>,
): readonly Mismatch[] {
  const asked = challengeMismatch(expectation, actual);
  if (asked !== undefined) return asked;
  if (expectation.denied !== actual.denied) {
    return [{ at: 'denied', expected: expectation.denied, actual: actual.denied }];
  }
  const found: Mismatch[] = [];
  for (const token of tokenNames) {
    for (const [claim, expected] of Object.entries(expectation[token] ?? {})) {
      const value = own(actual[token] ?? {}, claim);
      if (!sameJson(value, expected)) found.push({ at: `${token}.${claim}`, expected, actual: value });
    }
    for (const claim of expectation.absent ?? []) {
      const value = own(actual[token] ?? {}, claim);
      if (value !== undefined) found.push({ at: `${token}.${claim}`, expected: undefined, actual: value });
    }
  }
  if (expectation.scopes !== undefined && !sameSet(expectation.scopes, actual.scopes)) {
    found.push({ at: 'scopes', expected: expectation.scopes, actual: actual.scopes });
  }
  return expectation.only ? [...found, ...unnamed(expectation, actual, policy)] : found;
}

/**
 * How the factor that a user is asked for differs; undefined if neither asks. What asks gives no reason, so only the factor
 * counts.
 */
function challengeMismatch(
  { challenged: expected }: Pick<ScenarioExpectation, 'challenged'>,
  { challenged: actual }: Verdict,
): readonly Mismatch[] | undefined {
  if (expected === actual) return expected === undefined ? undefined : [];
  return [{ at: 'challenged', expected, actual }];
}

/** Unexpected content of tokens. Scopes that the policy does not decide on belong to the issuer. */
function unnamed(
  expectation: ScenarioExpectation,
  actual: Verdict,
  { marker, scopes }: Pick<Policy, 'marker' | 'scopes'>,
): readonly Mismatch[] {
  const claims = tokenNames.flatMap((token) =>
    Object.entries(actual[token] ?? {})
      .filter(([name]) => name !== marker?.claim && own(expectation[token] ?? {}, name) === undefined)
      .filter(([name]) => !expectation.absent?.includes(name))
      // An issuer may answer userinfo from the ID token, where an unexpected claim is found already.
      .filter(([name, value]) => token !== 'userinfo' || !sameJson(value, own(actual.id, name)))
      .map(([name, value]) => ({ at: `${token}.${name}`, expected: undefined, actual: value })),
  );
  const granted = actual.scopes.filter((scope) => scopes.some((rule) => decidesOn(rule, scope)));
  return expectation.scopes === undefined && granted.length > 0
    ? [...claims, { at: 'scopes', expected: [], actual: granted }]
    : claims;
}

/** Whether a scope of a policy is about a requested scope. */
export function decidesOn({ name, pattern, placeholders }: Policy['scopes'][number], scope: string): boolean {
  if (name === otherScopes) return !openIdScopes.includes(scope);
  return placeholders.length === 0 ? name === scope : scope.startsWith(pattern[0] ?? '');
}

/** Where an issuer's tokens are not what they are to be. */
export function differences(expected: Verdict, actual: Verdict): readonly Mismatch[] {
  const asked = challengeMismatch(expected, actual);
  if (asked !== undefined) return asked;
  if (expected.denied !== actual.denied) {
    return [{ at: 'denied', expected: expected.denied, actual: actual.denied }];
  }
  if (expected.denied !== undefined) return [];
  const found: Mismatch[] = [];
  for (const token of tokenNames) {
    const due = expected[token];
    // A policy without claims in the userinfo answer leaves it to the issuer.
    if (due === undefined) continue;
    for (const [claim, value, wanted] of bothOf(actual[token] ?? {}, due)) {
      if (!sameJson(value, wanted)) found.push({ at: `${token}.${claim}`, expected: wanted, actual: value });
    }
  }
  if (!sameSet(expected.scopes, actual.scopes))
    found.push({ at: 'scopes', expected: expected.scopes, actual: actual.scopes });
  if (!sameSet(expected.audiences, actual.audiences))
    found.push({ at: 'audience', expected: expected.audiences, actual: actual.audiences });
  // A policy without a lifetime leaves it to the issuer.
  if (expected.lifetimeSeconds !== undefined && expected.lifetimeSeconds !== actual.lifetimeSeconds)
    found.push({ at: 'lifetime', expected: expected.lifetimeSeconds, actual: actual.lifetimeSeconds });
  return found;
}

function bothOf(one: Verdict['access'], other: Verdict['access']) {
  const names = new Set([...Object.keys(other), ...Object.keys(one)]);
  return [...names].map((name) => [name, own(one, name), own(other, name)] as const);
}

function sameSet(a: readonly string[], b: readonly string[]): boolean {
  return sameJson([...new Set(a)].sort(), [...new Set(b)].sort());
}

/** Whether values are the same, ignoring the order of lists. */
export function sameInAnyOrder(a: unknown, b: unknown): boolean {
  return sameJson(inOneOrder(a), inOneOrder(b));
}

function inOneOrder(value: unknown): unknown {
  if (Array.isArray(value)) {
    const list = value.map((item) => ({ item: inOneOrder(item), text: JSON.stringify(inOneOrder(item)) }));
    return list.toSorted((a, b) => (a.text < b.text ? -1 : 1)).map(({ item }) => item);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, inOneOrder(member)]));
}
