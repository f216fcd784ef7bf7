import { createPolicy, type RawContext } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { held, told } from '../../packages/cli/src/run/carried.ts';
import { withSpecNames } from '../../packages/cli/src/run/compare.ts';
import { runPolicy } from '../../packages/cli/src/run/policy-run.ts';
import { suites } from '../suites.ts';

/** Every field that a claim can carry as it is; of maps, one key. */
const fields = [
  ...[
    'id',
    'username',
    'email',
    'email_verified',
    'name',
    'given_name',
    'family_name',
    'nickname',
    'picture',
    'locale',
    'zoneinfo',
    'created_at',
    'logins_count',
  ].map((name) => `user.${name}`),
  'user.phone_number',
  'user.identities.map(i, i.provider + "|" + i.connection + "|" + i.id)',
  'user.roles',
  'user.groups',
  'user.attributes.country',
  'user.attributes.level',
  'user.attributes.limit',
  'user.attributes.vip',
  'user.attributes.accounts',
  'user.attributes.theme',
  'user.role_attributes.costs',
  'org.id',
  'org.name',
  'org.display_name',
  'org.metadata.tier',
  'tenant.id',
  'client.id',
  'client.name',
  'client.metadata.tier',
  'workload.id',
  'workload.attester',
  'connection.name',
  'connection.strategy',
  'request.grant_type',
  'request.scopes',
  'request.audience',
  'request.acr_values',
  'request.ip',
  'request.user_agent',
  'request.geo.continent',
  'request.geo.country',
  'request.geo.subdivision',
  'request.geo.city',
  'request.geo.time_zone',
  'request.params.hint',
  'session.id',
  'session.auth_time',
  'session.amr',
  'session.acr',
  'session.idp',
  'session.notes.via',
  'actor.sub',
  'subject_type',
];

/** A policy that says of every field what it is, as far as it is known. */
function echo(issuer: string): string {
  const suite = suites.get(issuer);
  const theme = suite?.place === undefined ? 'string' : `{ type: string, in: { ${issuer}: ${suite.place} } }`;
  const claims = fields.flatMap((field, index) => {
    if (suite?.lacking?.includes(field)) return [];
    const [path = ''] = field.split('.map');
    const hasIt = field === 'subject_type' ? '"true"' : `has(${path})`;
    return [`  echo_${index}: { value: '${field}', kind: descriptive, when: ${hasIt} }`];
  });
  return `version: 1
name: echo
session: { notes: { via: string } }
user: { attributes: { country: string, level: int, limit: double, vip: bool, accounts: list(string), theme: ${theme} }, roleAttributes: { costs: list(string) } }
claims:
${claims.join('\n')}
issuers:
  ${issuer}: ${suite?.telling ?? suite?.settings}
`;
}

const text = fc.constantFrom('a', 'Berlin', 'ü', "it's", '"', '𝒳', 'a b', '1');
const names = fc.uniqueArray(fc.constantFrom('x:a', 'b', 'é', "it's"), { maxLength: 3 });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 3 });
const records = <T extends Record<string, fc.Arbitrary<unknown>>>(model: T) =>
  fc.record(model).map((record): RawContext => {
    return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
  });

const shared = {
  org: optional(
    records({
      id: fc.constantFrom('o1', 'o2'),
      name: text,
      display_name: optional(text),
      metadata: optional(fc.constant({ tier: 'gold' })),
    }),
  ),
  tenant: optional(fc.record({ id: fc.constantFrom('echo', 'other') })),
  client: records({
    id: fc.constantFrom('web', 'job'),
    name: text,
    metadata: optional(fc.constant({ tier: 'one' })),
  }),
};
const params = optional(fc.constantFrom({}, { hint: 'h' }));
const ip = optional(fc.constantFrom('192.0.2.7', '2001:db8::1'));
const user_agent = optional(fc.constantFrom('curl/8', 'é'));
const geo = optional(
  records({
    continent: optional(fc.constant('EU')),
    country: optional(fc.constant('DE')),
    subdivision: optional(fc.constant('BE')),
    city: optional(text),
    time_zone: optional(fc.constant('Europe/Berlin')),
  }),
);
const audience = fc.constant('https://api.acme.example/');

/** A name and its parts: some issuers keep the parts alone. */
const naming = fc.constantFrom(
  {},
  { name: 'Ada', given_name: 'Ada' },
  { name: 'Berlin', family_name: 'Berlin' },
  { name: 'Ada Ü. Berlin', given_name: 'Ada Ü.', family_name: 'Berlin' },
);

