import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** What made a file, as built files and manifests say it: `claimsmith 1.2.3`. */
export const generator = `claimsmith ${version}`;
