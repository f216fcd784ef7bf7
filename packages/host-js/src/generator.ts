import { readFileSync } from 'node:fs';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));

/** The tool that made a file, for built files and manifests: `claimsmith 1.2.3`. */
export const generator = `claimsmith ${version}`;
