import { createHmac } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Answer, Asking, AuditRecord, Program } from '@claimsmith/runtime';
import { describe, expect, it } from 'vitest';
import {
  deciding,
  decision,
  hookOf,
  hookPolicy,
  nobody,
  requestOf,
  secret,
  serve,
  unavailable,
} from '../../test/hook-fixtures.ts';
import { changed, codeFlow, machineFlow, nowMs } from '../../test/payloads.ts';
import { createHook, type HookOptions, OktaError, type Refusal } from './index.ts';

const issuing = deciding({ access: { tenant: 'acme' } });
const issued = {
  commands: [
    { type: 'com.okta.access.patch', value: [{ op: 'add', path: '/claims/tenant', value: 'acme' }] },
  ],
};

/** A program that asks one source and emits what it says. */
const asking: Program = {
  ...issuing,
  needs: (_, answers) =>
    answers['plans'] === undefined ? [{ source: 'plans', url: 'https://plans.example/' }] : [],
  decide: (_, answers) => {
    const answer = answers['plans'];
    if (answer === undefined || 'failure' in answer) return decision({ denied: 'enrichment_unavailable' });
    return decision({ access: { plan: String(answer.value) } });
  },
};
const plans = {
  plans: {
    kind: 'http',
    headers: {},
    private: false,
    timeoutMs: 1,
    retries: 0,
    cacheMs: 0,
    staleMs: 0,
    limitBytes: 1,
  },
} as const;

const never = () => new Promise<never>(() => undefined);

async function bodyOf(response: Promise<Response>) {
  const { status, headers } = await response;
  expect([status, headers.get('content-type')]).toEqual([200, 'application/json']);
  return (await response).json();
}

describe('a request of Okta', () => {
  it('is answered over both kinds of HTTP', async () => {
    const hook = hookOf(issuing);
    await using server = await serve(hook);
    expect(await bodyOf(hook.fetch(requestOf(codeFlow)))).toEqual(issued);
    const body = JSON.stringify(codeFlow);
    for (let i = 0; i < 2; i++)
      expect(
        await bodyOf(fetch(server.url, { method: 'POST', headers: { authorization: secret }, body })),
      ).toEqual(issued);
  });

  it('may come in pieces', async () => {
    await using server = await serve(hookOf(issuing));
    const bytes = Buffer.from(
      JSON.stringify(changed(codeFlow, ['data', 'context', 'user', 'profile', 'lastName'], 'Öß')),
    );
    const outgoing = httpRequest(server.url, { method: 'POST', headers: { authorization: secret } });
    const answer = new Promise((resolve) =>
      outgoing.on('response', (response) => response.on('data', (chunk) => resolve(String(chunk)))),
    );
    for (let at = 0; at < bytes.length; at += 100) {
      outgoing.write(bytes.subarray(at, at + 100));
      await new Promise(setImmediate);
    }
    outgoing.end();
    expect(await answer).toBe(JSON.stringify(issued));
  });

  const padded = (bytes: number, eventId: string) => {
    const text = JSON.stringify({ ...changed(codeFlow, ['eventId'], eventId), pad: '' });
    return text.replace('"pad":""', `"pad":"${'x'.repeat(bytes - text.length)}"`);
  };

  it.each([
    [262_144, issued, []],
    [262_145, unavailable, ['body']],
  ])('with %i bytes', async (bytes, expected, refusals) => {
    const causes: Refusal[] = [];
    const hook = hookOf(issuing, {}, { onRefused: (cause) => causes.push(cause) });
    await using server = await serve(hook);
    const headers = { authorization: secret };
    const declared = { method: 'POST', headers, body: padded(bytes, 'declared') };
    const undeclared = {
      ...declared,
      body: new Blob([padded(bytes, 'undeclared')]).stream(),
      duplex: 'half' as const,
    };
    expect(await bodyOf(fetch(server.url, declared))).toEqual(expected);
    expect(await bodyOf(fetch(server.url, undeclared))).toEqual(expected);
    expect(await bodyOf(hook.fetch(requestOf(padded(bytes, 'fetch'))))).toEqual(expected);
    expect(causes).toEqual([...refusals, ...refusals, ...refusals]);
  });
});

