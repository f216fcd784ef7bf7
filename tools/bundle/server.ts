import { build, type Plugin } from 'esbuild';
import { zodInEnglish } from './plugins.ts';
import { filesOf, writeBundle } from './write.ts';

/** Parts of Express that are loaded with it and never used here: parsing bodies and serving files take half its memory. */
const lessExpress: Plugin = {
  name: 'less-express',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(body-parser|serve-static|send)$/ }, ({ path }) => ({ path, namespace: 'unused' }));
    onLoad({ filter: /.*/, namespace: 'unused' }, () => ({ contents: 'module.exports = {};', loader: 'js' }));
  },
};

/**
 * Gives packages that are loaded on demand the named exports that Node would give them: a bundler alone finds none in
 * what is written as CommonJS.
 */
const namedExports: Plugin = {
  name: 'named-exports',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^[@\w]/ }, ({ path, kind, importer, resolveDir }) => {
      const isOurs = !/[\\/]node_modules[\\/]/.test(importer);
      if (kind !== 'dynamic-import' || !isOurs || /^(@claimsmith\/|node:)/.test(path)) return undefined;
      return { path, namespace: 'on-demand', pluginData: resolveDir };
    });
    onLoad({ filter: /.*/, namespace: 'on-demand' }, async ({ path, pluginData }) => {
      const names = Object.keys(await import(path)).filter((name) => !/^default$|\W/.test(name));
      const contents = `import * as all from ${JSON.stringify(path)};
        export const { ${names.join(', ')} } = all;
        export default all.default;`;
      return { contents, loader: 'js', resolveDir: String(pluginData) };
    });
  },
};

/**
 * Bundles the server of an app: everything that it may load is included, also the database drivers, each in a separate
 * file.
 *
 * @param root the folder of the app, with a slash at its end
 */
export async function bundleServer(root: string, outdir: string): Promise<void> {
  const result = await build({
    write: false,
    metafile: true,
    entryPoints: [`${root}src/main.ts`],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    conditions: ['@claimsmith/source'],
    minifySyntax: true,
    minifyWhitespace: true,
    chunkNames: '[name]-[hash]',
    plugins: [zodInEnglish, lessExpress, namedExports],
    // What is written as CommonJS calls `require` for Node's own modules.
    banner: {
      js: `import { createRequire as createRequireOfNode } from 'node:module'; const require = createRequireOfNode(import.meta.url);`,
    },
    logLevel: 'warning',
  });
  writeBundle(filesOf(result, outdir), result.metafile, outdir);
}
