import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

test('what is missing is told', async () => {
  expect((await claimsmith(folder, 'revoke')).err).toMatch(/--audit/);
  expect((await revoke()).err).toMatch(/--subject, --client, --since, or --all/);
  process.env['AUDIT_KEY'] = 'short';
  expect((await revoke('--subject', '00u1')).err).toMatch(/AUDIT_KEY/);
});
