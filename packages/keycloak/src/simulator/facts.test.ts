import { isDeepStrictEqual } from 'node:util';
import type { Policy } from '@claimsmith/core';
import { describe, expect, it } from 'vitest';
import { policyOf } from '../../test/fixtures.ts';
import { keycloak } from '../index.ts';
import { facts } from './facts.ts';

/** Where files differ from the spec, with a text of one of them changed. */
async function differing(policy: Policy, file = '', from = '', to = ''): Promise<readonly string[]> {
  const built = await keycloak.compile(policy);
  expect(built.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
  const artifacts = built.artifacts.map((artifact) =>
    artifact.path === file ? { ...artifact, content: artifact.content.replace(from, to) } : artifact,
  );
  if (file !== '') expect(artifacts).not.toEqual(built.artifacts);
  return facts(policy, { ...built, artifacts })
    .filter(({ expected, actual }) => !isDeepStrictEqual(expected, actual))
    .map(({ at }) => at);
}

describe('without a script', () => {
  const policy = policyOf(`version: 1
name: native
lifetime: { access: 10m }
user: { attributes: { tier: string, level: int, vip: bool, sites: list(string) } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
  level: { value: user.attributes.level, kind: descriptive }
  vip: { value: user.attributes.vip, kind: descriptive }
  sites: { value: user.attributes.sites, kind: descriptive }
  staff: { const: true, kind: descriptive, when: '"boss" in user.roles' }
scopes: { read: { grant: '"reader" in user.roles' } }
issuers: { keycloak: { audience: "urn:api", serviceAccounts: false } }`);

  it('all is as the spec says', async () => {
    expect(await differing(policy)).toEqual([]);
  });

  it.each([
    ['realm.json', '"claim.name": "tier"', '"claim.name": "teir"', 'realm.json: client scopes'],
    [
      'realm.json',
      '"accessTokenLifespan": 600',
      '"accessTokenLifespan": 6001',
      'realm.json: lifetime of access tokens',
    ],
    ['realm.json', '"enabled": true', '"enabled": false', 'realm.json: enabled'],
    ['realm.json', '{\n        "name": "boss"', '{\n        "name": "bass"', 'realm.json: roles'],
    ['realm.json', '"boss",\n        "claimsmith', '"bass",\n        "claimsmith', 'realm.json: permissions'],
    ['realm.json', '\\"tier\\"', '\\"teir\\"', 'realm.json: user profile'],
    ['realm.json', '"reject-request"', '"other"', 'realm.json: service accounts'],
    ['user-profile.json', '"max": 2048', '"max": 9999', 'attribute tier: values'],
    ['manifest.json', '"noServiceAccounts": true', '"noServiceAccounts": false', 'no service accounts'],
    ['manifest.json', '"boss"', '"bass"', 'roles of the realm'],
    [
      'client-scopes.json',
      '"userinfo.token.claim": "false"',
      '"userinfo.token.claim": "true"',
      'mapper policy marker: userinfo',
    ],
  ])('%s: %s for %s is told', async (file, from, to, at) => {
    expect(await differing(policy, file, from, to)).toContain(at);
  });
});

describe('with a script', () => {
  const policy = policyOf(`version: 1
name: scripted
sources: { stock: { http: { url: "https://stock.acme.example/{user.id}" }, returns: { units: list(string) } } }
claims:
  units: { value: stock.units, kind: authoritative }
  org: { value: org.id, kind: descriptive }
issuers: { keycloak: { audience: "urn:api", scripts: true, clients: [web] } }`);

  it('all is as the spec says', async () => {
    expect(await differing(policy)).toEqual([]);
  });

  it.each([
    ['manifest.json', '"organization"', '"scripts"', 'features'],
    ['manifest.json', '"urn:api"', '"urn:other"', 'audience of the script'],
    ['manifest.json', '"web"', '"app"', 'clients'],
    [
      'realm.json',
      '"organizationsEnabled": true',
      '"organizationsEnabled": false',
      'realm.json: organizations',
    ],
    ['realm.json', '"publicClient": false', '"publicClient": true', 'realm.json: client web'],
    ['claimsmith-scripted.js', 'deadlineMs: 4000', 'deadlineMs: 9000', 'the script to be read'],
  ])('%s: %s for %s is told', async (file, from, to, at) => {
    expect(await differing(policy, file, from, to)).toContain(at);
  });
});
