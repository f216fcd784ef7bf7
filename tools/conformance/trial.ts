import fc from 'fast-check';
import type { Trial } from '../../packages/cli/src/run/trial.ts';

/** A spec's sources and a situation at all issuers: who asks for what, and what the sources say. */
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 4 });
const some = (...values: readonly string[]) => fc.uniqueArray(fc.constantFrom(...values), { maxLength: 5 });

const roles = some('x:a', 'x:b', 'y', 'a', 'é', 'it’s');
const groups = some('a', 'b', 'suspended', 'x:a', 'staff');
const text = fc.constantFrom('a', 'b', 'DE', 'US', 'é', 'a"b', "it's", '𝒳', 'x:a');
const client = fc.record({
  id: fc.constantFrom('web', 'job'),
  name: fc.constant('Web'),
  metadata: fc.record({ tier: optional(fc.constantFrom('gold', 'a', 'DE')) }).map(present),
});
const audience = fc.constant('https://api.acme.example/');
const scopes = some('openid', 'pay', 'view', 'read.a', 'read.b', 'other');

const identities = fc.array(
  fc.record({ provider: fc.constantFrom('google', 'oidc'), connection: text, id: fc.constantFrom('1', '2') }),
  { maxLength: 2 },
);

/** A name and its parts: some issuers keep the parts alone. */
const naming = fc.constantFrom(
  {},
  { name: 'US', given_name: 'US' },
  { name: "it's", family_name: "it's" },
  { name: 'a é', given_name: 'a', family_name: 'é' },
);

/** Who acts for the user: nobody mostly, and at times more actors than a policy reads. */
const actor = fc.constantFrom<object | undefined>(
  ...Array<undefined>(10).fill(undefined),
  {},
  { sub: 'a' },
  { sub: 'x:a' },
  { chain: ['a', 'b'] },
  { chain: ['a', 'b', 'c', 'd', 'e', 'f'] },
);

/** Fields that some issuers have: the organization, and where the request comes from. */
const org = optional(
  fc
    .record({
      id: fc.constantFrom('o1', 'o2'),
      name: optional(text),
      display_name: optional(text),
      metadata: optional(fc.constant({ tier: 'gold' })),
    })
    .map(present),
);
const place = fc
  .record({
    ip: optional(fc.constantFrom('10.1.2.3', '192.0.2.7', '2001:db8::1')),
    user_agent: optional(fc.constantFrom('curl/8', 'é')),
    geo: optional(fc.constantFrom({ country: 'DE' }, {})),
    acr_values: optional(fc.constantFrom(['gold'], [])),
  })
  .map(present);
const details = optional(
  fc.array(
    fc.record({
      type: fc.constantFrom('transfer', 'other'),
      amount: fc.constantFrom<unknown>(1, 9.5, 20, 'much'),
    }),
    { maxLength: 2 },
  ),
);

const user = fc

  .record({
    id: fc.constantFrom('u1', 'u2'),
    username: optional(fc.constantFrom('ada', 'é')),
    email: optional(fc.constantFrom('ada@acme.example', 'a@acme.example')),
    email_verified: optional(fc.boolean()),
    nickname: optional(text),
    picture: optional(text),
    created_at: optional(fc.constantFrom('2025-01-01T01:02:03+01:00', '2026-02-28T23:59:59.9999Z')),
    logins_count: optional(fc.constantFrom(0, 1, 250)),
    identities: optional(identities),
    roles: optional(roles),
    groups,
    role_attributes: optional(
      fc.constantFrom<unknown>({ costs: ['b', 'a'] }, { costs: ['a', 'a'] }, { costs: [] }, {}),
    ),
    attributes: fc
      .record({
        country: optional(text),
        department: optional(text),
        level: optional(fc.integer({ min: -5, max: 50 })),
        limit: optional(fc.constantFrom(0, 0.5, 2, 1e6, 0.1)),
        vip: optional(fc.boolean()),
        plan: optional(text),
        tags: optional(fc.constantFrom('[]', '["a","x:a"]', '[1]', '{', 'a')),
        accounts: optional(some('a', 'b', 'x:a', 'y')),
      })
      .map(present),
  })
  .chain((user) => naming.map((names) => ({ ...present(user), ...names })));

