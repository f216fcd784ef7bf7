import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, type Environment, formatType } from './index.ts';

const STRING = { kind: 'string' } as const;
const environment: Environment = {
  variables: {
    user: {
      kind: 'record',
      name: 'user',
      fields: {
        email: { type: STRING },
        verified: { type: { kind: 'bool' } },
        seats: { type: { kind: 'int' } },
        limit: { type: { kind: 'double' } },
        roles: { type: { kind: 'list', element: STRING } },
      },
    },
    json: { kind: 'dyn' },
    claims: { kind: 'map', key: STRING, value: { kind: 'dyn' } },
  },
};

/** All problems, each as `message [text it points at] help`. */
function problems(source: string): readonly string[] {
  const compiled = compile(source, environment);
  if (compiled.ok) return [];
  return compiled.problems.map(({ message, range, help }) =>
    `${message} [${source.slice(range.start, range.end)}] ${help ?? ''}`.trim(),
  );
}

describe('messages', () => {
  it.each([
    ['usr.email', 'unknown name `usr` [usr] did you mean `user`?'],
    ['constructor', 'unknown name `constructor` [constructor] there is user, json, claims'],
    ['user.roles.size', 'expected map, found list(string) [user.roles] write size()'],
    ['cel.bnd(x, 1, x)', 'unknown function `cel.bnd` [cel.bnd] did you mean `cel.bind`?'],
    ['user.email * 2', '`*` does not accept string and int [user.email * 2]'],
    [
      'user.?email == "a"',
      '`==` does not accept optional_type(string) and string [user.?email == "a"] say what to use for a missing value: user.?email.orValue(...)',
    ],
    ['sets.contains([1], [1.0])', 'expected list(int), found list(double) [[1.0]]'],
    ['[1].map(json, .json)', "`json` is a macro's variable here [.json] give it another name"],
    ['user.emial', '`user` has no field `emial` [emial] did you mean `email`?'],
    ['user["emial"]', '`user` has no field `emial` ["emial"] did you mean `email`?'],
    ['has(user.zip)', '`user` has no field `zip` [zip] it has email, verified, seats, limit, roles'],
    [
      'user.toString',
      '`user` has no field `toString` [toString] it has email, verified, seats, limit, roles',
    ],
    ['claims.__proto__', '"__proto__" is not a field [__proto__]'],
    ['user.email.startWith("a")', 'unknown function `startWith` [startWith] did you mean `startsWith`?'],
    ['user.roles.exist(r, true)', 'unknown function `exist` [exist] did you mean `exists`?'],
    [
      'sets.contain([1], [1])',
      'unknown function `sets.contain` [sets.contain] did you mean `sets.contains`?',
    ],
    [
      'startsWith(user.email, "a")',
      'startsWith is not called this way [startsWith] it is string.startsWith(string) -> bool',
    ],
    [
      'user.email.matches("a")',
      'matches is not supported [matches] use startsWith, endsWith, contains or glob',
    ],
    [
      'user.email.startsWith()',
      'startsWith takes 1 argument, found 0 [startsWith] string.startsWith(string) -> bool',
    ],
    [
      'user.email.substring(1, 2, 3)',
      'substring takes 1 or 2 arguments, found 3 [substring] string.substring(int) -> string; string.substring(int, int) -> string',
    ],
    ['user.email.startsWith(1)', 'expected string, found int [1] write string(1)'],
    ['user.seats.startsWith("a")', 'expected string, found int [user.seats] write string(user.seats)'],
    ['user.email.exists(c, true)', 'expected list, found string [user.email]'],
    ['user.email.join()', 'expected list(string), found string [user.email]'],
    ['user.roles.exists(r, r)', 'expected bool, found string [r]'],
    ['user.seats && user.verified', 'expected bool, found int [user.seats]'],
    [
      'user.email || "none"',
      'expected bool, found string [user.email] for another value where there is none, write user.?email.orValue("none")',
    ],
    ['!user.email', 'expected bool, found string [user.email]'],
    ['user.email ? 1 : 2', 'expected bool, found string [user.email]'],
    ['user.verified ? "a" : 1', 'the two outcomes are string and int [1] write string(1)'],
    [
      'user.seats + user.limit',
      '`+` does not accept int and double [user.seats + user.limit] write double(user.seats)',
    ],
    ['user.limit + 1', '`+` does not accept double and int [user.limit + 1] write 1.0'],
    [
      'user.email + user.seats',
      '`+` does not accept string and int [user.email + user.seats] write string(user.seats)',
    ],
    [
      'user.email == user.seats',
      '`==` does not accept string and int [user.email == user.seats] write string(user.seats)',
    ],
    ['user.email == null', '`==` does not accept string and null [user.email == null]'],
    [
      'user.email < user.verified',
      '`<` does not accept string and bool [user.email < user.verified] write string(user.verified)',
    ],
    ['user.limit % 2.0', '`%` does not accept double and double [user.limit % 2.0] write int(user.limit)'],
    ['1 in user.roles', 'int is never in list(string) [1] write "1"'],
    ['user.seats in user.roles', 'int is never in list(string) [user.seats] write string(user.seats)'],
    [
      'user.roles in ["a"]',
      'list(string) is never in list(string) [user.roles] ask for each: user.roles.exists(x, x in ["a"])',
    ],
    ['"a" in user.email', 'expected list or map, found string [user.email] write user.email.contains("a")'],
    [
      'user.roles == "a"',
      '`==` does not accept list(string) and string [user.roles == "a"] write "a" in user.roles',
    ],
    [
      '"a" != user.roles',
      '`!=` does not accept string and list(string) ["a" != user.roles] write !("a" in user.roles)',
    ],
    ['user.roles.contains("a")', 'expected string, found list(string) [user.roles] write "a" in user.roles'],
    [
      'user.roles.startsWith("a")',
      'expected string, found list(string) [user.roles] ask it of each: user.roles.exists(x, x.startsWith("a"))',
    ],
    [
      'user.roles.indexOf("a")',
      'expected string, found list(string) [user.roles] ask it of each: user.roles.map(x, x.indexOf("a"))',
    ],
    ['user.roles.length', 'expected map, found list(string) [user.roles] write size(user.roles)'],
    [
      'user.roles.includes("a")',
      'unknown function `includes` [includes] write "…" in list, or text.contains("…")',
    ],
    ['user.email.toLowerCase()', 'unknown function `toLowerCase` [toLowerCase] use lowerAscii()'],
    ['email', 'unknown name `email` [email] did you mean `user.email`?'],
    ['event.user.email', 'unknown name `event` [event] did you mean `user`?'],
    ['user.roles["a"]', 'expected int, found string ["a"]'],
    ['user.roles.name', 'expected map, found list(string) [user.roles] `name` is not a field of it'],
    ['user.email[0]', 'expected list or map, found string [user.email]'],
    [
      'json.seats + 1',
      'a number in JSON is a double, and this needs to know whether it is an int [json.seats] write int(json.seats), or 1.0',
    ],
    [
      '[json, 1][0] + json',
      'a number in JSON is a double, and this needs to know whether it is an int [[json, 1][0]] write int([json, 1][0]) or double([json, 1][0])',
    ],
    [
      'user.email.charAt(json)',
      'a number in JSON is a double, and this needs to know whether it is an int [json] write int(json) or double(json)',
    ],
    ['{1.5: 1}', 'expected string, found double [1.5] the keys of a map are strings'],
    ['{"a": 1, "a": 2}', 'this key appears twice ["a"]'],
    ['{"__proto__": 1}', '"__proto__" cannot be a key ["__proto__"]'],
    ['[?user.email]', 'expected optional, found string [user.email] leave the ? out'],
    ['user.email.orValue("x")', 'expected optional, found string [user.email]'],
    ['user.email.optMap(x, x)', 'expected optional, found string [user.email]'],
    ['user.?email.optFlatMap(x, x)', 'expected optional, found string [x] write optMap for a plain value'],
    [
      '[[1]].sort()',
      'expected list(int) or list(double) or list(bool) or list(string) or list(timestamp) or list(duration), found list(list(int)) [[[1]]]',
    ],
  ])('%s', (source, expected) => {
    expect(problems(source)).toEqual([expected]);
  });
});