describe('a request of anybody else', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    ['no secret', {}],
    ['another', { authorization: `${secret}x` }],
    ['a part of it', { authorization: secret.slice(0, -1) }],
    ['none at all', { authorization: '' }],
    ['another header', { 'x-secret': secret }],
    ['another scheme', { authorization: `Bearer ${secret}` }],
  ])('denies with %s, and no body is read', async (_, headers) => {
    let pulls = 0;
    const causes: Refusal[] = [];
    const hook = hookOf(issuing, {}, { onRefused: (cause) => causes.push(cause) });
    const body = new ReadableStream({ pull: () => void pulls++ }, { highWaterMark: 0 });
    const request = new Request('https://hook.example/', { method: 'POST', headers, body, duplex: 'half' });
    expect(await bodyOf(hook.fetch(request))).toEqual(unavailable);
    expect(pulls).toBe(0);
    expect(causes).toEqual(['authentication']);
  });

  it('denies a large one at once, and the answer arrives', async () => {
    await using server = await serve(hookOf(issuing));
    const started = performance.now();
    const body = 'x'.repeat(50_000_000);
    expect(
      await bodyOf(fetch(server.url, { method: 'POST', body }).catch(() => Response.json('broken'))),
    ).toEqual(unavailable);
    expect(performance.now() - started).toBeLessThan(1_500);
  });
});

describe('secrets', () => {
  const next = 'the-next-secret-of-both';
  const withSecrets = (secrets: readonly string[], name?: string) =>
    hookOf(issuing, {}, { authentication: { kind: 'header', secrets, ...(name ? { name } : {}) } });

  it('two are good while one is being changed, then the old one is not', async () => {
    for (const authorization of [secret, next])
      expect(await bodyOf(withSecrets([secret, next]).fetch(requestOf(codeFlow, { authorization })))).toEqual(
        issued,
      );
    expect(await bodyOf(withSecrets([next]).fetch(requestOf(codeFlow)))).toEqual(unavailable);
  });

  it('may come in a header of any name, in any case', async () => {
    const hook = withSecrets([secret], 'X-Okta-Secret');
    await using server = await serve(hook);
    const headers = { 'x-oktA-secret': secret };
    expect(await bodyOf(hook.fetch(requestOf(codeFlow, headers)))).toEqual(issued);
    expect(
      await bodyOf(fetch(server.url, { method: 'POST', headers, body: JSON.stringify(codeFlow) })),
    ).toEqual(issued);
  });

  it.each([
    [[]],
    [['']],
    [['short']],
    [[secret, '']],
    [[`${secret}\n`]],
    [['ä'.repeat(20)]],
    [['x'.repeat(5_000)]],
  ])('that authenticate nobody, or anybody, are refused: %j', (secrets) =>
    expect(() => withSecrets(secrets)).toThrow(OktaError),
  );

  it('are in no error', () => {
    expect(() => withSecrets(['short-one'])).toThrow(
      expect.not.objectContaining({ message: expect.stringContaining('short-one') }),
    );
    expect(() => withSecrets([secret], 'a b')).toThrow(OktaError);
  });
});

