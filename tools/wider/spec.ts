import fc from 'fast-check';
import { type IssuerSuites, issuersText } from '../suites.ts';

/*
 * Specs that read what issuers lack in every way that authors find: bare, behind `has` and `.?`, in branches, in
 * macros, through claims and through what sources are asked with.
 */

type Scalar = 'string' | 'bool' | 'strings';

/** Fields by type: some are at every issuer, some at none, most at one or two. */
const fields: Readonly<Record<Scalar, readonly string[]>> = {
  string: [
    'client.id',
    'user.attributes.tenant',
    'org.id',
    'org.name',
    'org.metadata.tier',
    'client.metadata.tier',
    'session.acr',
    'session.idp',
    'session.notes.via',
    'tenant.id',
    'connection.strategy',
    'request.geo.country',
    'actor.sub',
    'workload.id',
  ],
  bool: ['user.email_verified', 'user.attributes.vip'],
  strings: [
    'user.roles',
    'request.acr_values',
    'session.amr',
    'user.attributes.accounts',
    'user.role_attributes.costs',
  ],
};

const empty: Readonly<Record<Scalar, readonly string[]>> = {
  string: ['"none"', '"a"', '""'],
  bool: ['false', 'true'],
  strings: ['[]', '["a"]'],
};

const words = ['a', 'b', 'gold', 'none'] as const;
const quoted = fc.constantFrom(...words).map((text) => JSON.stringify(text));

/** `org.metadata.tier` as `org.?metadata.?tier`. */
function softly(field: string): string {
  const [root, ...rest] = field.split('.');
  return `${root}.?${rest.join('.?')}`;
}

/** One read of a field, in one of the ways. */
function read(type: Scalar, known: readonly string[]): fc.Arbitrary<string> {
  const field = fc.constantFrom(...fields[type], ...known);
  const other = fc.constantFrom(...empty[type]);
  return fc.oneof(
    { weight: 2, arbitrary: field },
    {
      weight: 2,
      arbitrary: fc.tuple(field, other).map(([name, rest]) => `${softly(name)}.orValue(${rest})`),
    },
    fc.tuple(field, field).map(([name, rest]) => `${softly(name)}.orValue(${rest})`),
    fc.tuple(field, other).map(([name, rest]) => `(has(${name}) ? ${name} : ${rest})`),
    fc.tuple(field, field).map(([name, rest]) => `(has(${name}) ? ${rest} : ${name})`),
    fc
      .tuple(field, field, other)
      .map(([a, b, rest]) => `(has(${a}) ? ${softly(b)}.orValue(${rest}) : ${rest})`),
  );
}

function expression(type: Scalar, known: Known, depth: number): fc.Arbitrary<string> {
  const plain = read(type, known[type]);
  if (depth === 0) return plain;
  const self = (wanted: Scalar) => expression(wanted, known, depth - 1);
  const choice = fc
    .tuple(self('bool'), self(type), self(type))
    .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`);
  const anyField = fc.constantFrom(...fields.string, ...fields.strings, ...fields.bool);
  const own: Readonly<Record<Scalar, readonly fc.Arbitrary<string>[]>> = {
    string: [quoted, fc.tuple(self('string'), quoted).map(([a, b]) => `${a} + ${b}`)],
    strings: [
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.filter(e, e == ${a})`),
      fc.tuple(self('strings'), self('string')).map(([list, a]) => `${list}.filter(e, e != ${a})`),
    ],
    bool: [
      { weight: 3, arbitrary: anyField.map((field) => `has(${field})`) }.arbitrary,
      anyField.map((field) => `!has(${field})`),
      fc.constantFrom('has(user.identities)', 'user.identities.exists(i, i.connection == "a")'),
      fc.tuple(self('string'), quoted).map(([a, b]) => `${a} == ${b}`),
      fc.tuple(self('string'), self('string')).map(([a, b]) => `${a} != ${b}`),
      fc.tuple(quoted, self('strings')).map(([a, list]) => `${a} in ${list}`),
      fc.tuple(self('strings'), self('bool')).map(([list, a]) => `${list}.exists(e, e == "a" && ${a})`),
      fc.tuple(self('strings'), self('bool')).map(([list, a]) => `${list}.all(e, e != "a" || ${a})`),
      fc.tuple(self('bool'), self('bool')).map(([a, b]) => `(${a} && ${b})`),
      fc.tuple(self('bool'), self('bool')).map(([a, b]) => `(${a} || ${b})`),
      self('bool').map((a) => `!(${a})`),
    ],
  };
  return fc.oneof({ weight: 2, arbitrary: plain }, choice, ...own[type]);
}

