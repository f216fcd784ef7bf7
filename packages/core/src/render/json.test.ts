import { expect, test } from 'vitest';
import { renderJson } from '../render/index.ts';
import { readSpec } from '../spec/index.ts';

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
      {
        rule: 'TE700',
        severity: 'warning',
        message: 'Hm.',
        range: null,
        at: null,
        issuer: 'okta',
        help: null,
        places: [],
      },
      {
        rule: 'TE002',
        severity: 'error',
        message: '`ownr` is not a key here.',
        range: {
          file: 'a.yaml',
          start: { line: 4, column: 1, offset: 33 },
          end: { line: 4, column: 5, offset: 37 },
        },
        at: 'ownr',
        issuer: null,
        help: 'Did you mean `owner`?',
        places: [],
      },
    ],
    accepted: [],
  });
});

test('the other places of one cause stand with the first', () => {
  const text = 'version: 1\nname: demo\nclaims:\n  a: { knd: x, const: 1 }\n  b: { knd: x, const: 1 }\n';
  const { findings } = readSpec({ file: 'a.yaml', text }, {});
  const report = JSON.parse(renderJson(findings));
  expect(report.summary.error).toBe(1);
  expect(report.findings).toMatchObject([
    {
      range: { start: { line: 4 } },
      places: [{ message: findings[1]?.message, range: { start: { line: 5 } } }],
    },
  ]);
});
