import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileSpec, policyOf } from '../../test/policies.ts';
import { groupsPattern } from './groups-pattern.ts';
import { planOf } from './plan.ts';

function patternOf(value: string, issuer = ''): string {
  const policy = policyOf(
    `claims: { c: { value: ${JSON.stringify(value)}, kind: authoritative, subjects: [human, machine] } }\n${issuer}`,
  );
  const { hook, settings } = planOf(policy);
  if (hook === undefined) throw new Error('the hook must decide here');
  return groupsPattern('user.groups', hook, settings);
}

const all = '[\\s\\S]*';

describe('the groups that are fed', () => {
  test.each([
    ['user.groups.filter(g, g.startsWith("pay:"))', '^(Everyone|pay:[\\s\\S]*)$'],
    ['user.groups.filter(g, g == "a" || g in ["b", "c"])', '^(Everyone|a|b|c)$'],
    ['user.?groups.orValue([]).filter(g, g == "a")', '^(Everyone|a)$'],
    ['user.?groups.orValue(["b"]).filter(g, g == "a")', '[\\s\\S]*'],
    ['user.groups.filter(g, g.startsWith("a.b") && size(g) > 3)', '^(Everyone|a\\.b[\\s\\S]*)$'],
    ['"a|b" in user.groups', '^(Everyone|a\\|b)$'],
    ['user.groups.exists(g, "(x)" == g) && user.groups.exists(g, g == "y")', '^(Everyone|\\(x\\)|y)$'],
    ['has(user.groups) ? user.groups.filter(g, g.startsWith("p")) : []', '^(Everyone|p[\\s\\S]*)$'],
    ['user.groups', all],
    ['user.groups.filter(g, g.endsWith("x"))', all],
    ['user.groups.filter(g, g.startsWith("a") || g.endsWith("x"))', all],
    ['user.groups.filter(g, g != "a")', all],
    ['user.groups.all(g, g.startsWith("a"))', all],
    ['user.groups.exists(g, user.groups.exists(h, h == "a" + g))', all],
    ['size(user.groups)', all],
    [`user.groups.filter(g, g.startsWith("${'x'.repeat(1_020)}"))`, all],
  ])('%s: %s', (value, pattern) => {
    expect(patternOf(value)).toBe(pattern);
  });

  test('are those that the settings say, where they say it', () => {
    const narrowed = 'issuers: { okta: { groups: "pay:.*|ops" } }';
    expect(patternOf('user.groups', narrowed)).toBe('^(Everyone|(?:pay:[\\s\\S]*|ops))$');
  });

  test('are all that a policy can tell apart', () => {
    const names = ['a', 'ab', 'a\u2028', 'a\u0085', 'a.c', 'axc', 'b', 'bc', 'b|c', 'Everyone2', '^b', ''];
    const name = fc.constantFrom(...names).map((text) => JSON.stringify(text));
    const { condition } = fc.letrec<{ condition: string }>((tie) => ({
      condition: fc.oneof(
        { maxDepth: 3 },
        name.map((text) => `g == ${text}`),
        name.map((text) => `${text} == g`),
        name.map((text) => `g.startsWith(${text})`),
        fc.tuple(name, name).map(([a, b]) => `g in [${a}, ${b}]`),
        name.map((text) => `g != ${text}`),
        name.map((text) => `g.contains(${text})`),
        fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} && ${b})`),
        fc.tuple(tie('condition'), tie('condition')).map(([a, b]) => `(${a} || ${b})`),
        tie('condition').map((a) => `!(${a})`),
        tie('condition').map((a) => `user.groups.exists(g, ${a})`),
        name.map((text) => `${text} in user.groups`),
      ),
    }));
    const values = fc.oneof(
      condition.map((body) => `user.groups.filter(g, ${body})`),
      condition.map((body) => `user.groups.exists(g, ${body}) ? ["yes"] : user.groups.filter(g, g == "b")`),
      condition.map((body) => `user.groups.filter(g, ${body}).map(g, g + "!")`),
    );
    let narrowed = 0;
    fc.assert(
      fc.property(values, fc.array(fc.subarray(names), { minLength: 5, maxLength: 5 }), (value, lists) => {
        const { policy } = compileSpec(
          `claims: { c: { value: ${JSON.stringify(value)}, kind: descriptive } }`,
        );
        // Loops in loops in loops cost more than a policy may.
        fc.pre(policy !== undefined);
        const program = evaluateProgram(generateProgram(policy));
        const emitted = (groups: readonly string[]) =>
          program.decide(program.context({ user: { groups } }), {}).access['c'];
        const text = patternOf(value);
        const pattern = new RegExp(text, 'u');
        if (text !== all) narrowed++;
        for (const groups of lists)
          expect(emitted(groups.filter((group) => pattern.test(group)))).toEqual(emitted(groups));
      }),
      { numRuns: 400 },
    );
    expect(narrowed).toBeGreaterThan(60);
  });
});
