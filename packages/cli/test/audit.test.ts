import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { claimsmith } from './terminal.ts';

const examples = fileURLToPath(new URL('../../../examples/audit', import.meta.url));
const all = ['okta.jsonl', 'auth0.log', 'cognito.log', 'keycloak.log'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'audit-'));
  cpSync(examples, folder, { recursive: true });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

async function query(...flags: readonly string[]) {
  const { code, out, err } = await claimsmith(folder, 'audit', 'query', ...all, '--json', ...flags);
  const records = out
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
  return { code, err, records };
}

describe('claimsmith audit query', () => {
  it.each([
    [[], 12],
    [['--decision', 'denied'], 8],
    [['--claim', 'plan'], 4],
    [['--claim', 'region', '--decision', 'issued'], 4],
    [['--client', 'web', '--since', '2026-11-30T09:02:00Z'], 4],
    [['--until', '2026-11-30T09:01:00Z'], 4],
    [['--policy', 'payments'], 12],
    [['--policy', 'd291dc2e'], 12],
    [['--policy', 'payments@d291dc2e'], 12],
  ] as const)('with %j finds %i records of all issuers', async (flags, count) => {
    const { code, records } = await query(...flags);
    expect([code, records.length]).toEqual([0, count]);
    expect(new Set(records.map(({ issuer }) => issuer))).toEqual(
      new Set(['okta', 'auth0', 'cognito', 'keycloak']),
    );
    expect(records.every(({ isPartial }) => !isPartial)).toBe(true);
  });

  it('finds a user by the key in the environment, and says which variable is missing', async () => {
    vi.stubEnv('AUDIT_KEY', 'an-example-key-that-nobody-should-use');
    expect((await query('--subject', 'ada')).records).toHaveLength(8);
    expect(await query('--subject', 'eve')).toMatchObject({ code: 2, records: [] });
    vi.stubEnv('AUDIT_KEY', 'short');
    expect(await query('--subject', 'ada')).toMatchObject({
      code: 64,
      err: expect.stringContaining('fewer than 32 characters'),
    });
    expect((await query('--subject', 'ada', '--key-from', 'OTHER')).err).toContain('set OTHER');
  });

  it.each([
    [['query', 'gone.log'], 1, 'gone.log cannot be read: no such file'],
    [['query', 'auth0.log', '--since', 'yesterday'], 64, '--since is a date or a time'],
    [['querry', 'auth0.log'], 64, 'did you mean query?'],
    [['query'], 64, 'needs a file'],
  ])('%j says what is wrong', async (words, code, message) => {
    const ran = await claimsmith(folder, 'audit', ...words);
    expect(ran.code).toBe(code);
    expect(ran.err).toContain(message);
  });

  it('shows no control character of a log', async () => {
    const line = readFileSync(join(folder, 'cognito.log'), 'utf8').split('\n')[0] ?? '';
    writeFileSync(join(folder, 'evil.log'), line.replace('"web"', '"\\u001b[2Jweb"'));
    const { out } = await claimsmith(folder, 'audit', 'query', 'evil.log');
    expect(out).toContain('\\u001b[2Jweb');
    expect(out).not.toContain('\u001b');
  });
});

describe('claimsmith audit verify', () => {
  it('checks the chain, and that records are whole', async () => {
    const fine = await claimsmith(folder, 'audit', 'verify', ...all);
    expect(fine.code).toBe(0);
    const audit = join(folder, 'okta.jsonl');
    writeFileSync(audit, readFileSync(audit, 'utf8').replace('account_suspended', 'account_is_fine'));
    const changed = await claimsmith(folder, 'audit', 'verify', ...all);
    expect(changed.code).toBe(2);
    expect(changed.out).toContain('line 3: it does not follow the line before');
  });

  const lines = readFileSync(join(examples, 'okta.jsonl'), 'utf8').split(/(?<=\n)/);
  const [first = '', second = '', third = ''] = lines;
  it.each([
    ['an empty line before the first', ['\n', ...lines], 'line 1: it is not a line of an audit'],
    ['another first line', ['{}\n', second, third], 'line 1: it is not a line of an audit'],
    ['no line', [], 'no record'],
    ['no first line', [second, third], 'lines before the first one are missing'],
    [
      'a line that was made the first',
      [third.replace(/"previous":"\w+"/, `"previous":"${'0'.repeat(64)}"`)],
      'line 1: its number does not follow',
    ],
    ['other line ends', lines.map((line) => line.replace('\n', '\r\n')), 'line 2: it does not follow'],
    ['a line twice', [first, first, second, third], 'line 2: it does not follow'],
  ])('finds an audit with %s', async (_, left, said) => {
    writeFileSync(join(folder, 'okta.jsonl'), left.join(''));
    const ran = await claimsmith(folder, 'audit', 'verify', 'okta.jsonl');
    expect([ran.code, ran.out]).toEqual([2, expect.stringContaining(said)]);
  });

  it('compares with the ends that somebody has kept elsewhere', async () => {
    const endOf = async (...args: readonly string[]) => {
      const { code, out } = await claimsmith(folder, 'audit', 'verify', 'okta.jsonl', '--json', ...args);
      return { code, end: JSON.parse(out).files[0].chain.end };
    };
    const { end } = await endOf();
    expect((await endOf('--end', end)).code).toBe(0);
    writeFileSync(join(folder, 'okta.jsonl'), first);
    const { end: after } = await endOf();
    expect((await endOf('--end', end)).code).toBe(2);
    writeFileSync(join(folder, 'okta.jsonl'), `${second}${third}`);
    expect((await endOf('--after', after, '--end', end)).code).toBe(0);
    expect((await endOf('--after', end)).code).toBe(2);
    expect((await claimsmith(folder, 'audit', 'verify', 'auth0.log', '--end', end)).code).toBe(64);
  });

  it('says which records are not whole', async () => {
    const log = join(folder, 'auth0.log');
    const [first = ''] = readFileSync(log, 'utf8').split('\n');
    writeFileSync(log, `${first}\n{"claimsmith":"payments@d291dc2e","id":"01`);
    const ran = await claimsmith(folder, 'audit', 'verify', 'auth0.log');
    expect(ran.code).toBe(2);
    expect(ran.out).toContain('1 record without all parts');
    expect(ran.out).toContain('1 line should be a record and cannot be read');
  });
});
