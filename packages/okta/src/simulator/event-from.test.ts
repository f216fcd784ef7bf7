import type { RawContext } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf, surroundings } from '../../test/hook-fixtures.ts';
import { okta } from '../index.ts';

/** A value for each field that Okta supplies; `user.roles` are groups unless the settings say otherwise. */
const login: Readonly<Record<string, unknown>> = {
  'user.id': '00u7',
  'user.username': 'ada',
  'user.email': 'ada@acme.example',
  'user.email_verified': true,
  'user.name': 'Ada Lovelace',
  'user.given_name': 'Ada',
  'user.family_name': 'Lovelace',
  'user.locale': 'en_GB',
  'user.zoneinfo': 'Europe/London',
  'user.phone_number': '+44 1',
  'user.roles': ['r1', 'r2'],
  'user.groups': ['g1', 'g2'],
  'user.nickname': 'ada',
  'user.picture': 'https://acme.example/ada.png',
  'user.created_at': '2025-01-01T00:00:00Z',
  'user.logins_count': 7,
  'user.attributes.tier': 'gold',
  'org.id': 'o1',
  'org.name': 'Org',
  'org.display_name': 'The org',
  'tenant.id': 't1',
  'client.id': '0oa7',
  'client.name': 'The app',
  'request.grant_type': 'password',
  'request.scopes': ['openid', 'a'],
  'request.audience': 'api://x',
  'request.ip': '192.0.2.9',
  'request.authorization_details': [{ type: 'pay', amount: 5 }],
  'session.id': '102x',
  'session.auth_time': 1_795_000_000,
  'session.amr': ['pwd', 'otp'],
  'session.idp': '0oa2',
  subject_type: 'human',
};
const automatic = {
  'org.id': 'o1',
  'org.name': 'Org',
  'org.display_name': 'The org',
  'tenant.id': 't1',
  'client.id': '0oa7',
  'client.name': 'The app',
  'request.grant_type': 'client_credentials',
  'request.scopes': ['a'],
  'request.audience': 'api://x',
  'request.ip': '192.0.2.9',
  subject_type: 'machine',
};

/** A field that a policy puts into a token: `org.metadata` and the like are maps, whose parts are read. */
const maps = ['org.metadata', 'client.metadata', 'request.params', 'user.attributes'];

/** Settings may find a user's field in an app, but a machine has none of its own. */
function isOfNobody(field: string, trigger: string): boolean {
  return trigger === 'client-credentials' && field.startsWith('user.');
}

function contextWith(fields: Readonly<Record<string, unknown>>): RawContext {
  const context: Record<string, Record<string, unknown>> = {};
  for (const [field, value] of Object.entries(fields)) {
    const [group = '', name = '', attribute] = field.split('.');
    if (name === '') Object.assign(context, { [group]: value });
    else if (attribute === undefined) context[group] = { ...context[group], [name]: value };
    else context[group] = { ...context[group], attributes: { [attribute]: value } };
  }
  return context;
}

async function issue(field: string, context: RawContext) {
  const policy = policyOf(`
version: 1
name: fields
user: { attributes: { tier: string } }
claims:
  field: { value: ${field}, kind: descriptive${/^(user|session|request\.authorization)/.test(field) ? ', when: subject_type == "human"' : ''} }
issuers:
  okta:
    audience: api://x
    rolesIn: jobs
    supply:
      user.email_verified: user.verified
      org.id: [user.organization, app.profile.organization]
      org.name: [appuser.orgName, app.profile.orgName]
      org.display_name: [user.orgTitle, app.profile.orgTitle]
      tenant.id: app.profile.tenant
      user.picture: user.picture
      user.created_at: user.since
      user.logins_count: user.logins
      org.metadata: app.profile.org
      client.metadata: app.profile.about
`);
  const compilation = await okta.compile(policy);
  expect(compilation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  return okta.simulator.simulate(compilation, okta.simulator.eventFrom(context, policy), surroundings());
}

describe('context to event to token', () => {
  it('every field that is supplied has a value here', () => {
    for (const [trigger, values] of [
      ['login', login],
      ['client-credentials', automatic],
    ] as const) {
      const supplied = okta.model.supplies
        .filter(({ from }) => from[trigger] !== undefined)
        .map(({ field }) => field);
      expect(
        supplied.filter(
          (field) => !Object.hasOwn(values, field) && !maps.includes(field) && !isOfNobody(field, trigger),
        ),
        // It comes from the surroundings.
      ).toEqual(['now']);
    }
  });

  it.each(Object.entries(login))('%s of a login', async (field, value) => {
    expect((await issue(field, contextWith(login))).access['field']).toEqual(value);
  });

  it.each(Object.entries(automatic))('%s of client credentials', async (field, value) => {
    expect((await issue(field, contextWith(automatic))).access['field']).toEqual(value);
  });

  it.each([
    ['request.params["channel"]', { request: { params: { channel: 'mobile' } } }],
    ['client.metadata["channel"]', { client: { metadata: { channel: 'mobile' } } }],
    ['org.metadata["channel"]', { org: { metadata: { channel: 'mobile' } } }],
  ])('%s', async (field, context) => {
    expect((await issue(`'${field}'`, { subject_type: 'machine', ...context })).access['field']).toBe(
      'mobile',
    );
    expect((await issue(`'${field}'`, { subject_type: 'human', ...context })).access['field']).toBe('mobile');
  });

  it.each(
    Object.keys(login).filter((field) => !/^(user\.(id|groups)|client|request|subject_type)/.test(field)),
  )('%s that is not said is not known', async (field) => {
    const { [field]: _, ...others } = login;
    expect((await issue(field, contextWith(others))).access).not.toHaveProperty('field');
  });
});

describe('what a scenario does not say', () => {
  const policy = policyOf(
    'version: 1\nname: p\nclaims: { a: { const: x, kind: descriptive } }\nissuers: { okta: {} }',
  );

  it('is what Okta always has', () => {
    expect(okta.simulator.eventFrom({ subject_type: 'human' }, policy)).toMatchObject({
      trigger: 'login',
      event: {
        user: { groups: [] },
        request: { grantType: 'authorization_code', scopes: [] },
        tokens: { id: false },
      },
    });
  });

  it.each([
    { subject_type: 'machine' },
    { subject_type: 'agent' },
    { request: { grant_type: 'client_credentials' } },
  ])('makes a client of %j', (context) => {
    const { trigger, event } = okta.simulator.eventFrom(context, policy);
    expect(trigger).toBe('client-credentials');
    expect(event).not.toHaveProperty('user');
    expect(event).toMatchObject({ request: { grantType: 'client_credentials' } });
  });

  it('nothing that a scenario says can break it', () => {
    for (const odd of [
      null,
      7,
      'x',
      [],
      { id: 7, roles: 'x', groups: [7], attributes: 'x', amr: 'x', auth_time: 1e99 },
    ])
      for (const group of ['user', 'org', 'client', 'request', 'session', 'actor', 'subject_type'])
        expect(() => okta.simulator.eventFrom({ [group]: odd }, policy)).not.toThrow();
  });
});
