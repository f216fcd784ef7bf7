import { stripTypeScriptTypes } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { scriptLocator } from './script-locator.ts';

function locator(text: string) {
  const locate = scriptLocator(stripTypeScriptTypes(text));
  const show = (span: { start: number; end: number } | undefined) => span && text.slice(span.start, span.end);
  return {
    key: (...path: (string | number)[]) => show(locate.key(path)),
    value: (...path: (string | number)[]) => show(locate.value(path)),
    within: (path: (string | number)[], start: number, end: number) =>
      show(locate.within?.(path, start, end)),
  };
}

describe('scriptLocator', () => {
  const text = `import { defineEnrichment } from 'claimsmith';
type Größe = 'ü😀';
const roles = { value: "user.roles", 'kind': 'authoritative' } as const;
const base = { plan: { value: \`org.id\` } } satisfies Record<string, unknown>;
export const spec = defineEnrichment({
  version: 1,
  claims: { ...base, roles, tenant: { value: 'org' + '.id', ['kind']: 'descriptive', tokens: ['access', 'id'] } },
} as const);
`;
  const { key, value, within } = locator(text);

  test('keys and values, with quotes, behind types that were blanked out', () => {
    expect(key('version')).toBe('version');
    expect(value('version')).toBe('1');
    expect(value('claims', 'tenant', 'tokens', 1)).toBe("'id'");
  });

  test('constants of the same file, shorthand properties and spreads', () => {
    expect(value('claims', 'roles', 'value')).toBe('"user.roles"');
    expect(key('claims', 'roles', 'kind')).toBe("'kind'");
    expect(value('claims', 'plan', 'value')).toBe('`org.id`');
    expect(key('claims', 'roles')).toBe('roles');
  });

  test('what is computed has no place of its own', () => {
    expect(value('claims', 'tenant', 'kind')).toBe("'descriptive'");
    expect(locator('export const spec = { a: 1, [name]: 2 };').value('a')).toBeUndefined();
    expect(within(['claims', 'tenant', 'value'], 0, 3)).toBeUndefined();
    expect(value('claims', 'none')).toBeUndefined();
    expect(value('version', 'deeper')).toBeUndefined();
  });

  test('parts of a string', () => {
    expect(within(['claims', 'roles', 'value'], 5, 10)).toBe('roles');
    expect(within(['claims', 'plan', 'value'], 4, 6)).toBe('id');
    expect(within(['claims', 'plan', 'value'], 4, 60)).toBeUndefined();
  });

  test('of two equal keys the last counts, and a call that is spread in hides what stands before it', () => {
    const one = locator('export const spec = { a: 1, a: 2, ...extra(), b: 3 };');
    expect(one.value('a')).toBeUndefined();
    expect(one.value('b')).toBe('3');
    expect(locator('export const spec = { a: 1, a: 2 };').value('a')).toBe('2');
  });

  test('constants that name each other, or nothing, end the search', () => {
    expect(
      locator('const a = b; const b = a; export const spec = { x: a };').value('x', 'y'),
    ).toBeUndefined();
    expect(locator('export const other = {};').value('x')).toBeUndefined();
    expect(scriptLocator('not a script (').value([])).toBeUndefined();
  });

  test('law: within() finds each unit of any string in each kind of quotes', () => {
    const quoted = (value: string) => [
      JSON.stringify(value),
      `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`,
      `\`${value.replace(/[\\`$]/g, '\\$&').replaceAll('\r', '\\r')}\``,
      `'${[...value].map((character) => `\\u{${character.codePointAt(0)?.toString(16)}}`).join('')}'`,
    ];
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (value) => {
        for (const literal of quoted(value)) {
          const script = `export const spec = { x: ${literal} };`;
          const locate = scriptLocator(script);
          for (let unit = 0; unit < value.length; unit++) {
            const span = locate.within?.(['x'], unit, unit + 1);
            const written = span && script.slice(span.start, span.end);
            const character = value[unit];
            // Two units may share one escape; then the first has no extent.
            if (span && span.start < span.end && written?.length === 1) expect(written).toBe(character);
            expect(span).toBeDefined();
          }
        }
      }),
    );
  });
});
