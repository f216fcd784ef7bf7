import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { constants } from 'node:fs';
import {
  appendFile,
  mkdtemp,
  open as openFile,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Audit, openAudit, type ServerError, verifyAudit } from './index.ts';

let folder: string;
let file: string;
const opened: Audit[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'claimsmith-audit-'));
  file = join(folder, 'audit.jsonl');
});

afterEach(async () => {
  for (const audit of opened.splice(0)) await audit.close().catch(() => undefined);
  await rm(folder, { recursive: true });
});

async function open(
  options: { readonly file?: string; readonly isSynced?: boolean; readonly timeoutMs?: number } = {},
): Promise<Audit> {
  const audit = await openAudit({ file, source: 'urn:test', ...options });
  opened.push(audit);
  return audit;
}

async function lines(): Promise<string[]> {
  return (await readFile(file, 'utf8')).split('\n').slice(0, -1);
}

const unavailable = expect.objectContaining({ name: 'ServerError', code: 'audit_unavailable' });

test('a line is a CloudEvent that names its predecessor', async () => {
  const audit = await open();
  await audit.append({ eventId: 'a' });
  await audit.append({ eventId: 'b' });
  const [first, second] = (await lines()).map((line) => JSON.parse(line));
  expect(first).toEqual({
    specversion: '1.0',
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    source: 'urn:test',
    type: 'io.claimsmith.audit.issuance',
    time: expect.stringMatching(/Z$/),
    datacontenttype: 'application/json',
    sequence: '1',
    previous: '0'.repeat(64),
    data: { eventId: 'a' },
  });
  expect(second.sequence).toBe('2');
  expect(second.data).toEqual({ eventId: 'b' });
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 2 });
});

test('lines that come together keep their order', async () => {
  const audit = await open({ isSynced: true });
  await Promise.all(Array.from({ length: 200 }, (_, i) => audit.append({ i })));
  expect((await lines()).map((line) => JSON.parse(line).data.i)).toEqual(
    Array.from({ length: 200 }, (_, i) => i),
  );
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 200 });
});

test('the chain goes on when the file is opened again', async () => {
  const first = await open();
  await first.append({ text: 'x'.repeat(200_000) });
  await first.close();
  const second = await open();
  expect(second.tornBytes).toBe(0);
  await second.append({});
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 2 });
});

test('a torn last line is moved away, and a line says so', async () => {
  const first = await open();
  await first.append({ eventId: 'a' });
  await first.close();
  await appendFile(file, '{"specversion":"1.0","id":"');
  expect(await verifyAudit(file)).toEqual({ isWhole: false, line: 2, problem: 'torn' });
  const second = await open();
  expect(second.tornBytes).toBe(27);
  expect(await readFile(`${file}.torn`, 'utf8')).toBe('{"specversion":"1.0","id":"\n');
  await second.append({ eventId: 'b' });
  expect((await lines()).map((line) => JSON.parse(line).data)).toEqual([
    { eventId: 'a' },
    { tornBytes: 27 },
    { eventId: 'b' },
  ]);
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 3 });
});

test('a file of a torn line alone starts anew', async () => {
  await writeFile(file, '{"specver');
  await open();
  expect((await lines()).map((line) => JSON.parse(line).type)).toEqual(['io.claimsmith.audit.recovered']);
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 1, start: '0'.repeat(64) });
});

test('a file that is not an audit is left alone', async () => {
  await writeFile(file, 'root:x:0:0\n');
  await expect(open()).rejects.toMatchObject({ code: 'audit_broken' } satisfies Partial<ServerError>);
  expect(await readFile(file, 'utf8')).toBe('root:x:0:0\n');
});

