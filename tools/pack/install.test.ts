import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { minVersion, satisfies } from 'semver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { nodeOf } from './node.ts';
import { environment, run } from './process.ts';
import { blockOf, createProject, type Setup } from './project.ts';
import { type Published, publishedPackages, workspace } from './published.ts';
import { pack } from './tarballs.ts';

/** Installing takes seconds, unless the registry is slow. */
const installMs = 240_000;
const serveMs = 30_000;

const packages = publishedPackages();
const commands = packages.filter(({ manifest }) => manifest.bin !== undefined);
const namesOf = (some: readonly Published[]) => some.map(({ manifest }) => manifest.name);

/** The oldest Node of each range that a package says it runs on, the oldest of all first. */
const oldestOf = ({ manifest }: Published) =>
  (manifest.engines?.node ?? '*').split('||').map((range) => String(minVersion(range)));
const nodes = new Map<string, string | undefined>();
for (const version of new Set(packages.flatMap(oldestOf))) nodes.set(version, await nodeOf(version));

/** The Nodes of the command: the oldest that it takes first, the one of this workspace last. */
const oldest = commands.flatMap(oldestOf);
const available = oldest.flatMap((version) => nodes.get(version) ?? []);
const commandNodes = [...new Set([...available, process.execPath])];
const [firstNode = process.execPath] = commandNodes;

const root = mkdtempSync(join(tmpdir(), 'claimsmith-installed-'));
const nothing: Readonly<Record<string, string>> = {};

// The command alone is what most install, and it needs nothing beside it. With every package, linked, none can import
// what it does not declare; whoever has a server of their own has Node's types too.
const projects = [
  { strategy: 'hoisted', installed: commands, types: nothing, by: commandNodes },
  { strategy: 'linked', installed: packages, types: { '@types/node': '*' }, by: [firstNode] },
] as const;
/** Packages that run on an older Node than the command does. */
const others = [...nodes].flatMap(([version, node]) => (oldest.includes(version) ? [] : [{ version, node }]));
const onNode = (version: string) =>
  packages.filter(({ manifest }) => satisfies(version, manifest.engines?.node ?? '*'));

beforeAll(async () => {
  const tarballs = await pack(packages, root);
  const create = (name: string, installed: readonly Published[], setup: Setup) =>
    createProject(join(root, name), tarballs, namesOf(installed), setup);
  await Promise.all([
    ...projects.map(({ strategy, installed, types }) =>
      create(strategy, installed, { node: firstNode, strategy, types }),
    ),
    ...others.flatMap(({ version, node }) =>
      node === undefined
        ? []
        : [create(version, onNode(version), { node, strategy: 'linked', types: nothing })],
    ),
  ]);
}, installMs);
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 3 }), installMs);

describe.skipIf(available.length < oldest.length).each(projects)('installed $strategy', (project) => {
  const { strategy, installed, by } = project;
  const folder = join(root, strategy);
  const spec = blockOf('packages/cli/README.md', 'ts');

  beforeAll(async () => {
    writeFileSync(join(folder, 'typed.config.ts'), spec);
    for (const name of ['init', 'build']) {
      expect(await claimsmith(firstNode, folder, name)).toMatchObject({ code: 0 });
    }
  });

  describe.each(by)('%s', (node) => {
    test.each(['check', 'test', 'build', 'explain roles'])('claimsmith %s', async (line) => {
      expect(await claimsmith(node, folder, ...line.split(' '))).toMatchObject({ code: 0, err: '' });
    });

    test('claimsmith check, of a spec in TypeScript', async () => {
      expect(await claimsmith(node, folder, 'check', 'typed.config.ts')).toMatchObject({ code: 0, err: '' });
    });

    test('claimsmith serve answers, and ends when it is told to', async () => {
      expect(await served(node, folder)).toEqual({ status: 200, code: 0 });
    });
  });

  describe.each(commandNodes)('%s', (node) => {
    test.each(installed)('the example of $manifest.name', (one) => expectExample(node, folder, one));
  });

  test('the types stand alone', async () => {
    const page = ({ folder }: Published) => `packages/${folder}/README.md`;
    const examples = installed.map((one) => [`${one.folder}.mjs`, blockOf(page(one), 'js')] as const);
    const entries = installed.flatMap(({ manifest: { name, exports = {} } }) =>
      Object.keys(exports).map((path) => name + path.slice(1)),
    );
    const all = entries.map((entry, index) => `export * as entry${index} from '${entry}';\n`).join('');
    const files = { ...Object.fromEntries(examples), 'all.ts': all, 'typed.config.ts': spec };
    expect(await typeErrors(folder, files)).toBe('');
  });

  test('a mistake in a TypeScript spec is a type error', async () => {
    const mistaken = spec.replace('okta:', 'otka:');
    expect(mistaken).not.toBe(spec);
    expect(await typeErrors(folder, { 'mistaken.ts': mistaken })).toContain("'otka' does not exist in type");
  });
});

describe.each(others)('on Node $version', ({ version, node }) => {
  test.skipIf(node === undefined).each(onNode(version))('the example of $manifest.name', (one) =>
    expectExample(node ?? '', join(root, version), one),
  );
});

function claimsmith(node: string, folder: string, ...args: readonly string[]) {
  return run(node, folder, join(folder, 'node_modules/.bin/claimsmith'), args);
}

async function expectExample(node: string, folder: string, { folder: name }: Published): Promise<void> {
  const page = `packages/${name}/README.md`;
  const file = join(folder, `${name}.mjs`);
  writeFileSync(file, blockOf(page, 'js'));
  expect(await run(node, folder, node, [file])).toEqual({ code: 0, out: blockOf(page, 'text'), err: '' });
}

/** What TypeScript says of files in a project, with the types of all that they import checked too. */
async function typeErrors(folder: string, files: Readonly<Record<string, string>>): Promise<string> {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2023',
    lib: ['es2023', 'dom'],
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    allowJs: true,
    checkJs: true,
    skipLibCheck: false,
    noEmit: true,
  };
  const project = join(folder, 'tsconfig.json');
  writeFileSync(project, JSON.stringify({ compilerOptions, files: Object.keys(files) }));
  const tsc = join(workspace, 'node_modules/typescript/bin/tsc');
  return (await run(process.execPath, folder, process.execPath, [tsc, '-p', project, '--pretty', 'false']))
    .out;
}

/** Serves the spec of a folder: what it answers when asked how it is, and how it ends. */
async function served(node: string, folder: string): Promise<{ status: number; code: number }> {
  const server = spawn(join(folder, 'node_modules/.bin/claimsmith'), ['serve', '--port', '0', '--json'], {
    cwd: folder,
    env: environment(node),
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const signal = AbortSignal.timeout(serveMs);
  try {
    const [line] = await once(createInterface(server.stdout), 'line', { signal });
    const { address } = JSON.parse(String(line));
    const { status } = await fetch(new URL('/healthz', address), { signal });
    server.kill('SIGTERM');
    const [code] = await once(server, 'exit', { signal });
    return { status, code };
  } finally {
    server.kill('SIGKILL');
  }
}
