import { expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

/** What `test` says of a spec and one scenario. */
async function tried(spec: string, scenario: string) {
  const folder = scratchFolder({
    'enrichment.yaml': `version: 1\nname: situated\n${spec}`,
    'scenarios/a.yaml': scenario,
  });
  const { code, out } = await claimsmith(folder, 'test', '--json');
  const { results } = JSON.parse(out);
  const failed = results.filter(({ status }: { status: string }) => status === 'failed');
  return { code, failed, out };
}

test.each(['', ', client: { metadata: null }, request: { params: null }'])(
  'metadata and parameters that a scenario does not say are empty, as issuers give them: %s',
  async (said) => {
    const { code, failed } = await tried(
      `claims:
  study: { value: 'has(client.metadata.study)', kind: descriptive }
  channel: { value: 'has(request.params.channel)', kind: descriptive }
issuers: { auth0: {}, keycloak: { scripts: true, audience: "urn:api" } }
`,
      `- name: a
  context: { user: { id: u1 }${said} }
  expect: { access: { study: false, channel: false } }
`,
    );
    expect([code, failed]).toEqual([0, []]);
  },
);

test('an attribute that Auth0 keeps where it keeps groups is what the scenario says', async () => {
  const spec = (value: string) => `user: { attributes: { groups: list(string) } }
claims:
  https://acme.example/groups: { value: '${value}', kind: authoritative, when: subject_type == "human" }
issuers: { auth0: { triggers: [post-login], groupsIn: groups } }
`;
  const scenario = `- name: a
  context: { user: { id: u1, attributes: { groups: [a] } } }
  expect: { access: { "https://acme.example/groups": [a] } }
`;
  expect((await tried(spec('user.attributes.groups'), scenario)).failed).toEqual([]);
  const both = scratchFolder({
    'enrichment.yaml': `version: 1\nname: both\n${spec('user.attributes.groups + user.groups')}`,
  });
  const { code, out } = await claimsmith(both, 'check');
  expect(code).toBe(2);
  expect(out).toContain('At Auth0 `user.groups` and `user.attributes.groups` are the same value');
});

test('an Okta authorization server has one audience, whatever a scenario asks for', async () => {
  const { code, failed, out } = await tried(
    `claims: { a: { const: x, kind: descriptive, audiences: ["urn:api"] } }
issuers: { okta: { audience: "urn:api" } }
`,
    `- name: ours
  context: { user: { id: u1 }, request: { audience: "urn:api" } }
  expect: { access: { a: x } }
- name: another
  context: { user: { id: u1 }, request: { audience: "urn:other" } }
  expect: { absent: [a] }
`,
  );
  expect([code, failed]).toEqual([0, []]);
  expect(out).toContain('At Okta the audience is urn:api.');
});

test('zero has no sign in a token', async () => {
  const { code, failed } = await tried(
    `user: { attributes: { balance: double } }
claims: { owed: { value: -user.attributes.balance, kind: descriptive, when: subject_type == "human" } }
issuers: { auth0: {}, keycloak: { scripts: true, audience: "urn:api" } }
`,
    `- name: nothing owed
  context: { user: { id: u1, attributes: { balance: 0 } } }
  expect: { access: { owed: 0 } }
`,
  );
  expect([code, failed]).toEqual([0, []]);
});