const human = fc.record({
  subject_type: fc.constant('human'),
  user,
  org,
  connection: optional(fc.constantFrom({ name: 'a', strategy: 'oidc' }, { name: 'DE' })),
  client,
  actor,
  session: fc
    .record({
      id: fc.constant('s1'),
      auth_time: fc.constant(1_767_000_000),
      amr: optional(fc.constantFrom(['pwd'], ['pwd', 'mfa'], [])),
      acr: optional(fc.constantFrom('1', '2')),
      idp: optional(fc.constantFrom('google', "it's")),
      notes: optional(fc.constantFrom({ via: 'a' }, {})),
    })
    .map(present),
  request: fc
    .tuple(
      place,
      fc.record({
        grant_type: fc.constantFrom(
          ...Array<string>(4).fill('authorization_code'),
          ...Array<string>(4).fill('refresh_token'),
          'urn:ietf:params:oauth:grant-type:token-exchange',
        ),
        params: fc.constantFrom({}, {}, { prompt: 'none' }),
        audience,
        scopes: fc
          .tuple(scopes, fc.boolean())
          .map(([asked, isOidc]) => [...new Set([isOidc ? 'openid' : 'other', ...asked])]),
        authorization_details: details,
      }),
    )
    .map(([around, asked]) => ({ ...around, ...present(asked) })),
});

/** An agent with an identity of its own, alone or for a user. */
const agent = human.chain((person) =>
  fc.boolean().map((isAlone) => {
    if (!isAlone) return { ...person, subject_type: 'agent', actor: { sub: 'a' } };
    const { scopes: asked = [], ...rest } = person.request;
    return {
      subject_type: 'agent',
      client: person.client,
      request: {
        ...rest,
        grant_type: 'client_credentials',
        scopes: asked.filter((scope) => scope !== 'openid'),
        authorization_details: undefined,
      },
    };
  }),
);

const machine = fc.record({
  subject_type: fc.constant('machine'),
  client,
  workload: fc.constantFrom(
    {},
    { id: 'spiffe://acme.example/job', attester: 'spiffe' },
    { id: 'a', attester: 'DE' },
    { id: 'a' },
  ),
  request: fc.record({
    grant_type: fc.constant('client_credentials'),
    audience,
    scopes: some('pay', 'view', 'read.a'),
  }),
});

/** Fields of a source's answer, right ones mostly. */
const value = fc
  .record({
    plan: optional(fc.oneof({ weight: 5, arbitrary: text }, fc.constant(7))),
    level: optional(fc.oneof({ weight: 5, arbitrary: fc.integer({ min: -5, max: 50 }) }, fc.constant('2'))),
    rate: optional(fc.constantFrom(0.5, 2, 100)),
    active: optional(fc.boolean()),
    features: optional(fc.oneof({ weight: 5, arbitrary: some('a', 'b', 'x:a') }, fc.constant([1]))),
  })
  .map(present);

const answer: fc.Arbitrary<NonNullable<Trial['answers'][string]>> = fc.oneof(
  { weight: 4, arbitrary: value.map((fields) => ({ value: fields })) },
  fc
    .constantFrom('timeout', 'network', 'status', 'too_large', 'malformed', 'token')
    .map((fails) => ({ fails })),
  fc.constantFrom<unknown>(null, [], 'text', 1).map((odd) => ({ value: odd })),
);

/** A list: the answers for the elements of a list, or one answer that is a list. Or one for all, or a failure. */
const answers = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .array(fc.oneof({ weight: 8, arbitrary: value }, fc.constant({ fails: 'status' })), {
        minLength: 2,
        maxLength: 3,
      })
      .map((list) => ({ value: list })),
  },
  answer,
);

/** Answers that are lists. */
const listed = fc.oneof(
  { weight: 4, arbitrary: fc.array(value, { maxLength: 3 }).map((list) => ({ value: list })) },
  answer,
);

/** Situations for a spec with these sources. */
export function trials(sources: readonly string[]): fc.Arbitrary<Trial> {
  return fc
    .record({
      name: fc.constant('random'),
      context: fc.oneof({ weight: 8, arbitrary: human }, { weight: 2, arbitrary: machine }, agent),
      answers: fc.record(
        Object.fromEntries(sources.map((source) => [source, { many: answers, listed }[source] ?? answer])),
      ),
      // Midnight of a new year, a leap day's last second, and office hours.
      nowSeconds: fc.constantFrom(1_767_225_600, 1_835_481_599, 1_777_636_800),
      expect: fc.constant(undefined),
    })
    .map((trial) => ({ ...trial, context: { ...trial.context, now: trial.nowSeconds * 1000 } }));
}

function present<T extends object>(record: T): Partial<T> {
  return Object.fromEntries(Object.entries(record).filter(([, field]) => field !== undefined)) as Partial<T>;
}