const human = records({
  ...shared,
  subject_type: fc.constant('human'),
  user: fc
    .tuple(
      naming,
      records({
        id: fc.constantFrom('u1', 'u2'),
        username: optional(fc.constantFrom('ada', 'ü', "it's")),
        email: optional(fc.constant('ada@acme.example')),
        email_verified: optional(fc.boolean()),
        nickname: optional(text),
        picture: optional(fc.constant('https://acme.example/ada.png')),
        created_at: optional(fc.constantFrom('2025-01-01T01:02:03+01:00', '2026-02-28T23:59:59.9999Z')),
        logins_count: optional(fc.nat()),
        locale: optional(fc.constantFrom('de', 'en-US')),
        zoneinfo: optional(fc.constant('Europe/Berlin')),
        phone_number: optional(fc.constant('+49301234567')),
        identities: optional(
          fc.array(
            fc.record({
              provider: fc.constantFrom('google', 'oidc'),
              connection: text,
              id: fc.constantFrom('1', '2'),
            }),
            { maxLength: 3 },
          ),
        ),
        roles: optional(names),
        groups: names,
        role_attributes: records({
          costs: optional(
            fc.uniqueArray(fc.constantFrom('a', 'b', "it's"), { minLength: 1 }).map((all) => all.toSorted()),
          ),
        }),
        attributes: records({
          country: optional(text),
          level: optional(fc.integer({ min: -9, max: 99 })),
          limit: optional(fc.constantFrom(0, 0.5, 1e6)),
          vip: optional(fc.boolean()),
          theme: optional(text),
          accounts: optional(
            fc.uniqueArray(fc.constantFrom('x:a', 'b', 'é', "it's"), { minLength: 1, maxLength: 3 }),
          ),
        }),
      }),
    )
    .map(([names, user]) => ({ ...user, ...names })),
  session: optional(
    records({
      id: optional(fc.constant('s1')),
      auth_time: optional(fc.constant(1_767_225_000)),
      amr: optional(fc.constant(['pwd'])),
      notes: optional(records({ via: optional(text) })),
      idp: optional(fc.constantFrom('google', "it's")),
    }),
  ),
  connection: optional(records({ name: optional(text), strategy: optional(fc.constant('oidc')) })),
  actor: optional(records({ sub: fc.constant('agent') })),
  request: records({
    grant_type: fc.constantFrom('authorization_code', 'refresh_token'),
    audience,
    params,
    ip,
    user_agent,
    geo,
    acr_values: optional(fc.constant(['gold'])),
    scopes: names.map((some) => ['openid', ...some.filter((name) => /^[!-~]+$/.test(name))]),
  }),
});

const machine = records({
  ...shared,
  subject_type: fc.constant('machine'),
  workload: optional(records({ id: text, attester: optional(text) })),
  request: records({
    grant_type: fc.constant('client_credentials'),
    audience,
    params,
    ip,
    user_agent,
    geo,
    scopes: fc.constant(['read']),
  }),
});

describe('context → event → context is the identity on what the issuer can carry', () => {
  test.each(issuers)('$title', async (issuer) => {
    const reading = readSpec({ file: 'echo.yaml', text: echo(issuer.id) }, { [issuer.id]: issuer.settings });
    const created = reading.spec && createPolicy(reading.spec, reading.source);
    const policy = created?.policy;
    if (policy === undefined) throw new Error(JSON.stringify([reading.findings, created?.findings]));
    const compilation = await issuer.compile(policy);
    const errors = compilation.findings.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ rule, message }) => `${rule} ${message}`)).toEqual([]);
    const program = evaluateProgram(generateProgram(policy));
    const around = {
      fetch: () => Promise.reject(new TypeError('fetch failed')),
      answer: () => ({ fails: 'network' }) as const,
      secrets: {},
      nowSeconds: 1_767_225_600,
    };
    await fc.assert(
      fc.asyncProperty(fc.oneof({ weight: 3, arbitrary: human }, machine), async (context) => {
        const event = issuer.simulator.eventFrom(context, policy);
        const { access } = withSpecNames(
          await issuer.simulator.simulate(compilation, event, around),
          issuer.names(policy),
          policy.claims,
          policy.deny,
        );
        const { context: possible } = held(context, issuer, event.trigger, policy);
        const seen = told(possible, issuer, event.trigger, policy).context;
        const known = runPolicy(program, policy, { answers: {} }, seen);
        expect(readable(access)).toEqual(readable(known.verdict.access));
      }),
      { numRuns: 200 },
    );
  });
});

function readable(claims: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(claims).map(([name, value]) => [
      fields[Number(name.slice('echo_'.length))] ?? name,
      value,
    ]),
  );
}
