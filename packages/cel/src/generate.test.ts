import { parse } from 'acorn';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beyondEs5 } from '../test/support/es5.ts';
import {
  compile,
  type Environment,
  type FunctionSpec,
  generate,
  generateFunctions,
  MAX_STEPS,
} from './index.ts';

const STRING = { kind: 'string' } as const;
const LIST = { kind: 'list', element: STRING } as const;
const environment: Environment = {
  variables: {
    user: {
      kind: 'record',
      name: 'user',
      fields: {
        id: { type: STRING, always: true },
        email: { type: STRING },
        verified: { type: { kind: 'bool' } },
        roles: { type: LIST },
        class: { type: STRING, always: true },
      },
    },
    json: { kind: 'dyn' },
  },
};

function spec(source: string, more: Partial<FunctionSpec> = {}): FunctionSpec {
  const compiled = compile(source, environment);
  if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
  const bind = { user: 'c.user', json: 'c.json' };
  return {
    name: 'claim',
    parameters: ['c'],
    expression: compiled.expression,
    bind,
    budget: 'c.budget',
    ...more,
  };
}

/** The function alone, without its helpers. */
function functionText(source: string): string {
  return generateFunctions([spec(source)]);
}

describe('what a reviewer reads', () => {
  it.each([
    ['user.id', '// user.id\nfunction claim(c) {\n  return c.user.id;\n}'],
    ['user.class', "// user.class\nfunction claim(c) {\n  return c.user['class'];\n}"],
    [
      'user.email == "a" || user.email == "b"',
      [
        '// user.email == "a" || user.email == "b"',
        'function claim(c) {',
        '  var email = need(c.user.email, 0);',
        "  return email === 'a' || email === 'b';",
        '}',
      ].join('\n'),
    ],
    [
      'user.roles.filter(r, r.startsWith("pay:")).map(r, r.substring(4))',
      [
        '// user.roles.filter(r, r.startsWith("pay:")).map(r, r.substring(4))',
        'function claim(c) {',
        '  var mapped = [];',
        '  var roles = need(c.user.roles, 0);',
        '  spend(c.budget, roles.length * 8);',
        '  for (var i = 0; i < roles.length; i++) {',
        '    var r = roles[i];',
        "    if (startsWith(r, 'pay:', c.budget)) {",
        '      mapped.push(afterStart(r, 4, c.budget));',
        '    }',
        '  }',
        '  return mapped;',
        '}',
      ].join('\n'),
    ],
    [
      'user.verified && user.email.endsWith("@acme.example")',
      [
        '// user.verified && user.email.endsWith("@acme.example")',
        'function claim(c) {',
        '  var both = true;',
        '  var problem = null;',
        '  try {',
        '    both = need(c.user.verified, 0);',
        '  } catch (error) {',
        '    problem = caught(error, c.budget);',
        '  }',
        '  if (both) {',
        "    both = endsWith(need(c.user.email, 17), '@acme.example', c.budget);",
        '    if (problem !== null && both) throw problem;',
        '  }',
        '  return both;',
        '}',
      ].join('\n'),
    ],
    [
      'user.?email.orValue("none")',
      [
        '// user.?email.orValue("none")',
        'function claim(c) {',
        '  var email = c.user.email;',
        "  return email === undefined ? 'none' : email;",
        '}',
      ].join('\n'),
    ],
  ])('%s', (source, expected) => {
    expect(functionText(source)).toBe(expected);
  });
});

describe('comments', () => {
  it.each([
    '1 /* */ 2',
    'a\nb\u2028c\u2029d\re',
    '*/ alert(1) //',
    '</script>',
    '\u0000\u202e',
    'ünïcode',
    '',
  ])('%j is harmless', (comment) => {
    const text = generate([spec('user.id', { comment })]);
    expect(beyondEs5(text)).toEqual([]);
    expect(text).toMatch(/^[\n -~]*$/);
    expect(parse(text, { ecmaVersion: 5 }).body.every(({ type }) => type === 'FunctionDeclaration')).toBe(
      true,
    );
  });
});

describe('names', () => {
  it('of variables hide neither parameters, nor helpers, nor functions, nor reserved words', () => {
    const source =
      'cel.bind(c, "1", cel.bind(need, c + "2", cel.bind(let, need + "3", cel.bind(claim, let + user.email, claim + c))))';
    const text = generate([spec(source.replaceAll('let', 'arguments'))]);
    expect(beyondEs5(text)).toEqual([]);
    expect(evaluate(text, { user: { email: 'x' } })).toBe('123x1');
  });

  it.each(['1x', 'a-b', '', 'need', 'class', 'eval', 'a b', 'x;y'])(
    'a function cannot be called %j',
    (name) => {
      expect(() => generate([spec('user.id', { name })])).toThrow('cannot generate');
    },
  );

  it('a function cannot be there twice', () => {
    expect(() => generate([spec('user.id'), spec('user.id')])).toThrow('cannot generate');
  });
});

