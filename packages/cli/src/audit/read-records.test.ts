import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { auditLines, auditMember, auditMembers } from '@claimsmith/runtime';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Entry } from './join-parts.ts';
import { newReading, type Reading, readRecords } from './read-records.ts';
import { timeOf } from './record.ts';

const timeMs = Date.UTC(2026, 11, 1, 4);
const members = auditMembers(
  'auth0',
  'payments@1a2b3c4d',
  {
    decision: {
      denied: undefined,
      access: { tenant: 'acme' },
      id: {},
      scopes: { add: [], remove: ['x'] },
      lifetimeSeconds: undefined,
      outcomes: [
        { kind: 'claim', name: 'tenant', outcome: 'emitted' },
        { kind: 'claim', name: 'limit', outcome: 'omitted', cause: 'crm:timeout' },
      ],
    },
    refused: undefined,
    answers: { crm: { failure: 'timeout' }, plans: { value: 'gold', ageSeconds: 12 } },
    startMs: timeMs - 35,
    endMs: timeMs,
  },
  auditMember('subject', 'A'.repeat(22)) + auditMember('client', 'c'.repeat(32)),
  auditMember('audience', 'https://payments.acme.example/'),
);
const [whole = ''] = auditLines(members, Number.POSITIVE_INFINITY);
const record = JSON.parse(whole);

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'audit-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function read(text: string | Buffer): Promise<{ entries: readonly Entry[]; reading: Reading }> {
  const file = join(folder, 'log');
  await writeFile(file, text);
  const reading = newReading();
  const entries: Entry[] = [];
  for await (const entry of readRecords([file], reading)) entries.push(entry);
  return { entries, reading };
}

const quoted = JSON.stringify(whole);

describe('a record', () => {
  it.each([
    ['by itself', whole],
    ['with the line end of Windows', `${whole}\r`],
    ["in Okta's audit", `{"specversion":"1.0","type":"io.claimsmith.audit.issuance","data":${whole}}`],
    ['in the log of Keycloak', `2026-12-01 04:00:00,000 INFO  [claimsmith] (executor-thread-1) ${whole}`],
    [
      'after the name of a container',
      `kc-1  | 2026-12-01 04:00:00,000 WARN  [claimsmith] (executor-thread-1) ${whole}`,
    ],
    [
      "in Keycloak's log in JSON",
      `{"timestamp":"2026-12-01T04:00:00Z","loggerName":"claimsmith","level":"INFO","message":${quoted}}`,
    ],
    ['in the log of a Lambda function', `2026-12-01T04:00:00.000Z\t8f0c\tINFO\t${whole}`],
    ['in that log as JSON', `{"timestamp":"…","level":"INFO","requestId":"8f0c","message":${quoted}}`],
    ['in that log as an object', `{"timestamp":"…","level":"INFO","requestId":"8f0c","message":${whole}}`],
    [
      'in events of CloudWatch',
      `{"events":[{"message":"START"},{"message":${JSON.stringify(`t\tr\tINFO\t${whole}\n`)}}]}`,
    ],
    ['in a document over several lines', `[\n  {\n    "message": ${quoted},\n    "n": 1\n  }\n]`],
    ['in the log of a container', `{"log":${JSON.stringify(`${whole}\n`)},"stream":"stdout"}`],
  ])('is found %s', async (_, text) => {
    const { entries, reading } = await read(`first\n${text}\nlast`);
    expect(entries.map((entry) => entry.record)).toEqual([record]);
    expect(reading).toMatchObject({ records: 1, broken: 0, tooLong: 0 });
    expect(timeOf(record)).toBe(timeMs);
  });

  it.each([
    ['the name of a program', `{"type":"s","data":{"user_agent":${quoted}}}`],
    ['the body of a request', `{"type":"ss","details":{"body":{"message":${quoted},"data":${whole}}}}`],
    [
      'the name of a user',
      `2026-12-01 04:00:00,000 WARN  [org.keycloak.events] (t-1) type="LOGIN_ERROR", username="${whole}"`,
    ],
    [
      'a name that looks like the start of a line',
      `2026-12-01 04:00:00,000 WARN  [org.keycloak.events] (t-1) username="[claimsmith] (t-1) ${whole}"`,
    ],
    ["another's message", `{"loggerName":"org.keycloak.events","message":${quoted}}`],
    ['text before it', `hello ${whole}`],
    ['text after it', `${whole} hello`],
  ])('is not found in %s', async (_, text) => {
    const { entries } = await read(text);
    expect(entries).toEqual([]);
  });

  it.each([
    ['cut off', whole.slice(0, 150)],
    [
      "cut off in Okta's audit",
      `{"specversion":"1.0","type":"io.claimsmith.audit.issuance","data":${whole.slice(0, 150)}`,
    ],
    [
      'cut off in the log of Keycloak',
      `2026-12-01 04:00:00,000 INFO  [claimsmith] (executor-thread-1) ${whole.slice(0, 150)}`,
    ],
    ['of another shape', whole.replace('"issued"', '"granted"')],
    ['with another id', whole.replace(record.id, '1')],
  ])('that is %s is counted', async (_, text) => {
    const { entries, reading } = await read(`${text}\n`);
    expect([entries, reading.broken]).toEqual([[], 1]);
  });

  it('goes on after lines that nest without end', async () => {
    const nested = [
      `${'['.repeat(200_000)}"claimsmith"${']'.repeat(200_000)}`,
      `${'{"events":['.repeat(20_000)}"claimsmith"${']}'.repeat(20_000)}`,
    ];
    const file = join(folder, 'nested.log');
    await writeFile(file, `${nested.join('\n')}\n${whole}\n`);
    const found: Entry[] = [];
    for await (const entry of readRecords([file])) found.push(entry);
    expect(found.map(({ line }) => line)).toEqual([3]);
  });

  it('that is split is put together, in any order, and counted once', async () => {
    const parts = auditLines(members, 256);
    expect(parts.length).toBeGreaterThan(1);
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(256);
    const { entries, reading } = await read([...parts.toReversed(), ...parts].join('\n'));
    expect(entries.map((entry) => entry.record)).toEqual([record]);
    expect(reading).toMatchObject({ records: 1, repeated: parts.length, partial: 0 });
  });

  it('whose parts are lost says who and what, and that it is not whole', async () => {
    const [first = ''] = auditLines(members, 256);
    const { entries, reading } = await read(first);
    expect(entries).toMatchObject([
      {
        isPartial: true,
        record: {
          claimsmith: 'payments@1a2b3c4d',
          part: '1/2',
          decision: 'issued',
          subject: 'A'.repeat(22),
          client: 'c'.repeat(32),
        },
      },
    ]);
    expect(reading.partial).toBe(1);
  });
});

