import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OktaIssuance } from '../../simulator/issuance.ts';
import { ElError } from './el-error.ts';
import { evaluateEl } from './evaluate.ts';
import { type El, parseEl } from './parse.ts';
import { isWritable, printEl } from './print.ts';

const ada: OktaIssuance = {
  user: { id: '00u1', profile: { email: 'ada@acme.example', level: 2, tags: ['a'] }, groups: ['admins'] },
  app: { clientId: 'c1', name: 'Shop', type: 'PUBLIC', profile: { plan: 'gold' } },
  appuser: { role: 'owner' },
  request: { grantType: 'authorization_code', scopes: ['read'], params: {} },
  authorizationServer: { issuer: 'https://acme.example/oauth2/default', audience: 'api' },
  tokens: { access: true, id: true },
};
const { user: _, appuser: __, ...machine } = ada;

const names = fc.constantFrom('user', 'app', 'level', 'x1', 'nullable', 'ANDroid');
const leaves: fc.Arbitrary<El> = fc.oneof(
  fc
    .oneof(
      fc.constantFrom(null, true, false),
      fc.nat({ max: 2_147_483_647 }),
      fc.constantFrom(1.5, 0.25),
      fc.string().filter(isWritable),
    )
    .map((value): El => ({ kind: 'literal', value })),
  names.map((name): El => ({ kind: 'name', name })),
);
// `1.user` is not an expression, and never written.
const isNumber = (tree: El) => tree.kind === 'literal' && typeof tree.value === 'number';
const { el } = fc.letrec<{ el: El; owner: El }>((tie) => ({
  owner: tie('el').filter((tree) => !isNumber(tree)),
  el: fc.oneof(
    { maxDepth: 4 },
    leaves,
    fc.record({ kind: fc.constant('property'), target: tie('owner'), name: names }),
    fc.record({
      kind: fc.constant('call'),
      target: fc.option(tie('owner'), { nil: undefined }),
      name: names,
      args: fc.array(tie('el'), { maxLength: 2 }),
    }),
    fc.record({ kind: fc.constant('list'), elements: fc.array(tie('el'), { maxLength: 2 }) }),
    fc.record({ kind: fc.constantFrom('not', 'negative'), operand: tie('el') }),
    fc.record({
      kind: fc.constant('binary'),
      operator: fc.constantFrom('OR', 'AND', '==', '!=', '<', '<=', '>', '>=', '+'),
      left: tie('el'),
      right: tie('el'),
    }),
    fc.record({ kind: fc.constant('ternary'), test: tie('el'), yes: tie('el'), no: tie('el') }),
  ),
}));

test('what is printed parses to the same', () => {
  fc.assert(
    fc.property(el, (tree) => {
      expect(parseEl(printEl(tree))).toEqual(tree);
    }),
    { numRuns: 2_000 },
  );
});

describe('an expression', () => {
  test.each<readonly [string, unknown]>([
    ['"plain"', 'plain'],
    ['"a ""quoted"" word"', 'a "quoted" word'],
    ["'it''s'", "it's"],
    ['1.50', 1.5],
    ['{"a", "b"}', ['a', 'b']],
    ['NULL', null],
    ['user.email', 'ada@acme.example'],
    ['user.nickName', null],
    ['user.tags', ['a']],
    ['user.getInternalProperty("id")', '00u1'],
    ['app.clientId', 'c1'],
    ['app.profile.plan', 'gold'],
    ['app.profile.region', null],
    ['appuser.role', 'owner'],
    ['isMemberOfGroupName("admins") AND !isMemberOfGroupName("owners")', true],
    ['isMemberOfGroupName("Admins")', false],
    ['isMemberOfGroupName("Everyone")', true],
    ['user.nickName == "x"', false],
    ['user.nickName != "x" and user.nickName == null', true],
    ['user.level >= 2 && user.level < 2.5 || false', true],
    ['user.level == "2"', false],
    ['false OR true AND false ? 1 : true ? 2 : 3', 2],
    ['user.email + "!"', 'ada@acme.example!'],
    ['-user.level', -2],
    ['Arrays.flatten("", user.tags, {1, 2})', ['', 'a', 1, 2]],
    // The right side is not evaluated where the left decides.
    ['user != null OR user.nickName.length', true],
    ['user == null AND user.email < 1', false],
  ])('%s', (text, value) => {
    expect(evaluateEl(text, ada)).toEqual(value);
  });

  test.each<readonly [string, ElError['code']]>([
    ['', 'syntax'],
    ['"open', 'syntax'],
    ['1 +', 'syntax'],
    ['(1', 'syntax'],
    ['1 2', 'syntax'],
    ['a == b == c', 'syntax'],
    ['user.', 'syntax'],
    ['2147483648', 'syntax'],
    ['1x', 'syntax'],
    ['user = null', 'syntax'],
    ['cool', 'name'],
    ['app.nothing', 'name'],
    ['isMember("admins")', 'name'],
    ['user.getInternalProperty("status")', 'name'],
    ['user', 'type'],
    ['app.profile', 'type'],
    ['user.email ? 1 : 2', 'type'],
    ['!user.nickName', 'type'],
    ['user.nickName < 1', 'type'],
    ['user.nickName + "x"', 'type'],
    ['user.email.length', 'type'],
    ['user.tags == user.tags', 'type'],
    ['isMemberOfGroupName(user.nickName)', 'type'],
    ['Arrays.flatten("", user.nickName)', 'type'],
    ['Arrays.add(user.tags, "b")', 'type'],
  ])('fails the request: %s', (text, code) => {
    const evaluated = () => evaluateEl(text, ada);
    expect(evaluated).toThrow(ElError);
    expect(evaluated).toThrow(expect.objectContaining({ code }));
  });

  test('has 1,024 characters at most', () => {
    expect(evaluateEl(`"${'x'.repeat(1_022)}"`, ada)).toHaveLength(1_022);
    expect(() => evaluateEl(`"${'x'.repeat(1_023)}"`, ada)).toThrow(
      expect.objectContaining({ code: 'limit' }),
    );
  });

  test('has no user to ask with client credentials', () => {
    expect(evaluateEl('user == null AND appuser == null ? app.clientId : null', machine)).toBe('c1');
    for (const text of ['user.email', 'appuser.role', 'isMemberOfGroupName("admins")'])
      expect(() => evaluateEl(text, machine)).toThrow(ElError);
  });

  test('takes no property of an object for a value of Okta', () => {
    for (const text of [
      'user.constructor',
      'user.__proto__',
      'app.profile.toString',
      'appuser.hasOwnProperty',
    ])
      expect(evaluateEl(text, ada)).toBeNull();
    for (const text of ['app.constructor', 'constructor', 'user.getInternalProperty("constructor")'])
      expect(() => evaluateEl(text, ada)).toThrow(ElError);
  });
});
