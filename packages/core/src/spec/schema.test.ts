import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readSpec } from '../index.ts';

const issuers = { auth0: z.strictObject({}), okta: z.strictObject({}) };

/** What is said of a spec with this body: the rule, the line's text from the column on, and the message. */
function told(body: string): readonly string[] {
  const text = `version: 1\nname: demo\n${/^claims:/m.test(body) ? '' : 'claims: {}\n'}${body}\n`;
  const { findings } = readSpec({ file: 'enrichment.yaml', text }, issuers);
  return findings.map(({ rule, message, help }) => [rule, message, help].filter(Boolean).join(' '));
}

describe('types', () => {
  const declared = (type: string) => told(`user: { attributes: { a: "${type}" } }`);

  test.each(['dyn', 'list(string)', 'map(list(int))', `${'list('.repeat(5)}bool${')'.repeat(5)}`])(
    '%s is one',
    (type) => {
      expect(declared(type)).toEqual([]);
    },
  );

  test.each([
    'list(string',
    'list(string))',
    'map(string',
    'string)',
    'list()',
    'list(list)',
    'List(string)',
    `${'list('.repeat(6)}bool${')'.repeat(6)}`,
    `${'list('.repeat(100_000)}bool${')'.repeat(100_000)}`,
    'list('.repeat(100_000),
  ])('a text like %.20s… is none', (type) => {
    expect(declared(type)).toEqual([expect.stringMatching(/^TE003 `user.attributes.a` must be a type: /)]);
  });
});
