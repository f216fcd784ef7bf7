import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainPath } from './path.ts';

const pieces = fc.constantFrom(
  ...['/', '//', '.', '..', '%2e', '%2E', '%2f', '%5c', '\\', ';', ';x=1', '%3b', '%25', '%00', '%0d%0a'],
  ...[
    'a',
    'B',
    '%61',
    '%C3%A9',
    '%c0%ae',
    '%ff',
    'é',
    ' ',
    '#',
    '%20',
    '~',
    '%7E',
    '?q=/../',
    '@',
    ':',
    '%',
    '%2',
  ],
);

test('a path that is taken says the same to whoever decodes, resolves or merges it', () => {
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const address = `/${parts.join('')}`;
      const path = plainPath(address);
      if (path === undefined) return;
      const decoded = decodeURIComponent(path);
      expect(new URL(`http://a${path}`).pathname).toBe(path);
      expect(path).not.toMatch(/\/\/|\/\.{1,2}(?=\/|$)|[;\\#?]/);
      // Once more decoded, as some servers do, it has the same segments.
      expect(decoded.split('/')).toHaveLength(path.split('/').length);
      expect(decodeURIComponent(decoded)).toBe(decoded);
      expect(decoded).not.toMatch(/[\\;%?#]|\p{Cc}/u);
    }),
    { numRuns: 3_000 },
  );
});

test.each(['/', '/payments', '/payments/', '/a.b/..c', '/caf%C3%A9', '/a%20b', '/~ada/@me:1', '/...a'])(
  '%s is taken',
  (path) => {
    expect(plainPath(`${path}?a=/../%2e`)).toBe(path);
  },
);

test.each([
  '',
  '*',
  'payments',
  'http://a/b',
  '/a//b',
  '/a/./b',
  '/a/..',
  '/a/b.',
  '/.../b',
  '/a%20/b',
  '/a%20',
  '/%2e%2e/b',
  '/a%2fb',
  '/a;b',
  '/%61',
  '/a\\b',
])('%s is not', (path) => {
  expect(plainPath(path)).toBeUndefined();
});