test('any byte that changes is found, and so is a line that is gone', async () => {
  const audit = await open();
  for (let i = 0; i < 6; i++) await audit.append({ i });
  const whole = await readFile(file);
  const lastLine = whole.lastIndexOf('\n', whole.length - 2) + 1;
  const copy = join(folder, 'copy.jsonl');
  // The last line has no successor that would know it; its hash must be kept elsewhere.
  const byte = fc.integer({ min: 0, max: lastLine - 1 });
  await fc.assert(
    fc.asyncProperty(byte, fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ change;
      await writeFile(copy, bytes);
      expect((await verifyAudit(copy)).isWhole).toBe(false);
    }),
    { numRuns: 200 },
  );
  const all = await lines();
  for (let gone = 1; gone < 5; gone++) {
    await writeFile(copy, `${all.filter((_, i) => i !== gone).join('\n')}\n`);
    expect(await verifyAudit(copy)).toEqual({ isWhole: false, line: gone + 1, problem: 'previous' });
  }
  await writeFile(copy, `${all.slice(1).join('\n')}\n`);
  expect(await verifyAudit(copy, '0'.repeat(64))).toEqual({ isWhole: false, line: 1, problem: 'continues' });
});

test('a full disk refuses the line', async () => {
  const audit = await open({ file: '/dev/full' });
  await expect(audit.append({})).rejects.toEqual(unavailable);
  await expect(audit.append({})).rejects.toThrow('/dev/full');
});

test('a disk that hangs refuses the line in time, and those behind it', async () => {
  // A pipe that nobody reads takes 64 KiB and then blocks.
  spawnSync('mkfifo', [file]);
  const audit = await open({ timeoutMs: 50 });
  const first = audit.append({ text: 'x'.repeat(200_000) });
  const second = audit.append({});
  await expect(first).rejects.toThrow('a write took longer than 50 ms');
  await expect(second).rejects.toThrow('a write took longer than 50 ms');
  const reader = await openFile(file, constants.O_RDONLY | constants.O_NONBLOCK);
  const closed = audit.close();
  let isClosed = false;
  void closed.then(() => {
    isClosed = true;
  });
  while (!isClosed) {
    await reader.read(Buffer.alloc(65_536)).catch(() => undefined);
    await later(1);
  }
  await reader.close();
});

test('what another hand writes stops the audit instead of being lost', async () => {
  const audit = await open();
  await audit.append({});
  await appendFile(file, 'x\n');
  // It is not looked at for each line.
  await later(150);
  await expect(audit.append({})).rejects.toEqual(unavailable);
  expect(await readFile(file, 'utf8')).toMatch(/x\n$/);
});

test('a file that is removed stops the audit until it is opened again', async () => {
  const audit = await open();
  await audit.append({});
  await rm(file);
  await later(150);
  await expect(audit.append({})).rejects.toEqual(unavailable);
  await audit.reopen();
  await audit.append({});
  expect(await lines()).toHaveLength(1);
});

test('the chain goes from a file that was moved away to the next', async () => {
  const audit = await open();
  await Promise.all([audit.append({}), audit.append({})]);
  await rename(file, `${file}.1`);
  await audit.append({});
  await audit.reopen();
  await audit.append({});
  const before = await verifyAudit(`${file}.1`);
  if (!before.isWhole) throw new Error(before.problem);
  expect(before.lines).toBe(3);
  expect(await verifyAudit(file, before.end)).toMatchObject({ isWhole: true, lines: 1, start: before.end });
});

test('nothing is appended after the end', async () => {
  const audit = await open();
  const last = audit.append({});
  await audit.close();
  await last;
  await expect(audit.append({})).rejects.toEqual(unavailable);
  expect(await lines()).toHaveLength(1);
});

test('a folder is not an audit file', async () => {
  await expect(open({ file: folder })).rejects.toEqual(unavailable);
});

