import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { GeneratedFile } from './generated.ts';

const root = new URL('../../', import.meta.url);
const ours = /^(@claimsmith\/[\w-]+|claimsmith)$/;

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** References between packages follow from what each depends on, and the command depends on every registered issuer. */
export function workspace(): readonly GeneratedFile[] {
  const folders = ['packages', 'apps'].flatMap((parent) =>
    readdirSync(new URL(parent, root))
      .map((name) => `${parent}/${name}`)
      .filter((folder) => existsSync(new URL(`${folder}/tsconfig.json`, root))),
  );
  const command = registering(readJson<Manifest>('packages/cli/package.json'), folders);
  const manifests = new Map(
    folders.map((folder) => [
      folder,
      folder === 'packages/cli' ? command : readJson<Manifest>(`${folder}/package.json`),
    ]),
  );
  const folderOf = new Map([...manifests].map(([folder, { name }]) => [name, folder]));
  const referring = [...manifests].map(([folder, { dependencies, devDependencies }]) => {
    const names = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => ours.test(name));
    const paths = names.flatMap((name) => folderOf.get(name) ?? []).map((path) => `../../${path}`);
    return withReferences(`${folder}/tsconfig.json`, paths.toSorted());
  });
  // What runs at an issuer may have types of its own.
  const platforms = folders
    .map((folder) => `${folder}/src/platform`)
    .filter((folder) => existsSync(new URL(`${folder}/tsconfig.json`, root)));
  const checks = ['tsconfig.check.json', 'tsconfig.es5.json', ...platforms];
  return [
    { path: 'packages/cli/package.json', content: json(command) },
    withReferences('tsconfig.json', [...folders, ...checks]),
    ...referring,
  ];
}

/** The command's manifest with every package that registry.ts names. */
function registering(manifest: Manifest, folders: readonly string[]): Manifest {
  const registry = readFileSync(new URL('packages/cli/src/registry.ts', root), 'utf8');
  const registered = [...registry.matchAll(/from '(@claimsmith\/[\w-]+)/g)].map(([, name = '']) => name);
  const versions = new Map(
    folders.map((folder) => readJson<Manifest>(`${folder}/package.json`)).map((it) => [it.name, it.version]),
  );
  const missing = registered.filter(
    (name) => manifest.dependencies?.[name] === undefined && manifest.devDependencies?.[name] === undefined,
  );
  if (missing.length === 0) return manifest;
  // Bundled into the command: nobody who installs it needs them.
  const added = missing.map((name) => [name, versions.get(name) ?? '*'] as const);
  const all = [...Object.entries(manifest.devDependencies ?? {}), ...added].toSorted(([a], [b]) =>
    a < b ? -1 : 1,
  );
  return { ...manifest, devDependencies: Object.fromEntries(all) };
}

/** The rest of the file stays as it is written. */
function withReferences(path: string, paths: readonly string[]): GeneratedFile {
  const items = paths.map((to) => `{ "path": ${JSON.stringify(to)} }`);
  const line = `"references": [${items.join(', ')}]`;
  // As the formatter breaks them.
  const references = line.length + 2 <= 110 ? line : `"references": [\n    ${items.join(',\n    ')}\n  ]`;
  const text = readFileSync(new URL(path, root), 'utf8');
  return { path, content: text.replace(/"references": \[[^\]]*\]/, () => references) };
}

function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(new URL(path, root), 'utf8'));
}

function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
