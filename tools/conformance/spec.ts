import fc from 'fast-check';
import { z } from 'zod';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { issuersText, suites } from '../suites.ts';

/*
 * Specs that use the language as authors do: claims of every kind over fields, sources, tables and other claims;
 * conditions, defaults, bounds, deny rules, scopes. Each is valid except for what single issuers cannot do.
 */

/** What a random spec holds, as its text is made of it. */
export interface RandomSpec {
  readonly text: string;
  /** Names of its sources. */
  readonly sources: readonly string[];
}

type Scalar = 'string' | 'int' | 'double' | 'bool' | 'strings';

interface Piece {
  readonly type: Scalar;
  readonly text: string;
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
  const own = fc.constantFrom(...fields[type], ...fields[type], parameters[type]);
  const answered = sources.map((source) => {
    if (source !== 'many') return `${source}.${answerFields[type]}`;
    return type === 'strings' ? 'many.answers.map(m, m.plan)' : `many.answers[0].${answerFields[type]}`;
  });
  return answered.length === 0 ? own : fc.oneof({ weight: 3, arbitrary: own }, fc.constantFrom(...answered));
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
      fc.constant('actor.?sub.orValue("nobody")'),
      fc.constantFrom('string(now)', 'string(now - duration("36h"))'),
      leaf('string', sources).map((text) => `string(timestamp(${text}))`),
    ],
    int: [
      number,
      self('strings').map((list) => `size(${list})`),
      self('string').map((text) => `size(${text})`),
      self('int').map((value) => `math.abs(${value})`),
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
      leaf('string', sources).map((text) => `now > timestamp(${text})`),
      fc.constantFrom(`(${knowing('request.ip')}cidr("10.0.0.0/8").containsIP(request.ip))`, 'isIP(user.id)'),
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.sort().all(i, e, i > 5 || e != ${a})`),
    ],
    strings: [
      fc.tuple(self('strings'), quoted).map(([list, a]) => `${list}.filter(e, e.startsWith(${a}))`),
      self('strings').map((list) => `${list}.filter(e, e.startsWith("x:")).map(e, e.substring(2))`),
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

const issuerTests = issuers.flatMap(({ id }) => [`issuer == "${id}"`, `issuer != "${id}"`]);

const types = fc.constantFrom<Scalar>('string', 'string', 'strings', 'bool', 'int', 'double');

const defaults: Readonly<Record<Scalar, string>> = {
  string: '"none"',
  int: '0',
  double: '0.5',
  bool: 'false',
  strings: '[]',
};

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
const lacksAtServiceAccounts = /\buser\.(?!(?:id|username|email_verified|roles|groups|attributes)\b)/;

/** How a part that reads what only people have says so. */
type LimitedBy = 'not at all' | 'subjects' | 'when';
const limits = fc.constantFrom<LimitedBy>('not at all', 'not at all', 'subjects', 'when');

function claim(sources: readonly string[]): fc.Arbitrary<Claim> {
  return fc.record({
    piece: types.chain((type) => expression(type, sources, 2).map((text) => ({ type, text }))),
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
    subjects: fc.constantFrom(undefined, undefined, 'human', 'machine', 'human, machine'),
    delegated: fc.constantFrom(undefined, undefined, true, false),
  });
}

/** Machines have no user, and issuers refuse to build what would then deny them all: conditions begin with people. */
function forPeople(condition: string | undefined): string {
  return condition === undefined ? 'subject_type == "human"' : `subject_type == "human" && (${condition})`;
}

function claimText(
  name: string,
  { piece, when, isAuthoritative, missing, token, maxItems, limitedBy, subjects: others, delegated }: Claim,
): string {
  const readsPeople = /\b(?:user|one|two|many)\./.test(`${piece.text} ${when ?? ''}`);
  const said = readsPeople && limitedBy === 'when' ? forPeople(when) : when;
  const { tokens, where } = isAuthoritative ? tokenLists.access : tokenLists[token];
  const condition = where === undefined ? said : `(${where})${said === undefined ? '' : ` && (${said})`}`;
  const subjects = readsPeople ? (limitedBy === 'subjects' ? 'human' : undefined) : others;
  const isDefault = missing === 'default' && !isAuthoritative;
  const parts = [
    `value: ${JSON.stringify(piece.text)}`,
    `kind: ${isAuthoritative ? 'authoritative' : 'descriptive'}`,
    ...(condition === undefined ? [] : [`when: ${JSON.stringify(condition)}`]),
    ...(subjects === undefined ? [] : [`subjects: [${subjects}]`]),
    ...(delegated === undefined ? [] : [`delegated: ${delegated}`]),
    ...(tokens === undefined ? [] : [`tokens: [${tokens}]`]),
    ...(isDefault ? [`onMissing: { default: ${defaults[piece.type]} }`] : []),
    ...(missing === 'deny' ? ['onMissing: deny'] : []),
    ...(missing === 'omit' && !isAuthoritative ? ['onMissing: omit'] : []),
    ...(maxItems !== undefined && piece.type === 'strings' ? [`maxItems: ${maxItems}`] : []),
  ];
  return `  ${name}: { ${parts.join(', ')} }`;
}

const scopeNames = ['pay', 'view', 'read.{id}', '*'] as const;

/** How a source gets its access tokens. */
function auth(credentialsIn: 'header' | 'body'): string {
  const client = `clientId: NAME, clientSecret: "\${SECRET}", credentialsIn: ${credentialsIn}`;
  return `auth: { oauth2: { tokenUrl: "https://login.acme.example/token", ${client} } }`;
}

/** How a source is asked; the second one also with the answer of the first. */
const question = fc.constantFrom(
  'url: "https://NAME.acme.example/users/{user.id}"',
  'url: "https://NAME.acme.example/find", method: POST, body: { id: user.id, deep: [{ n: 1, groups: user.groups }] }',
  `url: "https://NAME.acme.example/users/{user.id}", ${auth('header')}`,
);

const chained = fc.constantFrom(
  'url: "https://NAME.acme.example/plans/{one.plan}"',
  'url: "https://NAME.acme.example/of/{client.id}", method: POST, body: { plan: one.plan, all: one.features }',
  `url: "https://NAME.acme.example/plans/{one.plan}", ${auth('body')}`,
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
  .constantFrom([], ['one'], ['one', 'two'], ['one', 'many'])
  .chain((sources) =>
    fc
      .record({
        questions: fc.tuple(question, fc.oneof(question, chained)),
        conditions: fc.tuple(condition, condition),
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
          ),
          { maxLength: 2 },
        ),
      })
      .map(({ questions, conditions, claims, deny, challenge, scopes, only, applies }) => ({
        text: specText(
          sources,
          { questions, conditions },
          claims,
          { deny, challenge },
          scopes,
          only,
          applies,
        ),
        sources,
      })),
  );

/** What ends an issuance. */
interface Rules {
  readonly deny: readonly (readonly [when: string, limitedBy: LimitedBy])[];
  readonly challenge: string | undefined;
}

/** Settings for some tokens. A guard would change tokens that the policy only observes. */
function forSome(settings: string, only: string, id: string): string {
  if (!hasSetting(id, /^\w*/.exec(only)?.[0] ?? '')) return settings;
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

function specText(
  sources: readonly string[],
  asking: { readonly questions: readonly string[]; readonly conditions: readonly string[] },
  claims: readonly Claim[],
  { deny, challenge }: Rules,
  scopes: readonly (readonly [
    name: string,
    grant: string,
    isByKind: boolean,
    limitedBy: LimitedBy,
    more: string,
  ])[],
  only: string,
  applies: string | undefined,
): string {
  const grants = new Map(
    scopes.map(([name, said, isByKind, limitedBy, more]) => {
      // `check` refuses a placeholder that is compared with nothing.
      const grant = name.includes('{id}') ? `(${said}) && id in ["a", "c"]` : said;
      return [
        name,
        isByKind
          ? `subjects: { human: ${JSON.stringify(grant)}, machine: 'client.id == "job"' }${more}`
          : `grant: ${JSON.stringify(limitedBy === 'when' ? forPeople(grant) : grant)}${more}`,
      ];
    }),
  );
  return `version: 1
name: random
namespace: https://acme.example/
params: { word: { type: string, default: a }, words: { type: list(string), default: [a, "x:b"] }, level: { type: int, default: 2 }, rate: { type: double, default: 1.5 }, on: { type: bool, default: true } }
user:
  attributes: { country: string, department: { type: string, in: { auth0: app_metadata.work.department, keycloak: dept_code, okta: deptCode } }, level: int, limit: double, vip: bool, accounts: list(string), plan: 'enum(a, DE, x:a)', tags: json(list(string)) }
client: { metadata: { tier: string } }
tables: { region: { DE: eu, US: us, a: first } }
${sources.length > 0 ? 'sources:\n' : ''}${sources
  .map((name, index) => {
    const question = asking.questions[index]?.replaceAll('NAME', name) ?? '';
    const isEach = name === 'many';
    const each = isEach ? 'each: { it: user.attributes.accounts }, maxItems: 2, ' : '';
    const http = `http: { ${isEach ? question.replaceAll('user.id', 'it') : question} }`;
    return `  ${name}: { ${asking.conditions[index]}${each}${http}, returns: ${returns}, timeout: 200ms }\n`;
  })
  .join('')}claims:
${claims.map((one, index) => claimText(`claim_${index}`, one)).join('\n')}
${grants.size > 0 ? 'scopes:\n' : ''}${[...grants]
  .map(([name, ruled]) => `  ${JSON.stringify(name)}: { ${ruled} }\n`)
  .join('')}${deny.length > 0 ? 'deny:\n' : ''}${deny
  .map(([when, limitedBy], index) => {
    const isNamed =
      limitedBy === 'subjects' || (limitedBy === 'not at all' && lacksAtServiceAccounts.test(when));
    const condition = JSON.stringify(limitedBy === 'when' ? forPeople(when) : when);
    return `  - { when: ${condition}, reason: reason_${index}${limitedBy === 'when' ? ', message: Not for you.' : ''}${isNamed ? ', subjects: [human]' : ''} }\n`;
  })
  .join(
    '',
  )}${challengeText(challenge)}${applies === undefined ? '' : `applies: ${JSON.stringify(appliesTexts.includes(applies) ? applies : `client.id == "job" || ${forPeople(applies)}`)}\n`}${issuersText(({ settings }, id) => forSome(settings, only, id))}`;
}
