import { expect, it } from 'vitest';
import { load } from './load.ts';
import { SourceError } from './source-error.ts';

it('a driver that is not installed is told with how to install it', async () => {
  const name = './no-such-driver.js';
  const error = await load('pg', 'directory', () => import(name)).catch((error: unknown) => error);
  expect(error).toBeInstanceOf(SourceError);
  expect(error).toMatchObject({ code: 'driver', source: 'directory' });
  expect(String(error)).toContain(
    'directory: the package `pg` cannot be loaded; to install it: npm install pg',
  );
});
