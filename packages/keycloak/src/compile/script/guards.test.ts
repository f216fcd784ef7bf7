import type { Issuance } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { paymentsSpec, policyOf } from '../../../test/fixtures.ts';
import { issued, machine, person, spec, withOthers, withScopes } from '../../../test/issued.ts';
import { type ClientScope, keycloak } from '../../index.ts';
import { type Emulation, emulate } from '../../simulator/emulator/emulate.ts';
import { enrichment, issuance } from '../../simulator/emulator/input.ts';
import { noScripts } from '../../simulator/emulator/scripts.ts';

/** A token that lives, and has nothing of the policy. */
function expectNothing({ denied, access, id, scopes }: Issuance, left: readonly string[]): void {
  expect({ denied, access, id, scopes }).toEqual({ denied: undefined, access: {}, id: {}, scopes: left });
}

describe('a policy script', () => {
  it('gives service accounts nothing where they are off', async () => {
    const text = paymentsSpec('{ scripts: true, audience: "urn:api", serviceAccounts: false }');
    expectNothing(await issued(machine, { text }), []);
    expect((await issued(person, { text })).access).toHaveProperty('tenant_id', 'o1');
  });

  it("takes what is the policy's from a service account, whoever gave it", async () => {
    const text = paymentsSpec('{ scripts: true, audience: "urn:api", serviceAccounts: false }');
    const asking = { ...machine, request: { ...machine.request, scopes: ['payments.approve', 'other'] } };
    const token = await issued(asking, { text, compilation: withOthers });
    expectNothing(token, ['other']);
  });

  it('is for its clients alone', async () => {
    const text = paymentsSpec('{ scripts: true, audience: "urn:api", clients: [web, app] }');
    expect((await issued(person, { text })).access).toHaveProperty('tenant_id', 'o1');
    const other = await issued({ ...person, client: { id: 'shop' } }, { text, compilation: withOthers });
    expectNothing(other, ['openid']);
    expect(other.asked).toEqual([]);
  });

  it('takes the audience away, which another mapper gave, and keeps that away from introspections', async () => {
    const text = paymentsSpec(
      '{ scripts: true, audience: "urn:api", serviceAccounts: false, clients: [web] }',
    );
    for (const context of [machine, { ...person, client: { id: 'job' } }]) {
      const { access, introspection } = await emulated(text, context);
      const { scope: _scope, ...claims } = access;
      expect([claims, introspection]).toEqual([{ aud: [] }, { aud: [] }]);
    }
  });

  it('takes out of ID tokens and userinfo what services grant on, whoever wrote it there', async () => {
    const text = `version: 1
name: payments
claims:
  tenant_id: { value: org.id, kind: authoritative }
  shown: { value: org.id + "!", kind: descriptive, tokens: [id] }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
    const { access, id, userinfo } = await emulated(text, person);
    expect(access).toMatchObject({ tenant_id: 'o1', policy: policyOf(text).marker?.value });
    expect(id).toEqual({ aud: 'web', shown: 'o1!' });
    expect(userinfo).toEqual({});
    const broken = await emulated(text, person, (code) =>
      code.replace('setClaims(policy.granting, {})', 'nothing.at.all()'),
    );
    expect(broken.userinfo).toEqual({});
  });

  it('copies nothing from a request that only passes for an introspection', async () => {
    const forged = { tenant_id: 'o2', policy: 'payments@0badcafe', aud: 'urn:api', jti: 'another' };
    const params = { token: `.${Buffer.from(JSON.stringify(forged)).toString('base64url')}.` };
    const passing = (code: string) => code.replace('\\/introspect\\/*$/', '$/');
    const token = await emulated(spec, { ...person, request: { ...person.request, params } }, passing);
    expect(token.access).toEqual({ aud: [] });
  });
});

describe('a script that', () => {
  function expectUnfit({ denied, access, id, asked }: Awaited<ReturnType<typeof issued>>): void {
    expect(denied?.description).toBe('enrichment_unavailable');
    expect({ access, id, asked }).toEqual({ access: {}, id: {}, asked: [] });
  }

  it('has come into another realm certifies nothing', async () => {
    const token = await issued(person, { event: { realm: 'other' } });
    expectUnfit(token);
    expect(token.log.join('\n')).toContain('not made for this realm');
  });

  it.each([
    ['in one of its realms', 'b', true],
    ['in another one', 'c', false],
    ['in part of a name', 'pa', false],
  ] as const)('is for several realms works %s', async (_what, realm, isEnriched) => {
    const text = paymentsSpec('{ realm: [payments, b], scripts: true, audience: "urn:api" }');
    const token = await issued(person, { text, event: { realm } });
    expect([token.denied === undefined, 'tenant_id' in token.access]).toEqual([isEnriched, isEnriched]);
    if (!isEnriched) expectUnfit(token);
  });

  it('is minified, because its realms are many, signs the same', async () => {
    const others = Array.from({ length: 1_000 }, (_, index) => `customer-${index}`);
    const settings = (realms: readonly string[]) =>
      paymentsSpec(`{ realm: ${JSON.stringify(realms)}, scripts: true, audience: "urn:api" }`);
    for (const context of [person, machine, { ...person, user: { ...person.user, groups: ['suspended'] } }]) {
      const [readable, short] = [
        await issued(context, { text: settings(['payments']) }),
        await issued(context, { text: settings(['payments', ...others]), event: { realm: 'payments' } }),
      ];
      // Each record has an id of its own.
      const lasting = (token: typeof short) => ({
        ...token,
        elapsedMs: 0,
        log: token.log.map((line) => line.replace(/"id":"[^"]*"/, '')),
      });
      expect(lasting(short)).toEqual(lasting(readable));
    }
    const unfit = await issued(person, {
      text: settings(['payments', ...others]),
      event: { realm: 'customer' },
    });
    expectUnfit(unfit);
  });

  const base = 'claimsmith.payments';
  it.each<[string, (scopes: ClientScope[]) => ClientScope[], string]>([
    [
      'another revision',
      (all) => changed(all, base, { 'claimsmith.revision': '0badcafe' }),
      'revision 0badcafe',
    ],
    ['none', (all) => changed(all, base, { 'claimsmith.revision': undefined }), 'revision unknown'],
    ['a nonsense', (all) => changed(all, base, { 'claimsmith.revision': 'ada; x' }), 'revision unknown'],
    [
      'another revision in a scope to be asked for',
      (all) => changed(all, 'payments.approve', { 'claimsmith.revision': '0badcafe' }),
      'revision 0badcafe',
    ],
    [
      'no word of whose they are',
      (all) => changed(all, base, { 'claimsmith.policy': undefined, 'claimsmith.revision': undefined }),
      'revision unknown',
    ],
    [
      "another policy's",
      (all) => all.map((one) => ({ ...one, attributes: { ...one.attributes, 'claimsmith.policy': 'x' } })),
      'no client scopes',
    ],
  ])('stands in client scopes with %s certifies nothing', async (_what, change, cause) => {
    const token = await issued(person, { compilation: (built) => withScopes(built, change) });
    expectUnfit(token);
    expect(token.log.join('\n')).toContain(cause);
    expect(token.notes.join()).toContain('client is removed from the session');
  });
});

/** What comes of a spec where other mappers write too, with a script that may be changed. */
async function emulated(
  text: string,
  context: Readonly<Record<string, unknown>>,
  change?: (code: string) => string,
): Promise<Emulation> {
  const policy = policyOf(text);
  const built = withOthers(await keycloak.compile(policy));
  const artifact = (path: string) => built.artifacts.find((one) => one.path === path)?.content ?? '';
  const code = artifact('claimsmith-payments.js');
  const changed = change === undefined ? code : change(code);
  if (change !== undefined) expect(changed).not.toBe(code);
  return emulate(
    enrichment.parse(JSON.parse(artifact('client-scopes.json'))),
    issuance.parse(keycloak.simulator.eventFrom(context, policy).event),
    {
      scripts: {
        ...noScripts,
        realm: policy.name,
        codes: new Map([['script-claimsmith-payments.js', changed]]),
      },
    },
  );
}

function changed(
  scopes: readonly ClientScope[],
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
): ClientScope[] {
  expect(scopes.map((one) => one.name)).toContain(name);
  return scopes.map((one) =>
    one.name === name
      ? { ...one, attributes: JSON.parse(JSON.stringify({ ...one.attributes, ...attributes })) }
      : one,
  );
}

describe('the session', () => {
  const suspended = { ...person, user: { ...person.user, groups: ['suspended'] } };
  const over = 'The issued token has already expired, and its session has ended.';
  const left = 'The issued token has already expired, and its client is removed from the session.';
  const failing = { answer: async () => new Response('', { status: 500 }) };

  it.each<[string, typeof person, object, string]>([
    ['is over where a deny rule holds', suspended, {}, over],
    [
      'is over where a deny rule holds, the offline one too, which Keycloak makes afterwards',
      { ...suspended, request: { ...person.request, scopes: ['openid', 'offline_access'] } },
      {},
      over,
    ],
    [
      'is over where a deny rule holds, and no ID token comes after the offline one',
      { ...suspended, request: { ...person.request, scopes: ['offline_access'] } },
      {},
      over,
    ],
    [
      'is over where a deny rule holds, and none but an offline one is there',
      suspended,
      { event: { session: { isOffline: true } } },
      over,
    ],
    ['is left by this client alone where a source fails', person, failing, left],
    [
      'is left by this client alone where a deny rule cannot be told',
      person,
      {
        ...failing,
        text: spec.replace(
          /^deny:\n/m,
          'deny:\n  - { when: entitlements.plan == "none", reason: no_plan }\n',
        ),
      },
      left,
    ],
    ['is left by this client alone where a value is not there', { ...person, org: { id: '' } }, {}, left],
    [
      'is left by this client alone where authorization details are refused',
      {
        ...person,
        request: {
          ...person.request,
          ...{ authorization_details: [{ type: 'payment_initiation', amount: 99, currency: 'EUR' }] },
        },
      },
      {},
      left,
    ],
    [
      'for offline use stays where a source fails',
      person,
      { ...failing, event: { session: { isOffline: true } } },
      'The issued token has already expired; its session and refresh tokens stay valid.',
    ],
  ])('%s', async (_what, context, more, note) => {
    const { org, ...rest } = context;
    const token = await issued(org.id === '' ? rest : context, more);
    expect(token.denied).toBeDefined();
    expect(token.notes).toContain(note);
  });
});
