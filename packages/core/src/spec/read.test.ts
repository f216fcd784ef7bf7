import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Finding } from '../index.ts';
import { readSpec, readSpecData } from '../spec/index.ts';

const issuers = {
  auth0: z.strictObject({ attributesIn: z.enum(['app_metadata', 'user_metadata']).optional() }),
};
const base = 'version: 1\nname: demo\nclaims: {}\n';

function read(text: string, file = 'enrichment.yaml') {
  const { spec, source, findings } = readSpec({ file, text }, issuers);
  const underlined = ({ range }: Finding) => range && source.text.slice(range.start.offset, range.end.offset);
  return {
    spec,
    source,
    findings,
    told: findings.map((each) => [each.rule, underlined(each), each.message] as const),
  };
}

describe('a good spec', () => {
  test('is parsed, with durations and sizes as numbers', () => {
    const { spec, findings } = read(`${base}lifetime: { access: 10m }
sources:
  plans:
    http: { url: 'https://plans.example/{user.id}' }
    returns: { plan: string, tiers: list(string), address: { city: string } }
    limit: 4kB
issuers: { auth0: { attributesIn: app_metadata } }
`);
    expect(findings).toEqual([]);
    expect(spec?.lifetime?.access).toBe(600_000);
    expect(spec?.sources?.['plans']?.limit).toBe(4_000);
  });

  test.each([
    ['a byte order mark', `\ufeff${base}`],
    ['Windows line breaks', base.replaceAll('\n', '\r\n')],
    ['a YAML 1.2 directive and an end marker', `%YAML 1.2\n---\n${base}...\n`],
    ['an anchor with aliases', `${base}tables: { a: &shared { x: 1 }, b: *shared }\n`],
    ['a country code as a key', `${base}tables: { region: { NO: eu } }\n`],
    ['a quoted number as a key', `${base}tables: { codes: { "1": one } }\n`],
    ['numbers with a leading zero before the point', `${base}tables: { a: { b: 0.5, c: -0, d: 0 } }\n`],
  ])('may have %s', (_, text) => {
    const { spec, findings } = read(text);
    expect(findings).toEqual([]);
    expect(spec?.name).toBe('demo');
  });

  test('may hold -0, which is 0', () => {
    expect(read(`${base}tables: { a: { b: -0 } }`).spec?.tables).toStrictEqual({ a: { b: 0 } });
  });

  test('may be JSON, indented with tabs', () => {
    const text = JSON.stringify(
      { version: 1, name: 'demo', claims: { a: { const: 'é\u2028"', kind: 'descriptive' } } },
      null,
      '\t',
    );
    expect(read(text, 'enrichment.json').spec?.claims['a']?.const).toBe('é\u2028"');
  });
});

