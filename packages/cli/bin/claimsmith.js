#!/usr/bin/env node
// Plain JavaScript that every Node can parse, so that an old one gets a sentence and not a syntax error. CommonJS, which
// Node starts sooner than a module.
const [major, minor] = process.versions.node.split('.').map(Number);

const isTooOld = major < 22 || (major === 22 && minor < 19) || major === 23 || (major === 24 && minor < 3);

if (isTooOld) {
  process.stderr.write(
    `error: claimsmith needs Node 22.19, 24.3 or later; this is ${process.version}. Inside a clone, npx claimsmith uses the Node of the clone.\n`,
  );
  process.exit(1);
}

require('./start.js');
