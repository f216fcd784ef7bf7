import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { generatedFiles } from './files.ts';

test.each(generatedFiles())('$path is current (else: npm run generate)', ({ path, content }) => {
  expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(content);
});
