import { expect, test } from 'vitest';
import { readSpec, renderJson } from '../index.ts';

test('the report has a version, counts and every finding with the same fields', () => {
  const { findings } = readSpec(
    { file: 'a.yaml', text: 'version: 1\nname: demo\nclaims: {}\nownr: x\n' },
    {},
  );
  expect(
    JSON.parse(
      renderJson([
        ...findings,
        { rule: 'TE700', severity: 'warning', message: 'Hm.', range: undefined, issuer: 'okta' },
      ]),
    ),
  ).toEqual({
    version: 1,
    summary: { error: 1, warning: 1, info: 0 },
    findings: [
      { rule: 'TE700', severity: 'warning', message: 'Hm.', range: null, issuer: 'okta', help: null },
      {
        rule: 'TE002',
        severity: 'error',
        message: '`ownr` is not a key here.',
        range: {
          file: 'a.yaml',
          start: { line: 4, column: 1, offset: 33 },
          end: { line: 4, column: 5, offset: 37 },
        },
        issuer: null,
        help: 'Did you mean `owner`?',
      },
    ],
  });
});