describe('nonsense', () => {
  it.each<[string, unknown]>([
    ['nothing', ''],
    ['no JSON', '{'],
    ['JSON of another kind', '[]'],
    ['null', 'null'],
    ['another event', changed(codeFlow, ['eventType'], 'com.okta.saml.tokens.transform')],
    ['no event', changed(codeFlow, ['eventType'], undefined)],
    ['no id', changed(codeFlow, ['eventId'], undefined)],
    ['an empty id', changed(codeFlow, ['eventId'], '')],
    ['an id that fills memory', changed(codeFlow, ['eventId'], 'x'.repeat(10_000))],
    ['no data', changed(codeFlow, ['data'], undefined)],
    ['no context', changed(codeFlow, ['data', 'context'], undefined)],
    ['no token', changed(machineFlow, ['data', 'access'], undefined)],
    ['a token without claims', changed(codeFlow, ['data', 'access', 'claims'], undefined)],
    ['an invalid token', changed(codeFlow, ['data', 'identity'], 'x')],
    [
      'what is not UTF-8',
      Buffer.concat([
        Buffer.from('{"a":"'),
        Buffer.from([0xff]),
        Buffer.from(`",${JSON.stringify(codeFlow).slice(1)}`),
      ]),
    ],
    ['half a character', changed(codeFlow, ['data', 'context', 'user', 'profile', 'login'], 'ada\ud800')],
    ['half a character in a name', changed(codeFlow, ['data', 'access', 'claims', '\udc00'], 1)],
    ['what is compressed', gzipSync(JSON.stringify(codeFlow))],
    ['very deep lists', '['.repeat(100_000)],
  ])('is denied: %s', async (_, body) => {
    const causes: Refusal[] = [];
    const hook = hookOf(issuing, {}, { onRefused: (cause) => causes.push(cause) });
    expect(await bodyOf(hook.fetch(requestOf(body)))).toEqual(unavailable);
    expect(causes).toEqual(['payload']);
  });

  it.each([
    ['eventTime', ['eventTime'], unavailable],
    ['a claim', ['data', 'access', 'claims', 'x'], issued],
    ['all claims', ['data', 'access', 'claims'], issued],
    ['the profile of the user', ['data', 'context', 'user', 'profile', 'x'], issued],
    ['the request', ['data', 'context', 'request'], issued],
  ])('is answered where %s is nested 10,000 levels deep', async (_, path, answer) => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const body = JSON.stringify(changed(codeFlow, path, '@')).replace('"@"', deep);
    expect(await bodyOf(hookOf(issuing).fetch(requestOf(body)))).toEqual(answer);
  });

  it('is denied where it breaks off', async () => {
    const causes: Refusal[] = [];
    await using server = await serve(hookOf(issuing, {}, { onRefused: (cause) => causes.push(cause) }));
    const socket = connect(server.port, '127.0.0.1');
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\nauthorization: ${secret}\r\ncontent-length: 100\r\n\r\n{`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    socket.destroy();
    await expect.poll(() => causes).toEqual(['body']);
  });
});

describe('a fault of ours', () => {
  const broken = () => {
    throw new Error('a secret value');
  };
  const rejecting = { ask: () => Promise.reject(new Error('a secret value')) };

  it.each<[string, Partial<HookOptions>]>([
    ['context', { policy: hookPolicy({ ...issuing, context: broken }) }],
    ['needs', { policy: hookPolicy({ ...issuing, needs: broken }, { sources: plans }) }],
    ['decide', { policy: hookPolicy({ ...issuing, decide: broken }) }],
    ['asking throws', { policy: hookPolicy(asking, { sources: plans }), asking: { ask: broken } }],
    ['asking rejects', { policy: hookPolicy(asking, { sources: plans }), asking: rejecting }],
    [
      'recalling throws',
      { policy: hookPolicy(asking, { sources: plans }), asking: { ...rejecting, recall: broken } },
    ],
    ['the clock', { clock: broken }],
    ['counting', { clock: broken, onRefused: broken }],
    ['no decision', { policy: hookPolicy({ ...issuing, decide: () => JSON.parse('null') }) }],
    ['half a decision', { policy: hookPolicy({ ...issuing, decide: () => JSON.parse('{}') }) }],
  ])('denies: %s', async (_, options) => {
    expect(await bodyOf(hookOf(issuing, {}, options).fetch(requestOf(codeFlow)))).toEqual(unavailable);
  });

  it.each<[string, Program, Partial<HookOptions>]>([
    ['a source that hangs', asking, { asking: { ask: never } }],
    ['a record that hangs', issuing, { record: never }],
  ])('denies by the deadline: %s', async (_, program, options) => {
    const hook = hookOf(program, { deadlineMs: 100, sources: plans }, options);
    const started = performance.now();
    expect(await bodyOf(hook.fetch(requestOf(codeFlow)))).toEqual(unavailable);
    expect(performance.now() - started).toBeLessThan(1_000);
  });

  it.each(['fetch', 'handle'])('denies by the deadline: a body that does not end, by %s', async (kind) => {
    const causes: Refusal[] = [];
    const hook = hookOf(issuing, { deadlineMs: 100 }, { onRefused: (cause) => causes.push(cause) });
    await using server = await serve(hook);
    let isCancelled = false;
    const body = new ReadableStream({
      start: (stream) => stream.enqueue(Buffer.from('{')),
      cancel: () => {
        isCancelled = true;
      },
    });
    const init = { method: 'POST', headers: { authorization: secret }, body, duplex: 'half' as const };
    const started = performance.now();
    const response =
      kind === 'fetch' ? hook.fetch(new Request('https://x.example/', init)) : fetch(server.url, init);
    expect(await bodyOf(response)).toEqual(unavailable);
    expect(performance.now() - started).toBeLessThan(1_000);
    expect(causes).toEqual(['deadline']);
    if (kind === 'fetch') expect(isCancelled).toBe(true);
    expect(causes).toEqual(['deadline']);
  });

  it('ends a connection whose body goes on for ever, soon after the answer', async () => {
    await using server = await serve(hookOf(issuing, { deadlineMs: 50 }));
    const socket = connect(server.port, '127.0.0.1');
    socket.on('error', () => undefined);
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\nauthorization: ${secret}\r\ncontent-length: 100\r\n\r\n{`);
    const answer = new Promise((resolve) => socket.once('data', (chunk) => resolve(String(chunk))));
    expect(await answer).toContain('200 OK');
    const started = performance.now();
    await new Promise((resolve) => socket.once('close', resolve));
    expect(performance.now() - started).toBeLessThan(1_500);
  });

  it('leaves sources what time there is, and decides on what they said by then', async () => {
    let endMs = 0;
    let leftMs = 0;
    const watching: Asking = {
      ask: (_, limits) => {
        endMs = limits.endMs;
        leftMs = endMs - Date.now();
        return never();
      },
    };
    const records: AuditRecord[] = [];
    const deciding: Program = { ...asking, decide: () => decision({ access: { tenant: 'acme' } }) };
    const hook = hookOf(
      deciding,
      { deadlineMs: 200, sources: plans },
      { asking: watching, record: (record) => void records.push(record) },
    );
    const started = Date.now();
    expect(await bodyOf(hook.fetch(requestOf(codeFlow)))).toEqual(issued);
    expect(endMs - started).toBeGreaterThan(150);
    expect(leftMs).toBeLessThan(196);
    expect(records[0]?.sources).toEqual({ plans: 'timeout' });
  });
});

