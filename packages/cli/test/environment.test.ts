import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadEnvironment } from '../src/publish/environment.ts';
import { findEnvironment } from '../src/publish/find-environment.ts';
import { loadSpec } from '../src/spec/load.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const spec = `version: 1
name: named
sources:
  crm: { http: { url: "https://crm.acme.example/", headers: { authorization: "Bearer \${CRM_TOKEN}" } }, returns: { plan: string } }
claims: { plan: { value: crm.plan, kind: descriptive } }
issuers: { auth0: {} }
`;

async function find(files: Readonly<Record<string, string>>, argument?: string) {
  const folder = scratchFolder({ 'enrichment.yaml': spec, ...files });
  return await findEnvironment(argument, { folder }, folder);
}

test('the only environment need not be named', async () => {
  const files = {
    'environments/prod.yaml': '',
    'environments/prod.journal/key': '',
    'environments/notes.md': '',
  };
  expect(await find(files)).toMatchObject({ file: 'environments/prod.yaml', name: 'prod', isNamed: false });
});

test('an environment is named like its file, or by a path', async () => {
  const files = { 'environments/prod.yaml': '', 'environments/staging.yml': '', 'elsewhere/x.json': '' };
  expect(await find(files, 'staging')).toMatchObject({ file: 'environments/staging.yml', name: 'staging' });
  expect(await find(files, 'elsewhere/x.json')).toMatchObject({ name: 'x', isNamed: true });
});

test.each<
  [what: string, files: Readonly<Record<string, string>>, argument: string | undefined, message: string]
>([
  [
    'no folder',
    {},
    undefined,
    'no environment in environments: write environments/prod.yaml, as docs/publishing.md shows',
  ],
  [
    'several',
    { 'environments/a.yaml': '', 'environments/b.json': '' },
    undefined,
    'several environments in environments: name one with --env, of a, b',
  ],
  [
    'a misspelt name',
    { 'environments/staging.yaml': '' },
    'stagin',
    'unknown environment "stagin"; did you mean staging?',
  ],
  [
    'another name',
    { 'environments/staging.yaml': '', 'environments/prod.yaml': '' },
    'x',
    'unknown environment "x"; the environments are prod, staging',
  ],
  [
    'a name twice',
    { 'environments/a.yaml': '', 'environments/a.json': '' },
    'a',
    'two environments in environments, a.json and a.yaml: remove one of them',
  ],
])('%s: a clear error', async (_, files, argument, message) => {
  await expect(find(files, argument)).rejects.toThrow(message);
});

test('a file in the folder that leads elsewhere by a link is not read', async () => {
  const outside = scratchFolder({ 'secret.yaml': 'targets: {}' });
  const folder = scratchFolder({ 'enrichment.yaml': spec, 'environments/x.txt': '' });
  symlinkSync(join(outside, 'secret.yaml'), join(folder, 'environments/prod.yaml'));
  const loaded = await loadSpec(undefined, [], folder);
  await expect(loadEnvironment(loaded, 'prod', folder)).rejects.toThrow(
    'environments/prod.yaml leads out of its folder by a link, and is not read',
  );
});

test('it is checked against the spec, and the text to show has no secret', async () => {
  const canary = 'c4nary9XsK2p0Lq7';
  const folder = scratchFolder({
    'enrichment.yaml': spec,
    'environments/prod.yaml': `settings: { CRM_TOKN: { value: ${canary} } }\ntargets: {}\n`,
  });
  const loaded = await loadSpec(undefined, [], folder);
  const { environment, findings, text, journal } = await loadEnvironment(loaded, undefined, folder);
  expect(environment).toBeUndefined();
  expect(findings.map(({ rule }) => rule)).toEqual(['TE952', 'TE953', 'TE950']);
  expect(JSON.stringify([findings, text])).not.toContain(canary);
  expect(journal).toBe(join(folder, 'environments/prod.journal'));
});

test('findings show where an environment is wrong, and no secret', async () => {
  const canary = 'c4nary9XsK2p0Lq7';
  const folder = scratchFolder({
    'enrichment.yaml': spec,
    'environments/prod.yaml': `settings: { CRM_TOKN: { value: ${canary} } }\ntargets: {}\n`,
  });
  const { out, err } = await claimsmith(folder, 'plan');
  for (const rule of ['TE950', 'TE952', 'TE953']) expect(err).toContain(rule);
  expect(err).toContain('environments/prod.yaml:1:13');
  expect(out + err).not.toContain(canary);
});

test('claimsmith schema environment prints its JSON Schema', async () => {
  const { code, out } = await claimsmith(scratchFolder({}), 'schema', 'environment');
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ title: 'Claimsmith environment', required: ['targets'] });
});
