import { expect, it } from 'vitest';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { type LiveQuestion, previewLive } from '../src/live.ts';
import { audience, clients, type Payments } from './payments.ts';

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

  it('says that a token would be dead', async () => {
    expect(await previewLive({ ...question, username: 'suspended' })).toMatchObject({ isDead: true });
  });

  it.each([
    ['another password', { login: { username: 'admin', password: 'x' } }, 'unauthorized'],
    ['a client that is none', { login: { clientId: 'x', clientSecret: 'y' } }, 'unauthorized'],
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
