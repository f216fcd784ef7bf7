import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';

/*
 * A new issuer is a folder under packages and a line in the registry: here the folder is `toy`, in a copy of this
 * workspace. All that the line does not bring about is an edit by hand that this test would fail for.
 */

const root = fileURLToPath(new URL('../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8'));
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'claimsmith-new-issuer-'));
  const isLeftOut = (path: string) =>
    /^(node_modules|\.git|\.nx|\.cache|coverage|(packages|apps)\/[\w-]+\/(dist|node_modules))$/.test(path);
  cpSync(root, copy, { recursive: true, filter: (path) => !isLeftOut(path.slice(root.length)) });
  cpSync(join(root, 'tools/new-issuer/toy'), join(copy, 'packages/toy'), { recursive: true });
  // All packages of the workspace share one version.
  const manifest = join(copy, 'packages/toy/package.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replaceAll('0.0.0', version));
  appendFileSync(join(copy, 'packages/cli/src/registry.ts'), "export { toy } from '@claimsmith/toy';\n");
  install();
  run('git', 'init', '-q');
});

afterAll(() => rmSync(copy, { recursive: true, force: true }));

/** As `npm install` does: packages of the workspace by links, all others as they are. */
function install() {
  const modules = join(copy, 'node_modules');
  mkdirSync(join(modules, '@claimsmith'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name !== '@claimsmith' && name !== 'claimsmith')
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
  }
  for (const name of readdirSync(join(copy, 'packages')))
    symlinkSync(
      join(copy, 'packages', name),
      join(modules, name === 'cli' ? '' : '@claimsmith', name === 'cli' ? 'claimsmith' : name),
    );
}

function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: copy,
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(root, 'node_modules/.bin')}:${process.env['PATH']}` },
    maxBuffer: 1 << 26,
  });
  expect(`${status}`, `${command} ${args.join(' ')}\n${stdout}${stderr}`).toBe('0');
  return stdout;
}

const node = (...args: readonly string[]) =>
  run(process.execPath, '--no-warnings', '--conditions=@claimsmith/source', ...args);
const claimsmith = (...args: readonly string[]) =>
  run(process.execPath, 'packages/cli/bin/claimsmith.js', ...args);
const text = (path: string) => readFileSync(join(copy, path), 'utf8');

test('docs, schemas and references between packages are made from the registry', () => {
  node('tools/generate/main.ts');
  expect(text('docs/spec.md')).toContain('## `issuers.toy`');
  expect(text('docs/spec.md')).toMatch(/\| `user.roles` \| list\(string\) \| `roles` \|/);
  expect(JSON.parse(text('packages/cli/schema/enrichment.schema.json'))).toMatchObject({
    properties: { issuers: { properties: { toy: {} } } },
  });
  expect(text('packages/cli/package.json')).toContain(`"@claimsmith/toy": "${version}"`);
  expect(text('tsconfig.json')).toContain('packages/toy');
});

test('types, lint and layers hold', () => {
  run('tsc', '-b');
  run('tsc', '-p', 'tsconfig.check.json');
  node('packages/cli/build.ts');
  run('biome', 'check', '--error-on-warnings', '.');
}, 240_000);

test('init, check, build, test and preview take it', () => {
  claimsmith('init', 'first');
  expect(text('first/enrichment.yaml')).toContain('  toy: {}\n');
  const spec = text('tools/new-issuer/spec.yaml');
  mkdirSync(join(copy, 'small/scenarios'), { recursive: true });
  cpSync(join(copy, 'tools/new-issuer/spec.yaml'), join(copy, 'small/enrichment.yaml'));
  cpSync(join(copy, 'tools/new-issuer/scenarios.yaml'), join(copy, 'small/scenarios/some.yaml'));
  expect(spec).toContain('toy: {}');
  claimsmith('check', 'small');
  claimsmith('build', 'small');
  expect(text('small/dist/toy/policy.js')).toContain('program');
  expect(claimsmith('test', 'small')).toMatch(/policy +toy/);
  expect(JSON.parse(claimsmith('preview', 'small', '--json')).previews[0]).toMatchObject({
    issuer: 'toy',
    issuance: { access: { roles: ['admin'] } },
  });
});

test('the suites over all issuers run it', () => {
  const { counts, differences, first } = JSON.parse(
    node('tools/conformance/main.ts', '120', '1', '7', '--json'),
  );
  expect(differences, JSON.stringify(first)).toBe(0);
  const toy = counts.find(({ issuer }: { issuer: string }) => issuer === 'toy');
  expect(toy.compared).toBeGreaterThan(0);
});
