import fc from 'fast-check';
import { z } from 'zod';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { issuersText, suites } from '../suites.ts';
import { issuersThatAdd, suppliersOf } from './suppliers.ts';

/*
 * Specs that use the language as authors do: claims of every kind over fields, sources, tables and other claims;
 * conditions, defaults, bounds, deny rules, scopes. Each is valid except for what single issuers cannot do.
 */

/** What a random spec holds, as its text is made of it. */
export interface RandomSpec {
  readonly text: string;
  /** The same spec with the values of its parameters in place of `${params.…}`. */
  readonly plain: string;
  /** Names of its sources. */
  readonly sources: readonly string[];
}

type Scalar = 'string' | 'int' | 'double' | 'bool' | 'strings';

interface Piece {
  readonly type: Scalar | 'object';
  readonly text: string;
  /** Whether some issuers have no value for it, so that it must be one that may be left out. */
  readonly isUnsure?: boolean;
  readonly isConstant?: boolean;
}

/** Fields by type. `user.*` is there for people alone. */
const fields: Readonly<Record<Scalar, readonly string[]>> = {
  string: [
    'user.id',
    'user.username',
    'user.email',
    'user.name',
    'user.given_name',
    'user.family_name',
    'user.nickname',
    'user.picture',
    'user.created_at',
    'user.attributes.country',
    'user.attributes.department',
    'user.attributes.plan',
    'client.id',
    'client.metadata.tier',
    'request.grant_type',
    'subject_type',
  ],
  int: ['user.attributes.level'],
  double: ['user.attributes.limit'],
  bool: ['user.email_verified', 'user.attributes.vip'],
  strings: [
    'user.roles',
    'user.groups',
    'user.attributes.accounts',
    'user.attributes.tags',
    'request.scopes',
  ],
};

/** Fields that only some issuers supply, by type. */
const factsByType: Readonly<Record<Scalar, readonly string[]>> = {
  string: [
    'org.id',
    'org.name',
    'org.display_name',
    'org.metadata.tier',
    'tenant.id',
    'connection.name',
    'connection.strategy',
    'request.geo.country',
    'session.acr',
    'session.idp',
    'session.notes.via',
  ],
  int: ['user.logins_count', 'session.auth_time'],
  double: ['double(user.logins_count)'],
  bool: ['has(org.id)', 'user.identities.exists(i, i.provider == "google")'],
  strings: ['user.identities.map(i, i.provider)', 'user.role_attributes.costs', 'session.amr'],
};
/** Those that even they do not always have. */
const rareFacts: readonly Piece[] = [
  { type: 'strings', text: 'request.acr_values' },
  { type: 'string', text: 'request.geo.city' },
  { type: 'string', text: 'request.user_agent' },
  { type: 'string', text: 'request.params.hint' },
  { type: 'string', text: 'workload.id' },
  { type: 'string', text: 'workload.?attester.orValue("nobody")' },
];

/** What the spec knows beyond the standard fields. */
const declarations = `params: { word: { type: string, default: a }, words: { type: list(string), default: [a, "x:b"] }, level: { type: int, default: 2 }, rate: { type: double, default: 1.5 }, on: { type: bool, default: true }, host: { type: string, default: acme.example }, client: { type: string, default: web }, wait: { type: string, default: 200ms }, kept: { type: string, default: 60s }, kind: { type: string, default: descriptive }, where: { type: string, default: id }, who: { type: string, default: human }, none: { type: string, default: none }, missing: { type: string, default: omit }, whose: { type: string, default: you }, region: { type: string, default: eu }, life: { type: string, default: 10m }, removed: { type: list(string), default: [email] }, once: { type: int, default: 1 }, method: { type: string, default: POST }, credentials: { type: string, default: body }, table: { type: string, default: plans }, cloud: { type: string, default: eu-central-1 }, factor: { type: string, default: mfa } }
user:
  attributes: { country: string, department: { type: string, in: { auth0: app_metadata.work.department, cognito: 'custom:dept', keycloak: dept_code, okta: deptCode } }, level: int, limit: double, vip: bool, accounts: list(string), plan: 'enum(a, DE, x:a)', tags: json(list(string)) }
  roleAttributes: { costs: list(string) }
client: { metadata: { tier: string } }
org: { metadata: { tier: string } }
session: { notes: { via: string } }
`;