describe('helpers', () => {
  it('are those that are used, behind what uses them', () => {
    const declared = (text: string): string[] =>
      [...text.matchAll(/^(?:function|var) (\w+)/gm)].map((match) => match[1] ?? '');
    expect(declared(generate([spec('user.id')]))).toEqual(['claim']);
    expect(declared(generate([spec('user.email')]))).toEqual(['claim', 'need', 'CelError', 'fail']);
  });

  it('are written once for many functions', () => {
    const text = generate([spec('user.email', { name: 'a' }), spec('user.email', { name: 'b' })]);
    expect(text.match(/function need/g)).toHaveLength(1);
  });
});

describe('constants', () => {
  it('are shared only where nothing hands them out', () => {
    const text = generate([spec('user.id in ["a", "b", "c", "d", "e"]'), spec('["a"]', { name: 'other' })]);
    expect(text).toContain("var LIST_1 = ['a', 'b', 'c', 'd', 'e'];");
    expect(text).not.toContain('LIST_2');
  });

  it.each([
    '["a"]',
    '{"a": 1}',
    'user.id == "x" ? ["a"] : ["a"]',
    'cel.bind(x, ["a"], x)',
    '{"a": ["b"]}["a"]',
    '["a"] + []',
  ])('a caller that changes the result of %s does not change the next one', (source) => {
    const run = load(generate([spec(source)]));
    const first = run({ user: { id: 'x' } });
    const copy: unknown = JSON.parse(JSON.stringify(first));
    if (Array.isArray(first)) first.push('mine');
    else if (typeof first === 'object' && first !== null) Object.assign(first, { a: 'mine' });
    expect(run({ user: { id: 'x' } })).toEqual(copy);
  });
});

describe('a list or map that is written out', () => {
  it('is built once, however often it is read', () => {
    for (const source of [
      '[user.id, user.class].exists(x, x == "a")',
      'cel.bind(x, [user.id], x[0] == "a" || x[0] == "b")',
      'optional.of({"a": user.id}).orValue({}).size() == 1',
    ]) {
      expect(functionText(source).match(/c\.user\.id/g), source).toHaveLength(1);
    }
  });
});

describe('a type that a later use widens', () => {
  const lists = 'true ? [optional.of(1)] : []';

  it.each([
    [`cel.bind(l, ${lists}, [dyn(l.map(o, o.orValue(5) + 1)), l.size() == 1 ? l : [dyn(3)]])`, [[2], [1]]],
    [`cel.bind(l, ${lists}, [dyn(l[0].orValue(5) + 1), [l, user.id] == []])`, [2, false]],
    [
      `cel.bind(o, true ? optional.of(1) : optional.none(), [dyn(o.value() + 1), [o, user.id] == []])`,
      [2, false],
    ],
  ])('leaves alone what was read before: %s', (source, result) => {
    expect(evaluate(generate([spec(source)]), { user: { id: 'x' } })).toEqual(result);
  });
});

describe('the budget', () => {
  const roles = Array.from({ length: 2000 }, (_, index) => `role ${index}`);

  it('ends what takes too long, whatever || would absorb', () => {
    const source = 'user.roles.all(a, user.roles.all(b, a != b + "x")) || user.roles.exists(x, true)';
    expect(() => evaluate(generate([spec(source)]), { user: { roles } })).toThrow(
      expect.objectContaining({ code: 'steps' }),
    );
  });

  it('is one for all that it is given to, and stays empty', () => {
    const text = generate([spec('user.roles.exists(r, r.startsWith("x"))')]);
    const claim: (context: object) => unknown = new Function(`${text}; return claim;`)();
    const budget = { left: 15_000 };
    expect(claim({ user: { roles }, budget })).toBe(false);
    expect(() => claim({ user: { roles }, budget })).toThrow(expect.objectContaining({ code: 'steps' }));
    expect(() => claim({ user: { roles: ['x'] }, budget })).toThrow(
      expect.objectContaining({ code: 'steps' }),
    );
  });

  it('is empty where there is none', () => {
    const text = generate([spec('user.roles.exists(r, r == "x")')]);
    const claim: (context: object) => unknown = new Function(`${text}; return claim;`)();
    expect(() => claim({ user: { roles }, budget: {} })).toThrow(expect.objectContaining({ code: 'steps' }));
  });
});

describe('whatever the text of a literal', () => {
  it('the generated program is ASCII, ES5, and gives it back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (value) => {
        const literal = JSON.stringify(value).replace(/\\u([0-9a-f]{4})/g, '\\u$1');
        const text = generate([spec(literal)]);
        expect(text).toMatch(/^[\n -~]*$/);
        expect(beyondEs5(text)).toEqual([]);
        expect(evaluate(text, {})).toBe(value);
      }),
      { numRuns: 300 },
    );
  });
});

function load(text: string): (context: object) => unknown {
  const claim: (context: object) => unknown = new Function(`'use strict'; ${text}; return claim;`)();
  return (context) => claim({ ...context, budget: { left: MAX_STEPS } });
}

function evaluate(text: string, context: object): unknown {
  return load(text)(context);
}
