import { describe, expect, it } from 'vitest';
import { build } from '../test/support/program.ts';
import { FUNCTIONS } from './functions.ts';
import type { Environment } from './index.ts';

const environment: Environment = {
  variables: {
    json: { kind: 'dyn' },
    map: { kind: 'map', key: { kind: 'string' }, value: { kind: 'dyn' } },
    text: { kind: 'string' },
    count: { kind: 'int' },
    user: {
      kind: 'record',
      name: 'user',
      fields: {
        id: { type: { kind: 'string' }, always: true },
        email: { type: { kind: 'string' } },
        verified: { type: { kind: 'bool' } },
        limit: { type: { kind: 'double' } },
        roles: { type: { kind: 'list', element: { kind: 'string' } } },
        address: {
          always: true,
          type: { kind: 'record', name: 'user.address', fields: { country: { type: { kind: 'string' } } } },
        },
      },
    },
  },
};

const variables = {
  json: {
    n: 1.5,
    one: 1,
    nothing: null,
    list: [1, 'a', null],
    nested: { deep: { er: true } },
    yes: true,
    '': 'empty',
  },
  map: { a: 1, b: null, 'with space': 2 },
  text: 'a😀b',
  count: 3,
  user: {
    id: 'u1',
    email: undefined,
    verified: undefined,
    limit: 2.5,
    roles: ['payments:approver', 'other:x', 'payments:reader'],
    address: { country: 'DE' },
  },
};

/** Runs an expression; an error is its code and the text from where it happened. */
function run(source: string): unknown {
  const { units } = build([{ source, environment }]);
  const [unit] = units;
  if (!unit?.ok) return { refused: unit?.problems.map(({ message }) => message) };
  const outcome = unit.run(variables);
  if (outcome.kind === 'crash') throw outcome.thrown;
  return outcome.kind === 'value' ? outcome.value : `${outcome.code} at ${source.slice(outcome.at)}`;
}

function table(name: string, rows: readonly (readonly [source: string, expected: unknown])[]): void {
  describe(name, () => {
    it.each(rows)('%s', (source, expected) => {
      expect(run(source)).toEqual(expected);
    });
  });
}

table('fields', [
  ['user.id', 'u1'],
  ['user.email', 'no_such_key at user.email'],
  ['has(user.email)', false],
  ['has(user.id) && has(user.address.country)', true],
  ['user.address.country', 'DE'],
  ['user["id"]', 'u1'],
  ['user.?email.orValue("none")', 'none'],
  ['user.?address.?country.orValue("none")', 'DE'],
  ['user.?email', undefined],
  ['user.?id', 'u1'],
  ['"id" in user', true],
  ['"email" in user', false],
  ['map.a', 1],
  ['map.b', null],
  ['has(map.b)', true],
  ['"b" in map', true],
  ['map.c', 'no_such_key at map.c'],
  ['map["with space"]', 2],
  ['map.`with space`', 2],
  ['json.nested.deep.er', true],
  ['json.nothing.x', 'no_such_key at json.nothing.x'],
  ['json.n.x', 'no_such_key at json.n.x'],
  ['has(json.nested.x)', false],
  ['has(json.missing.x)', 'no_such_key at json.missing.x)'],
  ['json[""]', 'empty'],
  ['json.list[1]', 'a'],
  ['json.list[9]', 'index_out_of_bounds at json.list[9]'],
  ['json.list["0"]', 'invalid_argument at json.list["0"]'],
  ['json.list[?9].orValue(7)', 7],
  ['json.?missing.?x.orValue("d")', 'd'],
  ['[1, 2][json.one]', 2],
  ['[1, 2][json.n]', 'invalid_argument at [1, 2][json.n]'],
]);

