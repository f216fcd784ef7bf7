import { readFileSync } from 'node:fs';
import { helpers } from '@claimsmith/cel';
import { createPolicy } from '@claimsmith/core';
import { generateProgram } from '@claimsmith/core/program';
import { readScenarios, readSpec } from '@claimsmith/core/spec';
import { beforeAll, describe, expect, test } from 'vitest';
import { beyondEs5 } from '../packages/cel/test/support/es5.ts';
import { issuers } from '../packages/cli/src/issuers.ts';
import { LIBRARY } from '../packages/core/src/program/library.gen.ts';
import { findNashorn, runInNashorn, runInV8 } from './nashorn.ts';

/** A policy that uses every part of the library. */
const everything = `
version: 1
name: everything
lifetime: { access: 5m }
user: { attributes: { limit: double, level: int, tags: list(string), more: dyn, by: map(double) } }
tables: { region: { DE: eu }, rank: { a: 1 } }
sources:
  one: { http: { url: 'https://one.acme.example/{user.id}?l={user.attributes.level}' }, returns: { plan: string, n: int, deep: { x: bool } }, cache: 1m }
  two: { http: { url: 'https://two.acme.example/{org.id}' }, returns: { ok: bool } }
  rows: { sql: { connection: 'sqlite:x', query: 'select r from t where a = :a and l < :l', params: { a: user.id, l: 'user.attributes.limit * 2.0' }, rows: many }, returns: { r: string, deep: { n: int } } }
  item: { dynamodb: { table: t, region: eu-central-1, key: { pk: org.id } }, returns: { n: int } }
claims:
  level: { value: user.attributes.level + 1, kind: descriptive, maxAge: 9m }
  more: { value: user.attributes.more, kind: descriptive, maxBytes: 40 }
  sums: { value: 'user.attributes.by', kind: descriptive }
  plan: { value: one.plan, kind: authoritative, when: two.ok, maxAge: 9m }
  vip: { value: one.deep.x, kind: descriptive, when: claims.plan == "gold", onMissing: { default: false } }
  tags: { value: user.attributes.tags, kind: descriptive, maxItems: 2, audiences: [api], clients: [web] }
  list: { value: 'rows.rows.map(r, r.r)', kind: descriptive }
  sum: { value: 'rows.rows.exists(r, r.deep.n == item.n)', kind: descriptive }
  fixed: { const: { a: [1, -0.5, "q'\\"\\u2028"] }, kind: descriptive, tokens: [access, id] }
scopes:
  a: { grant: one.n > 1 }
  b: { grant: user.attributes.limit / 2.0 > 1.0, add: true }
  c.{x}.{y}: { grant: x + y in user.attributes.tags }
authorizationDetails:
  pay: { fields: { amount: double, to: { iban: string } }, grant: detail.amount < 5.0 && one.n > 0 }
deny:
  - { when: 'user.groups.exists(g, g.startsWith("x"))', reason: group_refused }
  - { when: two.ok == false, reason: not_ok }
`;

