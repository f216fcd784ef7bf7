import { expect, it } from 'vitest';
import { headersText } from './index.ts';

it('headers are written once each, in lower case, with settings as calls', () => {
  expect(headersText({})).toBe("{ accept: 'application/json' }");
  expect(headersText({ Accept: 'a/b', 'X-Key': "k'${A}${B}", empty: '' })).toBe(
    "{ accept: 'a/b', 'x-key': 'k\\'' + setting('A') + setting('B'), empty: '' }",
  );
});
