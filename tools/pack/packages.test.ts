import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire, findPackageJSON } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { subset } from 'semver';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { importsOf, typeImportsOf } from './imports.ts';
import { type Manifest, publishedPackages, readInstalled, workspace } from './published.ts';
import { pack, type Tarball } from './tarballs.ts';

/**
 * Auth0's SDK names the even releases of Node alone. npm warns where somebody has an odd one, which nobody supports for
 * long; it is loaded only to publish to Auth0.
 */
const evenOnly = 'auth0';

const packages = publishedPackages();
const folder = mkdtempSync(join(tmpdir(), 'claimsmith-packed-'));
let tarballs: readonly Tarball[];

beforeAll(async () => {
  tarballs = await pack(packages, folder);
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(packages)('$manifest.name', (published) => {
  const { folder: name, manifest, path } = published;
  const packed = () => {
    const found = tarballs.find(({ manifest: { name } }) => name === manifest.name);
    if (found === undefined) throw new Error(`${manifest.name} was not packed`);
    return found;
  };

  test('says whose it is, where it comes from and how it is published', () => {
    expect(manifest).toMatchObject({
      license: 'Apache-2.0',
      homepage: `https://github.com/claimsmith/claimsmith/tree/main/packages/${name}#readme`,
      repository: {
        type: 'git',
        url: 'git+https://github.com/claimsmith/claimsmith.git',
        directory: `packages/${name}`,
      },
      publishConfig: { access: 'public', provenance: true },
      description: expect.stringMatching(/^[A-Z].{20,}\.$/),
    });
    const license = readFileSync(join(workspace, 'LICENSE'), 'utf8');
    expect(readFileSync(join(path, 'LICENSE'), 'utf8')).toBe(license);
  });

  test('has all files that it names, and no tests', () => {
    const { files } = packed();
    const missing = ['README.md', 'LICENSE', ...entriesOf(manifest)].filter((file) => !files.includes(file));
    expect(missing).toEqual([]);
    expect(files.filter((file) => /\.test\.|tsbuildinfo$|^(src|test)\//.test(file))).toEqual([]);
  });

  test('declares all that its files import, and nothing else', () => {
    // A bundle is reached by names that no parser finds.
    const bundled = packed().files.filter((file) => file.startsWith('dist/bundle/'));
    const entries = [...entriesOf(manifest), ...bundled].map((file) => join(path, file));
    const imported = new Set([
      ...importsOf(entries.filter((file) => /\.c?js$/.test(file))),
      ...typeImportsOf(entries.filter((file) => file.endsWith('.d.ts'))),
    ]);
    imported.delete(manifest.name);
    const { dependencies, peerDependencies } = manifest;
    const declared = [...Object.keys(dependencies), ...Object.keys(peerDependencies)];
    expect([...imported].sort()).toEqual(declared.sort());
  });

  test('takes no Node that one of its dependencies refuses', () => {
    const { node = '*' } = manifest.engines ?? {};
    const refused = [...dependenciesOf(path)]
      .map((folder) => readInstalled(folder))
      .filter(({ name }) => name !== evenOnly)
      .filter(({ engines }) => !subset(node, engines.node))
      .map(({ name, engines }) => `${name} ${engines.node}`);
    expect(refused).toEqual([]);
  });
});

test('packages of this workspace ask for one another at their own versions', () => {
  const version = new Map(packages.map(({ manifest: { name, version } }) => [name, version]));
  const wrong = packages.flatMap(({ manifest }) =>
    Object.entries(manifest.dependencies)
      .filter(([name, range]) => version.has(name) && version.get(name) !== range)
      .map(([name, range]) => `${manifest.name}: ${name} ${range}`),
  );
  expect(wrong).toEqual([]);
});

/** The files behind `bin` and `exports`, except for the sources, which only this workspace has. */
function entriesOf({ bin = {}, exports = {} }: Manifest): readonly string[] {
  const exported = Object.values(exports).flatMap(({ '@claimsmith/source': _, ...built }) =>
    Object.values(built),
  );
  return [...Object.values(bin), ...exported].map((file) => file.replace(/^\.\//, ''));
}

/** The folders of all that is installed with a package, through all of its dependencies; what is optional is not. */
function dependenciesOf(path: string, found = new Set<string>()): ReadonlySet<string> {
  const from = join(path, 'package.json');
  for (const name of Object.keys(readInstalled(path).dependencies)) {
    const folder = folderOf(name, from);
    if (found.has(folder)) continue;
    found.add(folder);
    dependenciesOf(folder, found);
  }
  return found;
}

function folderOf(name: string, from: string): string {
  for (const modules of createRequire(from).resolve.paths(`${name}/package.json`) ?? []) {
    const path = findPackageJSON(`file://${join(modules, name)}/`);
    if (path !== undefined && dirname(path) === join(modules, name)) return dirname(path);
  }
  throw new Error(`${name} is not installed for ${from}`);
}
