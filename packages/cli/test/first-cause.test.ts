import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding } from '@claimsmith/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { claimsmith } from './terminal.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-cause-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

/** What `check` says of a spec, a line for each finding. */
async function check(text: string): Promise<string[]> {
  writeFileSync(join(root, 'enrichment.yaml'), text);
  const { out } = await claimsmith(root, 'check', '--json');
  const { findings } = JSON.parse(out) as { findings: readonly Finding[] };
  return findings.map(({ severity, rule, range, issuer }) =>
    `${severity} ${rule} ${range?.start.line} ${issuer ?? ''}`.trim(),
  );
}

/** Right as it stands except for warnings: Okta's guard does not cover ID tokens, and more that only informs. */
const fine = `version: 1
name: shop
namespace: https://shop.example/
user: { attributes: { plan: string } }
claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20, when: subject_type == "human" }
  plan: { value: user.attributes.plan, kind: descriptive, when: subject_type == "human" }
scopes:
  shop.read: { grant: 'subject_type == "human" && "reader" in claims.roles' }
issuers:
  auth0: {}
  okta: { guard: [sentinel] }
`;

describe('a mistake is told, and not what follows from it', () => {
  test('without one there are warnings', async () => {
    const findings = await check(fine);
    expect(findings.some((finding) => finding.startsWith('warning TE704'))).toBe(true);
    expect(findings.some((finding) => finding.startsWith('error'))).toBe(false);
  });

  test.each([
    ['an issuer misspelt', 'okta: {', 'octa: {', ['error TE002 12']],
    ['a setting of an issuer misspelt', 'guard:', 'gaurd:', ['error TE002 12 okta']],
    ['a kind misspelt', 'kind: authoritative', 'kind: autoritative', ['error TE003 6']],
    ['a field misspelt', 'user.roles', 'user.rols', ['error TE004 6']],
    ['an attribute misspelt', 'user.attributes.plan', 'user.attributes.plam', ['error TE004 7']],
    ['the attributes misspelt', 'attributes: {', 'atributes: {', ['error TE002 4']],
    ['a type of another language', 'plan: string', 'plan: text', ['error TE003 4']],
    ['the namespace without its end', 'shop.example/', 'shop.example', ['error TE003 3']],
    ['the claims misspelt', 'claims:\n', 'claim:\n', ['error TE002 5']],
    ['the name in capitals', 'name: shop', 'name: Shop', ['error TE003 2']],
    ['a condition misspelt', 'when: subject_type', 'when: subject_typ', ['error TE004 6']],
    [
      'a claim twice',
      'scopes:',
      '  roles: { value: user.groups, kind: descriptive }\nscopes:',
      ['error TE001 8'],
    ],
    ['a claim that is nothing', 'scopes:', '  more:\nscopes:', ['error TE003 8']],
    [
      'a claim that no object can hold',
      'scopes:',
      '  __proto__: { const: a, kind: descriptive }\nscopes:',
      ['error TE008 8'],
    ],
    ['a scope with a space', 'shop.read: {', '"shop read": {', ['error TE009 9']],
    [
      'an expression cut by a comma',
      'value: user.roles,',
      'value: user.roles.filter(r, r == "a"),',
      ['error TE002 6'],
    ],
    ['a claim of the protocol', '  plan: {', '  sub: {', ['error TE101 7']],
  ])('%s', async (_, from, to, expected) => {
    expect(fine).toContain(from);
    expect(await check(fine.replace(from, to))).toEqual(expected);
  });

  test('a file in UTF-16 is told to be saved as UTF-8', async () => {
    writeFileSync(join(root, 'enrichment.yaml'), Buffer.from(`\ufeff${fine}`, 'utf16le'));
    const { code, out } = await claimsmith(root, 'check');
    expect(code).toBe(2);
    expect(out).toContain('Save the file as UTF-8');
  });

  test('but every mistake of its own', async () => {
    const findings = await check(`version: 1
name: shop
claims:
  a: { value: user.rols, kind: autoritative }
  permissions: { value: org.id, kind: descriptive }
  reads: { value: claims.a + 1, kind: descriptive }
issuers: { auth0: { triggers: [post-login] } }
`);
    expect(findings).toEqual(['error TE004 4', 'error TE003 4', 'error TE102 5 auth0']);
  });

  test('wherever a word of an example is misspelt: an unknown key, name or value is the only finding', async () => {
    const example = readFileSync(
      new URL('../../../examples/payments/enrichment.yaml', import.meta.url),
      'utf8',
    );
    let misspelt = 0;
    for (const { 0: word, index } of example.matchAll(/(?<!#.*)\b[A-Za-z_]{4,}/g)) {
      const wrong = `${word.slice(0, 2)}${word.slice(2, 4).split('').reverse().join('')}${word.slice(4)}`;
      const found = await check(example.slice(0, index) + wrong + example.slice(index + word.length));
      if (!found.some((finding) => /error TE00[234]/.test(finding))) continue;
      misspelt += 1;
      // A misspelt declaration is an unknown name wherever it is read.
      const isRead = found.every((finding) => finding.startsWith('error TE004'));
      if (!isRead) expect(found, `${word} as ${wrong}`).toHaveLength(1);
    }
    expect(misspelt).toBeGreaterThan(100);
  });

  test('what stands under a misspelt key is found where it is written', async () => {
    expect(
      await check('version: 1\nname: shop\nclaim:\n  a: { valu: user.rols, kind: descriptive }\n'),
    ).toEqual(['error TE002 3', 'error TE004 4']);
  });
});