/** The time in the id of a record. */
function timeOf(id = ''): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}

describe('a record', () => {
  const auditKey = 'a-key-of-thirty-two-characters-!';
  const answering = (answer: Answer): Asking => ({ ask: async () => answer });

  it('says what was decided, before the answer, and no value', async () => {
    const records: AuditRecord[] = [];
    const outcomes = [{ kind: 'claim', name: 'plan', outcome: 'emitted' }] as const;
    const program: Program = { ...asking, decide: () => decision({ access: { plan: 'gold' }, outcomes }) };
    const hook = hookOf(
      program,
      { sources: plans, native: { user: 'uid', team: 'team' } },
      {
        asking: answering({ value: 'gold', ageSeconds: 7.4 }),
        record: (record) => void records.push(record),
        auditKey,
      },
    );
    await hook.fetch(requestOf(changed(codeFlow, ['data', 'access', 'claims', 'jti'], 'AT.1')));
    const subject = createHmac('sha256', auditKey).update('00u1ada').digest('base64url').slice(0, 22);
    expect(records).toEqual([
      {
        claimsmith: 'fixture@0a1b2c3d',
        id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
        decision: 'issued',
        subject,
        client: '0oa1web',
        jti: 'AT.1',
        audience: 'api://payments',
        grant: 'authorization_code',
        request: '3OWo4oo-QQ-rBWfRyTmQYw',
        native: ['user'],
        claims: ['plan'],
        sources: { plans: 7 },
        ms: expect.any(Number),
        issuer: 'okta',
      },
    ]);
    expect(timeOf(records[0]?.id)).toBe(nowMs);
    expect(JSON.stringify(records)).not.toMatch(/gold|ada@|00u1ada|192\.0|a-key-of/);
  });

  it.each(['', 'short', undefined])('with the key %j names no subject', async (key) => {
    const records: AuditRecord[] = [];
    const record = (one: AuditRecord) => void records.push(one);
    await hookOf(issuing, {}, { record, auditKey: key }).fetch(requestOf(codeFlow));
    expect(records).toHaveLength(1);
    expect(records[0]?.subject).toBeUndefined();
  });

  it('says why nothing was issued', async () => {
    const records: AuditRecord[] = [];
    const options = {
      asking: answering({ failure: 'status' }),
      record: (record: AuditRecord) => void records.push(record),
    };
    await hookOf(asking, { sources: plans }, options).fetch(requestOf(codeFlow));
    await hookOf(deciding({ access: { scp: 'x' } }), {}, options).fetch(requestOf(codeFlow));
    expect(records).toMatchObject([
      { decision: 'denied', reason: 'enrichment_unavailable', sources: { plans: 'status' } },
      { decision: 'denied', reason: 'enrichment_unavailable' },
    ]);
  });

  it.each<[string, HookOptions['record']]>([
    [
      'throws',
      () => {
        throw new Error('disk full');
      },
    ],
    ['rejects', () => Promise.reject(new Error('disk full'))],
  ])('that %s denies what would be issued, with a reason of its own', async (_, record) => {
    const options = record ? { record } : {};
    expect(await bodyOf(hookOf(issuing, {}, options).fetch(requestOf(codeFlow)))).toEqual({
      error: { errorSummary: 'audit_unavailable' },
    });
    expect(await bodyOf(hookOf(deciding({ denied: 'no' }), {}, options).fetch(requestOf(codeFlow)))).toEqual({
      error: { errorSummary: 'no' },
    });
  });

  it('is not made of requests that no policy saw', async () => {
    const hook = hookOf(
      issuing,
      {},
      {
        record: () => {
          throw new Error('recorded');
        },
      },
    );
    expect(await bodyOf(hook.fetch(requestOf(codeFlow, {})))).toEqual(unavailable);
    expect(await bodyOf(hook.fetch(requestOf('{')))).toEqual(unavailable);
  });
});