describe('all problems at once', () => {
  it('reports each fault in its place', () => {
    expect(problems('usr.email == "a" && user.emial == 1 && user.seats.startsWith("b")')).toEqual([
      'unknown name `usr` [usr] did you mean `user`?',
      '`user` has no field `emial` [emial] did you mean `email`?',
      'expected string, found int [user.seats] write string(user.seats)',
    ]);
  });

  it.each([
    'usr.a.b.c.e + 1 == 2',
    'usr.exists(x, x.y > 1)',
    'user.roles.map(r, rr.a.b).filter(x, x == 1)',
    'cel.bind(x, usr, x.a + x.b)',
    'usr.?a.orValue(1) + 1',
    '[usr, 1][0] + 1',
  ])('does not blame the rest for it: %s', (source) => {
    expect(problems(source)).toHaveLength(1);
  });
});

describe('limits', () => {
  it.each([
    ['user.roles.all(a, user.roles.all(b, user.roles.all(c, a == b && b == c)))', /^may take [0-9,]+ steps/],
    [doubled('user.email', 25), /^builds a value that is too large/],
    [doubled('[user.email]', 25), /^builds a value that is too large/],
    [nested(30), /^builds a value that is too large/],
    [
      'user.email.replace("", user.email).replace("", user.email).replace("", user.email).replace("", user.email)',
      /^builds a value that is too large/,
    ],
  ])('%s', (source, expected) => {
    expect(problems(source)).toEqual([expect.stringMatching(expected)]);
  });

  it('lets ordinary nesting through', () => {
    expect(problems('user.roles.all(a, user.roles.exists(b, a == b))')).toEqual([]);
  });
});

