import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gateways } from '@claimsmith/core';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { commands } from '../src/commands.ts';
import { claimsmith } from './terminal.ts';

const fixtures = fileURLToPath(new URL('fixtures', import.meta.url));
let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'claimsmith-check-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const write = (name: string, content: string | Uint8Array) => {
  writeFileSync(join(root, name), content);
  return name;
};
const tiny = 'version: 1\nname: tiny\nclaims: {}\nissuers: { auth0: {} }\n';

describe('formats', () => {
  test('pretty, for people', async () => {
    const { code, out, err } = await claimsmith(fixtures, 'check', 'wrong');
    expect([code, err]).toEqual([2, '']);
    await expect(out).toMatchFileSnapshot('golden/check-wrong.txt');
  });

  test('a first draft fits on a screen, one finding for each cause; --verbose shows all', async () => {
    const { code, out } = await claimsmith(fixtures, 'check', 'first-draft');
    expect(code).toBe(2);
    expect(out.trimEnd().split('\n').length).toBeLessThanOrEqual(50);
    await expect(out).toMatchFileSnapshot('golden/check-first-draft.txt');
    const all = (await claimsmith(fixtures, 'check', 'first-draft', '--verbose')).out;
    const report = JSON.parse((await claimsmith(fixtures, 'check', 'first-draft', '--json')).out);
    const places = report.findings.flatMap(({ message, places }: { message: string; places: [] }) => [
      message,
      ...places.map((place: { message: string }) => place.message),
    ]);
    expect(places.length).toBeGreaterThan(2 * report.findings.length);
    const words = all.replaceAll(/\s+/g, ' ');
    for (const message of places) expect(words).toContain(message);
  });

  test('json, and --json for short', async () => {
    const { code, out } = await claimsmith(fixtures, 'check', 'wrong', '--format', 'json');
    expect(code).toBe(2);
    expect(JSON.parse(out).summary.error).toBeGreaterThan(0);
    expect(await claimsmith(fixtures, 'check', 'wrong', '--json')).toEqual({ code: 2, out, err: '' });
  });

  test('sarif and github', async () => {
    const sarif = JSON.parse((await claimsmith(fixtures, 'check', 'wrong', '--format', 'sarif')).out);
    expect(sarif.version).toBe('2.1.0');
    expect(
      sarif.runs[0].results.map(({ ruleId, level }: Record<string, string>) => `${ruleId} ${level}`),
    ).toEqual(['TE004', 'TE002', 'TE004'].map((rule) => `${rule} error`));
    const github = await claimsmith(fixtures, 'check', 'wrong', '--format=github');
    expect(github.out).toMatch(/^::error file=wrong\/enrichment\.yaml,line=5,/);
  });

  test('what is too large to be built is told, also where a script or aliases make it so', async () => {
    const claims = (count: number) =>
      Array.from(
        { length: count },
        (_, i) => `  c${i}: { value: 'user.email_verified && ${i} > 0', kind: descriptive }\n`,
      );
    const people = 'issuers: { auth0: { triggers: [post-login] } }\n';
    const large = (count: number) => `version: 1\nname: large\nclaims:\n${claims(count).join('')}${people}`;
    write('enrichment.yaml', large(3_000));
    const checked = await claimsmith(root, 'check', '--json');
    expect(checked.code).toBe(2);
    const [finding, ...more] = JSON.parse(checked.out).findings.filter(
      ({ severity }: { severity: string }) => severity === 'error',
    );
    expect(finding).toMatchObject({ rule: 'TE803', severity: 'error', issuer: 'auth0' });
    expect(more).toEqual([]);
    expect((await claimsmith(root, 'build')).err).toContain(finding.message);

    write('enrichment.yaml', large(500));
    expect((await claimsmith(root, 'check')).code).toBe((await claimsmith(root, 'build')).code);

    rmSync(join(root, 'enrichment.yaml'));
    write(
      'enrichment.config.ts',
      `export const spec = { version: 1, name: 'large', issuers: { auth0: { triggers: ['post-login'] } },
      claims: Object.fromEntries(Array.from({ length: 3000 }, (_, i) => ['c' + i, { value: 'user.name', kind: 'descriptive' }])) };`,
    );
    expect((await claimsmith(root, 'check', '--format=github')).out).toContain('TE803');
  });

  describe('what a spec accepts', () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const spec = (until: string, at = 'claims.limit') => `version: 1
name: tiny
claims:
  limit: { value: client.id, kind: authoritative, onMissing: omit }
issuers: { auth0: { clients: all } }
accept:
  - { rule: TE702, at: ${at}, because: "::error::late", owner: me, until: ${until} }
`;

    test('forbids nothing, and is shown where it is asked for', async () => {
      write('enrichment.yaml', spec(day(20)));
      const checked = await claimsmith(root, 'check');
      expect(checked).toMatchObject({ code: 0, err: '' });
      expect(checked.out).toBe('No problems found, 1 accepted (claimsmith check --accepted shows them).\n');
      const shown = (await claimsmith(root, 'check', '--accepted')).out;
      expect(shown).toContain(`error  TE702  accepted until ${day(20)}\n`);
      expect(shown).not.toMatch(/^::/m);
      expect((await claimsmith(root, 'check', '--format', 'github')).out).toBe('');
      expect(await claimsmith(root, 'build')).toMatchObject({ code: 0, err: '' });
    });

    test('forbids what it did where it has ended, is about another part, or lasts too long', async () => {
      for (const text of [spec(day(-2)), spec(day(20), 'claims.limits'), spec(day(40)), spec(day(400))]) {
        write('enrichment.yaml', text);
        expect((await claimsmith(root, 'check')).code).toBe(2);
        expect((await claimsmith(root, 'build')).code).toBe(2);
      }
    });

    test('that nobody needs is a warning, unless only some issuers are looked at', async () => {
      write('enrichment.yaml', spec(day(20)).replace(', onMissing: omit', ''));
      expect((await claimsmith(root, 'check')).out).toContain(
        'This acceptance has no effect: `claims.limit` has no finding of TE702',
      );
      expect((await claimsmith(root, 'check', '--issuer', 'auth0')).out).toBe('No problems found.\n');
      expect(await claimsmith(root, 'check', '--max-warnings', '0')).toMatchObject({
        code: 2,
        err: 'error: 1 warning, more than --max-warnings 0\n',
      });
      expect((await claimsmith(root, 'check', '--max-warnings', '1')).code).toBe(0);
    });
  });

  test('more warnings than --max-warnings fail a build, which then writes nothing', async () => {
    write(
      'enrichment.yaml',
      tiny.replace('claims: {}', 'claims: { a: { const: user.email, kind: descriptive } }'),
    );
    expect((await claimsmith(root, 'build', '--max-warnings', '1')).code).toBe(0);
    rmSync(join(root, 'dist'), { recursive: true });
    const { code, err } = await claimsmith(root, 'build', '--max-warnings', '0');
    expect(code).toBe(2);
    expect(err).toContain('TE016');
    expect(existsSync(join(root, 'dist'))).toBe(false);
    for (const value of ['many', '-1', '1.5'])
      expect((await claimsmith(root, 'check', `--max-warnings=${value}`)).code).toBe(64);
  });

  test('a spec without errors ends with 0', async () => {
    const { code, out } = await claimsmith(fixtures, 'check', 'shop');
    expect(code).toBe(0);
    expect(out).not.toContain(' error ');
  });
});

