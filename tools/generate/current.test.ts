import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { libraries } from './libraries.ts';
import { pages } from './pages.ts';
import { workspace } from './workspace.ts';

test.each([...workspace(), ...(await libraries()), ...(await pages())])(
  '$path is current (else: npm run generate)',
  ({ path, content }) => {
    expect(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')).toBe(content);
  },
);
