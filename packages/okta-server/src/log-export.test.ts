import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AuditRecord } from '@claimsmith/runtime';
import { afterEach, expect, test } from 'vitest';
import { createLogExport } from './log-export.ts';

const record: AuditRecord = {
  claimsmith: 'payments@1a2b3c4d',
  id: '01a22bae-b680-766e-9bcf-136e2ca47c58',
  decision: 'issued',
  subject: 'BIbSskFI6vPgoR2bLyhKh6',
  client: 'web',
  sources: { entitlements: 42, crm: 'timeout' },
  claims: ['tenant_id'],
  ms: 6,
  issuer: 'okta',
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** A receiver that gives back what it has got. */
async function receiver(answer: (request: IncomingMessage, response: ServerResponse) => void) {
  const got: { readonly headers: IncomingMessage['headers']; readonly body: string }[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    got.push({ headers: request.headers, body });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1/logs`, got };
}

const taking = (_: IncomingMessage, response: ServerResponse) => void response.end('{"partialSuccess":{}}');

test('records are sent as logs of OpenTelemetry', async () => {
  const { url, got } = await receiver(taking);
  const dropped: number[] = [];
  const headers = { authorization: 'Bearer t' };
  const sent = createLogExport({ url, headers, onDropped: (count) => dropped.push(count) });
  sent.add(record);
  sent.add({ ...record, decision: 'denied', reason: 'account_suspended' });
  await sent.close();
  expect([got.length, dropped]).toEqual([1, []]);
  expect(got[0]?.headers).toMatchObject({ authorization: 'Bearer t', 'content-type': 'application/json' });
  const [{ resource, scopeLogs }] = JSON.parse(got[0]?.body ?? '').resourceLogs;
  expect(resource.attributes).toEqual([
    { key: 'service.name', value: { stringValue: 'claimsmith-okta-hook' } },
  ]);
  const [issued, denied] = scopeLogs[0].logRecords;
  expect(issued).toMatchObject({
    timeUnixNano: '1796029200000000000',
    severityNumber: 9,
    severityText: 'INFO',
    eventName: 'claimsmith.issuance',
  });
  expect(issued.attributes).toContainEqual({
    key: 'claimsmith.subject',
    value: { stringValue: 'BIbSskFI6vPgoR2bLyhKh6' },
  });
  expect(issued.body.kvlistValue.values).toContainEqual({
    key: 'sources',
    value: {
      kvlistValue: {
        values: [
          { key: 'entitlements', value: { intValue: '42' } },
          { key: 'crm', value: { stringValue: 'timeout' } },
        ],
      },
    },
  });
  expect(denied).toMatchObject({ severityNumber: 13, severityText: 'WARN' });
});

test.each<[string, string | ((request: IncomingMessage, response: ServerResponse) => void)]>([
  ['is not there', 'http://127.0.0.1:9/v1/logs'],
  ['refuses', (_, response) => void response.writeHead(503).end()],
  [
    'sends it elsewhere',
    (_, response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
  ],
  ['breaks', (request) => void request.socket.destroy()],
  ['hangs', () => undefined],
])('a receiver that %s costs the records, and no time', async (_, answer) => {
  const url = typeof answer === 'string' ? answer : (await receiver(answer)).url;
  let dropped = 0;
  const sent = createLogExport({
    url,
    onDropped: (count) => {
      dropped += count;
      throw new Error('a counter that fails');
    },
  });
  const startMs = performance.now();
  for (let i = 0; i < 3_000; i++) sent.add(record);
  expect(performance.now() - startMs).toBeLessThan(500);
  expect(dropped).toBe(3_000 - 2_048);
  const closingMs = performance.now();
  await sent.close();
  expect(performance.now() - closingMs).toBeLessThan(6_000);
  expect(dropped).toBe(3_000);
});
