// Starts the command from one script, which is kept compiled. Node's own compile cache is written before a script runs,
// and so lacks the functions that are compiled when they are first called: most of them.
const { readFileSync } = require('node:fs');
const { enableCompileCache } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { Script } = require('node:vm');
const { cacheFolder, readCache, writeCache } = require('./code-cache.js');

const command = /^[a-z]{1,16}$/.exec(process.argv[2] ?? '')?.[0] ?? 'help';
const file = join(__dirname, '../dist/bundle', command === 'check' ? 'start-check.cjs' : 'start.cjs');
// The build writes ASCII.
const source = readFileSync(file, 'latin1');
const [, digest] = /^\/\/([0-9a-f]{16})\n/.exec(source);

const folder = cacheFolder();
// Each command runs other functions.
const name = `${command}-${digest}-${process.version}-${process.arch}.cache`;
const cache = folder === undefined ? undefined : readCache(folder, name);

const script = new Script(source, { filename: file, cachedData: cache?.code });

if (folder !== undefined) {
  process.once('exit', (code) => {
    const isCurrent = cache?.isCurrent() === true && script.cachedDataRejected === false;
    // What ended early has called few functions. 2: the spec has errors.
    if (!isCurrent && (code === 0 || code === 2)) writeCache(folder, name, () => script.createCachedData());
  });
}

const started = { exports: {} };
const load = (path) => {
  // Node keeps the modules that other commands load.
  if (folder !== undefined) enableCompileCache(join(folder, 'modules'));
  return import(path.startsWith('.') ? `../dist/bundle/${path}` : path);
};
script.runInThisContext()(started, load, pathToFileURL(file).href);
started.exports.main();
