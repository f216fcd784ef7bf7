import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { isOfHost } from '../../core/src/sources/host-settings.ts';
import { servedPolicy } from '../test/served.ts';
import { variableNames } from './configuration.ts';
import { type Environment, readConfiguration, ServerError } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'claimsmith-configuration-'));
afterAll(() => rmSync(folder, { recursive: true }));

const secret = 'Bearer 5d41402abc4b2a76b9719d91';
const least = { POLICY: 'policy.mjs', HOOK_SECRET: secret, AUDIT_FILE: 'audit.jsonl' };

function file(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function problems(environment: Environment): string[] {
  try {
    readConfiguration(environment);
  } catch (error) {
    if (error instanceof ServerError && error.code === 'configuration') return error.message.split('\n');
    throw error;
  }
  throw new Error('no problem');
}

const cacheSecret = 'c'.repeat(32);

test('a cache that is shared has a secret of its own', () => {
  const shared = { ...least, REDIS_URL: 'redis://cache' };
  expect(problems(shared)).toEqual([
    'CACHE_SECRET is required with REDIS_URL: without it, anybody who can write to Redis could forge answers',
  ]);
  expect(problems({ ...shared, CACHE_SECRET: 'short' })).toEqual([
    'CACHE_SECRET must have 32 characters or more',
  ]);
  expect(readConfiguration({ ...shared, CACHE_SECRET: cacheSecret }).sharedCache).toEqual({
    url: 'redis://cache',
    secret: cacheSecret,
  });
});

test('the least that must be said', () => {
  expect(readConfiguration(least)).toMatchObject({
    policyFile: 'policy.mjs',
    host: '127.0.0.1',
    port: 8080,
    path: '/okta/token-hook',
    authentication: { kind: 'header', name: 'authorization', secrets: [secret] },
    sharedCache: undefined,
    audit: { file: 'audit.jsonl', isSynced: false },
    logLevel: 'info',
    lingerMs: 2_000,
    opsPort: undefined,
  });
});

test('all problems are told at once, and no value', () => {
  const found = problems({
    PORT: '70000',
    HOOK_SECRET: 'short',
    LOG_LEVEL: 'loud',
    REDIS_URL: 'http://:pw@x',
    LINGER_MS: '-1',
  });
  expect(found).toEqual([
    'POLICY is required: the path of the policy.mjs that `claimsmith build` wrote',
    'PORT must be a whole number from 0 to 65535',
    'HOOK_SECRET must be 16 to 4,096 printable ASCII characters without spaces at the ends',
    'REDIS_URL must be an address that starts with redis:// or rediss://',
    'AUDIT_FILE is required: the file that gets a line for each issuance, or `off`',
    'LOG_LEVEL must be one of fatal, error, warn, info, debug, silent',
    'LINGER_MS must be a whole number from 0 to 8000',
    'CACHE_SECRET is required with REDIS_URL: without it, anybody who can write to Redis could forge answers',
  ]);
  expect(found.join()).not.toMatch(/short|loud|pw/);
});

test('an empty variable counts as missing', () => {
  expect(problems({ ...least, HOOK_SECRET: '' })).toEqual([
    'HOOK_SECRET is required, or HOOK_SECRET_FILE, or the variables OAUTH_…',
  ]);
  expect(readConfiguration({ ...least, PORT: '' }).port).toBe(8080);
});

test('secrets come from files too, without the line feed at their end', () => {
  const next = 'Bearer 7d793037a0760186574b0282';
  const { authentication } = readConfiguration({
    ...least,
    HOOK_SECRET: undefined,
    HOOK_SECRET_FILE: file('secret', `${secret}\n`),
    HOOK_SECRET_NEXT_FILE: file('next', next),
    HOOK_HEADER: 'x-hook',
  });
  expect(authentication).toEqual({ kind: 'header', name: 'x-hook', secrets: [secret, next] });
  expect(problems({ ...least, HOOK_SECRET_FILE: join(folder, 'secret') })).toContain(
    'HOOK_SECRET and HOOK_SECRET_FILE are both set: use only one',
  );
  expect(problems({ ...least, REDIS_URL_FILE: join(folder, 'none') })).toEqual([
    'REDIS_URL_FILE cannot be read: ENOENT',
  ]);
});

const oauth = {
  OAUTH_ISSUER: 'https://acme.okta.example/oauth2/hooks',
  OAUTH_AUDIENCE: 'api://hooks',
  OAUTH_CLIENT_ID: '0oa1',
  OAUTH_SCOPE: 'hooks.call',
};

test('Okta may prove itself with a token', () => {
  const { HOOK_SECRET: _, ...others } = least;
  expect(readConfiguration({ ...others, ...oauth }).authentication).toEqual({
    kind: 'oauth',
    issuer: oauth.OAUTH_ISSUER,
    audience: 'api://hooks',
    clientId: '0oa1',
    scope: 'hooks.call',
    jwks: 'https://acme.okta.example/oauth2/hooks/v1/keys',
  });
  expect(problems({ ...others, OAUTH_ISSUER: 'acme' })).toEqual([
    'OAUTH_ISSUER is not an address',
    'OAUTH_AUDIENCE is required',
    'OAUTH_CLIENT_ID is required',
    'OAUTH_SCOPE is required',
  ]);
  expect(problems({ ...least, ...oauth })).toEqual([
    'HOOK_SECRET and OAUTH_ISSUER are both set: choose one way for Okta to authenticate',
  ]);
});

test('a file holds what variables do not', () => {
  const named = file('config.json', JSON.stringify({ PORT: 9000, HOST: '0.0.0.0', AUDIT_SYNC: true }));
  expect(readConfiguration({ ...least, CONFIG_FILE: named, HOST: '::1' })).toMatchObject({
    port: 9000,
    host: '::1',
    audit: { isSynced: true },
  });
  expect(problems({ ...least, CONFIG_FILE: file('bad.json', '{') })).toEqual([
    'CONFIG_FILE cannot be read: it is not a JSON object',
  ]);
  expect(problems({ ...least, CONFIG_FILE: file('odd.json', '{"port":1,"HOST":{}}') })).toEqual([
    'CONFIG_FILE holds an unknown variable: port',
    'HOST in CONFIG_FILE must be a text, a number or a boolean',
  ]);
});

test('no audit must be said', () => {
  expect(readConfiguration({ ...least, AUDIT_FILE: 'off' }).audit).toBeUndefined();
});

const listed = { ...least, CLAIMSMITH_SETTINGS: 'PLANS_TOKEN, DIRECTORY_URL' };

test("the policy's settings are read when they are wanted, all that lack at once", () => {
  const policy = { ...servedPolicy(), settings: ['PLANS_TOKEN', 'DIRECTORY_URL'] };
  const { settingsFor } = readConfiguration({ ...listed, PLANS_TOKEN_FILE: file('plans', 'one\n') });
  expect(() => settingsFor(policy)).toThrow(/^the policy needs DIRECTORY_URL, which is not set$/);
  const { settingsFor: whole } = readConfiguration({
    ...listed,
    PLANS_TOKEN_FILE: join(folder, 'plans'),
    DIRECTORY_URL: 'sqlite::memory:',
  });
  expect(whole(policy)).toEqual({ PLANS_TOKEN: 'one', DIRECTORY_URL: 'sqlite::memory:' });
  file('plans', 'two\n');
  expect(whole(policy)['PLANS_TOKEN']).toBe('two');
});

test('a policy gets no setting that the deployment does not list', () => {
  const given = { PLANS_TOKEN: 'one', OTHER_TOKEN: 'two', AWS_SECRET_ACCESS_KEY: 'three' };
  const policy = { ...servedPolicy(), settings: Object.keys(given) };
  const notListed = (name: string) => `the policy needs ${name}: list it in CLAIMSMITH_SETTINGS, and set it`;
  for (const [environment, missing] of [
    [{ ...least, ...given }, ['PLANS_TOKEN', 'OTHER_TOKEN', 'AWS_SECRET_ACCESS_KEY']],
    [{ ...listed, ...given }, ['OTHER_TOKEN', 'AWS_SECRET_ACCESS_KEY']],
    [{ ...least, CONFIG_FILE: file('all.json', JSON.stringify(given)) }, Object.keys(given)],
  ] as const)
    expect(() => readConfiguration(environment).settingsFor(policy)).toThrow(
      missing.map(notListed).join('\n'),
    );
  const all = { ...given, CLAIMSMITH_SETTINGS: ' OTHER_TOKEN,PLANS_TOKEN\n  AWS_SECRET_ACCESS_KEY ' };
  const named = file('listed.json', JSON.stringify(all));
  expect(readConfiguration({ ...least, CONFIG_FILE: named }).settingsFor(policy)).toEqual(given);
  expect(problems({ ...least, CLAIMSMITH_SETTINGS: 'A=b' })).toEqual([
    'CLAIMSMITH_SETTINGS must be names separated by commas',
  ]);
});

test("a source gets none of the hook's own settings, listed or not", () => {
  const environment = {
    ...least,
    HOOK_SECRET_NEXT: secret,
    CACHE_SECRET: cacheSecret,
    REDIS_URL: 'redis://cache',
    CLAIMSMITH_SETTINGS:
      'HOOK_SECRET,HOOK_SECRET_NEXT,CACHE_SECRET,REDIS_URL,AUDIT_FILE,HOOK_SECRET_FILE,CONFIG_FILE',
  };
  for (const name of environment.CLAIMSMITH_SETTINGS.split(',')) {
    const policy = { ...servedPolicy(), settings: [name] };
    expect(() => readConfiguration(environment).settingsFor(policy)).toThrow(
      `${name} belongs to the server: policies cannot read it`,
    );
  }
});

test('`check` refuses in a spec what the server keeps to itself', () => {
  for (const name of variableNames) expect(isOfHost(name), name).toBe(true);
});
