import { expect, test } from 'vitest';
import { current, loadCedar } from './load.ts';

test('a Cedar that is too old is refused, with the command that brings another', async () => {
  expect(() => current({ isAuthorized: () => undefined })).toThrow(/too old: npm install .*cedar-wasm@4$/);
  const cedar = await loadCedar();
  expect(current(cedar)).toBe(cedar);
});