const words = ['a', 'b', 'x:a', 'x:b', 'y', 'DE', 'US', 'é', 'a"b', "it's", '𝒳', ''] as const;
/** Constants of a build, by type. */
const parameters: Readonly<Record<Scalar, string>> = {
  // As the text of a time or an address it would be refused.
  string: 'string(params.level)',
  int: 'params.level',
  double: 'params.rate',
  bool: 'params.on',
  strings: 'params.words',
};
const word = fc.constantFrom(...words);
const quoted = word.map((text) => JSON.stringify(text));
const number = fc.constantFrom('0', '1', '2', '-3', '41');

const leaf = (type: Scalar, sources: readonly string[]): fc.Arbitrary<string> => {
  const own = fc.constantFrom(...fields[type], ...fields[type], ...facts[type], parameters[type]);
  const answered = sources.map((source) => {
    if (source === 'stored') return where(reachingStores, type, `stored.${answerFields[type]}`);
    const list = { many: 'many.answers', listed: 'listed.items' }[source];
    if (list === undefined) return `${source}.${answerFields[type]}`;
    return type === 'strings' ? `${list}.map(m, m.plan)` : `${list}[0].${answerFields[type]}`;
  });
  return answered.length === 0 ? own : fc.oneof({ weight: 3, arbitrary: own }, fc.constantFrom(...answered));
};

const defaults: Readonly<Record<Piece['type'], string>> = {
  string: '"none"',
  int: '0',
  double: '0.5',
  bool: 'false',
  strings: '[]',
  object: '{}',
};

const answerFields: Readonly<Record<Scalar, string>> = {
  string: 'plan',
  int: 'level',
  double: 'rate',
  bool: 'active',
  strings: 'features',
};

/** What sources return: a field of each type. */
const returns = '{ plan: string, level: int, rate: double, active: bool, features: list(string) }';

