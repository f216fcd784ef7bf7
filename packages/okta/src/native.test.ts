import { evaluateProgram, generateProgram, type Policy } from '@claimsmith/core';
import type { Program } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { policyOf } from '../test/policies.ts';
import { classify, evaluateEl } from './index.ts';
import type { OktaIssuance } from './issuance.ts';

/*
 * The law of native claims: what Okta signs is what the policy's program decides, in every situation. Both sides are told
 * the same facts, each in its own form.
 */

interface Facts {
  readonly user:
    | {
        readonly email: string | undefined;
        readonly name: string | undefined;
        readonly country: string | undefined;
        readonly level: number | undefined;
        readonly limit: number | undefined;
        readonly active: boolean | undefined;
        readonly organization: string | undefined;
        readonly groups: readonly string[];
      }
    | undefined;
  readonly appOrganization: string | undefined;
  readonly client: string;
  readonly scopes: readonly string[];
}

const words = ['a', 'b', 'DE', 'a b', "it's", 'ü', '😀', 'Everyone', 'DE2'] as const;
const word = fc.constantFrom(...words);
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

const facts: fc.Arbitrary<Facts> = fc.record({
  user: fc.option(
    fc.record({
      email: maybe(word),
      name: maybe(word),
      country: maybe(word),
      level: maybe(fc.integer({ min: 0, max: 3 })),
      limit: maybe(fc.constantFrom(0, 1, 1.5, 2, 1000)),
      active: maybe(fc.boolean()),
      organization: maybe(word),
      groups: fc.subarray(['a', 'b', 'DE']),
    }),
    { nil: undefined, freq: 5 },
  ),
  appOrganization: maybe(word),
  client: word,
  scopes: fc.subarray(['a', 'b', 'DE']),
});

function contextOf({ user, appOrganization, client, scopes }: Facts): unknown {
  return {
    subject_type: user ? 'human' : 'machine',
    user: user && {
      id: 'u1',
      email: user.email,
      name: user.name,
      groups: user.groups,
      roles: user.groups,
      attributes: { country: user.country, level: user.level, limit: user.limit, active: user.active },
    },
    org: { id: user?.organization ?? appOrganization },
    client: { id: client },
    request: { scopes },
  };
}

function issuanceOf({ user, appOrganization, client, scopes }: Facts): OktaIssuance {
  const profile = user && {
    email: user.email,
    displayName: user.name,
    country: user.country,
    level: user.level,
    limit: user.limit,
    active: user.active,
    organization: user.organization,
  };
  return {
    ...(user && profile ? { user: { id: 'u1', profile, groups: user.groups } } : {}),
    app: {
      clientId: client,
      name: 'App',
      type: 'PUBLIC',
      profile: appOrganization === undefined ? {} : { organization: appOrganization },
    },
    request: { grantType: 'authorization_code', scopes, params: {} },
    authorizationServer: { issuer: 'https://acme.example/oauth2/default', audience: 'api' },
    tokens: { access: true, id: true },
  };
}

/* Expressions by type. Some have an exact form at Okta, some have not. */
interface Expressions {
  readonly text: string;
  readonly whole: string;
  readonly decimal: string;
  readonly truth: string;
}

const quoted = word.map((text) => JSON.stringify(text));

const expressions = fc.letrec<Expressions>((tie) => ({
  text: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    quoted,
    fc.constantFrom(
      'user.email',
      'user.name',
      'user.id',
      'user.attributes.country',
      'org.id',
      'client.id',
      'subject_type',
      'tables.names.a',
      'user.email.lowerAscii()',
    ),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `(${a} + ${b})`),
    tie('text').map((key) => `tables.names[${key}]`),
    tie('text').map((key) => `tables.names[tables.codes[${key}]]`),
    fc.tuple(tie('truth'), tie('text'), tie('text')).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
    quoted.map((other) => `user.?email.orValue(${other})`),
    quoted.map((other) => `user.attributes.?country.orValue(${other})`),
  ),
  whole: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    fc.constantFrom('0', '1', '2', 'user.attributes.level', 'tables.ranks.a'),
    tie('text').map((key) => `tables.ranks[${key}]`),
    fc.tuple(tie('truth'), tie('whole'), tie('whole')).map(([test, a, b]) => `(${test} ? ${a} : ${b})`),
  ),
  decimal: fc.constantFrom('1.0', '1.5', 'user.attributes.limit', '1000.0'),
  truth: fc.oneof(
    { maxDepth: 3, depthIdentifier: 'expression' },
    fc.constantFrom(
      'true',
      'user.attributes.active',
      'has(user.email)',
      'has(user.attributes.country)',
      'has(org.id)',
      'has(user.groups)',
      'subject_type == "human"',
      'user.?name.hasValue()',
      'user.attributes.?active.orValue(false)',
    ),
    word.map((group) => `${JSON.stringify(group)} in user.groups`),
    fc
      .tuple(word, word)
      .map(([a, b]) => `user.roles.exists(r, r == ${JSON.stringify(a)} || ${JSON.stringify(b)} == r)`),
    word.map((group) => `user.groups.exists(g, g in [${JSON.stringify(group)}, "a"])`),
    fc
      .tuple(tie('text'), fc.constantFrom('==', '!=', '==', '!=', '==', '!=', '<'), tie('text'))
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    fc
      .tuple(tie('whole'), fc.constantFrom('==', '!=', '<', '<=', '>', '>='), tie('whole'))
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    fc
      .tuple(
        tie('decimal'),
        fc.constantFrom('<', '<=', '>', '>=', '<', '<=', '>', '>=', '=='),
        tie('decimal'),
      )
      .map(([a, op, b]) => `${a} ${op} ${b}`),
    tie('text').map((a) => `${a} in ["a", "DE"]`),
    tie('text').map((a) => `${a} in tables.names`),
    fc.tuple(tie('truth'), tie('truth')).map(([a, b]) => `(${a} && ${b})`),
    fc.tuple(tie('truth'), tie('truth')).map(([a, b]) => `(${a} || ${b})`),
    fc.tuple(tie('truth'), tie('truth'), tie('truth')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc.tuple(tie('truth'), tie('truth')).map(([a, b]) => `((${a}) == (${b}))`),
    tie('truth').map((a) => `!(${a})`),
  ),
}));

