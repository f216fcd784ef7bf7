import { createPolicy, type Policy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readScenarios, readSpec } from '@claimsmith/core/spec';
import { describe, expect, test } from 'vitest';
import { differences, unmet } from '../run/compare.ts';
import { lookupsOf, unmetLookups } from '../run/lookups.ts';
import { runPolicy } from '../run/policy-run.ts';
import { situated } from '../run/situated.ts';
import type { Trial } from '../run/trial.ts';
import { readTrials } from '../run/trials.ts';
import { loadSpec } from '../spec/load.ts';
import { workbenchFor } from './change.ts';
import { mutantsOf } from './mutants.ts';
import { mutate, type Survivor } from './run.ts';
import { yamlFlow } from './yaml.ts';

function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec(
    { file: 'spec.yaml', text: `version: 1\nname: changed\n${text}` },
    {},
  );
  if (spec === undefined) throw new TypeError(findings.map(({ message }) => message).join());
  const created = createPolicy(spec, source);
  if (created.policy === undefined)
    throw new TypeError(created.findings.map(({ message }) => message).join());
  return created.policy;
}

function trialsOf(policy: Policy, text: string): readonly Trial[] {
  const { scenarios, findings } = readScenarios({ file: 'a.yaml', text }, policy);
  if (scenarios.length === 0) throw new TypeError(findings.map(({ message }) => message).join());
  return scenarios.map(({ name, context, own, sources, later, expect }) => ({
    name,
    context: situated(context, own),
    answers: sources,
    later,
    nowSeconds: 0,
    expect,
  }));
}

const text = ({ path, was, became }: Omit<Survivor, 'noticedBy'>) => `${path.join('.')}: ${was} → ${became}`;

function survivors(spec: string, scenarios: string) {
  const policy = policyOf(spec);
  return mutate(policy, trialsOf(policy, scenarios)).survivors.map(text);
}

test('a default that no scenario shows', () => {
  const spec = `user: { attributes: { plan: string } }
claims: { plan: { value: user.attributes.plan, kind: descriptive, onMissing: { default: free } } }
`;
  const known =
    '- { name: known, context: { user: { attributes: { plan: gold } } }, expect: { access: { plan: gold }, only: true } }\n';
  const unknown = '- { name: unknown, context: { user: {} }, expect: { access: { plan: free } } }\n';
  expect(survivors(spec, known)).toEqual([
    'claims.plan.subjects: subjects: [human] → for everybody',
    'claims.plan.onMissing: onMissing: { default: free } → onMissing: deny',
    'claims.plan.onMissing: onMissing: { default: free } → onMissing: omit',
    'claims.plan.onMissing.default: default: free → default: freex',
  ]);
  const machine =
    '- { name: machine, context: { subject_type: machine }, expect: { access: {}, only: true } }\n';
  expect(survivors(spec, known + unknown + machine)).toEqual([]);
});