table('errors of one operand', [
  ['user.verified || true', true],
  ['true || user.verified', true],
  ['user.verified && false', false],
  ['user.verified || false', 'no_such_key at user.verified || false'],
  ['user.email == "a" || user.email == "b"', 'no_such_key at user.email == "a" || user.email == "b"'],
  ['user.verified && user.email == "b"', 'no_such_key at user.email == "b"'],
  ['user.verified || (user.id == "u1" && user.limit > 1.0)', true],
  ['user.verified || 1 / (count - 3) > 0 || count == 3', true],
  ['(user.verified || user.email == "a") || user.limit == 2.5', true],
  ['[1, 0].exists(x, 1 / x == 1)', true],
  ['[0, 1].exists(x, 1 / x == 1)', true],
  ['[0, 2].exists(x, 1 / x == 1)', 'divide_by_zero at 1 / x == 1)'],
  ['[0, 1].all(x, 1 / x == 2)', false],
  ['[0, 1].all(x, 1 / x == 1)', 'divide_by_zero at 1 / x == 1)'],
  ['[0, 1].filter(x, 1 / x == 1)', 'divide_by_zero at 1 / x == 1)'],
  ['[1, 0].filter(x, 1 / x == 1).exists(x, x == 1)', 'divide_by_zero at 1 / x == 1).exists(x, x == 1)'],
  ['[0, 1].exists_one(x, 1 / x == 1)', 'divide_by_zero at 1 / x == 1)'],
  ['[1].exists(x, user.email == string(x))', 'no_such_key at user.email == string(x))'],
  ['user.roles.filter(x, false).exists(x, user.email == x)', false],
  ['user.roles.filter(x, false).map(x, user.email + x)', []],
  ['["u1"].exists(x, user.id == x || user.email == x)', true],
  ['user.roles.all(x, user.roles.exists(y, user.limit > 2.0 && x == y && user.limit < 3.0))', true],
  ['json.yes || json.n', true],
  ['json.n || json.n', 'no_matching_overload at json.n'],
  ['json.yes ? 1 : 2', 1],
  ['json.n ? 1 : 2', 'no_matching_overload at json.n ? 1 : 2'],
  ['!json.n', 'no_matching_overload at json.n'],
  ['true ? 1 : 1 / 0', 1],
]);

table('numbers', [
  ['7 / 2', 3],
  ['-7 / 2', -3],
  ['-7 % 3', -1],
  ['7.0 / 2.0', 3.5],
  ['1 / 0', 'divide_by_zero at 1 / 0'],
  ['1 % 0', 'divide_by_zero at 1 % 0'],
  ['1.0 / 0.0 > 1.0', true],
  ['9007199254740991 + count', 'overflow at 9007199254740991 + count'],
  ['9007199254740991 * count', 'overflow at 9007199254740991 * count'],
  ['-9007199254740991 - count', 'overflow at -9007199254740991 - count'],
  ['(count - 3) * -1', 0],
  ['-(count - 3)', 0],
  ['1.0 / double((count - 3) * -1) > 0.0', true],
  ['- -count', 3],
  ['--count', 3],
  ['-user.limit', -2.5],
  ['count < 3.5 && 2.5 <= count', true],
  ['json.n + 1.0', 2.5],
  ['json.n + json.n', 3],
  ['int(json.n) + 1', 2],
  ['json.list[1] + "b"', 'ab'],
  ['json.list[1] + 1.0', 'no_matching_overload at json.list[1] + 1.0'],
  ['dyn([1]) + json.list', [1, 1, 'a', null]],
  ['dyn(1) + json.one', 'no_matching_overload at dyn(1) + json.one'],
  ['json.one == 1 && json.one == 1.0', true],
  ['0.0 / 0.0 == 0.0 / 0.0', false],
  ['[0.0 / 0.0] == [0.0 / 0.0]', false],
  ['0.0 / 0.0 in [0.0 / 0.0]', false],
  ['dyn(1) == dyn("1")', false],
]);