test('two never write to one file; who let go of it, or was killed, is followed', async () => {
  const first = await open();
  await first.append({});
  await expect(open()).rejects.toThrow(`another process writes to it (it holds ${file}.lock)`);
  await first.append({});
  await first.close();
  const holder = spawn(
    process.execPath,
    [
      ...['--conditions=@claimsmith/source', '--input-type=module', '-e'],
      `import { openAudit } from '${new URL('./audit.ts', import.meta.url)}';
       globalThis.audit = await openAudit({ file: ${JSON.stringify(file)}, source: 'urn:other' });
       await audit.append({});
       console.log('held');
       setInterval(() => {}, 1_000);`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(holder, 'exit');
  try {
    await once(holder.stdout, 'data');
    await expect(open()).rejects.toThrow(`another process writes to it (it holds ${file}.lock)`);
  } finally {
    holder.kill('SIGKILL');
  }
  await ended;
  const last = await open();
  await last.append({});
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 4 });
});

test('of many that come at once, one gets it', async () => {
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => open()));
  expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
});

test('a lock file that is not one is reported', async () => {
  await writeFile(`${file}.lock`, 'x'.repeat(200));
  await expect(open()).rejects.toThrow(
    `Cannot write to the audit file ${file}: ${file}.lock: it is not empty, so this server did not make it`,
  );
});

test('nobody else may read the lock, or have a file written through a link', async () => {
  const target = join(folder, 'target');
  await writeFile(target, 'precious');
  await symlink(target, `${file}.end.new`);
  await writeFile(`${file}.lock`, '', { mode: 0o666 });
  const audit = await open();
  await audit.append({});
  await audit.close();
  expect((await stat(`${file}.lock`)).mode & 0o777).toBe(0o600);
  expect(await readFile(target, 'utf8')).toBe('precious');
  const names = ['audit.jsonl', 'audit.jsonl.end', 'audit.jsonl.lock', 'target'];
  expect((await readdir(folder)).toSorted()).toEqual(names);
});

test('a file that was emptied goes on when it is opened again, and a line says so', async () => {
  const audit = await open();
  await audit.append({});
  await audit.append({});
  const { length } = await readFile(file);
  const before = await verifyAudit(file);
  if (!before.isWhole) throw new Error(before.problem);
  await truncate(file);
  expect(await audit.isWritable()).toBe(false);
  await audit.reopen();
  expect(await audit.isWritable()).toBe(true);
  await audit.append({ eventId: 'c' });
  const found = (await lines()).map((line) => JSON.parse(line));
  expect(found.map(({ type, data }) => [type, data])).toEqual([
    ['io.claimsmith.audit.interfered', { missingBytes: length }],
    ['io.claimsmith.audit.issuance', { eventId: 'c' }],
  ]);
  expect(await verifyAudit(file, before.end)).toMatchObject({ isWhole: true, lines: 2 });
});

test('a file that another hand has changed is not written to, and that is said', async () => {
  const audit = await open();
  await audit.append({});
  await appendFile(file, 'x\n');
  await expect(audit.reopen()).rejects.toThrow('another program has changed it, and it is not empty');
  expect(await audit.isWritable()).toBe(false);
});

test('the chain goes on where the file was moved away while nobody wrote', async () => {
  const first = await open();
  await first.append({});
  await first.append({});
  await first.close();
  await rename(file, `${file}.1`);
  const before = await verifyAudit(`${file}.1`);
  if (!before.isWhole) throw new Error(before.problem);
  const second = await open();
  await second.append({});
  expect(JSON.parse((await lines())[0] ?? '')).toMatchObject({ sequence: '3', previous: before.end });
});

test('lines that were cut off while nobody wrote are missed', async () => {
  const first = await open();
  for (let i = 0; i < 5; i++) await first.append({ i });
  await first.close();
  await writeFile(file, `${(await lines()).slice(0, 3).join('\n')}\n`);
  await open();
  expect(JSON.parse((await lines())[3] ?? '')).toMatchObject({
    type: 'io.claimsmith.audit.interfered',
    data: { missingLines: 2 },
  });
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 4 });
});

