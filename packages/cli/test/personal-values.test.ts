import { describe, expect, test } from 'vitest';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

/** What `test` says of a claim that carries an attribute with this value. */
async function told(value: string, claim = 'kind: descriptive', more = '') {
  const folder = scratchFolder({
    'enrichment.yaml': `version: 1
name: demo
${more}
user: { attributes: { extra: list(string) } }
claims:
  extra: { value: user.attributes.extra, maxItems: 5, ${claim} }
issuers: { auth0: { clients: all } }
`,
    'scenarios/one.yaml': `
scenarios:
  - { name: first, context: { user: { id: u1 } } }
  - { name: second, context: { user: { id: u2, attributes: { extra: [a, ${JSON.stringify(value)}] } } } }
  - { name: third, context: { user: { id: u3, attributes: { extra: [a, ${JSON.stringify(value)}] } } } }
`,
  });
  const { out, code } = await claimsmith(folder, 'test', '--json');
  const report: {
    findings: readonly { rule: string; message: string; range: { start: { line: number } } }[];
  } = JSON.parse(out);
  expect(code).toBe(0);
  expect(out).not.toContain(value);
  return report.findings
    .filter(({ rule }) => rule === 'TE404' || rule === 'TE202')
    .map(({ rule, range, message }) => `${rule} ${range.start.line} ${message}`);
}

describe('personal data in the values of scenarios', () => {
  test.each([
    ['DE89 3704 0044 0532 0130 00', 'an IBAN'],
    ['4111 1111 1111 1111', 'a card number'],
    ['1984-05-17', 'a birth date'],
  ])('%j is reported once, at the claim, without the value', async (value, what) => {
    expect(await told(value)).toEqual([
      `TE404 6 \`extra\` carries personal data (in the scenario \`second\` it holds ${what}), but lacks \`purpose\` or \`consumers\`.`,
    ]);
  });

  test('is fine with a purpose and consumers', async () => {
    const claim = 'kind: descriptive, purpose: Direct debits, consumers: [billing]';
    expect(await told('DE89370400440532013000', claim)).toEqual([]);
  });

  test.each([['DE89370400440532013001'], ['4111111111111112'], ['2025-05-17'], ['gold'], ['+4930']])(
    '%j is none',
    async (value) => expect(await told(value)).toEqual([]),
  );

  test('an address or a phone number is reported if the spec asks for `pedantic`', async () => {
    expect(await told('ada@acme.example')).toEqual([]);
    for (const value of ['ada@acme.example', '+49 30 1234567'])
      expect(await told(value, 'kind: descriptive', 'profiles: [pedantic]')).toEqual([
        expect.stringMatching(/^TE202 6 .* it holds an? (e-mail address|phone number)\)/),
      ]);
  });
});
