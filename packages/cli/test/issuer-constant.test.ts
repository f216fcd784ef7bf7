import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@claimsmith/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimsmith } from './terminal.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-issuer-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** Keycloak does not know how somebody logged in; its clients know their tenant. */
const spec = (value: string, more = '') => `version: 1
name: shop
namespace: https://shop.example/
claims:
  factor:
    value: '${value}'
    kind: descriptive
    when: subject_type == "human"
    onMissing: { default: [] }
${more}issuers:
  auth0: {}
  okta: { guard: [sentinel] }
  keycloak: { scripts: true, audience: https://shop.example }
`;

async function findingsOf(text: string): Promise<readonly Finding[]> {
  writeFileSync(join(root, 'enrichment.yaml'), text);
  const { out } = await claimsmith(root, 'check', '--json');
  const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
  return findings;
}

const about = (findings: readonly Finding[], part: string) =>
  findings.filter(({ message, severity }) => severity !== 'info' && message.includes(part));

describe('a spec with a branch for an issuer', () => {
  test('may read a field that the issuer of the other branch lacks', async () => {
    const whole = await findingsOf(spec('session.amr'));
    expect(about(whole, 'session.amr').map(({ issuer }) => issuer)).toContain('keycloak');
    const branched = await findingsOf(spec('issuer == "keycloak" ? ["pwd"] : session.amr'));
    expect(about(branched, 'session.amr').filter(({ issuer }) => issuer === 'keycloak')).toEqual([]);
    const apart = await findingsOf(spec('issuer != "keycloak" && "mfa" in session.amr ? ["mfa"] : []'));
    expect(about(apart, 'session.amr').filter(({ issuer }) => issuer === 'keycloak')).toEqual([]);
  });

  test('may add a scope where another issuer cannot', async () => {
    const adding = (grant: string) =>
      findingsOf(spec('["pwd"]', `scopes:\n  read: { grant: '${grant}', add: true }\n`));
    const errors = (findings: readonly Finding[]) =>
      findings.flatMap(({ rule, severity, issuer }) => (severity === 'error' ? [`${issuer} ${rule}`] : []));
    expect(errors(await adding('client.id == "web"'))).toEqual(['okta TE809']);
    expect(errors(await adding('issuer != "okta" && client.id == "web"'))).toEqual([]);
  });

  test('is tested at each issuer against the policy of that issuer', async () => {
    writeFileSync(
      join(root, 'enrichment.yaml'),
      spec('issuer == "keycloak" ? ["pwd"] : issuer == "okta" ? ["okta"] : user.roles'),
    );
    mkdirSync(join(root, 'scenarios'));
    writeFileSync(
      join(root, 'scenarios', 'all.yaml'),
      `- name: somebody
  context: { subject_type: human, user: { id: u1, roles: [a] }, client: { id: web }, request: { audience: https://shop.example, scopes: [openid] } }
  expect:
    access: { factor: [a] }
    keycloak: { access: { factor: [pwd] } }
    okta: { access: { factor: [okta] } }
`,
    );
    const { out, err, code } = await claimsmith(root, 'test', '--json');
    const { results } = JSON.parse(out) as { results: readonly { where: string; status: string }[] };
    expect({ err, code, results: results.map(({ where, status }) => `${where} ${status}`) }).toEqual({
      err: '',
      code: 0,
      results: ['policy passed', 'auth0 passed', 'keycloak passed', 'okta passed'],
    });
    const wrong = readFileSync(join(root, 'scenarios', 'all.yaml'), 'utf8').replace('[okta] }', '[pwd] }');
    writeFileSync(join(root, 'scenarios', 'all.yaml'), wrong);
    expect((await claimsmith(root, 'test')).code).toBe(2);
    const bare = wrong.replace(/ {4}(?:keycloak|okta): .*\n/g, '');
    writeFileSync(join(root, 'scenarios', 'all.yaml'), bare);
    const told = await claimsmith(root, 'test');
    expect(told.out).toMatch(/✗ somebody +✗ +✓ += {2,}=\n {2}the policy for keycloak is not as expected\n/);
    expect(told.out).toContain('the policy for okta is not as expected');
    expect(told.out).not.toContain('auth0 is not as expected');
  });

  test('has one revision', async () => {
    writeFileSync(join(root, 'enrichment.yaml'), spec('issuer == "keycloak" ? ["pwd"] : ["okta"]'));
    expect((await claimsmith(root, 'build')).err).toBe('');
    const files = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' });
    const markers = files
      .filter((file) => /\.(?:js|json)$/.test(file))
      .map((file) => /shop@[0-9a-f]{8}/.exec(readFileSync(join(root, 'dist', file), 'utf8'))?.[0])
      .filter((marker) => marker !== undefined);
    expect(markers.length).toBeGreaterThan(2);
    expect(new Set(markers).size).toBe(1);
  });

  test('names issuers that there are', async () => {
    const found = await findingsOf(spec('issuer in ["keycloack", "okta"] ? [] : user.roles'));
    expect(
      found.filter(({ severity }) => severity === 'error').map(({ rule, help }) => [rule, help]),
    ).toEqual([['TE030', 'Did you mean `keycloak`?']]);
  });

  test('has the findings of all branches that issuers take, each once', async () => {
    const leaks = 'claims.other';
    const more = `  other: { value: '${'issuer == "okta" ? user.id : user.email'}', kind: descriptive, when: subject_type == "human" }
scopes:
  pay: { grant: 'issuer == "okta" ? ${leaks} == "a" : subject_type == "human"' }
`;
    const found = await findingsOf(spec('["a"]', more));
    expect(found.filter(({ rule }) => rule === 'TE203').map(({ issuer }) => issuer)).toEqual(['okta']);
  });
});
