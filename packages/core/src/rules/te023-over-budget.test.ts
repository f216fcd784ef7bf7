import { describe, expect, test } from 'vitest';
import { createPolicy } from '../index.ts';
import { readSpec } from '../spec/index.ts';
import { overBudget } from './te023-over-budget.ts';

const head = `version: 1
name: budget
user: { attributes: { tags: list(string), more: dyn } }
sources:
  grants: { http: { url: "https://grants.example/{user.id}" }, returns: { patterns: list(string), teams: list(map(dyn)) } }
`;

function findings(rest: string) {
  const { spec, source, findings: found } = readSpec({ file: 'spec.yaml', text: head + rest }, {});
  if (spec === undefined) throw new TypeError(found.map(({ message }) => message).join('\n'));
  const { policy, findings: created } = createPolicy(spec, source);
  if (policy === undefined) throw new TypeError(created.map(({ message }) => message).join('\n'));
  return overBudget.check(policy);
}

const claim = (value: string) => `claims: { c: { value: '${value}', kind: descriptive } }\n`;

describe('a worst case over the budget', () => {
  test.each([
    ['grants.patterns.filter(p, user.name.glob(p))'],
    ['grants.patterns.exists(p, request.params.?object.orValue("").glob(p))'],
    ['sets.contains(user.roles, user.attributes.tags)'],
    ['user.roles.map(r, user.name + r)'],
    ['hash.sha256(grants.patterns.sort().join("|"))'],
  ])('%s: found, and its help leads to a spec without it', (value) => {
    const [finding, ...others] = findings(claim(value));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ rule: 'TE023', severity: 'warning', range: { start: { line: 6 } } });
    const { help = '' } = finding ?? {};
    const tests = /: `(.*?) && …`/.exec(help)?.[1] ?? 'true';
    const limit = /`limit` of (\d+kB)/.exec(help)?.[1] ?? '64kB';
    const mended = `${head.replace('returns:', `limit: ${limit}, returns:`)}${claim(`${tests} ? dyn(${value}) : dyn([])`)}`;
    const { spec, source } = readSpec({ file: 'spec.yaml', text: mended }, {});
    const policy = spec && createPolicy(spec, source).policy;
    expect(policy && overBudget.check(policy)).toEqual([]);
  });

  test('is mended by what elements are asked for, too', () => {
    const value = (first: string, inside: string) =>
      claim(`${first}user.roles.exists(r, user.groups.exists(g, ${inside}g.contains(r)))`);
    const [finding] = findings(value('', ''));
    const [, first = ''] = /first: `(.*?) && …`/.exec(finding?.help ?? '') ?? [];
    const [, inside = ''] = /used: `(.*?) && …`/.exec(finding?.help ?? '') ?? [];
    expect(first).toMatch(/^size\(user\.(roles|groups)\) <= \d+/);
    expect(inside).toMatch(/^size\([rg]\) <= \d+/);
    expect(findings(value(`${first} && `, `${inside} && `))).toEqual([]);
  });

  test('is found where many parts come to it together, once', () => {
    const claims = Array.from(
      { length: 30 },
      (_, n) => `  c${n}: { value: 'user.roles.map(r, r.lowerAscii())', kind: descriptive }`,
    );
    const found = findings(`claims:\n${claims.join('\n')}\n`);
    expect(found).toHaveLength(1);
    expect(found[0]?.message).toMatch(/^The policy, and this part most of all, may take [\d,]+ steps/);
  });

  test.each([
    [
      'a deny rule',
      `claims: {}\ndeny: [{ when: 'user.roles.exists(r, user.groups.exists(g, g.contains(r)))', reason: no }]\n`,
    ],
    [
      'a scope of a pattern',
      `claims: {}\nscopes: { 'a.{x}': { grant: 'user.groups.exists(g, x.glob(g))' } }\n`,
    ],
    [
      'an authorization detail',
      `claims: {}\nauthorizationDetails: { pay: { fields: { to: string }, grant: 'user.groups.exists(g, g.contains(detail.to))' } }\n`,
    ],
  ])('is found in %s', (_where, rest) => {
    expect(findings(rest)).toHaveLength(1);
  });

  test.each(
    [
      'user.roles.filter(r, r.startsWith("payments:")).map(r, r.substring(9))',
      'user.groups.exists(g, g == "suspended")',
      'grants.teams.slice(0, 20).map(t, t.groups.map(g, g.replace("a-", "")))',
      'user.name in grants.patterns',
      'user.roles.map(r, r.lowerAscii()).distinct().sort()',
      'user.email.endsWith("@acme.example") && user.name.contains(user.email)',
      'user.groups.filter(g, g.glob("team-*"))',
      'tables',
    ].filter((value) => value !== 'tables'),
  )('%s is not such a case', (value) => {
    expect(findings(claim(value))).toEqual([]);
  });

  test('claims bound what is made of them', () => {
    const value = 'claims.some.exists(r, claims.name.contains(r))';
    const some = (bounds: string) =>
      `claims:\n  some: { value: user.roles, kind: descriptive${bounds} }\n  name: { value: user.name, kind: descriptive, maxBytes: 60 }\n  c: { value: '${value}', kind: descriptive }\n`;
    expect(findings(some(', maxItems: 10'))).toEqual([]);
    const deep = (from: string) => `${from}.map(m, m.b.map(c, c.split("").map(d, d.replace(d, "xy"))))`;
    expect(findings(claim(deep('user.attributes.more')))).toHaveLength(1);
    const bounded = 'claims:\n  more: { value: user.attributes.more, kind: descriptive, maxBytes: 2000 }\n';
    expect(findings(`${bounded}  c: { value: '${deep('claims.more')}', kind: descriptive }\n`)).toEqual([]);
  });
});
