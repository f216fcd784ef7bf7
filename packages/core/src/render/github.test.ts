import { expect, test } from 'vitest';
import { type Finding, readSpec, renderGithub } from '../index.ts';

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
