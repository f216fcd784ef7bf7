import { writeFileSync } from 'node:fs';
import { actionFrames } from './actions.ts';
const { path, content } = actionFrames();
writeFileSync(path, content);
