import { createServer } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { isSigned } from '../../../../tools/stand-ins/aws-signature.ts';
import { policyOf } from '../../test/fixtures.ts';
import { functionOf } from '../../test/function.ts';
import { samples } from '../../test/samples.ts';
import { cognito } from '../index.ts';

const spec = `
version: 1
name: kept
sources:
  limits:
    http: { url: "\${LIMITS_URL}/limits", headers: { authorization: "Bearer \${LIMITS_TOKEN}" } }
    returns: { limit: int }
    timeout: 200ms
claims: { limit: { value: limits.limit, kind: authoritative } }
issuers: { cognito: { clients: all } }
`;
const built = await cognito.compile(policyOf(spec));
const event = { ...samples['documented'], request: { userAttributes: { sub: 'u1' }, scopes: ['openid'] } };
const keyId = 'ASIAEXAMPLE';
const key = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const arn = 'arn:aws:secretsmanager:eu-west-3:123456789012:secret:prod/limits-AbCdEf';

/** What a server answers: a status and a body. Undefined: it never answers. */
type Answer = readonly [status: number, body: unknown] | undefined;

/** Both the source, which takes one token, and what AWS keeps secrets with. */
async function world(answer: (asked: { target: string; body: unknown }) => Answer) {
  const asked: { target: string; body: unknown; region: string | undefined }[] = [];
  const state = { token: 'token-1', answer };
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    if (request.url === '/limits') {
      const isRight = request.headers.authorization === `Bearer ${state.token}`;
      response.writeHead(isRight ? 200 : 401).end('{"limit": 7}');
      return;
    }
    if (!isSigned(request, text, { keyId, key })) return void response.writeHead(403).end('{}');
    const target = String(request.headers['x-amz-target']);
    const [, region] = /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const body: unknown = JSON.parse(text);
    asked.push({ target, body, region });
    const found = state.answer({ target, body });
    if (found !== undefined) response.writeHead(found[0]).end(JSON.stringify(found[1]));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const url = `http://127.0.0.1:${address.port}`;
  vi.stubEnv('LIMITS_URL', url);
  vi.stubEnv('AWS_ENDPOINT_URL', url);
  return { asked, state };
}

async function started(reference: string) {
  vi.stubEnv('LIMITS_TOKEN', reference);
  const { handler } = await functionOf(built);
  return async (): Promise<unknown> => {
    const { response } = await handler(event);
    return response.claimsAndScopeOverrideDetails.accessTokenGeneration.claimsToAddOrOverride.limit;
  };
}

