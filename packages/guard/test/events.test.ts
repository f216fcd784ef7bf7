import { type Entry, eventReceiver, memoryDenylist } from '@claimsmith/guard';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { beforeAll, describe, expect, test } from 'vitest';

const caep = 'https://schemas.openid.net/secevent/caep/event-type/';
const transmitter = 'https://signals.example';
const idp = 'https://idp.example/';
const now = () => Math.floor(Date.now() / 1_000);
const ada = { format: 'iss_sub', iss: idp, sub: 'ada' };

let keys: Awaited<ReturnType<typeof generateKeyPair>>;
let jwks: { keys: Record<string, unknown>[] };
beforeAll(async () => {
  keys = await generateKeyPair('RS256');
  jwks = { keys: [{ ...(await exportJWK(keys.publicKey)), kid: 'k' }] };
});

function receiverOf(add: (entry: Entry) => Promise<void> = async () => {}) {
  const entries: Entry[] = [];
  const receiver = eventReceiver({
    transmitters: { [transmitter]: { audience: 'https://payments.example', about: [idp], jwks } },
    denylist: {
      add: async (entry) => {
        await add(entry);
        entries.push(entry);
      },
    },
    subjectOf: ({ format, email, sub }) => {
      if (sub === '00u1') return { issuer: idp, subject: 'ada@acme.example' };
      return format === 'email' && email === 'ada@acme.example' ? { issuer: idp, subject: 'ada' } : undefined;
    },
  });
  return { receiver, entries };
}

async function eventOf(
  type: string,
  changes: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
) {
  const claims = {
    iss: transmitter,
    aud: 'https://payments.example',
    iat: now(),
    jti: 'e1',
    sub_id: ada,
    events: { [type]: { event_timestamp: now() } },
    ...changes,
  };
  return await new SignJWT(claims)
    .setProtectedHeader({ alg: 'RS256', kid: 'k', typ: 'secevent+jwt', ...header })
    .sign(keys.privateKey);
}

