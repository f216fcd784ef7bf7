import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { redisDenylist } from '@claimsmith/guard';
import { createClient } from '@redis/client';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { serverForTests } from '../../../tools/servers/for-tests.ts';
import { startRedis } from '../../../tools/servers/redis.ts';
import { auditLine } from '../../okta-server/src/audit-line.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const key = 'k'.repeat(32);
const digest = (subject: string) =>
  createHmac('sha256', key).update(subject).digest('base64url').slice(0, 22);
const issuer = 'https://acme.okta.com/oauth2/default';
let folder = '';

const end = { sequence: 0, hash: '0'.repeat(64) };
let count = 0;
const line = (data: object, agoSeconds = 60) => {
  const timeMs = Date.now() - agoSeconds * 1_000;
  const time = timeMs.toString(16).padStart(12, '0');
  const id = `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${String(++count).padStart(12, '0')}`;
  return auditLine({ event: 'issuance', source: 'hook', timeMs, data: { id, ...data } }, end);
};

beforeEach(() => {
  const record = (jti: string | undefined, more: object = {}) => ({
    claimsmith: 'shop@607b0ee0',
    decision: 'issued',
    subject: digest('00u1'),
    client: 'web',
    ...(jti && { jti }),
    issuer: 'okta',
    ...more,
  });
  const lines = [
    line(record('AT.1')),
    line(record('AT.2', { subject: digest('00u2') })),
    line(record('AT.3', { client: 'job', subject: undefined })),
    line(record('AT.4', { decision: 'denied' })),
    line(record(undefined)),
    line(record('AT.5'), 90_000),
  ];
  folder = scratchFolder({ 'audit.jsonl': `${lines.join('\n')}\n` });
  process.env['AUDIT_KEY'] = key;
});
afterEach(() => {
  delete process.env['AUDIT_KEY'];
});

const revoke = (...args: readonly string[]) =>
  claimsmith(folder, 'revoke', '--audit', 'audit.jsonl', '--issuer', issuer, ...args);
const idsIn = (out: string) => JSON.parse(out).entries.map(({ id }: { id: string }) => id);

test('entries are for tokens that were issued and may still be valid', async () => {
  const { code, out, err } = await revoke('--all');
  expect([code, idsIn(out)]).toEqual([0, ['AT.1', 'AT.2', 'AT.3']]);
  expect(JSON.parse(out).entries[0]).toEqual({ issuer, id: 'AT.1', until: expect.any(Number) });
  expect(err).toBe(
    '3 tokens to revoke; 1 have expired\n1 issuance without the id of the token: revoke them by subject or session\n',
  );
});

test('filters choose a user by the digest, a client, a time', async () => {
  expect(idsIn((await revoke('--subject', '00u1')).out)).toEqual(['AT.1']);
  expect(idsIn((await revoke('--client', 'job')).out)).toEqual(['AT.3']);
  expect(idsIn((await revoke('--client', 'web', '--subject', '00u2')).out)).toEqual(['AT.2']);
  expect(idsIn((await revoke('--since', new Date(Date.now() + 5_000).toISOString())).out)).toEqual([]);
});

test('entries are written to a file', async () => {
  const { out } = await revoke('--all', '--out', 'entries.json');
  expect([out, idsIn(readFileSync(join(folder, 'entries.json'), 'utf8')).length]).toEqual(['', 3]);
});

test('files without a record, and a record that is broken, are told and fail', async () => {
  writeFileSync(join(folder, 'audit.jsonl'), 'garbage\n{}\n');
  const none = await revoke('--all');
  expect([none.code, none.err]).toEqual([
    1,
    '0 tokens to revoke; 0 have expired\nNo record of an issuance was found in these files\n',
  ]);
  const whole = line({ claimsmith: 'shop@607b0ee0', decision: 'issued', jti: 'AT.1', issuer: 'okta' });
  writeFileSync(join(folder, 'audit.jsonl'), `${whole}\n${whole.slice(0, -90)}\n`);
  const broken = await revoke('--all');
  expect([broken.code, idsIn(broken.out)]).toEqual([1, ['AT.1']]);
  expect(broken.err).toContain('1 record could not be read, so tokens may be missing\n');
});

test('an older record of a token does not let it go, and a byte order mark hides none', async () => {
  const issued = { claimsmith: 'shop@607b0ee0', decision: 'issued', issuer: 'okta' };
  const lines = [line({ ...issued, jti: 'AT.1' }), line({ ...issued, jti: 'AT.1' }, 200_000)];
  writeFileSync(join(folder, 'audit.jsonl'), `\ufeff${lines.join('\r\n')}\r\n`);
  const { code, out } = await revoke('--all');
  expect([code, idsIn(out)]).toEqual([0, ['AT.1']]);
});

