import { fileURLToPath } from 'node:url';
import { bundleServer } from '../../tools/bundle/server.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
const [outdir = `${root}dist/bundle`] = process.argv.slice(2);
await bundleServer(root, outdir);