table('conversions', [
  ['int(2.9)', 2],
  ['int(-2.9)', -2],
  ['int(" 1")', 'conversion at int(" 1")'],
  ['int("-12")', -12],
  ['int("9007199254740993")', 'overflow at int("9007199254740993")'],
  ['int(1e300)', 'overflow at int(1e300)'],
  ['int(0.0 / 0.0)', 'overflow at int(0.0 / 0.0)'],
  ['int(json.nothing)', 'no_matching_overload at int(json.nothing)'],
  ['double("1e3")', 1000],
  ['double("0x10")', 'conversion at double("0x10")'],
  ['double("")', 'conversion at double("")'],
  ['double("-inf")', Number.NEGATIVE_INFINITY],
  ['string(1.5) + string(1) + string(true)', '1.51true'],
  ['string(json.n)', '1.5'],
  ['string(json.list)', 'no_matching_overload at string(json.list)'],
  ['bool("TRUE")', true],
  ['bool("yes")', 'conversion at bool("yes")'],
]);

table('strings by code point', [
  ['text.size()', 3],
  ['size(text)', 3],
  ['text.charAt(1)', '😀'],
  ['text.charAt(3)', ''],
  ['text.charAt(4)', 'index_out_of_bounds at text.charAt(4)'],
  ['text.substring(1)', '😀b'],
  ['text.substring(2)', 'b'],
  ['text.substring(3)', ''],
  ['text.substring(4)', 'index_out_of_bounds at text.substring(4)'],
  ['text.substring(-1)', 'index_out_of_bounds at text.substring(-1)'],
  ['text.substring(1, 2)', '😀'],
  ['text.substring(2, 1)', 'index_out_of_bounds at text.substring(2, 1)'],
  ['text.indexOf("b")', 2],
  ['text.indexOf("z")', -1],
  ['text.indexOf("b", 2)', 2],
  ['text.indexOf("a", 4)', 'index_out_of_bounds at text.indexOf("a", 4)'],
  ['text.lastIndexOf("b")', 2],
  ['text.lastIndexOf("a", 2)', 0],
  ['text.split("")', ['a', '😀', 'b']],
  ['"\\uffee" < "😀"', true],
  ['"a" < "b" && "B" < "a" && "a" < "aa"', true],
  ['text > "a" && text >= "a😀b" && !(text < text)', true],
  ['"ÄbC".lowerAscii() + "ÄbC".upperAscii()', 'ÄbcÄBC'],
  ['"\\u00a0 x\\t".trim()', 'x'],
  ['"a,b,,c".split(",")', ['a', 'b', '', 'c']],
  ['"a,b,,c".split(",", 2)', ['a', 'b,,c']],
  ['"a,b".split(",", 0)', []],
  ['"aXbXc".replace("X", "-")', 'a-b-c'],
  ['"aXbXc".replace("X", "-", 1)', 'a-bXc'],
  ['"ab".replace("", "-")', '-a-b-'],
  ['"ab".replace("", "-", 2)', '-a-b'],
  ['"".replace("", "-")', '-'],
  ['"$&x".replace("x", "$&")', '$&$&'],
  ['["a", "b"].join("-") + ["c"].join()', 'a-bc'],
  ['json.list.join(",")', 'no_matching_overload at json.list.join(",")'],
  [
    '"abc".startsWith("") && "abc".startsWith("ab") && !"abc".startsWith("abcd") && !"abc".startsWith("b")',
    true,
  ],
  ['"abc".endsWith("") && "abc".endsWith("bc") && !"abc".endsWith("xabc") && !"abcb".endsWith("c")', true],
  ['"abc".contains("b") && !"abc".contains("x")', true],
]);