function expression(type: Scalar, sources: readonly string[], depth: number): fc.Arbitrary<string> {
  const self = (wanted: Scalar) => expression(wanted, sources, depth - 1);
  const plain = leaf(type, sources);
  // A constant that is not a time is refused, and so would be the other branch of a fact.
  const time = leaf('string', sources).filter((text) => !text.includes(`: ${defaults.string}`));
  if (depth === 0) return plain;
  const choice = fc
    .tuple(self('bool'), self(type), self(type))
    .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`);
  /** What an issuer's constant rules out is not in the policy of that issuer. */
  const branch = fc
    .tuple(fc.constantFrom(...issuerTests), self(type), self(type))
    .map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`);
  const own: Record<Scalar, readonly fc.Arbitrary<string>[]> = {
    string: [
      quoted,
      fc.tuple(self('string'), quoted).map(([a, b]) => `${a} + ${b}`),
      fc.tuple(self('string'), self('string')).map(([a, b]) => `${a} + ":" + ${b}`),
      self('string').map((text) => `tables.region[${text}]`),
      self('strings').map((list) => `${list}.sort()[0]`),
      self('string').map((text) => `base64.decode(base64.encode(${text})).reverse()`),
      self('string').map((text) => `url.decode(url.encode(${text}))`),
      self('string').map((text) => `hash.sha256(${text})`),
      leaf('string', sources).map((text) => `hash.hmac("\${PAIRWISE_KEY}", ${text})`),
      fc
        .tuple(self('strings'), fc.constantFrom('first', 'last'))
        .map(([list, end]) => `${list}.sort().${end}().orValue("none")`),
      fc.constant('actor.?sub.orValue("nobody")'),
      fc.constantFrom('string(now)', 'string(now - duration("36h"))'),
      time.map((text) => `string(timestamp(${text}))`),
    ],
    int: [
      number,
      self('strings').map((list) => `size(${list})`),
      self('string').map((text) => `size(${text})`),
      fc.tuple(fc.constantFrom('abs', 'sign'), self('int')).map(([name, value]) => `math.${name}(${value})`),
      fc
        .tuple(fc.constantFrom('greatest', 'least'), self('int'), self('int'))
        .map(([name, a, b]) => `math.${name}(${a}, ${b})`),
      fc
        .tuple(fc.constantFrom('round', 'ceil', 'floor', 'trunc'), self('double'))
        .map(([name, value]) => `int(math.${name}(${value}))`),
      self('strings').map((list) => `size(${list}.sort().transformMapEntry(i, e, {e + string(i): i}))`),
      fc.constantFrom('int(now)', 'now.getHours()', 'now.getDayOfWeek()', 'now.getFullYear()'),
    ],
    double: [self('double').map((value) => `${value} * 2.0`), fc.constantFrom('0.5', '2.0')],
    bool: [
      fc.tuple(self('string'), quoted).map(([a, b]) => `${a} == ${b}`),
      fc.tuple(self('string'), quoted).map(([a, b]) => `${a} != ${b}`),
      self('string').map((a) => `${a} == params.word`),
      fc.tuple(quoted, self('strings')).map(([a, list]) => `${a} in ${list}`),
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.exists(e, e == ${a})`),
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.exists(e, e.startsWith(${a}))`),
      fc.constantFrom(
        'has(user.attributes.country)',
        'has(user.email)',
        'subject_type == "human"',
        'has(actor.sub)',
        '"b" in actor.?chain.orValue([])',
      ),
      fc.tuple(self('bool'), self('bool')).map(([a, b]) => `(${a} && ${b})`),
      fc.tuple(self('bool'), self('bool')).map(([a, b]) => `(${a} || ${b})`),
      self('bool').map((a) => `!(${a})`),
      fc
        .tuple(fc.constantFrom(...issuerTests), fc.constantFrom('&&', '||'), self('bool'))
        .map(([condition, operator, a]) => `(${condition} ${operator} ${a})`),
      fc.tuple(self('int'), number).map(([a, b]) => `${a} > ${b}`),
      fc.constantFrom(
        'now < timestamp("2026-03-01T00:00:00Z")',
        'now - timestamp(user.created_at) < duration("720h")',
        'now.getHours() >= 8 && now.getHours() < 18',
      ),
      time.map((text) => `now > timestamp(${text})`),
      fc.constantFrom(`(${knowing('request.ip')}cidr("10.0.0.0/8").containsIP(request.ip))`, 'isIP(user.id)'),
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.sort().all(i, e, i > 5 || e != ${a})`),
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.sort().exists(i, e, i < 2 && e == ${a})`),
      fc
        .tuple(self('strings'), quoted)
        .map(([list, a]) => `${list}.sort().existsOne(i, e, e.startsWith(${a}))`),
    ],
    strings: [
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.filter(e, e.startsWith(${a}))`),
      self('strings').map((list) => `${list}.filter(e, e.startsWith("x:")).map(e, e.substring(2))`),
      self('strings').map((list) => `${list}.sort().reverse()`),
      self('strings').map((list) => `${list}.sort().transformList(i, e, i < 3, string(i) + e)`),
      fc.constant('lists.range(params.level).map(i, string(i))'),
    ],
  };
  return fc.oneof(
    { weight: 3, arbitrary: plain },
    choice,
    branch,
    ...own[type].map((arbitrary) => ({ weight: 2, arbitrary })),
  );
}

/** A condition that only issuers meet that know a field. */
function knowing(field: string): string {
  return [...suites]
    .flatMap(([id, { lacking }]) => (lacking?.includes(field) ? [`issuer != "${id}" && `] : []))
    .join('');
}

/** An Action and a script reach no store. */
const reachingStores = ['cognito', 'okta'];

/** A value at some issuers, and a constant at the others. */
function where(ids: readonly string[], type: Scalar, text: string): string {
  if (ids.length === issuers.length) return text;
  return `(${ids.map((id) => `issuer == "${id}"`).join(' || ')} ? ${text} : ${defaults[type]})`;
}

/** Facts where an issuer supplies them. */
const factsOf = (type: Scalar) =>
  factsByType[type].map((fact) => where(suppliersOf(fact, declarations), type, fact));
const facts: Readonly<Record<Scalar, readonly string[]>> = {
  string: factsOf('string'),
  int: factsOf('int'),
  double: factsOf('double'),
  bool: factsOf('bool'),
  strings: factsOf('strings'),
};

const issuerTests = issuers.flatMap(({ id }) => [`issuer == "${id}"`, `issuer != "${id}"`]);

const types = fc.constantFrom<Scalar>('string', 'string', 'strings', 'bool', 'int', 'double');

/** What a claim says: a value of a type, a fact that not every issuer supplies, a mapping, or a constant. */
function piece(sources: readonly string[]): fc.Arbitrary<Piece> {
  const part = (type: Scalar) => expression(type, sources, 1);
  const objects = fc.oneof(
    fc.tuple(part('string'), part('int')).map(([a, n]) => `{"a": ${a}, "n": ${n}}`),
    part('strings').map((list) => `${list}.sort().transformMapEntry(i, e, {e + string(i): i})`),
    part('string').map((text) => `tables.region.transformMap(k, v, k != ${text}, v + k)`),
  );
  return fc.oneof(
    {
      weight: 12,
      arbitrary: types.chain((type) => expression(type, sources, 2).map((text) => ({ type, text }))),
    },
    objects.map((text) => ({ type: 'object' as const, text })),
    fc
      .oneof(
        fc.constantFrom(...rareFacts),
        types.chain((type) => fc.constantFrom(...factsByType[type]).map((text) => ({ type, text }))),
      )
      .map((fact) => ({ ...fact, isUnsure: true })),
    fc
      .constantFrom(
        '"${params.word}"',
        '"${params.level}"',
        '"${params.words}"',
        '[{ a: 1.5, b: "${params.host}" }]',
      )
      .map((text) => ({ type: 'object' as const, text, isConstant: true })),
  );
}

/** The tokens of a descriptive claim, and the issuers that can put it there. */
const tokenLists = {
  access: { tokens: undefined, where: undefined },
  id: { tokens: 'id', where: undefined },
  both: { tokens: 'access, id', where: undefined },
  shown: { tokens: 'id, userinfo', where: 'issuer == "auth0" || issuer == "keycloak"' },
  userinfo: { tokens: 'userinfo', where: 'issuer == "keycloak"' },
} as const;

interface Claim {
  readonly piece: Piece;
  readonly when: string | undefined;
  readonly isAuthoritative: boolean;
  readonly missing: 'deny' | 'omit' | 'default' | undefined;
  readonly token: keyof typeof tokenLists;
  readonly maxItems: number | undefined;
  readonly limitedBy: LimitedBy;
  readonly subjects: string | undefined;
  readonly delegated: boolean | undefined;
}

/** A service account has a user, but not these fields: Keycloak refuses a deny rule about them for everybody. */
const lacksAtServiceAccounts =
  /\b(?:user\.(?!(?:id|username|email_verified|roles|groups|attributes)\b)|session\.)/;

/** How a part that reads what only people have says so. */
type LimitedBy = 'not at all' | 'subjects' | 'when';
const limits = fc.constantFrom<LimitedBy>('not at all', 'not at all', 'subjects', 'when');

function claim(sources: readonly string[]): fc.Arbitrary<Claim> {
  return fc
    .record({
      piece: piece(sources),
      when: fc.option(expression('bool', sources, 1), { nil: undefined, freq: 2 }),
      isAuthoritative: fc.constantFrom(true, false, false, false),
      missing: fc.constantFrom(
        undefined,
        undefined,
        undefined,
        undefined,
        'deny',
        'omit',
        'default',
        'default',
      ),
      token: fc.constantFrom('access', 'access', 'access', 'id', 'both', 'shown', 'userinfo'),
      maxItems: fc.option(fc.constantFrom(1, 2, 5), { nil: undefined, freq: 3 }),
      limitedBy: limits,
      subjects: fc.constantFrom(
        undefined,
        undefined,
        'human',
        'machine',
        'human, machine',
        'staff',
        'human, agent',
      ),
      delegated: fc.constantFrom(undefined, undefined, true, false),
    })
    .map((one) => ({ ...one, isAuthoritative: one.isAuthoritative && one.piece.isUnsure !== true }));
}

/** Machines have no user, and issuers refuse to build what would then deny them all: conditions begin with people. */
function forPeople(condition: string | undefined): string {
  return condition === undefined ? 'subject_type == "human"' : `subject_type == "human" && (${condition})`;
}

function claimText(name: string, one: Claim, more: readonly string[]): string {
  const { piece, when, token, maxItems, limitedBy, subjects: others, delegated } = one;
  const { isAuthoritative } = one;
  const missing = piece.isUnsure || piece.isConstant ? 'omit' : one.missing;
  const readsPeople = /\b(?:user|one|two|many|listed|stored|session|connection)\./.test(
    `${piece.text} ${when ?? ''}`,
  );
  const said = readsPeople && limitedBy === 'when' ? forPeople(when) : when;
  const { tokens, where: place } = isAuthoritative ? tokenLists.access : tokenLists[token];
  const condition = place === undefined ? said : `(${place})${said === undefined ? '' : ` && (${said})`}`;
  // Where agents count as people, what would deny them is refused.
  const free = missing === 'deny' || isAuthoritative ? others?.replace(', agent', '') : others;
  const subjects = readsPeople ? (limitedBy === 'subjects' ? 'human' : undefined) : free;
  const isDefault = missing === 'default' && !isAuthoritative;
  const parts = [
    piece.isConstant ? `const: ${piece.text}` : `value: ${JSON.stringify(piece.text)}`,
    `kind: ${isAuthoritative ? 'authoritative' : 'descriptive'}`,
    ...(condition === undefined ? [] : [`when: ${JSON.stringify(condition)}`]),
    ...(subjects === undefined ? [] : [`subjects: [${subjects}]`]),
    ...(delegated === undefined ? [] : [`delegated: ${delegated}`]),
    ...(tokens === undefined ? [] : [`tokens: [${tokens}]`]),
    ...(isDefault ? [`onMissing: { default: ${defaults[piece.type]} }`] : []),
    ...(missing === 'deny' ? ['onMissing: deny'] : []),
    ...(missing === 'omit' && !isAuthoritative ? ['onMissing: omit'] : []),
    ...(maxItems !== undefined && piece.type === 'strings' ? [`maxItems: ${maxItems}`] : []),
    ...more,
  ];
  return `${name}: { ${parts.join(', ')} }`;
}

/** A list of groups as Okta can make it. */
const listed = fc
  .record({
    groups: fc.constantFrom(
      'user.groups',
      'user.groups.filter(e, e.startsWith("x:"))',
      'user.groups.filter(e, e == "a" || e in ["b", "x:a"])',
      'user.groups.filter(e, e.endsWith("f") || e.contains("usp"))',
    ),
    when: fc.constantFrom('', '', ' && "view" in request.scopes'),
    tokens: fc.constantFrom('access', 'access', 'access, id'),
    kind: fc.constantFrom(
      'authoritative, delegated: true',
      'descriptive',
      'descriptive, onMissing: { default: [] }',
    ),
  })
  .map(({ groups, when, tokens, kind }) => {
    const own = tokens === 'access' ? kind : kind.replace('authoritative', 'descriptive');
    const aliases = `okta: groups${tokens === 'access' ? '' : ', cognito: "cognito:groups"'}`;
    const condition = JSON.stringify(`subject_type == "human"${when}`);
    return `listed: { value: ${JSON.stringify(groups)}, kind: ${own}, when: ${condition}, tokens: [${tokens}], as: { ${aliases} } }`;
  });

/** Only where an issuer can add scopes. */
const adding = `(${issuersThatAdd.map((id) => `issuer == "${id}"`).join(' || ')})`;

const scopeNames = ['pay', 'view', 'read.{id}', '*'] as const;

/** How a source gets its access tokens. */
function auth(credentialsIn: 'header' | 'body'): string {
  const client = `clientId: NAME, clientSecret: "\${SECRET}", credentialsIn: ${credentialsIn}`;
  return `auth: { oauth2: { tokenUrl: "https://login.acme.example/token", ${client} } }`;
}

/** How a source is asked; the second one also with the answer of the first. */
const question = fc.constantFrom(
  'url: "https://NAME.acme.example/graphql", method: POST, body: { query: \'"query($id: ID!) { user(id: $id) { plan } }"\', variables: { id: user.id } }',
  'url: "https://NAME.acme.example/users/{user.id}"',
  'url: "https://NAME.acme.example/find", method: POST, body: { id: user.id, deep: [{ n: 1, groups: user.groups }] }',
  `url: "https://NAME.acme.example/users/{user.id}", ${auth('header')}`,
);

const chained = fc.constantFrom(
  'url: "https://NAME.acme.example/plans/{one.plan}"',
  'url: "https://NAME.acme.example/of/{client.id}", method: POST, body: { plan: one.plan, all: one.features }',
  `url: "https://NAME.acme.example/plans/{one.plan}", ${auth('body')}`,
);

/** Stores that only servers reach, and a service that asks for a signature. */
const store = fc.constantFrom(
  'sql: { connection: "${STORE_URL}", query: "select * from plans where id = :id", params: { id: user.id } }',
  'dynamodb: { table: plans, key: { id: user.id }, region: eu-central-1 }',
  'http: { url: "https://stored.acme.example/{user.id}", auth: { aws: { region: eu-central-1, service: execute-api } } }',
);

/** Where a source is asked. */
const condition = fc.constantFrom('', '', 'when: user.attributes.vip, ', 'when: \'client.id == "web"\', ');

/** Conditions of the whole policy. */
const appliesTexts = [
  'client.id == "web"',
  'client.id != "job" || params.on',
  'client.metadata.tier == "gold"',
];

/** Random specs for all issuers. */
export const specs: fc.Arbitrary<RandomSpec> = fc
  .constantFrom([], ['one'], ['one', 'two'], ['one', 'many'], ['one', 'listed'], ['one', 'stored'])
  .chain((sources) =>
    fc
      .record({
        questions: fc.tuple(question, fc.oneof(question, chained)),
        conditions: fc.tuple(condition, condition),
        store,
        keeping: fc.constantFrom('', '', ', retries: 1', ', cache: 60s', ', cache: 60s, stale: 5m'),
        claims: fc.array(claim(sources), { minLength: 1, maxLength: 6 }),
        only: fc.constantFrom(
          '',
          '',
          '',
          '',
          'clients: [web], ',
          'audiences: ["https://api.acme.example/"], ',
          'observe: { clients: [web] }, ',
          'observe: { except: [web] }, ',
          'observe: true, ',
          'remove: { id: [email] }, ',
          'remove: { access: [preferred_username], id: [email, picture] }, ',
          'rolesFrom: { clients: [x, y] }, ',
          'rolesFrom: { client: x }, ',
          'keycloak/groups: paths, ',
          'okta/groups: "[^s].*", ',
          'groupsIn: teams, ',
          'groupsIn: api, ',
        ),
        applies: fc.oneof(
          { weight: 4, arbitrary: fc.constant(undefined) },
          fc.constantFrom(...appliesTexts),
          expression('bool', [], 1),
        ),
        deny: fc.array(fc.tuple(expression('bool', sources, 1), limits), { maxLength: 1 }),
        challenge: fc.oneof({ weight: 3, arbitrary: fc.constant(undefined) }, expression('bool', sources, 1)),
        scopes: fc.array(
          fc.tuple(
            fc.constantFrom(...scopeNames),
            expression('bool', sources, 1),
            fc.boolean(),
            limits,
            fc.constantFrom('', '', ', delegated: true'),
            fc.boolean(),
          ),
          { maxLength: 2 },
        ),
        detail: fc.oneof({ weight: 5, arbitrary: fc.constant(undefined) }, expression('bool', sources, 1)),
        /** Two values under one name: one in access tokens, one in ID tokens. */
        isShared: fc.boolean(),
        /** A claim whose name at Okta only a native claim of groups can have. */
        listed: fc.option(listed, { nil: undefined, freq: 2 }),
        more: fc.constantFrom('', '', 'lifetime: { access: 10m }\n', 'audit: { key: "${AUDIT_KEY}" }\n'),
        /** Of the texts that may stand for a parameter, those that do. */
        parametric: fc.subarray([...parametric]),
      })
      .map((parts) => specText(sources, parts)),
  );

/** What the text of a spec is made of. */
interface Parts {
  readonly questions: readonly string[];
  readonly conditions: readonly string[];
  readonly store: string;
  readonly keeping: string;
  readonly claims: readonly Claim[];
  readonly only: string;
  readonly applies: string | undefined;
  readonly deny: readonly (readonly [when: string, limitedBy: LimitedBy])[];
  readonly challenge: string | undefined;
  readonly scopes: readonly (readonly [
    name: string,
    grant: string,
    isByKind: boolean,
    limitedBy: LimitedBy,
    more: string,
    isAdded: boolean,
  ])[];
  readonly detail: string | undefined;
  readonly isShared: boolean;
  readonly listed: string | undefined;
  readonly more: string;
  readonly parametric: typeof parametric;
}

/** Texts of a spec, and what may stand there instead: the values of its parameters are these texts. */
const parametric: readonly (readonly [text: RegExp, instead: string])[] = [
  [/(?<="https:\/\/[^"]*)acme\.example/g, '${params.host}'],
  [/(?<=audience: )(https:\/\/api\.)acme\.example\//g, '"$1${params.host}/"'],
  [/(?<=clients: \[)web(?=\])/g, '"${params.client}"'],
  [/(?<=timeout: )200ms/g, '"${params.wait}"'],
  [/(?<=retries: )1/g, '"${params.once}"'],
  [/(?<=method: )POST/g, '"${params.method}"'],
  [/(?<=credentialsIn: )body/g, '"${params.credentials}"'],
  [/(?<=table: )plans/g, '"${params.table}"'],
  [/(?<=region: )eu-central-1/g, '"${params.cloud}"'],
  [/(?<=with: )mfa/g, '"${params.factor}"'],
  [/(?<=cache: )60s/g, '"${params.kept}"'],
  [/(?<=maxItems: )2/g, '"${params.level}"'],
  [/(?<=kind: )descriptive/g, '"${params.kind}"'],
  [/(?<=tokens: \[)id(?=[,\]])/g, '"${params.where}"'],
  [/(?<=subjects: \[)human(?=[,\]])/g, '"${params.who}"'],
  [/(?<=delegated: )true/g, '"${params.on}"'],
  [/(?<=add: )true/g, '"${params.on}"'],
  [/(?<=default: )"none"/g, '"${params.none}"'],
  [/(?<=onMissing: )omit/g, '"${params.missing}"'],
  [/(?<=reason: )(not-for-)you(-\d)/g, '"$1${params.whose}$2"'],
  [/(?<=message: )Not for you\./g, '"Not for ${params.whose}."'],
  [/(?<=DE: )eu/g, '"${params.region}"'],
  [/(?<=access: )10m/g, '"${params.life}"'],
  [/(?<=remove: \{ id: )\[email\]/g, '"${params.removed}"'],
];

function withParameters(plain: string, texts: typeof parametric): string {
  return texts.reduce((text, [from, to]) => text.replace(from, to), plain);
}

/** Settings for some tokens. A guard would change tokens that the policy only observes. */
function forSome(settings: string, setting: string, id: string): string {
  const only = setting.replace(`${id}/`, '');
  if (!hasSetting(id, /^[\w/]*/.exec(only)?.[0] ?? '')) return settings;
  const guarded = only.startsWith('observe') ? settings.replace(/guard: \[\w+\],? ?/, '') : settings;
  return guarded.replace('{', `{ ${only}`);
}

function hasSetting(id: string, name: string): boolean {
  const shape: unknown = issuers.find((issuer) => issuer.id === id)?.settings;
  return shape instanceof z.ZodObject && Object.hasOwn(shape.shape, name);
}

/** Keycloak does not know how a user has logged in, and the others know no level. */
const isProven = 'issuer == "keycloak" ? session.acr == "2" : "mfa" in session.amr';

function challengeText(condition: string | undefined): string {
  if (condition === undefined) return '';
  const when = JSON.stringify(`${knowing('session.amr')}(${condition}) && !(${isProven})`);
  return `challenge:\n  - { when: ${when}, with: mfa, reason: step_up_required, subjects: [human] }\n`;
}

function specText(named: readonly string[], parts: Parts): RandomSpec {
  const isForAll = parts.applies === undefined && !/observe|clients|okta/.test(parts.only);
  const all = [...claimsText(parts), ...(isForAll && parts.listed !== undefined ? [parts.listed] : [])];
  const rules = `${section('claims', all)}${section('scopes', scopesText(parts))}${detailText(parts.detail)}${section(
    'deny',
    parts.deny.map(denyText),
  )}${challengeText(parts.challenge)}${appliesText(parts.applies)}`;
  // A store that nothing reads is refused where it cannot be asked.
  const sources = named.filter((name) => name !== 'stored' || rules.includes('stored.'));
  const plain = `version: 1
name: random
namespace: "https://acme.example/"
${declarations}subjects: { staff: 'subject_type == "human" && "y" in user.roles' }
tables: { region: { DE: eu, US: us, a: first } }
${parts.more}${section(
  'sources',
  sources.map((name, index) => sourceText(name, index, parts)),
)}${rules}${issuersText(({ settings }, id) => forSome(settings, parts.only, id))}`;
  return { text: withParameters(plain, parts.parametric), plain, sources };
}

function section(name: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${name}:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

function isAuthority({ claims, deny, challenge, scopes, detail }: Parts): boolean {
  const isGranting = claims.some(({ isAuthoritative, missing }) => isAuthoritative || missing === 'deny');
  return isGranting || deny.length + scopes.length > 0 || challenge !== undefined || detail !== undefined;
}

function sourceText(name: string, index: number, parts: Parts): string {
  const { questions, conditions, store, keeping } = parts;
  const question = questions[index]?.replaceAll('NAME', name) ?? '';
  const isEach = name === 'many';
  const each = isEach ? 'each: { it: user.attributes.accounts }, maxItems: 2, ' : '';
  const http = `http: { ${isEach ? question.replaceAll('user.id', 'it') : question} }`;
  const asked = name === 'stored' ? store : http;
  // Nothing with authority may rest on old answers.
  const kept = isAuthority(parts) ? keeping.replace(/, stale.*/, '') : keeping;
  const answer = name === 'listed' ? `[${returns}]` : returns;
  return `${name}: { ${conditions[index]}${each}${asked}, returns: ${answer}, timeout: 200ms${kept} }`;
}

function claimsText({ claims, isShared }: Parts): readonly string[] {
  const first = claims.find(({ token, isAuthoritative }) => isAuthoritative || token === 'access');
  const second = claims.find(({ token, isAuthoritative }) => !isAuthoritative && token === 'id');
  return claims.map((one, index) => {
    const isNamed = isShared && first && second && (one === first || one === second);
    return claimText(`claim_${index}`, one, isNamed ? [`as: { ${sharedName} }`] : []);
  });
}

const sharedName = issuers.map(({ id }) => `${id}: "https://acme.example/shared"`).join(', ');

function scopesText({ scopes }: Parts): readonly string[] {
  const grants = new Map(
    scopes.map(([name, said, isByKind, limitedBy, more, isWanted]) => {
      const isPattern = name.includes('{id}');
      const isAdded = isWanted && !isPattern && name !== '*';
      const quotedAt = (grant: string) => JSON.stringify(isAdded ? `${adding} && (${grant})` : grant);
      // `check` refuses a placeholder that is compared with nothing.
      const grant = isPattern ? `(${said}) && id in ["a", "c"]` : said;
      const staff = isPattern ? 'id == "a"' : 'true';
      const machine = isPattern ? 'id == client.id' : 'client.id == "job"';
      const kinds = { human: grant, staff, machine };
      const ruled = isByKind
        ? `subjects: { ${Object.entries(kinds)
            .map(([kind, text]) => `${kind}: ${quotedAt(text)}`)
            .join(', ')} }`
        : `grant: ${quotedAt(limitedBy === 'when' ? forPeople(grant) : grant)}`;
      return [name, `${ruled}${isAdded ? ', add: true' : ''}${more}`];
    }),
  );
  return [...grants].map(([name, ruled]) => `${JSON.stringify(name)}: { ${ruled} }`);
}

function detailText(grant: string | undefined): string {
  if (grant === undefined) return '';
  const whole = JSON.stringify(`detail.amount < 10.0 && (${grant})`);
  return `authorizationDetails: { transfer: { fields: { amount: double }, grant: ${whole} } }\n`;
}

function denyText([when, limitedBy]: Parts['deny'][number], index: number): string {
  const isNamed =
    limitedBy === 'subjects' || (limitedBy === 'not at all' && lacksAtServiceAccounts.test(when));
  const condition = JSON.stringify(limitedBy === 'when' ? forPeople(when) : when);
  const message = limitedBy === 'when' ? ', message: Not for you.' : '';
  return `- { when: ${condition}, reason: not-for-you-${index}${message}${isNamed ? ', subjects: [human]' : ''} }`;
}

function appliesText(applies: string | undefined): string {
  if (applies === undefined) return '';
  const isPlain = appliesTexts.includes(applies);
  return `applies: ${JSON.stringify(isPlain ? applies : `client.id == "job" || ${forPeople(applies)}`)}\n`;
}
