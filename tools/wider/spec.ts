import fc from 'fast-check';
import { issuersText } from '../suites.ts';

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
  ],
  bool: ['user.email_verified', 'user.attributes.vip'],
  strings: ['user.roles', 'request.acr_values', 'session.amr', 'user.attributes.accounts'],
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

function claimText(name: string, { type, text, when, kind, missing, isBound }: Claim): string {
  const isFree = kind === 'descriptive';
  const parts = [
    `value: ${JSON.stringify(text)}`,
    `kind: ${kind}`,
    `when: ${JSON.stringify(when === undefined ? people : `${people} && (${when})`)}`,
    ...(isFree && missing === 'default' ? [`onMissing: { default: ${defaults[type]} }`] : []),
    ...(isFree && (missing === 'omit' || missing === 'deny') ? [`onMissing: ${missing}`] : []),
    ...(type === 'strings' ? [`maxItems: ${isBound ? 1 : 9}`] : []),
  ];
  return `  ${name}: { ${parts.join(', ')} }\n`;
}

const people = 'subject_type == "human"';
const defaults: Readonly<Record<Scalar, string>> = { string: '"none"', bool: 'false', strings: '[]' };

const sourced: Known = { string: ['one.plan'], bool: ['one.active'], strings: ['one.features'] };

/** A source as it is asked with what issuers lack, or with what they have. */
const source = fc
  .option(fc.constantFrom('user.id', 'org.id', 'org.?id.orValue("none")', 'client.id'), { nil: undefined })
  .map((key) => ({
    text:
      key === undefined
        ? ''
        : `sources:\n  one: { http: { url: ${JSON.stringify(`https://one.acme.example/{${key}}`)} }, returns: { plan: string, active: bool, features: list(string) } }\n`,
    known: key === undefined ? nothing : sourced,
  }));

/** Random specs for all issuers, as texts. */
export const specs: fc.Arbitrary<string> = source.chain(({ text, known }) =>
  fc
    .record({
      first: claim(known),
      second: fc.option(claim(known), { nil: undefined, freq: 2 }),
      deny: fc.option(expression('bool', known, 2), { nil: undefined, freq: 2 }),
      grant: fc.option(expression('bool', known, 2), { nil: undefined, freq: 2 }),
      isDeclared: fc.boolean(),
      onClaim: fc.constantFrom(undefined, undefined, undefined, 'has(claims.first)', '!has(claims.first)'),
    })
    .map(({ first, second, deny, grant, onClaim, isDeclared }) => {
      const granted = onClaim !== undefined && first.kind === 'authoritative' ? onClaim : grant;
      return `version: 1
name: wider
namespace: https://acme.example/
user: { attributes: { tenant: string, vip: bool, accounts: list(string) } }
org: { metadata: { tier: string } }
session: { notes: { via: string } }
${isDeclared ? 'client: { metadata: { tier: string } }\n' : ''}${text}claims:
${claimText('first', first)}${second === undefined ? '' : claimText('second', second)}${
  granted === undefined ? '' : `scopes:\n  pay: { grant: ${JSON.stringify(`${people} && (${granted})`)} }\n`
}${deny === undefined ? '' : `deny:\n  - { when: ${JSON.stringify(`${people} && (${deny})`)}, reason: refused }\n`}${issuersText(({ settings, forPeople = settings }) => forPeople)}`;
    }),
);

const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const text = fc.constantFrom('a', 'b', 'gold', 'none');
const some = fc.uniqueArray(text, { maxLength: 2 });

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
      actor: fc.record({ sub: optional(text) }),
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
  answer: fc.oneof(
    fc
      .record({ plan: optional(text), active: optional(fc.boolean()), features: optional(some) })
      .map((value) => ({ value: present(value) })),
    fc.constant({ fails: 'timeout' as const }),
  ),
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
