#!/usr/bin/env node
// Plain JavaScript that every Node can parse, so that an old one gets a sentence and not a syntax error.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

const isTooOld = major < 22 || (major === 22 && minor < 19) || major === 23 || (major === 24 && minor < 3);

if (isTooOld) {
  process.stderr.write(
    `error: claimsmith needs Node 22.19, 24.3 or later; this is ${process.version}. Inside a clone, npx claimsmith brings its own\n`,
  );
  process.exit(1);
}

const { enableCompileCache } = await import('node:module');
enableCompileCache();
const { main } = await import('../dist/bundle/main.js');
await main();
