import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { exportFormats } from '../../src/issuers.ts';
import { scratchFolder } from '../scratch.ts';
import { claimsmith } from '../terminal.ts';

const repository = fileURLToPath(new URL('../../../..', import.meta.url));
const examples = join(repository, 'examples');

/** All files below a folder, with their paths in it. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    files
      .map(({ parentPath, name }) => join(parentPath, name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readFileSync(path, 'utf8')]),
  );
}

/** A text without what changes with every edit of a spec. */
function lasting(text: string): string {
  return text
    .replace(/[0-9a-f]{16}/g, '<hash>')
    .replace(/"[\w+/]{43}="/g, '"<hash>"')
    .replace(/"?\b[0-9a-f]{8}\b"?(?!-)/g, (found) => found.replace(/[0-9a-f]{8}/, '<revision>'));
}

const plain = 'version: 1\nname: plain\nclaims:\n  plan: { const: free, kind: descriptive }\n';
/** A spec with more claims, or with more keys. */
const spec = (issuers: string, more = '') => ({ 'enrichment.yaml': `${plain}${more}issuers: ${issuers}\n` });

describe.each(['payments', 'quickstart'])('the example %s', (example) => {
  const formats = exportFormats().map(({ format }) => format);
  test.each(formats)('as %s is what a person can read', async (format) => {
    const out = join(scratchFolder({}), 'out');
    const { code, out: text } = await claimsmith(
      repository,
      'export',
      '--format',
      format,
      '--out',
      out,
      join(examples, example),
    );
    expect(code, text).toBe(0);
    const files = filesOf(out);
    // What the build has is tested there.
    const isBuilt = (path: string) =>
      /\.(jar|js|mjs|zip)$|user-profile\.json$|manifest\.json$|^\.claimsmith$/.test(path);
    const readable = [...files.keys()].filter((path) => !isBuilt(path));
    expect(readable.length).toBeGreaterThan(1);
    for (const path of readable)
      await expect(lasting(files.get(path) ?? '')).toMatchFileSnapshot(
        `../golden/export/${example}/${format}/${path}`,
      );
  });

  test.each(formats)('as %s has the files of the build as they are', async (format) => {
    const root = scratchFolder({});
    await claimsmith(repository, 'build', '--out', join(root, 'built'), join(examples, example));
    await claimsmith(
      repository,
      'export',
      '--format',
      format,
      '--out',
      join(root, 'out'),
      join(examples, example),
    );
    const built = new Set(filesOf(join(root, 'built')).values());
    const copied = [...filesOf(join(root, 'out'))].filter(([path]) => /\.(jar|js|mjs)$/.test(path));
    expect(copied.length).toBeGreaterThan(0);
    for (const [path, content] of copied) expect(built.has(content), path).toBe(true);
  });
});