test('a bound, a condition, a rule, a scope, a list and a table', () => {
  const spec = `user: { attributes: { level: int } }
tables: { region: { DE: eu, FR: eu, US: us } }
claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("a:"))', kind: authoritative, maxItems: 2 }
  region: { value: 'tables.region[user.locale]', kind: descriptive, audiences: [api, web] }
  fixed: { const: [a, b], kind: descriptive, when: user.attributes.level >= 3 }
scopes: { read: { grant: '"a:x" in claims.roles', add: true } }
deny: [{ when: '"banned" in user.groups', reason: banned }]
`;
  const one =
    '- { name: one, context: { user: { roles: ["a:x", b], locale: DE, attributes: { level: 5 } }, request: { audience: api } }, expect: { access: { region: eu } } }\n';
  const found = survivors(spec, one);
  expect(found).toEqual(
    expect.arrayContaining([
      'claims.roles.value: user.roles.filter(r, r.startsWith("a:")) → user.roles',
      'claims.roles.value: "a:" → "a:x"',
      'claims.roles.maxItems: maxItems: 2 → maxItems: 3',
      'claims.roles.onMissing: onMissing: deny → onMissing: omit',
      'claims.region.audiences: audiences: [api, web] → no audiences',
      'claims.region.audiences: audiences: [api, web] → audiences: [api]',
      'claims.fixed: the claim fixed → claim removed',
      'claims.fixed.when: >= → >',
      'claims.fixed.when: 3 → 4',
      'claims.fixed.const: ["a","b"] → ["b"]',
      'scopes.read.add: add: true → add: false',
      'scopes.read.grant: "a:x" in claims.roles → true',
      'deny.0.when: "banned" in user.groups → false',
      'deny.0.reason: banned → banned_x',
      'tables.region.US: us → usx',
    ]),
  );
  expect(found).not.toContain('claims.region.audiences: audiences: [api, web] → audiences: [web]');
  expect(found).not.toContain('tables.region.DE: eu → eux');
  expect(found).not.toContain('deny.0.when: "banned" in user.groups → true');
});

test('a part in parentheses, or between operands in parentheses, is changed as a whole', () => {
  const when = '!(user.email_verified && client.id != ")") || (client.id == "a" || (client.id == "b"))';
  const policy = policyOf(`claims: { a: { value: client.id, kind: descriptive, when: '${when}' } }\n`);
  const changes = mutantsOf(policy).filter(({ path }) => path.at(-1) === 'when');
  expect(changes.map(({ was, became }) => `${was} → ${became}`)).toEqual(
    expect.arrayContaining([
      `${when} → true`,
      `${when} → client.id == "a" || (client.id == "b")`,
      '!(user.email_verified && client.id != ")") → (user.email_verified && client.id != ")")',
      'user.email_verified && client.id != ")" → user.email_verified',
      'client.id == "a" || (client.id == "b") → client.id == "a"',
    ]),
  );
});

test('a change that cannot make a difference is not a survivor', () => {
  const spec = `claims:
  a: { value: '"x" + client.?id.orValue("")', kind: descriptive }
  b: { value: user.name, kind: descriptive, tokens: [id], when: subject_type == "human" }
`;
  const policy = policyOf(spec);
  const scenarios = `- { name: a, context: { user: { name: Ada }, client: { id: c } }, expect: { access: { a: xc }, id: { b: Ada }, only: true } }
- { name: b, context: { user: {}, client: { id: null } }, expect: { access: { a: x }, only: true } }
`;
  const { survivors: left, alike } = mutate(policy, trialsOf(policy, scenarios));
  expect(left.map(text)).toEqual([]);
  expect(alike.map(text)).toEqual(['claims.b.when: subject_type == "human" → true']);
});

const limits = `sources:
  bank:
    http: { url: 'https://bank.acme.example/{user.id}' }
    returns: { daily: int, spent: int }
    timeout: 1s
  ledger:
    http: { url: 'https://ledger.acme.example/{user.id}' }
    returns: { flags: list(string) }
    timeout: 1s
claims:
  daily: { value: bank.daily, kind: authoritative }
  left: { value: 'claims.daily - bank.spent', kind: authoritative, resolve: request, when: 'ledger.flags.all(f, f != "frozen")' }
  flags: { value: ledger.flags, kind: descriptive, resolve: request, maxItems: 3, onMissing: { default: [] } }
`;
const logins = `context: { user: { id: u } }
sources: { bank: { daily: 10, spent: 4 }, ledger: { flags: [] } }
scenarios:
  - { name: a login, expect: { access: { daily: 10 } } }
`;

