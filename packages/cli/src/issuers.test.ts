import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

test('the command and core name no issuer, but in the registry and in the texts of rules', () => {
  const sources = ['cli', 'core', 'runtime', 'host-js'].flatMap((name) => {
    const folder = join(packages, name, 'src');
    return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file));
  });
  const isCode = (file: string) => /\.ts$/.test(file) && !/(\.test|\.gen)\.ts$|registry\.ts$/.test(file);
  const ids = issuers.map(({ id }) => id).join('|');
  const naming = sources.filter((file) => {
    if (!isCode(file) || file.includes('/rules/')) return false;
    // As a key or a value of the code; comments and examples of help for people may name one.
    return new RegExp(`['"\\[](${ids})['"\\]]|@claimsmith/(${ids})\\b`).test(readFileSync(file, 'utf8'));
  });
  expect(naming).toEqual([]);
});
