import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith, claimsmithInCi } from './terminal.ts';

const spec =
  'version: 1\nname: x\nclaims: { tier: { const: gold, kind: descriptive } }\nissuers: { auth0: {} }\n';
const script = `import { writeFileSync } from 'node:fs';
writeFileSync(new URL('ran', import.meta.url), '');
export const spec = { version: 1, name: 'x', claims: { tier: { const: 'gold', kind: 'descriptive' } }, issuers: { auth0: {} } };
`;
const scenarios = '- name: anyone\n  context: { user: { id: u1 } }\n  expect: { access: { tier: gold } }\n';
const secret = 'password: hunter2\n';

/** A folder of somebody else's, such as a pull request, beside what it should not reach. */
function checkout(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) {
  const root = realpathSync(
    scratchFolder({ 'outside/secret.yaml': secret, 'outside/enrichment.yaml': spec }),
  );
  const folder = join(root, 'repo');
  mkdirSync(folder);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  for (const [name, target] of Object.entries(links)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    symlinkSync(target, join(folder, name));
  }
  return { root, folder };
}

describe('links', () => {
  it.each([
    ['a spec', { 'enrichment.yaml': '../outside/secret.yaml' }, ['check', 'repo']],
    [
      'a spec that is named',
      { 'enrichment.yaml': '../outside/secret.yaml' },
      ['check', 'repo/enrichment.yaml'],
    ],
    ['a spec by a chain', { 'enrichment.yaml': 'a', a: '../outside/secret.yaml' }, ['check', 'repo']],
  ])('that lead %s out of its folder are refused', async (_, links, args) => {
    const { root } = checkout({}, links);
    const { code, out, err } = await claimsmith(root, ...args);
    expect(code).toBe(1);
    expect(err).toContain('leads out of its folder by a link');
    expect(out + err).not.toContain('hunter2');
  });

  it.each([
    ['a file', { 'scenarios/a.yaml': '../../outside/secret.yaml' }],
    ['their folder', { scenarios: '../outside' }],
  ])('that lead scenarios out of the folder by %s are refused', async (_, links) => {
    const { root } = checkout({ 'enrichment.yaml': spec }, links);
    const { code, out, err } = await claimsmith(root, 'test', 'repo');
    expect(code).toBe(1);
    expect(err).toContain('leads out of its folder by a link');
    expect(out + err).not.toContain('hunter2');
  });

  it('inside the folder are followed, and so is one to the folder that is named', async () => {
    const { root, folder } = checkout(
      { '..data/spec.yaml': spec, '..data/first.yaml': scenarios },
      { 'enrichment.yaml': '..data/spec.yaml', 'scenarios/a.yaml': '../..data/first.yaml' },
    );
    symlinkSync(folder, join(root, 'link'));
    for (const argument of ['repo', 'link', 'repo/enrichment.yaml']) {
      const { code, err } = await claimsmith(root, 'test', argument);
      expect([code, err]).toEqual([0, '']);
    }
  });

  it('take `init` nowhere', async () => {
    const { root } = checkout({}, { scenarios: '../outside' });
    const { code, err } = await claimsmith(root, 'init', 'repo');
    expect(code).toBe(1);
    expect(err).toContain('is a link to another folder; nothing was written');
    expect(readdirSync(join(root, 'repo'))).toEqual(['scenarios']);
    expect(readdirSync(join(root, 'outside'))).toEqual(['enrichment.yaml', 'secret.yaml']);
  });
});

describe('a build', () => {
  it.each([
    [[], { dist: '../outside' }],
    [['--out', 'repo/out'], { out: '../outside' }],
    [['--out', 'repo/out/deep'], { out: '../outside' }],
    [['--check'], { dist: '../outside' }],
  ])('with %j writes nothing behind a link', async (args, links) => {
    const { root } = checkout({ 'enrichment.yaml': spec }, links);
    const { code, err } = await claimsmith(root, 'build', 'repo', ...args);
    expect(code).toBe(1);
    expect(err).toContain('is a link');
    expect(readdirSync(join(root, 'outside'))).toEqual(['enrichment.yaml', 'secret.yaml']);
  });

  it('writes to where --out says, links on the way there included', async () => {
    const { root } = checkout({ 'enrichment.yaml': spec });
    symlinkSync(join(root, 'outside'), join(root, 'link'));
    const { code } = await claimsmith(join(root, 'repo'), 'build', '--out', join(root, 'link', 'dist'));
    expect(code).toBe(0);
    expect(readdirSync(join(root, 'outside', 'dist'))).toEqual(['auth0', 'services']);
  });
});

describe('what is not a file is refused at once', () => {
  it.each(['enrichment.yaml', 'scenarios/a.yaml', 'event.json'])('a pipe: %s', async (name) => {
    const { root, folder } = checkout(name === 'enrichment.yaml' ? {} : { 'enrichment.yaml': spec });
    mkdirSync(join(folder, 'scenarios'));
    execFileSync('mkfifo', [join(folder, name)]);
    const args = name === 'event.json' ? ['preview', 'repo', '--event', `repo/${name}`] : ['test', 'repo'];
    const { code, err } = await claimsmith(root, ...args);
    expect(code).toBe(1);
    expect(err).toContain(`repo/${name} is not a file`);
  });

  it.each(['/dev/zero', '/dev/tty', '.'])('%s', async (path) => {
    const { root } = checkout({ 'enrichment.yaml': spec });
    const { code, err } = await claimsmith(root, 'preview', 'repo', '--event', path);
    expect(code).toBe(1);
    expect(err).toMatch(/is not a file|cannot be read/);
  });
});

describe('a spec in TypeScript', () => {
  const commands = [['check'], ['build'], ['preview'], ['test'], ['explain', 'tier'], ['serve']];

  it.each(commands)('is refused with --no-scripts by %s, named or not', async (...command) => {
    const { root, folder } = checkout({ 'enrichment.config.ts': script, 'scenarios/a.yaml': scenarios });
    for (const argument of ['repo', 'repo/enrichment.config.ts']) {
      const { code, err } = await claimsmith(root, ...command, argument, '--no-scripts');
      expect(code).toBe(1);
      expect(err).toContain(
        'repo/enrichment.config.ts is a TypeScript spec, which is code; --no-scripts is given',
      );
    }
    expect(existsSync(join(folder, 'ran'))).toBe(false);
  });

  it.each(commands)('runs in CI only where %s names the file', async (...command) => {
    const { root, folder } = checkout({ 'enrichment.config.ts': script, 'scenarios/a.yaml': scenarios });
    const { code, err } = await claimsmithInCi(root, ...command, 'repo');
    expect(code).toBe(1);
    expect(err).toContain('name repo/enrichment.config.ts if you trust it');
    expect(existsSync(join(folder, 'ran'))).toBe(false);
    if (command[0] === 'serve') return;
    expect((await claimsmithInCi(root, ...command, 'repo/enrichment.config.ts')).code).toBe(0);
    expect(existsSync(join(folder, 'ran'))).toBe(true);
  });

  it('runs at the folder it stands in, where nobody else is', async () => {
    const { root } = checkout({ 'enrichment.config.ts': script });
    expect((await claimsmith(root, 'check', 'repo')).code).toBe(0);
  });
});