const contexts = [
  {},
  null,
  {
    user: {
      id: 'u/1',
      groups: ['a'],
      attributes: { limit: 9, level: 2, tags: ['12', 'z'], more: { k: ['ö', 1.5, null] }, by: { q: 1 } },
    },
    org: { id: 'o' },
    client: { id: 'web' },
    request: {
      scopes: ['a', 'c.1.2', 'c.9.9', 'other'],
      audience: 'api',
      authorization_details: [{ type: 'pay', amount: 1, to: {} }],
    },
    subject_type: 'human',
  },
  {
    user: { id: '..', groups: ['xy'], attributes: { tags: [1], by: { __proto__x: 'n' } } },
    org: { id: '' },
    request: { scopes: null },
  },
  {
    user: {
      id: 'u',
      groups: [],
      attributes: { level: 9007199254740991, more: 'a longer text than forty bytes, by far, surely' },
    },
    org: { id: 'o' },
    request: { scopes: ['b', 'c..', `c.${'x'.repeat(200)}.y`] },
  },
];
const answers = [
  {},
  {
    one: { value: { plan: 'gold', n: 2, deep: { x: true } }, ageSeconds: 1 },
    two: { value: { ok: true }, ageSeconds: 0 },
    rows: { value: { rows: [{ r: 'ü', deep: { n: 3 } }, { r: 'b' }] }, ageSeconds: 2 },
    item: { value: { n: 3 }, ageSeconds: 0 },
  },
  { one: { value: { plan: 7, n: 1.5 }, ageSeconds: 400 }, two: { value: { ok: true }, ageSeconds: 0 } },
  {
    one: { failure: 'timeout' },
    two: { value: [], ageSeconds: 0 },
    rows: { value: { rows: [null] }, ageSeconds: 0 },
    item: { failure: 'ambiguous' },
  },
  { one: { value: { plan: 'gold' }, ageSeconds: 0 }, two: { value: { ok: false }, ageSeconds: 0 } },
];

function programText(file: string, text: string): string {
  const settings = Object.fromEntries(issuers.map((issuer) => [issuer.id, issuer.settings]));
  const { spec, source, findings } = readSpec({ file, text }, settings);
  const created = spec && createPolicy(spec, source);
  if (created?.policy === undefined)
    throw new Error(JSON.stringify([...findings, ...(created?.findings ?? [])]));
  return generateProgram(created.policy);
}

/** Prints one line per context and answers: what must be asked, and what is decided. */
function script(program: string, raws: readonly unknown[], replies: readonly unknown[]): string {
  return `${program}
var raws = ${ascii(raws)}, replies = ${ascii(replies)};
for (var i = 0; i < raws.length; i++) for (var j = 0; j < replies.length; j++) {
  var c = program.context(raws[i]);
  var text = JSON.stringify([program.needs(c, replies[j]), program.decide(c, replies[j])]);
  print(text.replace(/[^ -~]/g, function (char) { return '\\\\u' + ('000' + char.charCodeAt(0).toString(16)).slice(-4); }));
}`;
}

function ascii(value: unknown): string {
  return JSON.stringify(value).replace(
    /[^ -~]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function scenarioContexts(): readonly unknown[] {
  const file = 'examples/payments/scenarios/payments.yaml';
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  return readScenarios({ file, text }).scenarios.map(({ context }) => ({
    subject_type: 'human',
    ...context,
  }));
}

const payments = 'examples/payments/enrichment.yaml';
const cases = [
  {
    name: 'a policy that uses everything',
    program: programText('everything.yaml', everything),
    raws: contexts,
    replies: answers,
  },
  {
    name: 'examples/payments',
    program: programText(payments, readFileSync(new URL(`../${payments}`, import.meta.url), 'utf8')),
    raws: scenarioContexts(),
    replies: [{}, { entitlements: { value: { plan: 'gold', features: ['sepa'] }, ageSeconds: 0 } }],
  },
];

describe.each(cases)('the program of $name', ({ program, raws, replies }) => {
  let v8: readonly string[];
  beforeAll(() => {
    v8 = runInV8(script(program, raws, replies));
  });

  test('is ES5, in syntax and in built-ins', () => {
    expect(beyondEs5(program, { ...LIBRARY, ...helpers })).toEqual([]);
  });

  test('never fails with an error of its own', () => {
    expect(v8).toHaveLength(raws.length * replies.length);
    expect(v8.filter((line) => line.includes('"internal"'))).toEqual([]);
    expect(new Set(v8).size).toBeGreaterThan(3);
  });

  test('decides the same in Nashorn, the engine of Keycloak', { timeout: 600_000 }, (context) => {
    const nashorn = findNashorn();
    if (!nashorn.ok) return context.skip(nashorn.reason);
    expect(runInNashorn(nashorn.classPath, script(program, raws, replies))).toEqual(v8);
  });
});