let log: string[];
beforeEach(() => {
  log = [];
  vi.stubEnv('AWS_ACCESS_KEY_ID', keyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', key);
  vi.stubEnv('AWS_SESSION_TOKEN', 'session-1');
  vi.stubEnv('AWS_REGION', 'eu-central-1');
  vi.spyOn(console, 'log').mockImplementation((text: string) => void log.push(text));
});
afterEach(() => {
  // A value never reaches the log.
  expect(log.join('\n')).not.toMatch(/token-\d|AbCdEf/);
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const secret = (SecretString: string): Answer => [200, { Name: 'limits', SecretString }];

describe('a setting that is kept in AWS', () => {
  it.each([
    ['secretsmanager:prod/limits', { SecretId: 'prod/limits' }, 'eu-central-1', 'token-1'],
    ['secretsmanager:prod/limits:token', { SecretId: 'prod/limits' }, 'eu-central-1', '{"token":"token-1"}'],
    [`secretsmanager:${arn}`, { SecretId: arn }, 'eu-west-3', 'token-1\n'],
    [`secretsmanager:${arn}:token`, { SecretId: arn }, 'eu-west-3', '{"token":"token-1","other":1}'],
  ])('is read from Secrets Manager: %s', async (reference, body, region, text) => {
    const { asked } = await world(() => secret(text));
    const limit = await started(reference);
    expect(await limit()).toBe(7);
    expect(await limit()).toBe(7);
    expect(asked).toEqual([{ target: 'secretsmanager.GetSecretValue', body, region }]);
  });

  it('is read from the Parameter Store', async () => {
    const { asked } = await world(() => [200, { Parameter: { Value: 'token-1' } }]);
    expect(await (await started('ssm:/prod/limits'))()).toBe(7);
    const body = { Name: '/prod/limits', WithDecryption: true };
    expect(asked).toEqual([{ target: 'AmazonSSM.GetParameter', body, region: 'eu-central-1' }]);
  });

  it('is read again after five minutes, so that a rotation arrives', async () => {
    const { asked, state } = await world(() => secret('token-1'));
    const limit = await started('secretsmanager:limits');
    expect(await limit()).toBe(7);
    Object.assign(state, { token: 'token-2', answer: () => secret('token-2') });
    await expect(limit()).rejects.toThrow('enrichment_unavailable');
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 300_001 });
    expect(await limit()).toBe(7);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, Answer]>([
    ['refuses', [400, { __type: 'AccessDeniedException', Message: 'token-1 of AbCdEf' }]],
    ['is out of order', [500, {}]],
    ['hangs', undefined],
    ['answers garbage', [200, { SecretBinary: 'dG9rZW4tMQ==' }]],
  ])('is used on if AWS %s later, and asked for twice a minute', async (_, answer) => {
    const { asked, state } = await world(() => secret('token-1'));
    const limit = await started('secretsmanager:limits');
    await limit();
    state.answer = () => answer;
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 });
    expect([await limit(), await limit()]).toEqual([7, 7]);
    expect(asked).toHaveLength(2);
  });

  it.each<[string, string, Answer, string]>([
    ['refuses', 'limits', [400, { __type: 'AccessDeniedException' }], 'AccessDeniedException'],
    [
      'does not have it',
      'limits',
      [400, { __type: 'x#ResourceNotFoundException' }],
      'ResourceNotFoundException',
    ],
    ['hangs', 'limits', undefined, 'timeout'],
    ['is out of order', 'limits', [503, {}], 'status 503'],
    ['has bytes', 'limits', [200, { SecretBinary: 'AAAA' }], 'NoText'],
    ['has no such key', 'limits:password', secret('{"token":"token-1"}'), 'NoSuchKey'],
    ['has no JSON', 'limits:password', secret('token-1'), 'NotJson'],
  ])('denies in time if AWS %s, and says so in the log', async (_, reference, answer, code) => {
    const { asked } = await world(() => answer);
    const limit = await started(`secretsmanager:${reference}`);
    const startMs = Date.now();
    await expect(limit()).rejects.toThrow('enrichment_unavailable');
    expect(Date.now() - startMs).toBeLessThan(1_500);
    expect(log).toEqual([
      `claimsmith cannot read LIMITS_TOKEN from secretsmanager: ${code}`,
      expect.stringContaining('"causes":{"limit":"denied: limits:setting"}'),
    ]);
    // The next call tries again.
    await expect(limit()).rejects.toThrow();
    expect(asked).toHaveLength(2);
  });

  it('is read once in a call, also for the subject in the log', async () => {
    const { asked } = await world(() => undefined);
    vi.stubEnv('AUDIT_KEY', 'ssm:/prod/audit');
    vi.stubEnv('LIMITS_TOKEN', 'secretsmanager:limits');
    const audited = spec.replace('sources:', 'audit: { key: "${AUDIT_KEY}" }\nsources:');
    const { handler } = await functionOf(await cognito.compile(policyOf(audited)));
    await expect(handler(event)).rejects.toThrow('enrichment_unavailable');
    expect(asked.map(({ target }) => target).sort()).toEqual([
      'AmazonSSM.GetParameter',
      'secretsmanager.GetSecretValue',
    ]);
  });

  it('is not read from an address without TLS', async () => {
    const { asked } = await world(() => secret('token-1'));
    vi.stubEnv('AWS_ENDPOINT_URL', 'http://secrets.example/');
    await expect((await started('secretsmanager:limits'))()).rejects.toThrow();
    expect([asked, log[0]]).toEqual([[], expect.stringMatching(/: address$/)]);
  });
});

it('a setting in the environment itself asks nobody, and loads no signature', async () => {
  const { asked } = await world(() => secret('token-1'));
  expect(await (await started('token-1'))()).toBe(7);
  expect(asked).toEqual([]);
  expect(built.artifacts.map(({ path }) => path)).toEqual([
    'index.mjs',
    'settings.mjs',
    'signature-v4.mjs',
    'manifest.json',
  ]);
});
