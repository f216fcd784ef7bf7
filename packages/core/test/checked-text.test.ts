import { describe, expect, test } from 'vitest';
import { compileSpec, decide, programOf } from './kit.ts';

const head = `
user:
  attributes:
    plan: enum(free, gold)
    tags: json(list(string))
    settings: json(map(dyn))
    limits: json(map(list(int)))
sources:
  s:
    http: { url: 'https://s.example/' }
    returns: { tier: 'enum(a|b)', rows: json(list(int)) }
`;

function claim(value: string, attributes: object, answer?: unknown): unknown {
  const program = programOf(`${head}
claims: { c: { value: '${value}', kind: descriptive, onMissing: { default: ${missing(value)} } } }`);
  const raw = { user: { attributes } };
  const answers = answer === undefined ? {} : { s: { value: answer, ageSeconds: 0 } };
  return decide(program, raw, answers).access['c'];
}

/** A default of the claim's type that no value below has. */
function missing(value: string): string {
  if (/^user.attributes.tags$/.test(value)) return '[none]';
  return /size|rows/.test(value) ? '-1' : 'none';
}

describe('enum: one of a few texts', () => {
  test.each([
    ['free', 'free'],
    ['gold', 'gold'],
    ['Gold', 'none'],
    ['', 'none'],
    ['free, gold', 'none'],
    [undefined, 'none'],
    [null, 'none'],
    [['gold'], 'none'],
    [{ toString: 'gold' }, 'none'],
    ['constructor', 'none'],
  ])('%j is %j', (plan, expected) => {
    expect(claim('user.attributes.plan', { plan })).toBe(expected);
  });

  test('of a source', () => {
    expect(claim('s.tier', {}, { tier: 'b' })).toBe('b');
    expect(claim('s.tier', {}, { tier: 'c' })).toBe('none');
  });

  test.each([
    'enum()',
    'enum(a',
    'enum(a, a b)',
    'list(enum(a))',
    'enum("a")',
    'json()',
    'json(json(int))',
    'json(enum(a))',
    'list(json(int))',
  ])('%s is not a type', (type) => {
    const { policy, findings } = compileSpec(
      `user: { attributes: { x: '${type}' } }\nclaims: { c: { const: a, kind: descriptive } }`,
    );
    expect(policy).toBeUndefined();
    expect(findings.length).toBe(1);
  });

  test('on one line of YAML needs quotes, which a finding says', () => {
    const { findings } = compileSpec(
      `user: { attributes: { x: enum(a, b) } }\nclaims: { c: { const: a, kind: descriptive } }`,
    );
    expect(findings[0]?.help).toContain(`'enum(a`);
  });
});

describe('json: text that holds JSON', () => {
  test.each([
    ['["a","b"]', ['a', 'b']],
    ['[]', []],
    ['["a",1]', ['none']],
    ['{"a":1}', ['none']],
    ['["a"', ['none']],
    ['', ['none']],
    ['null', ['none']],
    ['[null]', ['none']],
    [['a'], ['none']],
    [undefined, ['none']],
    [`["${'a'.repeat(5_000)}"]`, ['none']],
    [`[${'"a",'.repeat(20_000)}"a"]`, ['none']],
    ['['.repeat(60_000), ['none']],
    ['{"__proto__":["x"]}', ['none']],
  ])('%j', (tags, expected) => {
    expect(claim('user.attributes.tags', { tags })).toEqual(expected);
  });

  test.each([
    ['user.attributes.settings.theme', '{"theme":"dark"}', 'dark'],
    ['user.attributes.settings.theme', '{"other":1}', 'none'],
    ['user.attributes.settings.constructor', '{}', 'none'],
    ['user.attributes.settings.toString', '{"__proto__":{"toString":"x"}}', 'none'],
    ['has(user.attributes.settings.a) ? "yes" : "no"', '{"a":"[[["}', 'yes'],
    ['user.attributes.settings.theme', '{"theme":"\\"[[{{"}', '"[[{{'],
  ])('%s of %s', (value, settings, expected) => {
    expect(claim(value, { settings })).toBe(expected);
  });

  test('has its own type in expressions', () => {
    expect(claim('size(user.attributes.limits["a"])', { limits: '{"a":[1,2]}' })).toBe(2);
    expect(claim('size(user.attributes.limits["a"])', { limits: '{"a":[1.5]}' })).toBe(-1);
    expect(claim('s.rows[0]', {}, { rows: '[7]' })).toBe(7);
    expect(claim('s.rows[0]', {}, { rows: [7] })).toBe(-1);
    const { findings } = compileSpec(
      `${head}\nclaims: { c: { value: 'user.attributes.tags + "x"', kind: descriptive } }`,
    );
    expect(findings).toMatchObject([
      { rule: 'TE004', message: '`+` does not accept list(string) and string.' },
    ]);
  });

  test('that takes long spends the budget', () => {
    const program = programOf(`${head}
claims: { c: { value: 'size(user.attributes.tags)', kind: descriptive } }`);
    const left = (tags: string) => {
      const context: unknown = program.context({ user: { attributes: { tags } } });
      return typeof context === 'object' && context !== null
        ? Reflect.get(Reflect.get(context, 'budget'), 'left')
        : 0;
    };
    expect(left('[]') - left(`["${'a'.repeat(4_000)}"]`)).toBeGreaterThanOrEqual(4_000);
  });
});
