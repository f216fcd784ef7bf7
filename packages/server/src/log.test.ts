import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLog, type LogFields, type LogLevel } from './index.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimsmith-log-'));
});

afterEach(() => rm(folder, { recursive: true }));

/** What a log writes, as text. */
async function written(level: LogLevel, write: (log: ReturnType<typeof createLog>) => void): Promise<string> {
  const file = join(folder, 'log');
  const log = createLog(level, file);
  // Its file is opened in the background.
  await later(50);
  write(log);
  log.flush();
  await later(50);
  return readFile(file, 'utf8');
}

test('a line holds what is allowed', async () => {
  const text = await written('info', (log) => log.info('served', { policy: 'shop@0a1b', ms: 2.5, count: 3 }));
  expect(JSON.parse(text)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-.*Z$/),
    policy: 'shop@0a1b',
    ms: 2.5,
    count: 3,
    msg: 'served',
  });
});

test('nothing else gets through, whatever is passed', async () => {
  const request = { headers: { authorization: 'hush-1' }, body: 'hush-2' };
  const fields: LogFields & Record<string, unknown> = {
    reason: 'audit_unavailable',
    request,
    token: 'hush-3',
    claims: { role: 'hush-4' },
  };
  const odd: object = { policy: { secret: 'hush-5' }, detail: ['hush-6'], ms: 'hush-7' };
  const text = await written('debug', (log) => {
    log.warn('denied', fields);
    log.error('odd', odd);
  });
  expect(text).not.toContain('hush');
  expect(text).toContain('"reason":"audit_unavailable"');
});

test('of an error, its name and code are told, not what it quotes', async () => {
  const err = Object.assign(new TypeError('value "hush" is not a number', { cause: new Error('hush') }), {
    code: 'ERR_X',
  });
  const text = await written('info', (log) => log.error('failed', { err }));
  expect(JSON.parse(text)).toMatchObject({ error: { name: 'TypeError', code: 'ERR_X' } });
  expect(text).not.toContain('hush');
});

test('a text has a bound, and a level keeps what is below it', async () => {
  const text = await written('warn', (log) => {
    log.info('unheard');
    log.debug('unheard');
    log.warn('heard', { detail: 'x'.repeat(5_000) });
  });
  expect(text).not.toContain('unheard');
  expect(text.length).toBeLessThan(1_200);
});
