import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { zodInEnglish } from '../../tools/bundle/plugins.ts';
import { type Bundle, filesOf, writeBundle } from '../../tools/bundle/write.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = `${root}dist/bundle`;

/** What the bundler must see differently in the source of our packages. */
const packageSource: Plugin = {
  name: 'package-source',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][a-z0-9-]+[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const name = /[\\/]packages[\\/]([a-z0-9-]+)[\\/]/.exec(path)?.[1];
      if (name === undefined || name === 'cli') return undefined;
      const contents = readFileSync(path, 'utf8')
        // A namespace that is imported by name cannot be shaken; the same namespace by `*` can.
        .replace("import { z } from 'zod'", "import * as z from 'zod'")
        // What a package reads of its own package.json is its version; here that file would be ours.
        .replace(/readFileSync\(new URL\('..\/package.json', import.meta.url\), 'utf8'\)/, () => {
          const { version } = JSON.parse(readFileSync(`${root}../${name}/package.json`, 'utf8'));
          return JSON.stringify(JSON.stringify({ version }));
        });
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Built-in modules load when something of them is first used, not when a module imports them: `check` needs
 * neither node:crypto nor node:vm, and all of node:fs's streams would come with an `import` of it.
 */
const lazyBuiltins: Plugin = {
  name: 'lazy-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, importer }) => {
      const isOurs = /[\\/]packages[\\/][a-z0-9-]+[\\/]src[\\/]/.test(importer);
      const names = isOurs ? namesFrom(path, readFileSync(importer, 'utf8')) : undefined;
      return { path, namespace: 'builtin', suffix: `?${names ?? ''}`, pluginData: names };
    });
    onLoad({ filter: /.*/, namespace: 'builtin' }, async ({ path, pluginData }) => {
      const names: readonly string[] =
        pluginData ?? Object.keys(await import(path)).filter((name) => name !== 'default');
      const contents = `for (const name of ${JSON.stringify(names)}) {
        const get = () => process.getBuiltinModule('${path}')[name];
        Object.defineProperty(exports, name, { enumerable: true, get });
      }`;
      return { contents, loader: 'js' };
    });
  },
};

/**
 * The names that our module imports from a built-in module: loading all names of node:fs takes a while. Undefined if it
 * imports the whole module.
 */
function namesFrom(from: string, text: string): readonly string[] | undefined {
  const imports = [...text.matchAll(/^import (?!type )([^;]*?) from '([^']*)';/gm)];
  const lists = imports.flatMap(([, what = '', path]) => (path === from ? [what] : []));
  // An `import()` gives the whole module.
  if (lists.length === 0 || text.includes(`import('${from}')`)) return undefined;
  if (!lists.every((list) => /^\{[^}]*\}$/.test(list))) return undefined;
  return lists
    .flatMap((list) => list.slice(1, -1).split(','))
    .flatMap((name) => /^\s*(?!type )(\w+)/.exec(name)?.[1] ?? []);
}

/** What all files of the bundle have in common. */
const shared: BuildOptions = {
  bundle: true,
  platform: 'node',
  target: 'node22',
  conditions: ['@claimsmith/source'],
  // `serve` alone loads what a server needs, from where it is installed. A simulation asks no database.
  external: [
    'esbuild',
    '@cedar-policy/cedar-wasm',
    '@claimsmith/okta-server/local-server',
    'auth0',
    '@okta/okta-sdk-nodejs',
    'undici',
    '@aws-sdk/client-cognito-identity-provider',
    '@aws-sdk/client-dynamodb',
    '@aws-sdk/client-lambda',
    '@aws-sdk/credential-provider-node',
    '@smithy/signature-v4',
    '@redis/client',
    'mysql2',
    'pg',
  ],
  minifySyntax: true,
  minifyWhitespace: true,
  // Core's own, and its ES modules: the ones for Node are CommonJS, which can be neither split nor shaken.
  alias: {
    yaml: createRequire(`${root}../core/package.json`)
      .resolve('yaml')
      .replace(/dist([\\/])index\.js$/, 'browser$1index.js'),
    // That for Node makes a `require`, which a script cannot have.
    fflate: createRequire(`${root}../keycloak/package.json`)
      .resolve('fflate')
      .replace(/lib([\\/])node\.cjs$/, 'esm$1browser.js'),
    debug: `${root}../../tools/bundle/silent-debug.cjs`,
    '@secretlint/profiler': `${root}../../tools/bundle/silent-profiler.js`,
  },
  logLevel: 'warning',
};

const plugins = [packageSource, lazyBuiltins, zodInEnglish];

/** Each command, and what else is loaded when it is needed, in modules that share what they have in common. */
function buildModules(): Promise<Bundle> {
  return build({
    ...shared,
    write: false,
    metafile: true,
    entryPoints: [`${root}src/main.ts`, `${root}src/index.ts`],
    outdir,
    splitting: true,
    format: 'esm',
    chunkNames: '[name]-[hash]',
    plugins,
  });
}

/** Leaves what is loaded on demand to the modules of another build, except for what is `inside`. */
function onDemandFrom({ outputs }: Metafile, inside: RegExp | undefined): Plugin {
  const modules = new Map(
    Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
      entryPoint === undefined ? [] : [[resolve(entryPoint), `./${basename(path)}`] as const],
    ),
  );
  return {
    name: 'on-demand',
    setup({ onResolve, resolve: resolved }) {
      onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || pluginData === 'on-demand') return undefined;
        const found = await resolved(path, { kind, importer, resolveDir, pluginData: 'on-demand' });
        const module = inside?.test(found.path) ? undefined : modules.get(found.path);
        return module === undefined ? found : { path: module, external: true };
      });
    },
  };
}

/**
 * The text of a script that starts the command, which can be kept compiled; it begins with the hash of the rest.
 *
 * @param inside the files that are in the script though they are loaded on demand
 */
async function startText(modules: Metafile, inside?: RegExp): Promise<string> {
  const { outputFiles, metafile } = await build({
    ...shared,
    metafile: true,
    entryPoints: [`${root}src/main.ts`],
    write: false,
    format: 'cjs',
    define: { 'import.meta.url': 'urlOfStart' },
    banner: { js: '(function (module, load, urlOfStart) {' },
    footer: { js: '})' },
    plugins: [onDemandFrom(modules, inside), ...plugins],
  });
  // A script that was kept compiled cannot import: who starts it does.
  const text = Object.values(metafile.outputs)
    .flatMap(({ imports }) => imports)
    .reduce(
      (code, { path }) => code.replaceAll(`import(${JSON.stringify(path)})`, `load(${JSON.stringify(path)})`),
      outputFiles[0]?.text ?? '',
    );
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return `//${digest}\n${text}`;
}

const modules = await buildModules();
const files = filesOf(modules, outdir);
files.set('start.cjs', await startText(modules.metafile));
// Loading takes most of the time of a check: it comes in one piece, with what compiles large specs and finds secrets.
const ofCheck =
  /[\\/](cli[\\/]src[\\/]commands[\\/]check\.ts|src[\\/]compile[\\/]compile\.ts|@secretlint[\\/].*)$/;
files.set('start-check.cjs', await startText(modules.metafile, ofCheck));
// The scripts stand for it.
files.delete('main.js');
writeBundle(files, modules.metafile, outdir);
