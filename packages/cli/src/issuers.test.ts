import { existsSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { issuers } from './issuers.ts';

const packages = fileURLToPath(new URL('../..', import.meta.url));

test('every package with a simulator is registered, and nothing else', () => {
  const folders = readdirSync(packages).filter((name) =>
    existsSync(`${packages}/${name}/src/simulator/simulator.ts`),
  );
  expect(issuers.map(({ id }) => id).toSorted()).toEqual(folders.toSorted());
});