const scopeTest = fc.constantFrom(
  '"a" in request.scopes',
  '"DE" in request.scopes',
  '("a" in request.scopes || "b" in request.scopes)',
  '"b" in request.scopes',
  '!("a" in request.scopes)',
);

const claim = fc.record({
  value: fc.oneof(
    expressions.text.map((value) => ({ value, fallback: '"none"' })),
    expressions.whole.map((value) => ({ value, fallback: '7' })),
    expressions.truth.map((value) => ({ value, fallback: 'false' })),
    fc.constant({ value: 'user.attributes.limit', fallback: '2.5' }),
  ),
  when: maybe(
    fc.oneof(
      expressions.truth,
      fc.tuple(scopeTest, expressions.truth).map(([a, b]) => `${a} && (${b})`),
      fc.tuple(expressions.truth, scopeTest).map(([a, b]) => `(${a}) && ${b}`),
      scopeTest,
    ),
  ),
  /** Whether the second claim reads the first. */
  isReading: fc.constantFrom(true, false, false),
  onMissing: fc.constantFrom('deny', 'omit', 'default', 'default'),
  clients: fc.option(fc.subarray([...words], { minLength: 3 }), { nil: undefined, freq: 2 }),
});

const specs = fc.array(claim, { minLength: 1, maxLength: 3 }).map((claims) => {
  const lines = claims.map(({ value: { value, fallback }, when, onMissing, clients, isReading }, i) => {
    const before = i === 1 && isReading ? `has(claims.c${i - 1}) && ` : '';
    return [
      `  c${i}:`,
      `    value: ${JSON.stringify(value)}`,
      ...(when === undefined && before === ''
        ? []
        : [`    when: ${JSON.stringify(before + (when ?? 'true'))}`]),
      `    onMissing: ${onMissing === 'default' ? `{ default: ${fallback} }` : onMissing}`,
      ...(clients === undefined ? [] : [`    clients: ${JSON.stringify(clients)}`]),
      '    kind: descriptive',
    ].join('\n');
  });
  return `user: { attributes: { country: string, level: int, limit: double, active: bool } }
tables:
  names: { a: first, DE: second, it's: third }
  codes: { a: DE, b: a, first: a }
  ranks: { a: 1, b: 2, DE: 0 }
claims:
${lines.join('\n')}
issuers: { okta: { supply: { org.id: [user.organization, app.profile.organization] } } }
`;
});

function programOf(policy: Policy): Program {
  return evaluateProgram(generateProgram(policy)) as Program;
}

/** What Okta signs of a policy's native claims. */
function signed(policy: Policy, issuance: OktaIssuance): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [name, made] of Object.entries(classify(policy))) {
    if (made.via !== 'native' || made.expression === undefined) continue;
    const isAsked =
      made.scopes.length === 0 || made.scopes.some((scope) => issuance.request.scopes.includes(scope));
    const value = isAsked ? evaluateEl(made.expression, issuance) : null;
    if (value !== null) claims[name] = value;
  }
  return claims;
}

describe('native claims', () => {
  const made = { native: 0, hook: 0, signed: 0, left: 0 };

  test('are what the policy decides, in every situation', () => {
    fc.assert(
      fc.property(specs, fc.array(facts, { minLength: 8, maxLength: 8 }), (text, situations) => {
        const policy = policyOf(text);
        const program = programOf(policy);
        const plans = Object.entries(classify(policy));
        for (const [, { via }] of plans) made[via]++;
        for (const situation of situations) {
          const decision = program.decide(program.context(contextOf(situation)), {});
          // Where a claim of the hook denies, Okta's do not get out either.
          if (decision.denied !== undefined) continue;
          const expected = plans.flatMap(([name, plan]) =>
            plan.via === 'native' && Object.hasOwn(decision.access, name)
              ? [[name, decision.access[name]]]
              : [],
          );
          const actual = signed(policy, issuanceOf(situation));
          expect(actual).toEqual(Object.fromEntries(expected));
          made.signed += Object.keys(actual).length;
          made.left += plans.length - Object.keys(actual).length;
        }
      }),
      { numRuns: 700 },
    );
    // Both ways are taken, and both outcomes met, often enough for the law to mean something.
    expect(made.native).toBeGreaterThan(350);
    expect(made.hook).toBeGreaterThan(300);
    expect(made.signed).toBeGreaterThan(800);
    expect(made.left).toBeGreaterThan(800);
  });

  test('never deny: a claim that may is the work of the hook', () => {
    fc.assert(
      fc.property(specs, facts, (text, situation) => {
        const policy = policyOf(text);
        const denying = policy.claims.filter(({ onMissing }) => onMissing === 'deny');
        const plans = classify(policy);
        const outcomes = programOf(policy).decide(
          programOf(policy).context(contextOf(situation)),
          {},
        ).outcomes;
        for (const { name } of denying) {
          const isDenied = outcomes.some((one) => one.name === name && one.outcome === 'denied');
          if (isDenied) expect(plans[name]?.via).toBe('hook');
        }
      }),
      { numRuns: 200 },
    );
  });
});
