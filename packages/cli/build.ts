import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

const root = fileURLToPath(new URL('.', import.meta.url));
const outdir = `${root}dist/bundle`;

/**
 * An issuer's code finds its own files (what it bundles for the platform, its package.json) by
 * `import.meta.url`. Inside our bundle that is the address of a chunk; the installed package is meant.
 */
const issuerAddresses: Plugin = {
  name: 'issuer-addresses',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]packages[\\/][a-z0-9-]+[\\/](?:src|dist)[\\/].*\.[jt]s$/ }, ({ path }) => {
      const name = /[\\/]packages[\\/]([a-z0-9-]+)[\\/]/.exec(path)?.[1];
      const text = readFileSync(path, 'utf8');
      if (name === undefined || name === 'cli' || !text.includes('import.meta.url')) return undefined;
      return {
        contents: text.replaceAll('import.meta.url', `import.meta.resolve('@claimsmith/${name}')`),
        loader: path.endsWith('.ts') ? 'ts' : 'js',
      };
    });
  },
};

rmSync(outdir, { recursive: true, force: true });
await build({
  entryPoints: [`${root}src/main.ts`],
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  conditions: ['@claimsmith/source'],
  external: ['esbuild'],
  minifySyntax: true,
  minifyWhitespace: true,
  legalComments: 'none',
  chunkNames: '[name]-[hash]',
  plugins: [issuerAddresses],
  logLevel: 'warning',
});