describe('where the spec is', () => {
  test.each(['enrichment.yaml', 'enrichment.yml'])('%s of the current folder', async (name) => {
    write(name, tiny);
    expect(await claimsmith(root, 'check')).toMatchObject({ code: 0, out: 'No problems found.\n' });
  });

  test('a file by name, a folder, and JSON', async () => {
    mkdirSync(join(root, 'sub'));
    write('sub/enrichment.json', '{"version":1,"name":"tiny","claims":{},"issuers":{"auth0":{}}}');
    write('mine.yaml', tiny);
    for (const spec of ['sub', 'sub/enrichment.json', 'mine.yaml', join(root, 'mine.yaml')]) {
      expect((await claimsmith(root, 'check', spec)).code).toBe(0);
    }
  });

  test('two in a folder: the author must say', async () => {
    write('enrichment.yaml', tiny);
    write('enrichment.json', '{}');
    const ran = await claimsmith(root, 'check');
    expect(ran).toMatchObject({ code: 1, out: '' });
    expect(ran.err).toBe(
      'error: two specs here, enrichment.yaml and enrichment.json: name the one you mean\n',
    );
  });
});

describe('files that are not specs', () => {
  const oneLine = async (...args: string[]) => {
    const ran = await claimsmith(root, ...args);
    expect(ran.err.split('\n').length).toBeLessThanOrEqual(2);
    expect(ran.err).not.toContain('defect');
    return ran;
  };

  test('a folder without one', async () => {
    expect(await oneLine('check')).toMatchObject({
      code: 1,
      err: 'error: no spec here: looked for enrichment.yaml, enrichment.yml, enrichment.json, enrichment.config.ts; claimsmith init starts one\n',
    });
  });

  test('a file that is not there, also behind a file', async () => {
    expect((await oneLine('check', 'none.yaml')).err).toContain('none.yaml: no such file or folder');
    write('file', '');
    expect((await oneLine('check', 'file/none.yaml')).code).toBe(1);
  });

  test('a link to itself, and a name that is too long', async () => {
    symlinkSync('loop', join(root, 'loop'));
    expect((await oneLine('check', 'loop')).err).toContain('its links go in circles');
    expect((await oneLine('check', 'x'.repeat(5000))).err).toContain('the name is too long');
  });

  test('a device', async () => {
    expect((await oneLine('check', '/dev/zero')).err).toContain('is not a file');
  });

  test.each([
    ['bytes that are not UTF-8', new Uint8Array([0x6e, 0x61, 0xff, 0xfe, 0x00])],
    ['zeros', new Uint8Array(4096)],
    ['an executable’s start', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0x02, 0x01])],
    ['nothing', new Uint8Array()],
    ['a byte order mark alone', new Uint8Array([0xef, 0xbb, 0xbf])],
    ['a number', new TextEncoder().encode('42')],
    ['a list', new TextEncoder().encode('- a\n- b\n')],
    ['an open bracket', new TextEncoder().encode('{')],
    ['a deep nest', new TextEncoder().encode('['.repeat(100_000))],
  ])('%s', async (_, bytes) => {
    for (const name of ['enrichment.yaml', 'enrichment.json']) {
      const ran = await oneLine('check', write(name, bytes), '--json');
      expect(ran.code).toBe(2);
      expect(JSON.parse(ran.out).summary.error).toBeGreaterThan(0);
    }
  });

  test('a line of 5 MB is refused at once, and 17 MB are not even read', async () => {
    write('enrichment.yaml', `name: ${'x'.repeat(5_000_000)}`);
    const start = performance.now();
    const ran = await oneLine('check', '--format', 'pretty');
    expect(performance.now() - start).toBeLessThan(1_000);
    expect(ran.code).toBe(2);
    expect(ran.out.length).toBeLessThan(5_000);
    write('enrichment.yaml', 'x'.repeat(17_000_000));
    expect((await oneLine('check')).err).toContain('at most 16 MB are read');
  });
});