table('lists and maps', [
  ['[1, 2] + [3]', [1, 2, 3]],
  ['[[1, 2], [3]].flatten()', [1, 2, 3]],
  ['[1, [2, [3]]].flatten(1)', [1, 2, [3]]],
  ['[1, [2, [3]]].flatten(5)', [1, 2, 3]],
  ['[1].flatten(-1)', 'invalid_argument at [1].flatten(-1)'],
  ['[3, 1, 2].sort()', [1, 2, 3]],
  ['["b", "B", "a"].sort()', ['B', 'a', 'b']],
  ['json.list.sort()', 'no_matching_overload at json.list.sort()'],
  ['[1, 2, 3].slice(1, 3)', [2, 3]],
  ['[1, 2, 3].slice(2, 1)', 'index_out_of_bounds at [1, 2, 3].slice(2, 1)'],
  ['["a", "b", "a"].distinct()', ['a', 'b']],
  ['[[1], [1], [2]].distinct()', [[1], [2]]],
  ['["constructor", "constructor", "__proto__"].distinct()', ['constructor', '__proto__']],
  ['sets.contains([1, 2, 3], [3, 1])', true],
  ['sets.contains([1], [2])', false],
  ['sets.equivalent(["a", "b"], ["b", "a", "a"])', true],
  ['sets.intersects(["a"], ["b", "a"])', true],
  ['sets.intersects(["a"], [])', false],
  ['{"a": 1, "b": [1, {"c": 2}]} == {"b": [1, {"c": 2}], "a": 1}', true],
  ['{"a": 1} == {"a": 1, "b": 2}', false],
  ['{1: "int", true: "bool", "1": "string"}[1]', 'int'],
  ['{1: "int", "1": "string"}["1"]', 'string'],
  ['{1: 2}', { 1: 2 }],
  ['{1: 2}.map(k, k + 1)', [2]],
  ['{true: 1}.all(k, k)', true],
  ['{user.id: 1, "x": 2}', { u1: 1, x: 2 }],
  ['{user.id: 1, "u1": 2}', 'duplicate_key at "u1": 2}'],
  ['{?"a": user.?email, ?"b": user.?id}', { b: 'u1' }],
  ['[?user.?email, ?user.?id, "x"]', ['u1', 'x']],
  ['map.filter(k, map[k] == null)', ['b']],
  ['size(map) == 3 && size([]) == 0 && size({}) == 0', true],
  ['"x" in json.list || 1 in json.list', true],
  ['"deep" in json.nested', true],
  ['1 in json.n', 'no_matching_overload at 1 in json.n'],
]);

table('macros', [
  ['user.roles.filter(r, r.startsWith("payments:")).map(r, r.substring(9))', ['approver', 'reader']],
  ['user.roles.map(r, r.startsWith("payments:"), r.substring(9))', ['approver', 'reader']],
  [
    'cel.bind(x, text + "a", user.roles.map(r, x).filter(y, y.startsWith("abcdef")) == [x.substring(6)])',
    'index_out_of_bounds at x.substring(6)])',
  ],
  ['user.roles.filter(r, r.contains(":")).filter(r, r.endsWith("x")).exists(r, r == "other:x")', true],
  ['user.roles.map(r, r.split(":")).filter(p, p[0] == "payments").map(p, p[1])', ['approver', 'reader']],
  [
    '[1, 2].map(x, [10, 20].map(y, x * y))',
    [
      [10, 20],
      [20, 40],
    ],
  ],
  ['[1, 2].map(x, [x].map(x, x + 1))', [[2], [3]]],
  ['[[1, 2], [3]].exists(l, l.exists(x, x == 3))', true],
  ['[1, 2, 3].exists_one(x, x > 2) && ![1, 2, 3].existsOne(x, x > 1)', true],
  ['[true, false].exists_one(x, x) == true', true],
  ['cel.bind(x, count * 2, x + x)', 12],
  ['cel.bind(x, [1], x) == [1]', true],
  ['cel.bind(x, 1, cel.bind(x, x + 1, x))', 2],
  ['cel.bind(x, user.email, true)', true],
  ['cel.bind(x, user.email, has(user.email) ? x : "none")', 'none'],
  ['cel.bind(x, user.email, x == "a" || user.id == "u1")', true],
  [
    'cel.bind(x, user.email, user.id == "u1" ? x + x : "none")',
    'no_such_key at user.email, user.id == "u1" ? x + x : "none")',
  ],
  ['cel.bind(x, user.verified, x || true)', true],
  ['cel.bind(x, 1 / 0, cel.bind(y, x, true))', true],
  ['cel.bind(x, 1 / 0, [1, 2].exists(y, y == 2 || x == y))', true],
  ['cel.bind(x, optional.of(1 / 0), user.id == "u1" || x.hasValue())', true],
  ['json.list.map(x, x == null)', [false, false, true]],
  ['json.nested.map(k, k)', ['deep']],
  ['json.n.map(k, k)', 'no_matching_overload at json.n.map(k, k)'],
  ['json.list.filter(x, x)', 'no_matching_overload at x)'],
]);