test('a claim that services look up', () => {
  const found = survivors(limits, logins);
  expect(found).toEqual([
    'claims.daily.subjects: subjects: [human] → for everybody',
    'claims.daily.onMissing: onMissing: deny → onMissing: omit',
    'claims.daily.tokens: tokens: [access] → tokens: [access, id]',
    'claims.left.subjects: subjects: [human] → for everybody',
    'claims.left: the claim left → claim removed',
    'claims.left.onMissing: onMissing: deny → onMissing: omit',
    'claims.left.value: - → +',
    'claims.left.when: ledger.flags.all(f, f != "frozen") → true',
    'claims.left.when: ledger.flags.all(f, f != "frozen") → false',
    'claims.left.when: all → exists',
    'claims.left.when: != → ==',
    'claims.left.when: "frozen" → "frozenx"',
    'claims.flags.subjects: subjects: [human] → for everybody',
    'claims.flags: the claim flags → claim removed',
    'claims.flags.maxItems: maxItems: 3 → maxItems: 2',
    'claims.flags.maxItems: maxItems: 3 → maxItems: 4',
    'claims.flags.onMissing: onMissing: { default: [] } → onMissing: deny',
    'claims.flags.onMissing: onMissing: { default: [] } → onMissing: omit',
    'claims.flags.onMissing.default: default: [] → default: ["x"]',
  ]);
  const later = `  - { name: a payment later, later: { bank: { spent: 9 }, ledger: { flags: [a] } }, expect: { access: { daily: 10 }, lookups: { left: 1, flags: [a] }, only: true } }
  - { name: frozen later, later: { ledger: { flags: [a, b, frozen] } }, expect: { lookups: { left: null, flags: [a, b, frozen] } } }
  - { name: many flags, later: { ledger: { flags: [a, b, c, d] } }, expect: { lookups: { flags: [] } } }
  - { name: nothing later, later: { bank: { fails: timeout }, ledger: { fails: timeout } }, expect: { lookups: { left: { denied: unavailable }, flags: [] } } }
  - { name: nothing at the login, sources: { bank: {} }, expect: { denied: enrichment_unavailable } }
  - { name: a machine, context: { subject_type: machine }, expect: { access: {}, only: true, lookups: { left: null, flags: null } } }
`;
  expect(survivors(limits, logins + later)).toEqual([]);
});

test('a change that shows only with other flags of a source', () => {
  const spec = `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { locked: bool, open: bool, left: int } }
claims: { rich: { value: "!bank.locked && bank.open && bank.left > 5", kind: descriptive } }
`;
  const scenarios = '- { name: no bank, context: { user: { id: u } }, expect: { access: {}, only: true } }\n';
  const policy = policyOf(spec);
  const { survivors: left, alike } = mutate(policy, trialsOf(policy, scenarios));
  // Machines must come from scenarios.
  expect(alike.map(text)).toEqual(['claims.rich.subjects: subjects: [human] → for everybody']);
  expect(left.map(text)).toEqual(expect.arrayContaining(['claims.rich.value: > → >=']));
});

test('a change of what tokens carry is noticed by what services look up with it', () => {
  const spec = limits.replace('value: bank.daily', "value: 'bank.daily + 1'");
  const changes = (expected: string) =>
    survivors(spec, logins.replace('access: { daily: 10 }', expected)).filter((one) => /: \+ → -/.test(one));
  expect(changes('lookups: { flags: [] }')).toEqual(['claims.daily.value: + → -']);
  expect(changes('lookups: { left: 7 }')).toEqual([]);
});