describe('a TypeScript spec', () => {
  const script = (text: string) => {
    // Inside the repository, so that the spec finds claimsmith as it would be installed.
    const folder = mkdtempSync(join(fixtures, 'scratch-'));
    writeFileSync(join(folder, 'enrichment.config.ts'), text);
    return { folder, remove: () => rmSync(folder, { recursive: true }) };
  };

  test('findings point into the script', async () => {
    const { code, out } = await claimsmith(fixtures, 'check', 'script');
    expect(code).toBe(2);
    await expect(out).toMatchFileSnapshot('golden/check-script.txt');
  });

  test.each([
    ['export const spec = ;', /:1:21 +error +TE001\n {2}Expression expected/],
    ['enum A { B }\nexport const spec = {};', /:1:1 .*\n {2}TypeScript enum is not supported/],
    ['export const other = 1;', /The file does not export `spec`/],
    [
      '\nexport const spec = (() => { throw new Error("no"); })();',
      /:2:.*\n {2}Evaluating the spec failed: no/,
    ],
    ['import "no-such-package"; export const spec = {};', /Evaluating the spec failed: .*no-such-package/],
    ['export const spec = { version: 1, name: "a", claims: { x: () => 1 } };', /:1:59 .*\n.*function/],
    ['export const spec: any = { version: 1, name: "a" }; spec.claims = spec;', /TE0/],
  ])('%j', async (text, expected) => {
    const { folder, remove } = script(text);
    try {
      const ran = await claimsmith(folder, 'check');
      expect(ran).toMatchObject({ code: 2, err: '' });
      expect(ran.out).toMatch(expected);
    } finally {
      remove();
    }
  });
});

test('a file of scenarios is not a spec', async () => {
  const message = 'is a file of scenarios, not a spec; name the spec beside its folder: shop';
  expect(await claimsmith(fixtures, 'check', 'shop/scenarios/first.yaml')).toEqual({
    code: 64,
    out: '',
    err: `error: shop/scenarios/first.yaml ${message}\n`,
  });
});

