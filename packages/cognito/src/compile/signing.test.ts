import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { isSigned } from '../../../../tools/stand-ins/aws-signature.ts';
import { policyOf, surroundings } from '../../test/fixtures.ts';
import { functionOf } from '../../test/function.ts';
import { samples } from '../../test/samples.ts';
import { cognito } from '../index.ts';

const spec = (settings = '{}') => `
version: 1
name: signed
sources:
  limits:
    http:
      url: \${LIMITS_URL}/limits/{user.id}?q={user.username}
      headers: { x-tier: gold }
      auth: { aws: { region: "\${LIMITS_REGION}", service: execute-api } }
    returns: { limit: int }
    timeout: 1s
claims: { limit: { value: limits.limit, kind: authoritative } }
issuers: { cognito: ${settings} }
`;
const built = await cognito.compile(policyOf(spec()));
const event = (userName: string, sub = 'u1') => ({
  ...samples['documented'],
  userName,
  request: { userAttributes: { sub }, scopes: ['openid'] },
});
const keyId = 'ASIAEXAMPLE';
const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';

/** A service that answers only requests that the role has signed. */
async function service(secret = key) {
  const seen: unknown[] = [];
  const server = createServer((request, response) => {
    seen.push(request.headers);
    if (!isSigned(request, '', { keyId, key: secret })) response.writeHead(403).end();
    else response.end('{"limit": 7}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  vi.stubEnv('LIMITS_URL', `http://127.0.0.1:${address.port}`);
  return seen;
}

beforeEach(() => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', keyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', key);
  vi.stubEnv('AWS_SESSION_TOKEN', 'session-1');
  vi.stubEnv('LIMITS_REGION', 'eu-central-1');
  vi.spyOn(console, 'log').mockReturnValue();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

describe('a source that is asked with the signature of the role', () => {
  it('has what signs beside the function, and no other driver', async () => {
    expect(built.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    const files = ['index.mjs', 'settings.mjs', 'aws.mjs', 'signature-v4.mjs', 'manifest.json'];
    expect(built.artifacts.map(({ path }) => path)).toEqual(files);
    const short = await cognito.compile(policyOf(spec('{ minify: true }')));
    expect(short.artifacts.map(({ path }) => path)).toEqual(files);
  });

  it.each(['{}', '{ minify: true }'])('is answered, built with %s', async (settings) => {
    const seen = await service();
    const { handler } = await functionOf(await cognito.compile(policyOf(spec(settings))));
    for (const name of ['ada', 'é !*', 'a+b/%2F', '~x']) {
      const { response } = await handler(event(name, `${name}|u1`));
      const { claimsToAddOrOverride } = response.claimsAndScopeOverrideDetails.accessTokenGeneration;
      expect(claimsToAddOrOverride).toMatchObject({ limit: 7 });
    }
    expect(seen).toHaveLength(4);
    expect(seen[0]).toMatchObject({ 'x-tier': 'gold', 'x-amz-security-token': 'session-1' });
    expect(JSON.stringify(seen)).not.toContain(key);
  });

  it.each([
    ['the key of another', () => service('another')],
    ['no key', () => service().finally(() => vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined))],
    ['an empty key', () => service().finally(() => vi.stubEnv('AWS_ACCESS_KEY_ID', ''))],
    ['no region', () => service().finally(() => vi.stubEnv('LIMITS_REGION', undefined))],
  ])('denies with %s', async (what, prepare) => {
    const seen = await prepare();
    const { handler } = await functionOf(built);
    await expect(handler(event('ada'))).rejects.toThrow(/^enrichment_unavailable$/);
    expect(seen).toHaveLength(what === 'the key of another' ? 1 : 0);
  });

  it('is simulated without the signature', async () => {
    const url = 'https://limits.example/limits/u1?q=ada';
    const settings = { LIMITS_URL: 'https://limits.example', LIMITS_REGION: 'eu-central-1' };
    const around = surroundings({ [url]: () => Response.json({ limit: 7 }) }, settings);
    const { access, requests } = await cognito.simulator.simulate(
      built,
      { trigger: 'login', event: event('ada') },
      around,
    );
    expect(access['limit']).toBe(7);
    expect(requests.map(({ said }) => said)).toMatchObject([{ url, 'header x-tier': 'gold' }]);
  });
});