/** What a part may read beside the fields, by type: sources, and claims that services may grant on. */
type Known = Readonly<Record<Scalar, readonly string[]>>;
const nothing: Known = { string: [], bool: [], strings: [] };

interface Claim {
  readonly type: Scalar;
  readonly text: string;
  readonly when: string | undefined;
  readonly kind: 'authoritative' | 'descriptive';
  readonly missing: 'default' | 'deny' | 'omit' | undefined;
  readonly isBound: boolean;
  readonly delegated: boolean | undefined;
}

function claim(known: Known): fc.Arbitrary<Claim> {
  const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
  return fc
    .record({
      type: fc.constantFrom<Scalar>('string', 'bool', 'strings'),
      text: fc.constant(''),
      when: maybe(expression('bool', known, 1)),
      kind: fc.constantFrom('authoritative', 'descriptive'),
      missing: fc.constantFrom(undefined, undefined, 'default', 'deny', 'omit'),
      isBound: fc.boolean(),
      delegated,
    })
    .chain((part) =>
      expression(part.type, known, 1).map(
        (text): Claim => ({
          ...part,
          text,
          kind: part.kind as Claim['kind'],
          missing: part.missing as Claim['missing'],
        }),
      ),
    );
}

function claimText(
  name: string,
  { type, text, when, kind, missing, isBound, delegated }: Claim,
  limited: Limited,
): string {
  const condition = when === undefined ? limited.always : limited.to(when);
  const isFree = kind === 'descriptive';
  const parts = [
    `value: ${JSON.stringify(text)}`,
    `kind: ${kind}`,
    ...(condition === undefined ? [] : [`when: ${JSON.stringify(condition)}`]),
    ...(isFree && missing === 'default' ? [`onMissing: { default: ${defaults[type]} }`] : []),
    ...(isFree && (missing === 'omit' || missing === 'deny') ? [`onMissing: ${missing}`] : []),
    ...(type === 'strings' ? [`maxItems: ${isBound ? 1 : 9}`] : []),
    ...delegatedText(delegated),
  ];
  return `  ${name}: { ${parts.join(', ')} }\n`;
}

/** Whether the spec says that a part is for delegated tokens, and which. */
const delegated = fc.constantFrom(undefined, undefined, true, true, false);

function delegatedText(said: boolean | undefined): readonly string[] {
  return said === undefined ? [] : [`delegated: ${said}`];
}

const people = 'subject_type == "human"';

/** How conditions are limited to people: as the spec says, or by inference. */
interface Limited {
  readonly always: string | undefined;
  readonly to: (condition: string) => string;
}
const said: Limited = { always: people, to: (condition) => `${people} && (${condition})` };
const inferred: Limited = { always: undefined, to: (condition) => condition };

const defaults: Readonly<Record<Scalar, string>> = { string: '"none"', bool: 'false', strings: '[]' };

const answered = '{ plan: string, active: bool, features: list(string) }';
const known = (names: readonly string[]): Known => ({
  string: names.map((name) => `${name}.plan`),
  bool: names.map((name) => `${name}.active`),
  strings: names.map((name) => `${name}.features`),
});

function sourceText(name: string, key: string, when?: string): string {
  const condition = when === undefined ? '' : `, when: ${JSON.stringify(when)}`;
  const url = JSON.stringify(`https://${name}.acme.example/{${key}}`);
  return `  ${name}: { http: { url: ${url} }, returns: ${answered}${condition} }\n`;
}

const keys = ['user.id', 'org.id', 'org.?id.orValue("none")', 'client.id'];
/** What is asked with the answer of another source. */
const chained = ['one.plan', 'one.?plan.orValue("none")', ...keys];
const asking = ['one.active', 'one.?active.orValue(false)', 'has(one.plan)', 'has(org.id)', '!has(org.id)'];

/** Sources as they are asked with what issuers lack, with what they have, and with each other's answers. */
const sources = fc
  .record({
    key: fc.option(fc.constantFrom(...keys), { nil: undefined }),
    second: fc.option(
      fc.record({
        key: fc.constantFrom(...chained),
        when: fc.option(fc.constantFrom(...asking), { nil: undefined }),
      }),
      { nil: undefined },
    ),
  })
  .map(({ key, second }) => {
    if (key === undefined) return { text: '', known: nothing };
    const two = second === undefined ? '' : sourceText('two', second.key, second.when);
    const names = second === undefined ? ['one'] : ['one', 'two'];
    return { text: `sources:\n${sourceText('one', key)}${two}`, known: known(names) };
  });

