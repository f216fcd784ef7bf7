import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withoutCiCommands } from '../src/ci-commands.ts';
import { claimsmith } from './terminal.ts';

/** What some CI system obeys. */
const command = /^\s*::|##\[|##vso\[|##teamcity\[/im;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-ci-'));
  mkdirSync(join(root, 'scenarios'));
  const names = ['::error::forged', '##[error]forged', '##vso[task.complete]'];
  writeFileSync(
    join(root, 'enrichment.yaml'),
    `version: 1
name: forged
user: { attributes: { "::a::": string } }
claims:
${names.map((name) => `  "${name}": { value: 'user.attributes["::a::"]', kind: descriptive, when: subject_type == "human", owner: "::b::" }`).join('\n')}
  "##[error]warned": { const: user.email, kind: descriptive }
scopes:
  "::scope::": { grant: 'subject_type == "human"' }
issuers: { auth0: { triggers: [post-login] } }
`,
  );
  writeFileSync(
    join(root, 'scenarios', 's.yaml'),
    `scenarios:
  - name: "::error::forged"
    context: { user: { id: u, attributes: { "::a::": "::c::\\n::d::" } }, request: { scopes: ["::scope::"] } }
    expect: { access: { "::error::forged": "##[error]x" } }
`,
  );
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

test.each([
  ['check', '--verbose'],
  ['check', '--json'],
  ['preview'],
  ['preview', '--json'],
  ['test'],
  ['test', '--format', 'junit'],
  ['explain', '::error::forged'],
  ['explain', '::error::forgd'],
  ['explain', '::nothing::'],
  ['build', '::nowhere::'],
  ['::command::'],
])('no name of a spec is a command for a CI system: %s', async (...args) => {
  const { out, err } = await claimsmith(root, ...args);
  expect(out + err).not.toBe('');
  expect(out).not.toMatch(command);
  expect(err).not.toMatch(command);
  if (args.includes('--json')) expect(JSON.stringify(JSON.parse(out))).toContain('##[error]');
});

test('law: no text is a command, and one without any stays as it is', () => {
  const piece = fc.constantFrom(
    '::',
    ':',
    '##',
    '#',
    '[',
    'vso[',
    'TeamCity[',
    ' ',
    '\t',
    '\u3000',
    '\n',
    '\r\n',
    'x',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      const text = pieces.join('');
      expect(withoutCiCommands(text)).not.toMatch(command);
      if (!command.test(text)) expect(withoutCiCommands(text)).toBe(text);
    }),
  );
});
