import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inventoryOf } from '../src/run/inventory.ts';
import { inventoryCsv, inventoryHtml, inventoryMarkdown } from '../src/show/inventory.ts';
import { loadSpec } from '../src/spec/load.ts';
import { scratchFolder } from './scratch.ts';
import { claimsmith } from './terminal.ts';

const examples = fileURLToPath(new URL('../../../examples', import.meta.url));

const spec = (name: string, claim: string) =>
  `version: 1\nname: ${name}\nlifetime: { access: 5m }\nclaims:\n  ${claim}\nissuers: { auth0: { clients: all }, keycloak: {} }\n`;

describe('claimsmith inventory', () => {
  test.each(['md', 'csv', 'json', 'html'])('the payments example as %s', async (format) => {
    const { code, out, err } = await claimsmith(examples, 'inventory', 'payments', '--format', format);
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(`golden/inventory.${format === 'md' ? 'md.txt' : format}`);
  });

  test('lists every claim of every example, found by a pattern', async () => {
    const { code, out, err } = await claimsmith(examples, 'inventory', '{payments,quick*}/**', '--json');
    const { claims } = JSON.parse(out);
    const specs = new Set(claims.map((item: { spec: string }) => item.spec));
    expect([...specs]).toEqual(['payments/enrichment.yaml', 'quickstart/enrichment.yaml']);
    // Both examples have `plan`, with a source of its own each.
    expect([code, err]).toEqual([2, expect.stringMatching(/TE609[\s\S]*`plan` has two meanings/)]);
  });

  test('two owners and two meanings of one claim are findings, of the name in tokens', async () => {
    const root = scratchFolder({});
    const write = (folder: string, text: string) => {
      mkdirSync(join(root, folder), { recursive: true });
      writeFileSync(join(root, folder, 'enrichment.yaml'), text);
    };
    write('a', spec('a', 'plan: { value: user.name, kind: descriptive, owner: billing }'));
    write(
      'b/c',
      spec('b', 'tier: { value: user.name, kind: descriptive, owner: growth, as: { keycloak: plan } }'),
    );
    write('d', spec('d', 'plan: { value: user.name, kind: descriptive, owner: billing, tokens: [id] }'));
    const { code, out, err } = await claimsmith(root, 'inventory', '**', '--json');
    expect([code, JSON.parse(out).findings]).toEqual([
      2,
      [
        expect.objectContaining({
          rule: 'TE608',
          range: expect.objectContaining({ file: 'b/c/enrichment.yaml' }),
        }),
      ],
    ]);
    expect(err).toContain('growth here, billing in a/enrichment.yaml');
    write('e', spec('e', 'plan: { value: user.logins_count, kind: authoritative, owner: billing }'));
    const two = await claimsmith(root, 'inventory', 'a', 'e');
    expect(two.err).toMatch(/TE609[\s\S]*int here, string in a\/enrichment\.yaml/);
  });

  test('a proven age is that of the access token', async () => {
    const ageOf = async (tokens: string) => {
      const claim = `plan: { value: user.name, kind: descriptive, tokens: [${tokens}] }`;
      const root = scratchFolder({ 'enrichment.yaml': spec('a', claim) });
      return /proven age \| (.*) \|/.exec((await claimsmith(root, 'inventory', '.')).out)?.[1];
    };
    expect(await ageOf('access')).toBe('6m');
    expect(await ageOf('access, id')).toBe('6m in the access token');
    expect(await ageOf('id')).toMatch(/^unknown/);
  });

  test('a claim that no token of an issuer has is not emitted there', async () => {
    const text = `version: 1
name: a
lifetime: { access: 5m }
claims:
  plan: { value: user.name, kind: descriptive, audiences: [https://a.example/] }
issuers: { cognito: { clients: all }, keycloak: {} }
`;
    const root = scratchFolder({ 'enrichment.yaml': text });
    const emitted = async () =>
      JSON.parse((await claimsmith(root, 'inventory', '.', '--json')).out).claims[0].emitted;
    expect(Object.keys(await emitted())).toEqual([]);
    const audience = 'audience: https://a.example/';
    writeFileSync(
      join(root, 'enrichment.yaml'),
      text.replace('clients: all }', `clients: all, ${audience} }`).replace('{}', `{ ${audience} }`),
    );
    expect(Object.keys(await emitted())).toEqual(['cognito', 'keycloak']);
  });

  test('claims of userinfo answers, and a spec that takes claims of the issuer out', async () => {
    const root = scratchFolder({
      'enrichment.yaml': `version: 1
name: a
claims:
  plan: { value: org.id, kind: descriptive, tokens: [id, userinfo] }
issuers: { keycloak: { scripts: true, audience: https://a.acme.example/, remove: { id: [email], userinfo: [given_name] } } }
`,
    });
    const { code, out } = await claimsmith(root, 'inventory', '--json');
    expect([code, JSON.parse(out).claims]).toMatchObject([
      0,
      [{ claim: 'plan', tokens: ['id', 'userinfo'], emitted: { keycloak: { name: 'plan' } } }],
    ]);
    expect((await claimsmith(root, 'inventory')).out).toContain('| tokens | id, userinfo |');
  });

  test('a pattern that matches nothing, and a spec with errors', async () => {
    const root = scratchFolder({ 'enrichment.yaml': 'version: 1\nname: x\nclaims: { a: {} }\n' });
    expect(await claimsmith(root, 'inventory', 'no/**')).toMatchObject({
      code: 1,
      err: expect.stringContaining('matches no spec'),
    });
    expect(await claimsmith(root, 'inventory')).toMatchObject({
      code: 2,
      err: expect.stringContaining('TE'),
    });
  });
});