describe('a file', () => {
  it('may hold lines of any length', async () => {
    const long = Buffer.alloc(5_000_000, 'x');
    const { entries, reading } = await read(
      Buffer.concat([
        Buffer.from(`${whole}\n`),
        long,
        Buffer.from(`\n${whole.replace(record.id, `${record.id.slice(0, -12)}123456789abc`)}`),
      ]),
    );
    expect(reading).toMatchObject({ lines: 3, records: 2, tooLong: 1 });
    expect(entries.map(({ line }) => line)).toEqual([1, 3]);
  });

  it('of garbage gives nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        const { reading } = await read(Buffer.concat([bytes, Buffer.from('\n{"claimsmith\n')]));
        expect(reading.records).toBe(0);
      }),
      { numRuns: 50 },
    );
  });

  it('that is not there is named', async () => {
    const reading = readRecords([join(folder, 'gone')]);
    await expect(reading.next()).rejects.toThrow(/gone cannot be read: no such file/);
  });
});

it('a record is put together from its parts, whatever is in it', () => {
  const text = fc.string({ maxLength: 30, unit: 'binary' });
  const some = fc.record({
    client: text,
    audience: text,
    claims: fc.array(text, { minLength: 1, maxLength: 40 }),
    causes: fc.dictionary(fc.string({ maxLength: 20 }), text, { minKeys: 1, maxKeys: 20 }),
  });
  fc.assert(
    fc.property(some, fc.integer({ min: 256, max: 600 }), ({ client, audience, claims, causes }, limit) => {
      const lines = auditLines(
        [
          ...members.slice(0, 3),
          auditMember('client', client),
          auditMember('audience', audience),
          [',"claims":[', claims.map((name) => JSON.stringify(name)), ']'],
          [
            ',"causes":{',
            Object.entries(causes).map((entry) => entry.map((part) => JSON.stringify(part)).join(':')),
            '}',
          ],
        ],
        limit,
      );
      for (const line of lines) {
        expect(line.length).toBeLessThanOrEqual(limit);
        expect(JSON.parse(line)).toMatchObject({ claimsmith: 'payments@1a2b3c4d', id: record.id });
      }
      const found = lines.flatMap((line) => JSON.parse(line).claims ?? []);
      expect(found).toHaveLength(claims.length);
    }),
  );
});