test('what is said to notice a change of a look-up does', () => {
  const policy = policyOf(limits);
  const trials = trialsOf(policy, logins);
  const changes = new Map(mutantsOf(policy).map((mutant) => [text(mutant), mutant.policy]));
  const { survivors: left } = mutate(policy, trials);
  const looked = left.filter(({ noticedBy }) => noticedBy.expect.lookups !== undefined);
  expect(looked.length).toBe(left.length - 3);
  expect(looked.some(({ noticedBy }) => 'later' in noticedBy)).toBe(true);
  for (const survivor of looked) {
    const { noticedBy } = survivor;
    // As somebody who pastes it into the file gets it.
    const pasted =
      'scenario' in noticedBy
        ? logins.replace('access: { daily: 10 }', yamlFlow(noticedBy.expect).slice(2, -2))
        : yamlFlow([{ name: 'pasted', ...noticedBy }]);
    const [trial] = trialsOf(policy, pasted);
    const changed = changes.get(text(survivor));
    if (trial?.expect === undefined || changed === undefined) throw new TypeError(text(survivor));
    const unmetBy = (one: Policy) => {
      const { verdict } = runPolicy(evaluateProgram(generateProgram(one)), one, trial, trial.context);
      return unmetLookups(trial.expect ?? {}, lookupsOf(one, trial, verdict));
    };
    expect(unmetBy(policy), text(survivor)).toEqual([]);
    expect(unmetBy(changed), text(survivor)).not.toEqual([]);
  }
});

const examples = ['payments', 'quickstart', 'recipes', 'recipes/login'];
const root = new URL('../../../../', import.meta.url).pathname;

async function example(name: string) {
  const loaded = await loadSpec(`examples/${name}`, [], root);
  // At one of its issuers, where `issuer` is known.
  const policy = loaded.policyAt('auth0');
  if (policy === undefined) throw new TypeError('the example is not a policy');
  const { trials } = await readTrials(loaded, [], root);
  return { policy, trials };
}

describe.each(examples)('examples/%s', (name) => {
  test('notices every change', async () => {
    const { policy, trials } = await example(name);
    expect(mutate(policy, trials).survivors.map(text)).toEqual([]);
  });

  test('a slice of a changed policy comes to what the whole comes to', async () => {
    const { policy, trials } = await example(name);
    const workbench = workbenchFor(policy);
    const original = evaluateProgram(generateProgram(policy));
    let different = 0;
    for (const { path, policy: changed } of mutantsOf(policy)) {
      const change = workbench.changeTo(changed, path);
      if (change === undefined) continue;
      const program = evaluateProgram(generateProgram(changed));
      for (const trial of trials) {
        const whole = runPolicy(program, changed, trial, trial.context).verdict;
        const { verdict } = runPolicy(original, policy, trial, trial.context);
        const isSame = differences(verdict, whole).length === 0;
        if (!isSame) different++;
        expect(change.compare(trial)).toEqual(isSame ? undefined : { verdict, changed: whole });
      }
    }
    expect(different).toBeGreaterThan(20);
  });
});

test('without some scenarios, what is said to notice a change does', async () => {
  const { policy, trials } = await example('payments');
  const few = trials.filter((_, index) => index % 4 === 0);
  const { survivors: left } = mutate(policy, few);
  expect(left.length).toBeGreaterThan(20);
  const workbench = workbenchFor(policy);
  const changes = new Map(mutantsOf(policy).map((mutant) => [text(mutant), mutant]));
  for (const survivor of left) {
    const { noticedBy } = survivor;
    const mutant = changes.get(text(survivor));
    const change = mutant && workbench.changeTo(mutant.policy, mutant.path);
    const there = 'scenario' in noticedBy ? few.find(({ name }) => name === noticedBy.scenario) : undefined;
    const situation =
      'scenario' in noticedBy
        ? there
        : {
            context: situated(noticedBy.context, noticedBy.context),
            answers: Object.fromEntries(
              Object.entries(noticedBy.sources).map(([source, value]) => [
                source,
                JSON.stringify(value) === '{"fails":"timeout"}' ? { fails: 'timeout' as const } : { value },
              ]),
            ),
          };
    const found = situation && change?.compare(situation);
    if (found === undefined) throw new TypeError(`${text(survivor)}: nothing notices it`);
    expect(unmet(noticedBy.expect, found.verdict, policy)).toEqual([]);
    expect(unmet(noticedBy.expect, found.changed, policy), text(survivor)).not.toEqual([]);
  }
});
