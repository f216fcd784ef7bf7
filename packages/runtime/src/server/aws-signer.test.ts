import type { IncomingMessage, ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isSigned } from '../../../../tools/stand-ins/aws-signature.ts';
import { json, serve } from '../../test/fixtures.ts';
import { httpSource, limits, open } from '../../test/server.ts';
import type { HttpServerSource } from './index.ts';

const keyId = 'AKIDEXAMPLE';
const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', keyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', key);
  vi.stubEnv('AWS_SESSION_TOKEN', 'session-1');
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
});
afterEach(() => vi.unstubAllEnvs());

/** A service that answers only signed requests, and tells what it saw. */
function service(secret = key) {
  return serve((request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      if (!isSigned(request, Buffer.concat(chunks).toString(), { keyId, key: secret }))
        response.writeHead(403).end();
      else json(response, { token: request.headers['x-amz-security-token'] });
    });
  });
}

const signed: HttpServerSource = { ...httpSource, aws: { region: '${REGION}', service: 'execute-api' } };

async function asked(url: string, source: Partial<HttpServerSource> = {}, body?: string) {
  await using asking = open({
    sources: { plan: { ...signed, ...source } },
    settings: { REGION: 'eu-central-1' },
  });
  return await asking.ask({ source: 'plan', url, ...(body === undefined ? {} : { body }) }, limits());
}

describe('a source that is asked with a signature', () => {
  it.each(['', 'users/u%2F1', 'a%20b/%C3%A9', '?b=2&a=1&a=%2B%20x', 'users/~x?q=%C3%A9!*', '?empty='])(
    'signs its address %s',
    async (path) => {
      await using server = await service();
      expect(await asked(`${server.url}${path}`)).toMatchObject({ value: { token: 'session-1' } });
    },
  );

  it('signs its body and its headers', async () => {
    await using server = await service();
    const source = { method: 'POST', headers: { 'x-api-key': ' two  blanks ' } } as const;
    expect(await asked(server.url, source, '{"id":"é"}')).toMatchObject({ value: { token: 'session-1' } });
    expect(server.seen[0]?.headers.authorization).toMatch(/SignedHeaders=[a-z0-9;-]*x-api-key/);
    expect(server.seen[0]?.headers.authorization).toContain('/eu-central-1/execute-api/');
  });

  it('is refused with another key, and sends the key nowhere', async () => {
    await using server = await service('another');
    expect(await asked(server.url)).toMatchObject({ failure: 'status' });
    expect(JSON.stringify(server.seen.map(({ headers }) => headers))).not.toContain(key);
  });

  it.each([
    ['hangs', () => undefined, 'timeout'],
    ['fails', (response: ServerResponse) => response.writeHead(500).end(), /timeout|network/],
    ['is garbage', (response: ServerResponse) => response.end('<html>'), /timeout|network/],
  ] as const)('is not asked where what gives the credentials %s', async (_, answer, failure) => {
    await using giver = await serve((_request, response) => void answer(response));
    await using server = await service();
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('HOME', '/nowhere');
    vi.stubEnv('AWS_CONTAINER_CREDENTIALS_FULL_URI', giver.url);
    const answered = await asked(server.url, { timeoutMs: 400 });
    expect(answered).toMatchObject({ failure: expect.stringMatching(failure) });
    expect(giver.seen.length).toBeGreaterThan(0);
    expect(server.seen).toEqual([]);
  });

  it('is not asked without credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('HOME', '/nowhere');
    await using server = await service();
    expect(await asked(server.url)).toMatchObject({ failure: 'network' });
    expect(server.seen).toEqual([]);
    await using asking = open({ sources: { plan: signed }, settings: { REGION: 'eu-central-1' } });
    await expect(asking.ready()).rejects.toThrow('AWS credentials were not found');
  });
});