describe('texts of a spec are never more than texts', () => {
  const evil = `=HYPERLINK("http://x","y")`;
  async function items(purpose: string) {
    const text = spec(
      'a',
      `plan: { value: user.name, kind: descriptive, purpose: ${JSON.stringify(purpose)} }`,
    );
    const root = scratchFolder({ 'enrichment.yaml': text });
    return inventoryOf(await loadSpec(undefined, [], root));
  }

  test.each([evil, '+1', '-1', '@x', '\t=1', '\r\n=1', '＝1', ' =1', '|x', '%0', '\u200b=1'])(
    'in CSV: %j',
    async (text) => {
      const csv = inventoryCsv(await items(text));
      const [, row = '', ...rest] = csv.split('\r\n');
      expect(rest).toEqual(['']);
      for (const [, cell = ''] of row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g))
        expect(cell).not.toMatch(/^\s*[=+@|%＝-]|[\t\r\u200b]/);
    },
  );

  test('any text makes one row of as many cells, and no element', async () => {
    const [item] = await items('x');
    if (item === undefined) throw new Error('no claim');
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (purpose) => {
        const one = { ...item, purpose, owner: `<img src=x>${purpose}` };
        const plain = { ...item, purpose: purpose === '' ? '' : 'x', owner: 'x' };
        const row = inventoryCsv([one]).split('\r\n')[1] ?? '';
        const cells = [...row.matchAll(/"((?:[^"]|"")*)"(?:,|$)/g)];
        expect(cells.map(([whole]) => whole).join('')).toBe(row);
        expect(cells).toHaveLength(16);
        for (const [, cell = ''] of cells) expect(cell).not.toMatch(/^\s*[=+\-@|%]/);
        expect(inventoryHtml([one]).match(/<[a-z]+/g)).toEqual(inventoryHtml([plain]).match(/<[a-z]+/g));
        const lines = inventoryMarkdown([one]).split('\n');
        expect(lines.filter((line) => line.startsWith('#'))).toHaveLength(3);
        expect(lines.join('\n')).not.toMatch(/(?<!\\)<img|\]\(/);
      }),
    );
  });
});
