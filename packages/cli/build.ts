import { readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { zodInEnglish } from '../../tools/bundle/plugins.ts';
import { writeThirdPartyLicenses } from '../../tools/bundle/third-party.ts';

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
    onResolve({ filter: /^node:/ }, ({ path }) => ({ path, namespace: 'builtin' }));
    onLoad({ filter: /.*/, namespace: 'builtin' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => name !== 'default');
      const contents = `for (const name of ${JSON.stringify(names)}) {
        const get = () => process.getBuiltinModule('${path}')[name];
        Object.defineProperty(exports, name, { enumerable: true, get });
      }`;
      return { contents, loader: 'js' };
    });
  },
};

rmSync(outdir, { recursive: true, force: true });
const { metafile } = await build({
  metafile: true,
  entryPoints: [`${root}src/main.ts`, `${root}src/index.ts`],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  conditions: ['@claimsmith/source'],
  // `serve` alone loads what a server needs, from where it is installed. A simulation asks no database.
  external: [
    'esbuild',
    '@claimsmith/okta-server/local-server',
    'undici',
    '@aws-sdk/client-dynamodb',
    '@redis/client',
    'mysql2',
    'pg',
  ],
  minifySyntax: true,
  minifyWhitespace: true,
  chunkNames: '[name]-[hash]',
  plugins: [packageSource, lazyBuiltins, zodInEnglish],
  // Core's own, and its ES modules: the ones for Node are CommonJS, which can be neither split nor shaken.
  alias: {
    yaml: createRequire(`${root}../core/package.json`)
      .resolve('yaml')
      .replace(/dist([\\/])index\.js$/, 'browser$1index.js'),
  },
  logLevel: 'warning',
});
writeThirdPartyLicenses(metafile, outdir);