/** With and without exchanged tokens where an issuer does not say who acts, and at Keycloak without a script too. */
const settings = fc
  .record({ exchange: fc.constantFrom('', 'exchange: true, ', 'exchange: false, '), hasScript: fc.boolean() })
  .map(({ exchange, hasScript }) => ({ settings: usual, forPeople = usual }: IssuerSuites, id: string) => {
    const said = ['okta', 'keycloak'].includes(id) ? forPeople.replace('{ ', `{ ${exchange}`) : forPeople;
    return hasScript ? said : said.replace('scripts: true', 'missing: guard');
  });

/** Random specs for all issuers, as texts. */
export const specs: fc.Arbitrary<string> = sources.chain(({ text, known }) =>
  fc
    .record({
      first: claim(known),
      second: fc.option(claim(known), { nil: undefined, freq: 2 }),
      deny: fc.option(expression('bool', known, 2), { nil: undefined, freq: 2 }),
      grant: fc.option(expression('bool', known, 2), { nil: undefined, freq: 2 }),
      // Okta refuses scopes that are added.
      added: fc.constantFrom('', '', '', ', add: true'),
      isGrantDelegated: delegated,
      isDeclared: fc.boolean(),
      settings,
      limited: fc.constantFrom(said, inferred),
      onClaim: fc.constantFrom(undefined, undefined, undefined, 'has(claims.first)', '!has(claims.first)'),
    })
    .map(
      ({ first, second, deny, grant, added, isGrantDelegated, onClaim, isDeclared, limited, settings }) => {
        const granted = onClaim !== undefined && first.kind === 'authoritative' ? onClaim : grant;
        return `version: 1
name: wider
namespace: https://acme.example/
user: { attributes: { tenant: string, vip: bool, accounts: list(string) }, roleAttributes: { costs: list(string) } }
org: { metadata: { tier: string } }
session: { notes: { via: string } }
${isDeclared ? 'client: { metadata: { tier: string } }\n' : ''}${text}claims:
${claimText('first', first, limited)}${second === undefined ? '' : claimText('second', second, limited)}${
  granted === undefined
    ? ''
    : `scopes:\n  pay: { ${[`grant: ${JSON.stringify(limited.to(granted))}${added}`, ...delegatedText(isGrantDelegated)].join(', ')} }\n`
}${deny === undefined ? '' : `deny:\n  - { when: ${JSON.stringify(limited.to(deny))}, reason: refused }\n`}${issuersText(settings)}`;
      },
    ),
);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const text = fc.constantFrom('a', 'b', 'gold', 'none');
const some = fc.uniqueArray(text, { maxLength: 2 });

const answer = fc.oneof(
  fc
    .record({ plan: optional(text), active: optional(fc.boolean()), features: optional(some) })
    .map((value) => ({ value: present(value) })),
  fc.constant({ fails: 'timeout' as const }),
);

/** Situations of people, with and without each field. */
export const situations = fc.record({
  context: fc
    .record({
      subject_type: fc.constant('human'),
      user: fc.record({
        id: fc.constantFrom('u1', 'u2'),
        email_verified: optional(fc.boolean()),
        identities: optional(fc.array(fc.record({ connection: text, id: text }), { maxLength: 2 })),
        roles: some,
        groups: fc.constant([]),
        role_attributes: fc.record({ costs: optional(some) }),
        attributes: fc.record({
          tenant: optional(text),
          vip: optional(fc.boolean()),
          accounts: optional(fc.uniqueArray(text, { minLength: 1, maxLength: 2 })),
        }),
      }),
      org: fc.record({
        id: optional(text),
        name: optional(text),
        metadata: optional(fc.record({ tier: optional(text) })),
      }),
      client: fc.record({
        id: text,
        name: fc.constant('Web'),
        metadata: fc.record({ tier: optional(text) }),
      }),
      tenant: fc.record({ id: optional(fc.constantFrom('wider', 'a')) }),
      connection: fc.record({ strategy: optional(text) }),
      session: fc.record({
        acr: optional(text),
        idp: optional(text),
        notes: fc.record({ via: optional(text) }),
        amr: optional(fc.constantFrom(['pwd'], ['a'])),
      }),
      actor: optional(fc.record({ sub: text })),
      request: fc.record({
        grant_type: fc.constantFrom('authorization_code', 'refresh_token'),
        audience: fc.constant('https://api.acme.example/'),
        acr_values: optional(some),
        geo: optional(fc.record({ country: optional(text) })),
        params: fc.constant({}),
        scopes: fc.constantFrom(['openid'], ['openid', 'pay'], ['pay']),
      }),
    })
    .map(present),
  answers: fc.record({ one: answer, two: answer }),
});

/** Without the fields that are undefined, at any depth. */
function present<T extends object>(record: T): T {
  const entries = Object.entries(record).flatMap(([key, value]) => {
    if (value === undefined) return [];
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    return [[key, isRecord ? present(value) : value]];
  });
  return Object.fromEntries(entries) as T;
}