describe('a finding stands at what is wrong', () => {
  test.each<[what: string, text: string, rule: string, underlined: string, message: string]>([
    ['an unknown key', 'version: 1\nname: demo\nclams: {}\n', 'TE002', 'clams', '`clams` is not a key here.'],
    [
      'a wrong choice',
      `${base}scopes: { s: { grant: 'true', add: yes } }`,
      'TE003',
      'yes',
      '`scopes.s.add` must be `true` or `false`, not `yes`.',
    ],
    [
      'a number for a duration',
      `${base}lifetime: { access: 10 }`,
      'TE003',
      '10',
      '`lifetime.access` must be a duration of whole seconds, such as 300s or 10m, not the number 10.',
    ],
    [
      'a list for an expression',
      `${base}scopes: { s: { grant: [a] } }`,
      'TE003',
      'grant',
      '`scopes.s.grant` must be a CEL expression, written as text, not a list.',
    ],
    [
      'a boolean for an expression',
      `${base}scopes: { s: { grant: true } }`,
      'TE003',
      'true',
      '`scopes.s.grant` must be a CEL expression, written as text, not the value `true`.',
    ],
    ['an empty value', `${base}owner:\n`, 'TE003', 'owner', '`owner` must be text, not empty.'],
    [
      'a missing key of a mapping',
      'version: 1\nname: demo\nclaims: { a: { value: x } }',
      'TE003',
      'a',
      '`claims.a` lacks the key `kind`.',
    ],
    [
      'a missing key of a list item',
      `${base}deny:\n  - when: 'true'\n`,
      'TE003',
      'when',
      '`deny[0]` lacks the key `reason`.',
    ],
    [
      'a missing key of the spec',
      'version: 1\nclaims: {}',
      'TE003',
      'version',
      'The spec lacks the key `name`.',
    ],
    [
      'a type that does not exist',
      `${base}user: { attributes: { a: { b: strin } } }`,
      'TE003',
      'strin',
      '`user.attributes.a.b` must be a type: string, bool, int, double, dyn, list(T), map(T), enum(a, b), json(T), a mapping of field names to types, or `[T]`, a list of T, not `strin`.',
    ],
    [
      'another version',
      'version: 2\nname: demo\nclaims: {}',
      'TE003',
      '2',
      '`version` must be `1`, not the number 2.',
    ],
    [
      'an unknown issuer',
      `${base}issuers: { auth1: {} }`,
      'TE002',
      'auth1',
      '`auth1` is not a key of `issuers`.',
    ],
    [
      'a setting of an issuer',
      `${base}issuers: { auth0: { attributesIn: x } }`,
      'TE003',
      'x',
      '`issuers.auth0.attributesIn` must be `app_metadata` or `user_metadata`, not `x`.',
    ],
    [
      'one part of a choice of shapes',
      `${base}scopes: {}\ntables: { t: { a: { b: } } }`,
      'TE003',
      'b',
      '`tables.t.a.b` must be text, a number, `true` or `false`, a list or a mapping, not empty.',
    ],
    ['a list as the whole', '- a\n', 'TE003', '- a', 'The spec must be a mapping, not a list.'],
    ['a key twice', `${base}name: again\n`, 'TE001', 'name', '`name` appears twice in its mapping.'],
    ['a tab', 'version: 1\nclaims:\n\ta: 1\n', 'TE001', '\t', 'A tab cannot indent YAML.'],
    [
      'text after quotes',
      `${base}scopes: { s: { grant: "a" in b } }`,
      'TE001',
      'in b',
      'The value has ended before this; nothing can follow it.',
    ],
    [
      'a colon in plain text',
      'version: 1\nname: a: b\n',
      'TE001',
      '',
      'A mapping cannot begin on the line of its key.',
    ],
    ['a tag', `${base}owner: !!js/function 'x'\n`, 'TE001', '!!js/function', 'YAML tags are refused.'],
    [
      'a negation without quotes',
      `${base}scopes: { s: { grant: !user.x } }\n`,
      'TE001',
      '!user.x',
      'YAML tags are refused.',
    ],
    [
      'a timestamp tag',
      `${base}owner: !!timestamp 2026-01-01\n`,
      'TE001',
      '!!timestamp',
      'YAML tags are refused.',
    ],
    [
      'a merge key',
      `${base}tables:\n  a: &a { x: 1 }\n  b: { <<: *a }\n`,
      'TE001',
      '<<',
      'Merge keys are refused.',
    ],
    ['an open quote', 'version: 1\nname: "demo\nclaims: {}\n', 'TE001', '"', 'This quote is never closed.'],
    ['an open brace', 'version: 1\nclaims: { a: 1\nname: x\n', 'TE001', '{', 'This { is never closed.'],
    [
      'a missing comma',
      'version: 1\nclaims: { "a": {} "b": {} }\n',
      'TE001',
      '"b"',
      'The value has ended before this; nothing can follow it.',
    ],
    [
      'a missing colon',
      'version: 1\nname\nclaims: {}\n',
      'TE001',
      'name',
      'A colon is missing after this key.',
    ],
    ['an unknown alias', `${base}owner: *nobody\n`, 'TE001', '*nobody', 'No anchor above has this name.'],
    [
      'an alias within its own anchor',
      `${base}tables: &t { a: *t }\n`,
      'TE001',
      '*t',
      'This alias contains itself.',
    ],
    [
      'a second document',
      `${base}---\nname: two\n`,
      'TE001',
      '---',
      'A second YAML document begins here; a file holds one.',
    ],
    [
      'another YAML version',
      `%YAML 1.1\n---\n${base}`,
      'TE001',
      '%YAML 1.1',
      'YAML directives other than %YAML 1.2 are refused.',
    ],
    [
      'a prototype name as a claim',
      'version: 1\nname: demo\nclaims: { __proto__: { kind: descriptive } }',
      'TE008',
      '__proto__',
      '`__proto__` cannot be used as a name, because every JavaScript object has a property of that name.',
    ],
    [
      'a prototype name as an attribute',
      `${base}user: { attributes: { constructor: string } }`,
      'TE008',
      'constructor',
      '`constructor` cannot be used as a name, because every JavaScript object has a property of that name.',
    ],
    [
      'a number as a key',
      `${base}tables: { codes: { 1: one } }`,
      'TE003',
      '1',
      'A key must be text; this one is not.',
    ],
    [
      'not a number',
      `${base}tables: { a: { b: .nan } }`,
      'TE003',
      '.nan',
      'A number must be finite, because JSON, and so a token, cannot hold others.',
    ],
    [
      'infinity in disguise',
      `${base}tables: { a: { b: 1e400 } }`,
      'TE003',
      '1e400',
      'A number must be finite, because JSON, and so a token, cannot hold others.',
    ],
    [
      'a number past 2^53',
      `${base}tables: { a: { b: 9007199254740993 } }`,
      'TE003',
      '9007199254740993',
      'Whole numbers are exact only up to 9007199254740991.',
    ],
    ['a NUL', 'version: 1\0', 'TE001', '\0', 'The control character U+0000 is not allowed in a text file.'],
    [
      'a lone carriage return',
      'version: 1\rname: x',
      'TE001',
      '\r',
      'The control character U+000D is not allowed in a text file.',
    ],
  ])('%s', (_, text, rule, underlined, message) => {
    const { spec, told } = read(text);
    expect(spec).toBeUndefined();
    expect(told).toContainEqual(
      underlined === '' ? [rule, expect.any(String), message] : [rule, underlined, message],
    );
    expect(told).toHaveLength(1);
  });

  test.each([
    ['no', 'true or false'],
    ['ON', 'true or false'],
    ['1_000', 'a number'],
    ['12:30', 'a number'],
  ])('plain %s is text, with a warning', (word, taken) => {
    const { spec, told } = read(`${base}tables: { a: { b: ${word} } }`);
    expect(told).toEqual([
      ['TE011', word, `\`${word}\` is text here; other YAML readers read it as ${taken}.`],
    ]);
    expect(spec?.tables?.['a']?.['b']).toBe(word);
  });

  test.each([
    ['0x1F', 31],
    ['0o17', 15],
    ['007', 7],
  ])('plain %s is a number, with a warning', (word, value) => {
    const { spec, told } = read(`${base}tables: { a: { b: ${word} } }`);
    expect(told.map(([rule, underlined]) => [rule, underlined])).toEqual([['TE011', word]]);
    expect(spec?.tables?.['a']?.['b']).toBe(value);
  });

  test.each([
    ['a: { kind: Descriptive }', 'Did you mean `descriptive`?'],
    ['a: { kind: descriptive, tokens: id }', 'Write [id].'],
    ['a: { kind: descriptive, maxItems: "20" }', 'Remove the quotes.'],
    ['a: { kind: descriptive, value: 1 }', 'Put it in quotes; a constant stands under `const`.'],
    [
      'a: { kind: descriptive, value: [1, 2] }',
      'Put the whole expression in quotes: [ and { mean something else to YAML.',
    ],
    ['a: { kind: descriptive, value: }', 'Write one, such as `user.email`.'],
    ['a: { kind: descriptive, when: true }', 'Put it in quotes to make it text.'],
    ['a: { type: descriptive }', 'Did you mean `kind`?'],
    ['a: { kind: descriptive, default: x }', 'Did you mean `onMissing`?'],
    ['a: { kind: descriptive, maxAge: 10 }', 'Add the unit: 10s, 10m or 10ms.'],
    ['a: { kind: descriptive, maxAge: 10 minutes }', 'Write 10m.'],
    [
      'a: { value: user.roles.exists(r, r == "a"), kind: descriptive }',
      'Inside { } a comma ends a value: put the expression in quotes.',
    ],
    ['a:', 'Write its content on the lines below, indented further. An empty mapping is {}.'],
    [
      'a:\n  value: user.id\n  kind: descriptive',
      'Write its content on the lines below, indented further. An empty mapping is {}.',
    ],
    ['a: [user.id]', 'Begin each entry with its name and a colon, not with a dash.'],
    ['a: { kind: descriptive, owner: [1, 2] }', undefined],
    ['a: { kind: descriptive, owner: { b: 1 } }', undefined],
    ['a: { kind: descriptive, audience: [x] }', 'Did you mean `audiences`?'],
    ['a: { value: x }', 'It must be `authoritative` or `descriptive`.'],
    ['a: { kind: descriptive, onMissing: never }', 'For that text as a default, write { default: never }.'],
  ])('%s has the way out: %s', (claim, help) => {
    const { findings } = read(`version: 1\nname: demo\nclaims:\n  ${claim}\n`);
    expect(findings.map((each) => each.help)).toEqual([help]);
  });

  test.each([
    ['name: My Shop\nclaims: {}', 'Write my-shop.'],
    ['name: 42nd\nclaims: {}', undefined],
    ['name: a\nclaims: {}\nuser: { attributes: { a: str } }', 'Did you mean `string`?'],
    ['name: a\nclaims: {}\nuser: { attributes: { a: "string[]" } }', 'Did you mean `list(string)`?'],
    ['name: a\nclaims: {}\nuser: { attributes: { a: [integer] } }', 'Did you mean `int`?'],
    [
      "name: a\nclaims: {}\nuser: { attributes: { a: 'list({ b: int })' } }",
      'Write it in brackets, without quotes: `[{ b: int }]`.',
    ],
    ['name: a\nclaims: {}\nuser: { attributes: { a: array<number> } }', 'Did you mean `list(double)`?'],
    ['name: a\nclaims: {}\nuser: { attributes: { a: money } }', undefined],
    ['name: a\nclaims: {}\nuser: { attributes: { a: list(stirng) } }', 'Did you mean `list(string)`?'],
    ['name: a\nclaims: {}\nuser: { attributes: { a: stirng } }', 'Did you mean `string`?'],
    ['name: a\nclaims: {}\nuser: { attributes: { a: lits(stirng) } }', 'Did you mean `list(string)`?'],
    ['name: a\nclaims: {}\nscopes: { a: { grant: "true", add: treu } }', 'Did you mean `true`?'],
    ['name: a\nclaims: {}\nlifetime: { access_token: 10m }', 'Did you mean `access`?'],
    ['name: a\nclaims: {}\nlifetime: { refresh: 10m }', 'The only key here is `access`.'],
    ['name: a\nclaims: {}\ndeny: { when: "true", reason: x }', 'Begin each entry with a dash.'],
    ['name: a\nclaims: {}\ndeny: [{ if: "true", reason: x }]', 'Did you mean `when`?'],
    ['name: a\nclaims: {}\ndeny: [{ when: "true", reason: Account Suspended }]', 'Write account_suspended.'],
    ['name: a\nclaims: []', 'Begin each entry with its name and a colon, not with a dash.'],
  ])('%j has the way out: %s', (body, help) => {
    const { findings } = read(`version: 1\n${body}\n`);
    expect(findings.map((each) => each.help)).toEqual([help]);
  });

  test.each([
    ['scopes: { a: "true" }', '`scopes.a` must be a mapping such as `{ grant: … }`, not the text `true`.'],
    ['lifetime: 10m', '`lifetime` must be a mapping such as `{ access: 10m }`, not `10m`.'],
    ['deny: ["true"]', '`deny[0]` must be a mapping such as `{ when: …, reason: … }`, not the text `true`.'],
    ['sources: { s: { http: { url: x } } }', '`sources.s` lacks the key `returns`.'],
  ])('%s: %s', (body, message) => {
    const { findings } = read(`${base}${body}\n`);
    expect(findings.map((each) => each.message)).toEqual([message]);
  });

  test.each([
    ['a tab', 'claims:\n\ta: {}\n', '\t', 'A tab cannot indent YAML.'],
    [
      'tabs all over',
      'claims:\n\ta:\n\t\tvalue: user.id\n\t\tkind: descriptive\n',
      '\t',
      'A tab cannot indent YAML, here and in lines below.',
    ],
    [
      'a merge conflict',
      'owner: a\n<<<<<<< HEAD\nclaims: {}\n=======\nclaims: { a: 1 }\n>>>>>>> main\n',
      '<<<<<<< HEAD',
      'A merge conflict begins here.',
    ],
    [
      'a colon without a space',
      'claims:\n  a:\n    value:user.id\n    kind: descriptive\n',
      'value:user.id',
      'A space is missing after the colon.',
    ],
    ['no colon', 'claims\n  a:\n    value: user.id\n', 'claims', 'A colon is missing after this key.'],
    [
      'a colon in a value',
      'claims:\n  a:\n    value: user.id == "a" ? 1 : 2\n',
      'user.id == "a" ? 1 : 2',
      'An unquoted value cannot contain a colon and a space.',
    ],
    [
      'a line too far right',
      'claims:\n  a:\n    value: user.id\n     kind: descriptive\n',
      '     ',
      'This line is indented further than the key above it.',
    ],
    [
      'quotes of CEL',
      'claims:\n  a:\n    value: "a" in user.roles\n',
      'in user.roles',
      'The value ends with its closing quote; nothing can follow it.',
    ],
    [
      'single quotes in single quotes',
      "claims:\n  a:\n    value: 'user.id == 'a''\n",
      "a''",
      'The value ends with its closing quote; nothing can follow it.',
    ],
    [
      'a brace that is left open',
      'claims:\n  a: { value: user.id, kind: descriptive\n  b: { const: 1, kind: descriptive }\n',
      '{',
      'This { is never closed.',
    ],
    [
      'a no-break space before a key',
      'claims:\n  a:\n    value: user.id\n\u00a0   kind: descriptive\n',
      '\u00a0   kind',
      'This key begins with a special space, which YAML reads as a letter.',
    ],
  ])('%s is one finding, at its cause', (_, body, underlined, message) => {
    expect(read(`version: 1\nname: demo\n${body}`).told).toEqual([['TE001', underlined, message]]);
  });

  test('empty text is called so', () => {
    const { findings } = read(
      `${base.replace('claims: {}', '')}claims: { a: { kind: descriptive, value: "" } }`,
    );
    expect(findings.map(({ message }) => message)).toContain(
      '`claims.a.value` must be a CEL expression, written as text, not empty text.',
    );
  });

  test.each([
    '# A comment\n version: 1\nname: demo\nclaims:\n  a:\n    value: user.id\n    kind: descriptive\n',
    '---\n  version: 1\r\nname: demo\nclaims: {}\n',
    '\n  $schema: ./a\nversion: 1\nname: demo\n',
  ])('a first line that is indented by mistake is the one finding: %j', (text) => {
    const { findings } = read(text);
    expect(
      findings.map(({ rule, range, message }) => [rule, range?.start.line, range?.start.column, message]),
    ).toEqual([
      ['TE001', text.startsWith(' ') ? 1 : 2, 1, 'This line is indented further than keys below it.'],
    ]);
  });

  test('a spec that is indented as a whole is fine, and other mistakes in it are found where they are', () => {
    expect(read(' version: 1\n name: demo\n claims: {}\n').findings).toEqual([]);
    expect(read(' version: 1\n name: demo\n claims: {\n').findings.map(({ message }) => message)).toEqual([
      'This { is never closed.',
    ]);
  });

  test('after three syntax errors the rest is echoes', () => {
    expect(read('a: "x" y\n'.repeat(9)).findings).toHaveLength(3);
  });

  test('what the parser does not explain after a first syntax error is its echo', () => {
    const text = `${base}user:\n  attributes: list({ a: string, b: { c: string } })\nowner: me\nlifetime: { access: 1h }\n`;
    expect(read(text).findings.map(({ message }) => message)).toEqual([
      'An unquoted value cannot contain a colon and a space.',
    ]);
  });

  test('all problems come at once, from top to bottom, a misspelt key only once', () => {
    const { findings } = read('version: 2\nclaims:\n  a: { knd: descriptive, value: 1 }\n  a: {}\n');
    expect(
      findings.map(({ rule, range, help }) => [rule, range?.start.line, range?.start.column, help]),
    ).toEqual([
      ['TE003', 1, 1, expect.stringContaining('a name of lower-case letters')],
      ['TE003', 1, 10, undefined],
      ['TE002', 3, 8, 'Did you mean `kind`?'],
      ['TE003', 3, 33, 'Put it in quotes; a constant stands under `const`.'],
      ['TE001', 4, 3, 'Remove one of the two, or rename it.'],
    ]);
  });

  test('lines and columns hold with CRLF, a byte order mark and wide characters', () => {
    const { findings, source } = read('\ufeffversion: 1\r\nname: demo\r\nowner: "😀é", \r\nclaims: {}\r\n');
    expect(findings[0]?.range?.start).toMatchObject({ line: 3, column: 13 });
    expect(source.text.startsWith('version')).toBe(true);
  });

  test('a finding in the settings of an issuer names it', () => {
    const { findings } = read(`${base}issuers: { auth0: { attributesIn: x, y: 1 }, okta: {} }`);
    expect(findings.map(({ issuer }) => issuer)).toEqual(['auth0', 'auth0', undefined]);
  });

  test('a long secret is not repeated in the message', () => {
    const secret = 'sk-live-0123456789abcdef0123456789abcdef';
    const { findings } = read(`${base}lifetime: { access: "${secret}" }`);
    expect(findings).toHaveLength(1);
    expect(JSON.stringify(findings)).not.toContain(secret);
  });
});