table('optionals', [
  ['optional.none()', undefined],
  ['optional.of(null)', null],
  ['optional.of(1).value()', 1],
  ['optional.none().value()', 'no_value at optional.none().value()'],
  ['optional.ofNonZeroValue("").orValue("d")', 'd'],
  ['optional.ofNonZeroValue([]).hasValue() || optional.ofNonZeroValue({}).hasValue()', false],
  ['user.?email.or(user.?id).value()', 'u1'],
  ['user.?email.or(optional.none()).hasValue()', false],
  ['user.?id.optMap(x, x + "!").orValue("")', 'u1!'],
  ['user.?email.optMap(x, x + "!").hasValue()', false],
  ['user.?id.optFlatMap(x, user.?email).orValue("none")', 'none'],
  ['user.?id.optFlatMap(x, optional.of(x)).value()', 'u1'],
  ['user.?id.orValue(user.email)', 'u1'],
  ['user.?id.optMap(x, [1].map(y, y + 1)).orValue([])', [2]],
  ['optional.of(optional.none()).value().hasValue()', false],
  ['optional.of(optional.of(1)).value().value()', 1],
  ['optional.of(optional.none()).hasValue()', true],
  ['[optional.of(1), optional.none()].map(o, o.hasValue())', [true, false]],
  ['[optional.of(1), optional.none()].filter(o, o.hasValue()).map(o, o.value())', [1]],
  ['[optional.of(1), optional.none()]', [1, null]],
  ['{"a": optional.of(1)}.a.value()', 1],
  ['dyn(optional.of(1)) == optional.of(1)', true],
  ['(count > 1 ? optional.of(1) : optional.none()).value()', 1],
  ['cel.bind(o, user.?email, o.hasValue() ? o.value() : "none")', 'none'],
]);

table('for tokens', [
  ['email.domain("Jo@Acme.Example")', 'acme.example'],
  ['email.local("Jo@Acme.Example")', 'Jo'],
  ['email.domain("a@b@c.example")', 'c.example'],
  ['email.domain("nobody")', 'invalid_argument at email.domain("nobody")'],
  ['email.domain("@acme.example")', 'invalid_argument at email.domain("@acme.example")'],
  ['email.local("jo@")', 'invalid_argument at email.local("jo@")'],
  ['"eng-backend".glob("eng-*") && "😀x".glob("?x") && "".glob("*") && "a*b".glob("a*b")', true],
  ['"xeng-backend".glob("eng-*") || "eng".glob("eng-*") || "ab".glob("?") || "a.b".glob("a+b")', false],
  ['"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!".glob("*a*a*a*a*a*a*a*a*a*b")', false],
  ['user.roles.onlyMatching("payments:*")', ['payments:approver', 'payments:reader']],
  ['user.roles.only(["other:x", "nobody"])', ['other:x']],
  ['json.list.only(["a"])', 'no_matching_overload at json.list.only(["a"])'],
  ['"/teams/eng/members/7".extract("/teams/{team}/")', 'eng'],
  ['"/teams/eng".extract("/teams/{team}")', 'eng'],
  ['"a:b".extract("{x}:")', 'a'],
  ['"abc".extract("/teams/{team}/")', ''],
  ['"abc".extract("no placeholder")', 'invalid_argument at "abc".extract("no placeholder")'],
]);

describe('the function table', () => {
  it('documents every function with one sentence', () => {
    for (const { name, summary } of FUNCTIONS) expect(summary, name).toMatch(/^[A-Z].*\.$/);
  });

  it('has each function once', () => {
    const names = FUNCTIONS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });
});
