import { expect, test } from 'vitest';
import type { Finding } from '../index.ts';
import { renderGithub } from '../render/index.ts';
import { readSpec } from '../spec/index.ts';

test('a finding is an annotation of its line, its columns counted to the last one', () => {
  const { findings } = readSpec(
    { file: 'a.yaml', text: 'version: 1\nname: demo\nclaims: {}\nownr: x\n' },
    {},
  );
  expect(renderGithub(findings)).toBe(
    '::error file=a.yaml,line=4,endLine=4,col=1,endColumn=4,title=TE002::`ownr` is not a key here.%0ADid you mean `owner`?\n',
  );
});

test('a part over more lines has no columns', () => {
  const range = {
    file: 'a',
    start: { line: 1, column: 3, offset: 2 },
    end: { line: 2, column: 1, offset: 9 },
  };
  const finding: Finding = { rule: 'TE100', severity: 'info', message: 'So.', range };
  expect(renderGithub([finding])).toBe('::notice file=a,line=1,endLine=2,title=TE100::So.\n');
});

test('no text of a finding can end its command or begin another', () => {
  const finding: Finding = {
    rule: 'TE1,x=1::',
    severity: 'warning',
    message: 'a\n::error::b %0A\r\u001b[1m',
    range: undefined,
    issuer: 'okta:x\n',
  };
  const shown = renderGithub([finding]);
  expect(shown).toBe('::warning title=TE1%2Cx=1%3A%3A okta%3Ax%0A::a␊::error::b %250A␍␛[1m\n');
  expect(shown.match(/\n/g)).toHaveLength(1);
});

test('causes come before their other places, and no more of a kind than GitHub keeps', () => {
  const at = (line: number) => ({ line, column: 1, offset: line });
  const finding = (line: number, more: Partial<Finding> = {}): Finding => ({
    rule: 'TE100',
    severity: 'error',
    message: `Line ${line}.`,
    range: { file: 'a', start: at(line), end: at(line) },
    help: 'Do it.',
    ...more,
  });
  const many = Array.from({ length: 20 }, (_, line) => finding(line + 1));
  const shown = renderGithub([...many, finding(50, { rule: 'TE101' }), finding(60, { severity: 'warning' })]);
  const lines = shown.match(/line=(\d+)/g)?.map((line) => Number(line.slice(5)));
  expect(lines).toEqual([1, 50, 2, 3, 4, 5, 6, 7, 8, 9, 60]);
  expect(shown.split('\n').at(-2)).toBe('11 more places are not annotated: GitHub keeps 10 of each kind.');
});