test.each([
  ['"', 'End the text with a "; a double quote within is written \\".'],
  ["'", "End the text with a '; a single quote within is written twice: ''."],
])('an open %s has a way out', async (quote, help) => {
  writeFileSync(join(root, 'enrichment.yaml'), `version: 1\nname: ${quote}demo\nclaims: {}\n`);
  expect((await claimsmith(root, 'check')).out).toContain(`  help  ${help}\n`);
});

describe('claimsmith explain', () => {
  test.each(['discount', 'roles', 'wholesale', 'tier'])('%s reads as agreed', async (claim) => {
    const { code, out, err } = await claimsmith(fixtures, 'explain', claim, 'shop');
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(`golden/explain-${claim}.txt`);
  });

  test.each([
    ['scope', 'payments.approve'],
    ['scope-dynamic', 'account.read.17'],
    ['deny', 'deny.account_suspended'],
    ['source', 'entitlements'],
    ['attribute', 'country'],
    ['field', 'user.email'],
    ['applies', 'applies'],
    ['client', 'settlement-job'],
    ['detail', 'payment_initiation'],
  ])('a %s of the payments example', async (part, name) => {
    const { code, out, err } = await claimsmith(fixtures, 'explain', name, '../../../../examples/payments');
    expect([code, err]).toEqual([0, '']);
    await expect(out).toMatchFileSnapshot(`golden/explain-part-${part}.txt`);
  });

  test('a rule with a spec says what it is about there', async () => {
    const { out } = await claimsmith(fixtures, 'explain', 'TE502', 'shop');
    expect(out).toContain('no finding of this rule');
    expect(out).toMatch(
      /segment: cache 1m of crm \+ token lifetime 5m \+ 1m for clocks = 7m; fits into\s+maxAge 10m/,
    );
    const broken = await claimsmith(fixtures, 'explain', 'TE502', 'first-draft');
    expect(broken.out).toMatch(/here +60:13 `segment` may be 17m old/);
  });

  test('--json holds the same', async () => {
    const { out } = await claimsmith(fixtures, 'explain', 'segment', 'shop', '--json');
    expect(JSON.parse(out)).toMatchObject({
      claim: 'segment',
      onMissing: 'omit',
      freshness: { source: 'crm', cacheMs: 60_000, lifetimeMs: 300_000, totalMs: 420_000, maxAgeMs: 600_000 },
      names: { auth0: 'segment' },
    });
  });

  test('a claim that is not there, a spec with errors, and a rule', async () => {
    expect(await claimsmith(fixtures, 'explain', 'discuont', 'shop')).toEqual({
      code: 1,
      out: '',
      err: 'error: shop/enrichment.yaml has no discuont; did you mean discount?\n',
    });
    expect(await claimsmith(fixtures, 'explain', 'roles', 'wrong')).toMatchObject({ code: 2, out: '' });
    expect(await claimsmith(root, 'explain', 'TE999')).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^error: unknown rule TE999; (did you mean TE\d{3}\?|docs\/rules.md .*)\n$/),
    });
    expect((await claimsmith(root, 'explain', 'TE5051')).err).toBe(
      'error: unknown rule TE5051; did you mean TE501?\n',
    );
    expect((await claimsmith(fixtures, 'explain', 'TE502')).out).toMatch(
      /^TE502 {2}freshness-budget-exceeded, error or warning\n/,
    );
    expect((await claimsmith(fixtures, 'explain', 'TE804')).out).toMatch(
      /^TE804 {2}field-not-supplied, error\n/,
    );
  });

  test.each([
    [['./shop', 'roles'], 'claimsmith explain roles ./shop'],
    [['shop', 'roles'], 'claimsmith explain roles shop'],
    [['./shop'], 'claimsmith explain <claim> ./shop'],
  ])('the spec before the claim: %j', async (args, meant) => {
    expect(await claimsmith(fixtures, 'explain', ...args)).toEqual({
      code: 64,
      out: '',
      err: `error: the claim comes first, then the spec: ${meant}\n`,
    });
  });
});

describe('claimsmith schema', () => {
  test.each(['spec', 'scenarios'])('%s is JSON Schema', async (of) => {
    const { code, out } = await claimsmith(root, 'schema', of);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ $schema: expect.stringContaining('json-schema.org') });
  });

  test('without a name it is that of a spec', async () => {
    expect(await claimsmith(root, 'schema')).toEqual(await claimsmith(root, 'schema', 'spec', '--json'));
  });
});

test('the gateways of --gateway are those that there are', () => {
  const { choices } = commands.check.flags.gateway;
  expect([...choices].sort()).toEqual(gateways.map(({ id }) => id).sort());
});