/** Binds a value to its own double, again and again. */
function doubled(start: string, times: number): string {
  return `${Array.from({ length: times }, (_, i) => `cel.bind(x${i}, ${i === 0 ? start : `x${i - 1} + x${i - 1}`}, `).join('')}x${times - 1}${')'.repeat(times)}`;
}

/** A small tree in memory, which is a large one when it is compared or written. */
function nested(times: number): string {
  return `${Array.from({ length: times }, (_, i) => `cel.bind(x${i}, ${i === 0 ? '[1]' : `[x${i - 1}, x${i - 1}]`}, `).join('')}x${times - 1} == x${times - 1}${')'.repeat(times)}`;
}

describe('types', () => {
  it.each([
    ['user.roles.filter(r, r != "a").map(r, r.size())', 'list(int)'],
    ['[1, "a"]', 'list(dyn)'],
    ['[[], [1]]', 'list(list(int))'],
    ['{"a": 1.5}', 'map(string, double)'],
    ['user.?email', 'optional_type(string)'],
    ['user.?email.orValue("a")', 'string'],
    ['json.a.b', 'dyn'],
    ['json.a + 1.0', 'double'],
    ['user.seats < 1.5', 'bool'],
    ['user', 'user'],
    ['optional.none().orValue(1)', 'int'],
    ['[].map(x, x / 2)', 'list(int)'],
    ['[].sort()[0]', 'dyn'],
    ['[].sort().all(x, x != "a")', 'bool'],
    ['cel.bind(none, [], none.sort().map(x, x + "a"))', 'list(string)'],
  ])('%s is %s', (source, expected) => {
    const compiled = compile(source, environment);
    expect(compiled.ok && formatType(compiled.expression.type)).toBe(expected);
  });
});

describe('reads', () => {
  it.each([
    ['user.email', ['user.email']],
    ['has(user.email) ? user["email"] : user.?email.value()', ['user.email', 'user.email', 'user.email']],
    ['user.roles.filter(r, r == claims.role)', ['user.roles', 'claims.role']],
    ['claims[user.email].x', ['claims', 'user.email']],
    ['claims.a["b"].c', ['claims.a.b.c']],
    ['cel.bind(user, json.a, user.b)', ['json.a']],
    ['json.map(user, user.email)', ['json']],
    ['email.domain(user.email)', ['user.email']],
    ['1 + 2', []],
  ])('%s', (source, expected) => {
    const compiled = compile(source, environment);
    expect(
      compiled.ok ? compiled.expression.reads.map(({ path }) => path.join('.')) : compiled.problems,
    ).toEqual(expected);
  });
});

describe('a record and a map', () => {
  it.each([
    'user == {"email": "a"}',
    '{"email": "a"} == user',
    'user in [{"email": "a"}]',
    '[user, {"a": 1}]',
  ])('go together whichever comes first: %s', (source) => {
    expect(problems(source)).toEqual([]);
  });
});

describe('what can fail', () => {
  it.each([
    ['user.email', true],
    ['has(user.email)', false],
    ['user.?email.orValue("")', false],
    ['user.?email.orValue(user.email)', true],
    ['user.roles', true],
    ['[1, 2].exists(x, x == 2)', false],
    ['1 + 2', true],
    ['1.0 + 2.0', false],
    ['json == 1', false],
    ['json.a', true],
    ['claims.?a == optional.none()', false],
    ['optional.of(claims.?a).b', true],
  ])('%s: %s', (source, expected) => {
    const compiled = compile(source, environment);
    expect(compiled.ok && compiled.expression.canFail).toBe(expected);
  });
});

describe('whatever the expression', () => {
  it('compile answers, and points into the text', () => {
    const piece = fc.constantFrom(
      'user',
      '.email',
      '.roles',
      '.?limit',
      'json',
      '.x',
      '[0]',
      '["a"]',
      ' + ',
      ' == ',
      ' && ',
      ' in ',
      '1',
      '1.5',
      '"a"',
      'null',
      '[',
      ']',
      '(',
      ')',
      '{',
      '}',
      ':',
      ',',
      ' ? ',
      '!',
      '-',
      '.size()',
      '.map(x, x)',
      '.exists(x, x == ',
      'has(user.email)',
      'optional.none()',
      '.orValue(',
      'sets.contains(',
      'cel.bind(x, 1, x)',
      '.sort()',
      'string(',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 14 }), (pieces) => {
        const source = pieces.join('');
        const compiled = compile(source, environment);
        if (compiled.ok) return;
        expect(compiled.problems.length).toBeGreaterThan(0);
        for (const { range } of compiled.problems) expect(range.end).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 3000 },
    );
  });
});