test('records of several issuers cannot be entries of one', async () => {
  const issued = { claimsmith: 'shop@607b0ee0', decision: 'issued', jti: 'a' };
  const lines = ['okta', 'keycloak'].map((issuer) => line({ ...issued, issuer }));
  writeFileSync(join(folder, 'audit.jsonl'), `${lines.join('\n')}\n`);
  const { code, out, err } = await revoke('--all');
  expect([code, out]).toEqual([64, '']);
  expect(err).toContain('several issuers (keycloak, okta)');
});

test('what is missing is told', async () => {
  expect((await claimsmith(folder, 'revoke')).err).toMatch(/--audit/);
  expect((await revoke()).err).toMatch(/--subject, --client, --since, or --all/);
  process.env['AUDIT_KEY'] = 'short';
  expect((await revoke('--subject', '00u1')).err).toMatch(/AUDIT_KEY/);
});

test('entries are kept as long as a guard lets a token live, and a minute for clocks', async () => {
  const now = Date.now() / 1_000;
  const untilOf = async (...args: readonly string[]) => {
    const { out } = await revoke('--client', 'job', ...args);
    return Math.round((JSON.parse(out).entries[0]?.until - now) / 60);
  };
  // It was issued a minute ago.
  expect(await untilOf()).toBe(24 * 60);
  expect(await untilOf('--token-life', '30m')).toBe(30);
  expect(idsIn((await revoke('--all', '--token-life', '26h')).out)).toContain('AT.5');
  expect(idsIn((await revoke('--all', '--token-life', '5m')).out)).not.toContain('AT.5');
  for (const life of ['0s', '-1h', '1', 'a day', '99999999d', '1ms'])
    expect(await revoke('--all', `--token-life=${life}`)).toMatchObject({ code: 64, out: '' });
});

const redis = await serverForTests(startRedis);
test.skipIf(redis === undefined)('Redis is there', () => {});

describe('the database of a guard', () => {
  afterEach(() => {
    delete process.env['DENYLIST_URL'];
  });
  const write = async (url: string | undefined, ...args: readonly string[]) => {
    if (url !== undefined) process.env['DENYLIST_URL'] = url;
    return await revoke('--all', '--redis-from', 'DENYLIST_URL', ...args);
  };

  test.runIf(redis)('takes the entries, where its denylist reads them', async () => {
    const client = createClient({ url: redis?.url ?? '' });
    await client.connect();
    try {
      const prefix = `test-${Math.random()}`;
      const denylist = redisDenylist({ send: (args) => client.sendCommand(args), prefix });
      await denylist.open();
      const isRevoked = (id: string, iss = issuer) =>
        denylist.isRevoked({
          issuer: iss,
          id,
          subject: '00u1',
          session: undefined,
          issuedAt: Date.now() / 1_000,
          status: undefined,
        });
      expect(await isRevoked('AT.1')).toBe(false);
      // Twice, as after a failure.
      for (let turn = 0; turn < 2; turn++)
        expect(await write(redis?.url, '--redis-prefix', prefix)).toMatchObject({
          code: 0,
          out: '',
          err: expect.stringContaining('3 tokens revoked'),
        });
      for (const id of ['AT.1', 'AT.2', 'AT.3']) expect(await isRevoked(id)).toBe(true);
      for (const id of ['AT.4', 'AT.5']) expect(await isRevoked(id)).toBe(false);
      expect(await isRevoked('AT.1', 'https://other.example')).toBe(false);
      const keys = await client.keys(`*${prefix}*`);
      const lives = await Promise.all(
        keys.filter((key) => !key.endsWith('open')).map((key) => client.ttl(key)),
      );
      expect(Math.min(...lives)).toBeGreaterThan(86_000);
    } finally {
      client.destroy();
    }
  });

  test('one that cannot be reached, and no address', async () => {
    expect(await write('redis://:planted-password@127.0.0.1:1')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^error: the database took 0 of 3 revocations: /),
    });
    for (const url of ['', 'http://x', 'redis://', 'planted-password']) {
      const { code, err } = await write(url);
      expect([code, err]).toEqual([64, expect.not.stringContaining('planted')]);
    }
    expect((await revoke('--all', '--redis-from', 'NOT_SET')).err).toMatch(
      /NOT_SET does not hold the address/,
    );
    expect((await revoke('--all', '--redis-prefix', 'x')).code).toBe(64);
  });
});