describe('a file that claims to be JSON', () => {
  test.each([
    ['{ // why\n "version": 1 }', '// why', 'JSON has no comments.'],
    ['{ "version": 1, }', '}', 'JSON does not allow a comma before this.'],
    ["{ 'version': 1 }", "'version'", 'JSON allows only double quotes.'],
    ['{ version: 1 }', 'version', 'This may be YAML, but it is not JSON.'],
  ])('%j is told why not', (text, underlined, message) => {
    const { findings } = readSpec({ file: 'enrichment.json', text }, {});
    expect(
      findings.map(({ range, ...finding }) => [
        text.slice(range?.start.offset, range?.end.offset),
        finding.message,
      ]),
    ).toEqual([[underlined, message]]);
  });

  const json = fc
    .json({ maxDepth: 4 })
    .filter(
      (text) =>
        !/"(?:__proto__|constructor|toString|valueOf|hasOwnProperty|isPrototypeOf|propertyIsEnumerable|toLocaleString|__\w+__)"/.test(
          text,
        ),
    );
  const readsAsJson = (text: string) => read(text, 'x.json').findings.every(({ rule }) => rule !== 'TE001');

  test('is never refused for its form when it is JSON', () => {
    fc.assert(fc.property(json, (text) => readsAsJson(text)));
  });

  test('is refused when it is YAML only', () => {
    const mutant = fc
      .tuple(
        json,
        fc.nat(),
        fc.constantFrom(',', '#', "'", ' ', '\n', ':', '[', '}', '- ', '&a ', '!', '"', 'a', '0', '\\'),
      )
      .map(
        ([text, at, piece]) =>
          text.slice(0, at % (text.length + 1)) + piece + text.slice(at % (text.length + 1)),
      );
    fc.assert(
      fc.property(mutant, (text) => {
        if (isJson(text)) return;
        expect(read(text, 'x.json').spec).toBeUndefined();
        expect(readsAsJson(text)).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  function isJson(text: string): boolean {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  }
});

describe('a spec from a script', () => {
  const text = "export const spec = { name: 'demo' };";
  const locate = {
    key: (path: readonly (string | number)[]) =>
      path.join() === 'name' ? { start: 22, end: 26 } : undefined,
    value: (path: readonly (string | number)[]) =>
      path.length === 0
        ? { start: 20, end: 36 }
        : path.join() === 'name'
          ? { start: 28, end: 34 }
          : undefined,
  };
  const readData = (data: unknown) =>
    readSpecData({ file: 'enrichment.config.ts', text, data, locate }, issuers);

  test('is read', () => {
    const { spec, findings } = readData({ version: 1, name: 'demo', claims: {}, owner: undefined });
    expect(findings).toEqual([]);
    expect(spec).toEqual({ version: 1, name: 'demo', claims: {} });
  });

  test('gets findings where the locator says, else at the nearest place around', () => {
    const { findings } = readData({ version: 1, name: 'De Mo', claims: {}, tables: { a: { b: null } } });
    expect(findings.map(({ range }) => [range?.start.offset, range?.end.offset])).toEqual([
      [20, 36],
      [28, 34],
    ]);
  });

  const loop: Record<string, unknown> = { version: 1, name: 'demo', claims: {} };
  loop['tables'] = loop;
  test.each<[string, unknown]>([
    ['a cycle', loop],
    ['a function', { version: 1, name: () => 'demo', claims: {} }],
    ['an object of a class', { version: 1, name: 'demo', claims: new Map() }],
    ['a date', { version: 1, name: 'demo', claims: {}, owner: new Date(0) }],
    [
      'a prototype name',
      { version: 1, name: 'demo', claims: JSON.parse('{"__proto__": {"kind": "descriptive", "const": 1}}') },
    ],
    ['NaN', { version: 1, name: 'demo', claims: {}, tables: { a: { b: Number.NaN } } }],
    [
      'a getter that throws',
      {
        version: 1,
        name: 'demo',
        get claims() {
          throw new Error('no');
        },
      },
    ],
    ['nothing', undefined],
    ['a bigint', 1n],
  ])('is refused with %s, without an exception', (_, data) => {
    const { spec, findings } = readData(data);
    expect(spec).toBeUndefined();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.length).toBeLessThan(5);
  });

  test('nests 50 deep, and no further', () => {
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)]);
    const withTable = (depth: number) =>
      readData({ version: 1, name: 'demo', claims: {}, tables: { a: { b: nested(depth - 3) } } });
    expect(withTable(50).findings).toEqual([]);
    expect(withTable(51).findings).toMatchObject([
      { rule: 'TE001', message: expect.stringContaining('50 levels') },
    ]);
  });
});