describe('claimsmith export', () => {
  test('writes beside the spec, again and again, and says what is left', async () => {
    const folder = scratchFolder(spec('{ auth0: {}, keycloak: {} }'));
    const first = await claimsmith(folder, 'export', '--format', 'terraform');
    expect(first).toMatchObject({ code: 0, err: expect.stringContaining('warning  TE940  keycloak') });
    expect(first.out).toMatch(/^✓ 7 files for Auth0, Keycloak$/m);
    expect(first.out).toContain('Next: read dist/export/terraform/README.md');
    expect(await claimsmith(folder, 'export', '--format', 'terraform')).toEqual(first);
    const { terraform } = JSON.parse(
      readFileSync(join(folder, 'dist/export/terraform/versions.tf.json'), 'utf8'),
    );
    expect(Object.keys(terraform.required_providers)).toEqual(['auth0', 'keycloak']);
    expect(readFileSync(join(folder, 'dist/export/terraform/README.md'), 'utf8')).toContain(
      '### What this folder leaves to you\n\n- The folder does not attach the client scopes `claimsmith.plain`',
    );
  });

  test('leaves dist alone for build, and build leaves the export alone', async () => {
    const folder = scratchFolder(spec('{ auth0: {} }'));
    await claimsmith(folder, 'export', '--format', 'terraform');
    expect((await claimsmith(folder, 'build')).code).toBe(0);
    expect((await claimsmith(folder, 'build', '--check')).code).toBe(0);
    expect(existsSync(join(folder, 'dist/export/terraform/auth0.tf.json'))).toBe(true);
  });

  test('keeps what the tool has in the folder, and nothing else of the old export', async () => {
    const folder = scratchFolder(spec('{ auth0: {} }'));
    const out = join(folder, 'dist/export/terraform');
    await claimsmith(folder, 'export', '--format', 'terraform', '--issuer', 'keycloak');
    writeFileSync(join(out, 'terraform.tfstate'), '{"serial":7}');
    mkdirSync(join(out, '.terraform/providers'), { recursive: true });
    symlinkSync('/nonexistent', join(out, '.terraform/providers/auth0'));
    expect((await claimsmith(folder, 'export', '--format', 'terraform')).code).toBe(0);
    expect(readFileSync(join(out, 'terraform.tfstate'), 'utf8')).toBe('{"serial":7}');
    expect(readdirSync(join(out, '.terraform/providers'))).toEqual(['auth0']);
    expect(existsSync(join(out, 'keycloak.tf.json'))).toBe(false);
    expect(existsSync(join(out, 'auth0.tf.json'))).toBe(true);
  });

  test('writes nothing while Terraform runs in the folder', async () => {
    const folder = scratchFolder(spec('{ auth0: {} }'));
    await claimsmith(folder, 'export', '--format', 'terraform');
    const out = join(folder, 'dist/export/terraform');
    writeFileSync(join(out, 'terraform.tfstate'), '{"serial":7}');
    writeFileSync(join(out, '.terraform.tfstate.lock.info'), '{}');
    const ran = await claimsmith(folder, 'export', '--format', 'terraform', '--issuer', 'keycloak');
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining('a tool is running in ') });
    expect(existsSync(join(out, 'auth0.tf.json'))).toBe(true);
  });

  test.each([
    ['.', 'was not written by claimsmith'],
    ['/', '/ is the root of the file system'],
    ['dist/export/terraform/auth0', 'terraform is what a build has written'],
  ])('is not written to %s', async (out, message) => {
    const folder = scratchFolder(spec('{ auth0: {} }'));
    await claimsmith(folder, 'export', '--format', 'terraform');
    const ran = await claimsmith(folder, 'export', '--format', 'terraform', '--out', out);
    expect(ran).toMatchObject({ code: 1, out: '', err: expect.stringContaining(message) });
  });

  test('is written where --out says, also outside of the current folder', async () => {
    const folder = scratchFolder(spec('{ auth0: {} }'));
    const other = scratchFolder({});
    for (const out of ['deploy/claims', join(other, 'claims')]) {
      const ran = await claimsmith(folder, 'export', '--format', 'terraform', '--out', out);
      expect(ran.code, ran.err).toBe(0);
    }
    expect(filesOf(join(folder, 'deploy/claims'))).toEqual(filesOf(join(other, 'claims')));
  });

  test('does not replace a folder with a file of somebody else', async () => {
    const folder = scratchFolder(spec('{ auth0: {} }'));
    await claimsmith(folder, 'export', '--format', 'terraform');
    const out = join(folder, 'dist/export/terraform');
    writeFileSync(join(out, 'main.tf'), '');
    rmSync(join(out, 'auth0.tf.json'));
    const ran = await claimsmith(folder, 'export', '--format', 'terraform');
    expect(ran).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining('main.tf was not written by'),
    });
    expect(existsSync(join(out, 'auth0.tf.json'))).toBe(false);
  });

  test('writes nothing if the spec has errors, or a text would not arrive', async () => {
    const wrong = scratchFolder(
      spec(
        '{ auth0: {} }',
        '  email: { value: user.email, kind: authoritative, subjects: [human, machine] }\n',
      ),
    );
    expect(await claimsmith(wrong, 'export', '--format', 'terraform')).toMatchObject({ code: 2, out: '' });
    expect(readdirSync(wrong)).toEqual(['enrichment.yaml']);
    const replaced = scratchFolder(
      spec('{ auth0: {} }', '  host: { const: "@@HOME@@", kind: descriptive }\n'),
    );
    const ran = await claimsmith(replaced, 'export', '--format', 'a0deploy');
    expect(ran).toMatchObject({ code: 2, out: '', err: expect.stringContaining('error  TE942  auth0') });
    expect(ran.err).toContain('"@@HOME@@"');
    expect(readdirSync(replaced)).toEqual(['enrichment.yaml']);
    expect((await claimsmith(replaced, 'export', '--format', 'terraform')).code).toBe(0);
  });

  test('writes nothing if there are more warnings than allowed', async () => {
    const folder = scratchFolder(spec('{ keycloak: {} }'));
    const ran = await claimsmith(folder, 'export', '--format', 'terraform', '--max-warnings', '0');
    expect(ran).toMatchObject({ code: 2, out: '' });
    expect(readdirSync(folder)).toEqual(['enrichment.yaml']);
  });

  test('does not show what the spec accepts, and check does not call that unused', async () => {
    const until = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
    const accept = `accept: [{ rule: TE940, at: issuers.keycloak, because: We attach them., owner: me, until: ${until} }]\n`;
    const folder = scratchFolder(spec('{ keycloak: {} }', accept));
    const ran = await claimsmith(folder, 'export', '--format', 'terraform', '--max-warnings', '0');
    expect(ran).toMatchObject({ code: 0, err: '' });
    expect(readFileSync(join(folder, 'dist/export/terraform/README.md'), 'utf8')).not.toContain(
      'leaves to you',
    );
    expect((await claimsmith(folder, 'check')).out).not.toContain('TE606');
  });

  test('says which issuers a format has nothing for', async () => {
    const folder = scratchFolder(spec('{ auth0: {}, keycloak: {} }'));
    const { code, err } = await claimsmith(folder, 'export', '--format', 'a0deploy');
    expect(code).toBe(0);
    expect(err).toContain('info  TE945  keycloak\n  Keycloak has no format `a0deploy`');
  });

  test.each([
    [[], 'export needs --format: a0deploy, cloudformation, keycloak-config, terraform'],
    [
      ['--format', 'teraform'],
      '--format is one of a0deploy, cloudformation, keycloak-config, terraform, not "teraform"; did you mean terraform?',
    ],
    [
      ['--format', 'constructor'],
      '--format is one of a0deploy, cloudformation, keycloak-config, terraform, not "constructor"',
    ],
    [['--format', 'a0deploy', '--issuer', 'okta'], '--format a0deploy is for auth0, and not for okta'],
  ])('%j makes no sense', async (args, message) => {
    const folder = scratchFolder(spec('{ auth0: {}, okta: {} }'));
    const ran = await claimsmith(folder, 'export', ...args);
    expect(ran).toEqual({ code: 64, out: '', err: expect.stringContaining(message) });
    expect(readdirSync(folder)).toEqual(['enrichment.yaml']);
  });
});