describe('an event', () => {
  test.each([
    'caep/event-type/session-revoked',
    'caep/event-type/credential-change',
    'caep/event-type/token-claims-change',
    'risc/event-type/account-disabled',
    'risc/event-type/account-purged',
    'risc/event-type/credential-compromise',
    'risc/event-type/sessions-revoked',
  ])('%s revokes what its subject got until then', async (type) => {
    const started = now();
    const { receiver, entries } = receiverOf();
    expect(await receiver.receive(await eventOf(`https://schemas.openid.net/secevent/${type}`))).toEqual({
      status: 202,
      body: '',
    });
    expect(entries).toEqual([
      { issuer: idp, subject: 'ada', before: expect.any(Number), until: expect.any(Number) },
    ]);
    // A token of a clock that is a minute ahead lives until then.
    expect(entries[0]?.until).toBeGreaterThanOrEqual(started + 86_400 + 60);
    const denylist = memoryDenylist({ entries });
    const candidate = { issuer: idp, id: '1', session: undefined, subject: 'ada', status: undefined };
    expect(denylist.isRevoked({ ...candidate, issuedAt: now() - 1 })).toBe(true);
    expect(denylist.isRevoked({ ...candidate, issuedAt: now() + 2 })).toBe(false);
  });

  test('of a session revokes it, and what its subject got until then', async () => {
    const { receiver, entries } = receiverOf();
    const sub_id = { format: 'complex', user: ada, session: { format: 'opaque', id: 's1' } };
    await receiver.receive(await eventOf(`${caep}session-revoked`, { sub_id }));
    expect(entries).toMatchObject([
      { issuer: idp, subject: 'ada', before: expect.any(Number) },
      { issuer: idp, session: 's1' },
    ]);
  });

  test('names a user by another id than tokens do', async () => {
    const { receiver, entries } = receiverOf();
    const sub_id = { format: 'iss_sub', iss: 'https://org.example', sub: '00u1' };
    expect((await receiver.receive(await eventOf(`${caep}session-revoked`, { sub_id }))).status).toBe(202);
    expect(entries).toMatchObject([{ issuer: idp, subject: 'ada@acme.example' }]);
  });

  test('of an older transmitter has its subject inside', async () => {
    const { receiver, entries } = receiverOf();
    const events = {
      [`${caep}session-revoked`]: { subject: { format: 'email', email: 'ada@acme.example' } },
    };
    await receiver.receive(await eventOf('', { sub_id: undefined, events }));
    expect(entries).toMatchObject([{ subject: 'ada' }]);
  });

  test('of another kind is accepted, and does nothing', async () => {
    const { receiver, entries } = receiverOf();
    const type = 'https://schemas.openid.net/secevent/ssf/event-type/verification';
    expect(
      (await receiver.receive(await eventOf(type, { sub_id: { format: 'opaque', id: 'stream' } }))).status,
    ).toBe(202);
    expect(entries).toEqual([]);
  });

  test.each([
    ['from somebody else', { iss: 'https://evil.example' }, {}, 'invalid_issuer'],
    ['for somebody else', { aud: 'https://other.example' }, {}, 'invalid_audience'],
    ['that is another token', {}, { typ: 'at+jwt' }, 'invalid_request'],
    ['with an unknown key', {}, { kid: 'other' }, 'invalid_key'],
    ['from the future', { iat: now() + 3_600 }, {}, 'invalid_request'],
    ['without jti', { jti: undefined }, {}, 'invalid_request'],
    [
      'about a subject of another issuer',
      { sub_id: { ...ada, iss: 'https://bank.example/' } },
      {},
      'invalid_request',
    ],
    ['about nobody', { sub_id: undefined }, {}, 'invalid_request'],
    ['about a token without id', { sub_id: { format: 'jwt_id', iss: idp, jti: '' } }, {}, 'invalid_request'],
    [
      'about somebody unknown',
      { sub_id: { format: 'email', email: 'x@acme.example' } },
      {},
      'invalid_request',
    ],
  ])('%s is refused', async (_what, changes, header, err) => {
    const { receiver, entries } = receiverOf();
    const answer = await receiver.receive(await eventOf(`${caep}session-revoked`, changes, header));
    expect([answer.status, JSON.parse(answer.body).err]).toEqual([400, err]);
    expect(entries).toEqual([]);
  });

  test('that is signed by others, is not a token, or is too long, is refused', async () => {
    const { receiver } = receiverOf();
    const token = await eventOf(`${caep}session-revoked`);
    for (const body of [`${token.slice(0, -4)}AAAA`, 'x', '', 'x'.repeat(70_000)])
      expect((await receiver.receive(body)).status).toBe(400);
  });

  test('is sent again if the denylist cannot take it', async () => {
    const { receiver } = receiverOf(() => Promise.reject(new Error('down')));
    expect((await receiver.receive(await eventOf(`${caep}session-revoked`))).status).toBe(503);
  });

  test('comes by POST', async () => {
    const { receiver } = receiverOf();
    const body = await eventOf(`${caep}session-revoked`);
    const post = (type: string) =>
      receiver.handle(
        new Request('https://x.example/', { method: 'POST', body, headers: { 'content-type': type } }),
      );
    expect((await post('application/secevent+jwt')).status).toBe(202);
    expect((await post('application/json')).status).toBe(400);
  });

  test.each([
    ['never ends', (stream: ReadableStreamDefaultController) => stream.enqueue(Buffer.alloc(10_000, 'x'))],
    ['breaks off', (stream: ReadableStreamDefaultController) => stream.error(new Error('reset'))],
  ])('whose body %s is refused', async (_what, pull) => {
    const { receiver } = receiverOf();
    const body = new ReadableStream({ pull });
    const headers = { 'content-type': 'application/secevent+jwt' };
    const request = new Request('https://x.example/', { method: 'POST', body, headers, duplex: 'half' });
    expect((await receiver.handle(request)).status).toBe(400);
  });
});