/** Lines as another hand would write them, each with the hash of the one before. */
function forged(all: readonly string[], change: (line: Record<string, unknown>, i: number) => void): string {
  let previous = '0'.repeat(64);
  return all
    .map((text, i) => {
      const line = { ...JSON.parse(text), previous };
      change(line, i);
      const written = JSON.stringify(line);
      previous = createHash('sha256').update(written).digest('hex');
      return `${written}\n`;
    })
    .join('');
}

const deny = (line: Record<string, unknown>) => Object.assign(line, { data: { decision: 'denied' } });

test('lines that were written anew while nobody wrote are told from those that were there', async () => {
  for (const [count, data] of [
    [5, { changedLine: 5 }],
    [7, { changedLine: 5 }],
    [3, { missingLines: 2 }],
  ] as const) {
    const first = await open();
    for (let i = 0; i < 5; i++) await first.append({ i });
    await first.close();
    const all = await lines();
    const more = Array.from({ length: 7 }, (_, i) =>
      (all[i] ?? all[4] ?? '').replace(/"sequence":"\d"/, `"sequence":"${i + 1}"`),
    );
    await writeFile(
      file,
      forged(more.slice(0, count), (line, i) => i === 2 && deny(line)),
    );
    expect(await verifyAudit(file)).toEqual({ isWhole: false, line: count, problem: 'end' });
    const again = await open();
    const last = JSON.parse((await lines()).at(-1) ?? '');
    expect(last).toMatchObject({ type: 'io.claimsmith.audit.interfered', data });
    await again.close();
    expect(await verifyAudit(file)).toMatchObject({
      isWhole: true,
      incidents: [{ line: count + 1, event: 'interfered' }],
    });
    for (const name of await readdir(folder)) await rm(join(folder, name));
  }
});

test('what is kept of the end may be of before, as after a kill, however much came since', async () => {
  const first = await open();
  for (let i = 0; i < 3; i++) await first.append({ i });
  await first.close();
  const kept = await readFile(`${file}.end`, 'utf8');
  const second = await open();
  for (let i = 0; i < 40; i++) await second.append({ text: 'x'.repeat(40_000) });
  await second.close();
  await writeFile(`${file}.end`, kept);
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 43, incidents: [] });
  await open();
  expect(await lines()).toHaveLength(43);
});

test('an end that is lost, or makes no sense, is missed', async () => {
  for (const end of [undefined, '', 'x', `1 ${'0'.repeat(64)}\n`, `9999999999999999 ${'0'.repeat(64)}\n`]) {
    const first = await open();
    await first.append({});
    await first.append({});
    await first.close();
    if (end === undefined) await rm(`${file}.end`);
    else await writeFile(`${file}.end`, end);
    const again = await open();
    expect(JSON.parse((await lines()).at(-1) ?? '').type).toBe('io.claimsmith.audit.interfered');
    await again.close();
    for (const name of await readdir(folder)) await rm(join(folder, name));
  }
});

test('a file that nothing was written to yet is not a sign of anything', async () => {
  await open();
  expect(await readFile(`${file}.end`, 'utf8')).toBe(`0 ${'0'.repeat(64)}\n`);
  expect(await verifyAudit(file)).toMatchObject({ isWhole: true, lines: 0, incidents: [] });
  await opened.splice(0)[0]?.close();
  const audit = await open();
  await audit.append({});
  expect(await lines()).toHaveLength(1);
});

test('verify lists the lines that tell of no issuance', async () => {
  const first = await open();
  await first.append({});
  await first.close();
  await appendFile(file, '{"torn');
  const second = await open();
  await second.append({});
  await second.close();
  await truncate(file, (await readFile(file, 'utf8')).lastIndexOf('{"specversion"'));
  await open();
  expect(await verifyAudit(file)).toMatchObject({
    isWhole: true,
    lines: 3,
    incidents: [
      { line: 2, event: 'recovered' },
      { line: 3, event: 'interfered' },
    ],
  });
});