describe('a replay', () => {
  const at = (eventTime: string) => changed(codeFlow, ['eventTime'], eventTime);

  it('of the same is answered the same: Okta may ask twice', async () => {
    const hook = hookOf(issuing);
    for (let i = 0; i < 3; i++) expect(await bodyOf(hook.fetch(requestOf(codeFlow)))).toEqual(issued);
  });

  it('of the same event with another content is denied', async () => {
    const causes: Refusal[] = [];
    const hook = hookOf(issuing, {}, { onRefused: (cause) => causes.push(cause) });
    await hook.fetch(requestOf(codeFlow));
    const other = changed(codeFlow, ['data', 'context', 'user', 'id'], '00u2');
    expect(await bodyOf(hook.fetch(requestOf(other)))).toEqual(unavailable);
    expect(causes).toEqual(['replay']);
    expect(await bodyOf(hook.fetch(requestOf(codeFlow)))).toEqual(issued);
  });

  it.each([
    ['2026-11-20T09:55:00.000Z', issued],
    ['2026-11-20T10:05:00.000Z', issued],
    ['2026-11-20T09:54:59.999Z', unavailable],
    ['2026-11-20T10:05:00.001Z', unavailable],
    ['', unavailable],
    ['yesterday', unavailable],
  ])('dated %s at ten', async (eventTime, expected) => {
    expect(await bodyOf(hookOf(issuing).fetch(requestOf(at(eventTime))))).toEqual(expected);
  });

  it('from a recording is taken where that is allowed', async () => {
    const hook = hookOf(issuing, {}, { maxSkewMs: Number.POSITIVE_INFINITY });
    expect(await bodyOf(hook.fetch(requestOf(at('2019-01-01T00:00:00Z'))))).toEqual(issued);
    expect(await bodyOf(hook.fetch(requestOf(at('no time'))))).toEqual(unavailable);
  });
});

it('a hook without a working authentication is not made', () => {
  const oauth = {
    kind: 'oauth',
    issuer: 'https://x.example',
    audience: 'a',
    clientId: 'c',
    scope: 's',
  } as const;
  const make = (authentication: HookOptions['authentication']) => () =>
    createHook({ policy: hookPolicy(issuing), asking: nobody, authentication });
  expect(make({ ...oauth, jwks: 'http://keys.example/keys' })).toThrow(OktaError);
  expect(make({ ...oauth, jwks: 'no address' })).toThrow(OktaError);
  expect(make({ ...oauth, clientId: '', jwks: 'https://keys.example/keys' })).toThrow(OktaError);
});
