import { expect, it } from 'vitest';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { collisionsOf } from '../src/collisions.ts';
import { type LiveQuestion, previewLive } from '../src/live.ts';
import { audience, clients, type Payments } from './payments.ts';
import { liveRealm } from './tokens.ts';

/** Questions to a server whose realm of payments is there. */
export function liveAgainstServer({ url, admin }: Keycloak, { policy }: Payments): void {
  const question: LiveQuestion = {
    url: `${url}/`,
    realm: 'claimsmith-payments',
    login: admin,
    client: clients.built,
    username: 'ada',
    scopes: ['payments.approve'],
  };

  it('says what it would sign', async () => {
    const { access, id, userinfo, isDead } = await previewLive(question);
    expect(isDead).toBe(false);
    expect(access).toMatchObject({
      features: ['sepa', 'instant'],
      plan: 'gold',
      approval_limit: 5000,
      region: 'eu',
      policy: policy.marker?.value,
      aud: audience,
    });
    expect(id).toMatchObject({ name: 'Ada Approver' });
    expect(userinfo).toMatchObject({ sub: 'ada' });
  });

  it('says which mappers of others write what the policy writes', async () => {
    const { mappers } = await previewLive(question);
    const container = (name: string) => mappers.find((mapper) => mapper.container === `client scope ${name}`);
    expect(container('claimsmith.payments')).toMatchObject({
      policy: 'payments',
      provider: 'script-claimsmith-payments.js',
    });
    expect(container('profile')).toMatchObject({
      policy: undefined,
      config: { 'access.token.claim': 'true' },
    });
    expect(collisionsOf(policy, mappers)).toEqual([]);
    const realm = await liveRealm({ url, admin }, 'claimsmith-payments');
    const path = `/${realm.name}/clients/${realm.clientIds[clients.built]}/protocol-mappers/models`;
    const id = await realm.admin.post(path, {
      name: 'of others',
      protocol: 'openid-connect',
      protocolMapper: 'oidc-audience-mapper',
      config: { 'included.custom.audience': audience, 'access.token.claim': 'true' },
    });
    const found = collisionsOf(policy, (await previewLive(question)).mappers);
    await realm.admin.delete(`${path}/${id}`);
    expect(found).toEqual([{ claim: 'aud', writers: ['the client, mapper of others'] }]);
  });

  it('says that a token would be dead', async () => {
    expect(await previewLive({ ...question, username: 'suspended' })).toMatchObject({ isDead: true });
  });

  it.each([
    ['another password', { login: { username: 'admin', password: 'x' } }, 'unauthorized'],
    ['an unknown client', { login: { clientId: 'x', clientSecret: 'y' } }, 'unauthorized'],
    ['another realm', { realm: 'nowhere' }, 'not_found'],
    ['another client', { client: 'nowhere' }, 'not_found'],
    ['part of a name', { username: 'ad' }, 'not_found'],
    ['a server that is not there', { url: 'http://127.0.0.1:1' }, 'unreachable'],
    ['a server that is not safe', { url: 'http://keycloak.example' }, 'address'],
    ['no address', { url: 'keycloak' }, 'address'],
  ] as const)('says what is wrong with %s', async (_name, more, code) => {
    await expect(previewLive({ ...question, ...more })).rejects.toMatchObject({ name: 'LiveError', code });
  });
}
