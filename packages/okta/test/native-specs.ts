import type { RawContext } from '@claimsmith/core';
import fc from 'fast-check';
import type { OktaIssuance } from '../src/simulator/issuance.ts';

/** What both sides of a comparison are told, each in its own form. */
export interface Facts {
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
  /** No schema holds the profile of an app to any type. */
  readonly appOrganization: unknown;
  readonly client: string;
  readonly scopes: readonly string[];
}

const words = ['a', 'b', 'DE', 'a b', "it's", 'ü', '😀', 'Everyone', 'DE2'] as const;
const word = fc.constantFrom(...words);
/** No policy may look for the group that every user is in. */
const groupName = word.filter((name) => name !== 'Everyone');
const maybe = <T>(values: fc.Arbitrary<T>) => fc.option(values, { nil: undefined });

export const facts: fc.Arbitrary<Facts> = fc.record({
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
  appOrganization: maybe(fc.oneof(word, word, fc.constantFrom(5, true, ['a'], ['a', 'b'], [], { a: 1 }))),
  client: word,
  scopes: fc.subarray(['a', 'b', 'DE']),
});

/** Facts as an identity context. */
export function contextOf({ user, appOrganization, client, scopes }: Facts): RawContext {
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
    org: { id: user?.organization ?? appOrganization, name: user?.organization },
    client: { id: client },
    request: { scopes },
  };
}

/** Facts as Okta knows them. */
export function issuanceOf({ user, appOrganization, client, scopes }: Facts): OktaIssuance {
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
      'org.name',
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
    groupName.map((group) => `${JSON.stringify(group)} in user.groups`),
    groupName.map((group) => `${JSON.stringify(group)} in user.?groups.orValue([])`),
    groupName.map((group) => `!user.?groups.orValue([]).exists(g, g == ${JSON.stringify(group)})`),
    fc
      .tuple(groupName, groupName)
      .map(([a, b]) => `user.roles.exists(r, r == ${JSON.stringify(a)} || ${JSON.stringify(b)} == r)`),
    groupName.map((group) => `user.groups.exists(g, g in [${JSON.stringify(group)}, "a"])`),
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

type Claim = typeof claim extends fc.Arbitrary<infer T> ? T : never;
const claim = fc.record({
  value: fc.oneof(
    expressions.text.map((value) => ({ value, fallback: '"none"' })),
    expressions.whole.map((value) => ({ value, fallback: '7' })),
    expressions.truth.map((value) => ({ value, fallback: 'false' })),
    fc.constant({ value: 'user.attributes.limit', fallback: '2.5' }),
  ),
  when: maybe(
    fc.oneof(
      expressions.truth.map((test) => `(${test})`),
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

function claimLines(claims: readonly Claim[], isForPeople: boolean): string {
  return claims
    .map(({ value: { value, fallback }, when, onMissing, clients, isReading }, i) => {
      const conditions = [
        ...(isForPeople ? ['subject_type == "human"'] : []),
        ...(i === 1 && isReading ? ['has(claims.c0)'] : []),
        ...(when === undefined ? [] : [when]),
      ];
      return [
        `  c${i}:`,
        `    value: ${JSON.stringify(value)}`,
        ...(conditions.length === 0 ? [] : [`    when: ${JSON.stringify(conditions.join(' && '))}`]),
        `    onMissing: ${onMissing === 'default' ? `{ default: ${fallback} }` : onMissing}`,
        ...(clients === undefined ? [] : [`    clients: ${JSON.stringify(clients)}`]),
        '    kind: descriptive',
      ].join('\n');
    })
    .join('\n');
}

function specText(claims: string, more: string): string {
  return `user: { attributes: { country: string, level: int, limit: double, active: bool } }
tables:
  names: { a: first, DE: second, it's: third }
  codes: { a: DE, b: a, first: a }
  ranks: { a: 1, b: 2, DE: 0 }
claims:
${claims}
${more}
issuers: { okta: { guard: [sentinel], supply: { org.id: [user.organization, app.profile.organization], org.name: user.organization } } }
`;
}

/** Specs of claims alone, some of which read a user where there may be none. */
export const specs = fc
  .array(claim, { minLength: 1, maxLength: 3 })
  .map((claims) => specText(claimLines(claims, false), ''));

/** Specs that pass every check: claims for people, and a rule that denies. */
export const soundSpecs = fc
  .tuple(fc.array(claim, { minLength: 2, maxLength: 5 }), maybe(expressions.truth))
  .map(([claims, deny]) => {
    const when = JSON.stringify(`subject_type == "human" && ${deny} && client.id == "b"`);
    return specText(
      claimLines(claims, true),
      deny === undefined ? '' : `deny: [{ when: ${when}, reason: denied }]`,
    );
  });
