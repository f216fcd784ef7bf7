import { describe, expect, test } from 'vitest';
import { readScenarios } from './index.ts';

const read = (text: string, file = 'scenarios/a.yaml') => readScenarios({ file, text });

test('a file is a list of scenarios', () => {
  const { scenarios, findings } = read(`
- name: approver in Berlin
  context: { user: { id: u1, roles: [approver], attributes: { country: DE } }, request: { scopes: [pay] } }
  sources: { entitlements: { plan: gold } }
  now: 2026-11-21T08:00:00Z
  expect: { access: { plan: gold }, scopes: [pay], absent: [name] }
- name: directory down
  sources: { directory: { fails: timeout } }
  now: 1795248000
  expect: { denied: enrichment_unavailable }
`);
  expect(findings).toEqual([]);
  expect(scenarios).toEqual([
    {
      name: 'approver in Berlin',
      context: {
        user: { id: 'u1', roles: ['approver'], attributes: { country: 'DE' } },
        request: { scopes: ['pay'] },
      },
      sources: { entitlements: { value: { plan: 'gold' } } },
      nowSeconds: 1_795_248_000,
      expect: { access: { plan: 'gold' }, scopes: ['pay'], absent: ['name'] },
      path: [0],
    },
    {
      name: 'directory down',
      context: {},
      sources: { directory: { fails: 'timeout' } },
      nowSeconds: 1_795_248_000,
      expect: { denied: 'enrichment_unavailable' },
      path: [1],
    },
  ]);
});

test('what scenarios share is merged under their own, mappings key by key, lists whole', () => {
  const { scenarios, source } = read(`
context: { org: { id: acme }, user: { id: u1, attributes: { country: DE, limit: 1 } }, request: { scopes: [a, b] } }
sources: { plans: { plan: free }, limits: { max: 1 } }
scenarios:
  - name: one
    context: { user: { attributes: { limit: null } }, request: { scopes: [] } }
    sources: { plans: { fails: status } }
`);
  expect(scenarios[0]).toMatchObject({
    context: {
      org: { id: 'acme' },
      user: { id: 'u1', attributes: { country: 'DE', limit: null } },
      request: { scopes: [] },
    },
    sources: { plans: { fails: 'status' }, limits: { value: { max: 1 } } },
    nowSeconds: undefined,
    expect: undefined,
  });
  expect(source.value(scenarios[0]?.path ?? []).start.line).toBe(5);
});

test('an answer may be anything a source could say', () => {
  const { scenarios } = read('- { name: a, sources: { a: [1], b: null, c: text, d: {}, e: 1.5 } }');
  expect(scenarios[0]?.sources).toEqual({
    a: { value: [1] },
    b: { value: null },
    c: { value: 'text' },
    d: { value: {} },
    e: { value: 1.5 },
  });
});

describe('a finding stands at what is wrong', () => {
  test.each<[what: string, text: string, rule: string, underlined: string]>([
    ['an unknown field of the context', '- { name: a, context: { user: { mail: x } } }', 'TE002', 'mail'],
    ['an unknown failure', '- { name: a, sources: { s: { fails: timeot } } }', 'TE003', 'timeot'],
    [
      'a failure with an answer',
      '- { name: a, sources: { s: { fails: timeout, plan: x } } }',
      'TE002',
      'plan',
    ],
    ['no name', '- context: {}', 'TE003', 'context'],
    ['a name twice', '- { name: same }\n- { name: "same" }', 'TE008', '"same"'],
    ['an expectation that is no list', '- { name: a, expect: { scopes: pay } }', 'TE003', 'pay'],
    ['a time without its zone', '- { name: a, now: 2026-01-01T00:00:00 }', 'TE003', '2026-01-01T00:00:00'],
    ['a list of something else', '- name: a\n- text', 'TE003', 'text'],
    ['a mapping without scenarios', 'context: {}', 'TE003', 'context'],
    [
      'a prototype name',
      '- { name: a, context: { user: { attributes: { __proto__: 1 } } } }',
      'TE008',
      '__proto__',
    ],
    ['what is no YAML', '- {', 'TE001', '{'],
  ])('%s', (_, text, rule, underlined) => {
    const { scenarios, findings } = read(text);
    expect(scenarios).toEqual([]);
    expect(findings.map((each) => each.rule)).toEqual([rule]);
    const range = findings[0]?.range;
    expect(text.slice(range?.start.offset, range?.end.offset)).toBe(underlined);
  });
});
