import type { Policy, Surroundings } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import type { Program } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contextOf, type Facts, facts, issuanceOf, soundSpecs, specs } from '../../test/native-specs.ts';
import { policyOf } from '../../test/policies.ts';
import { classify, evaluateEl, okta } from '../index.ts';
import type { NativeClaim } from '../plan/native-claim.ts';
import type { Manifest } from '../wire.ts';
import type { OktaIssuance } from './issuance.ts';

/*
 * The law of native claims: what Okta signs is what the policy's program decides, in every situation. Both sides are told
 * the same facts, each in its own form.
 */

function programOf(policy: Policy): Program {
  return evaluateProgram(generateProgram(policy));
}

/** What Okta signs of a policy's native claims. */
function signed(policy: Policy, issuance: OktaIssuance): Record<string, unknown> {
  const claims: Record<string, unknown> = {};
  for (const [name, made] of Object.entries(classify(policy))) {
    if (made.via !== 'native' || made.value === undefined) continue;
    const isAsked =
      made.scopes.length === 0 || made.scopes.some((scope) => issuance.request.scopes.includes(scope));
    const value = isAsked ? evaluateEl(made.value.value, issuance) : null;
    if (value !== null) claims[name] = value;
  }
  return claims;
}

describe('native claims', () => {
  const made = { native: 0, hook: 0, signed: 0, left: 0 };

  test('are what the policy decides, in every situation', () => {
    fc.assert(
      fc.property(specs, fc.array(facts, { minLength: 8, maxLength: 8 }), (text, situations) => {
        const policy = policyOf(text);
        const program = programOf(policy);
        const plans = Object.entries(classify(policy));
        for (const [, { via }] of plans) made[via]++;
        for (const situation of situations) {
          const decision = program.decide(program.context(contextOf(situation)), {});
          // Where a claim of the hook denies, Okta's do not get out either.
          if (decision.denied !== undefined) continue;
          const expected = plans.flatMap(([name, plan]) =>
            plan.via === 'native' && Object.hasOwn(decision.access, name)
              ? [[name, decision.access[name]]]
              : [],
          );
          const actual = signed(policy, issuanceOf(situation));
          expect(actual).toEqual(Object.fromEntries(expected));
          made.signed += Object.keys(actual).length;
          made.left += plans.length - Object.keys(actual).length;
        }
      }),
      { numRuns: 400 },
    );
    // Both ways are taken, and both outcomes met, often enough for the law to mean something.
    expect(made.native).toBeGreaterThan(180);
    expect(made.hook).toBeGreaterThan(180);
    expect(made.signed).toBeGreaterThan(400);
    expect(made.left).toBeGreaterThan(400);
  });

  test('never deny: a claim that may is the work of the hook', () => {
    fc.assert(
      fc.property(specs, facts, (text, situation) => {
        const policy = policyOf(text);
        const denying = policy.claims.filter(({ onMissing }) => onMissing === 'deny');
        const plans = classify(policy);
        const outcomes = programOf(policy).decide(
          programOf(policy).context(contextOf(situation)),
          {},
        ).outcomes;
        for (const { name } of denying) {
          const isDenied = outcomes.some((one) => one.name === name && one.outcome === 'denied');
          if (isDenied) expect(plans[name]?.via).toBe('hook');
        }
      }),
      { numRuns: 120 },
    );
  });
});

test('native claims and the hook together sign what the policy decides', async () => {
  const seen = { signed: 0, denied: 0, native: 0, hook: 0 };
  await fc.assert(
    fc.asyncProperty(
      soundSpecs,
      fc.array(facts, { minLength: 3, maxLength: 3 }),
      async (text, situations) => {
        const policy = policyOf(text);
        const compilation = await okta.compile(policy);
        expect(compilation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        for (const { via } of Object.values(classify(policy))) seen[via]++;
        const program = programOf(policy);
        for (const situation of situations) {
          const decision = program.decide(program.context(contextOf(situation)), {});
          const event = {
            trigger: situation.user ? 'login' : 'client-credentials',
            event: { ...asked(situation) },
          };
          const { denied, access } = await okta.simulator.simulate(compilation, event, nobody);
          expect(denied?.description).toBe(decision.denied);
          expect(access).toEqual(decision.access);
          seen[denied ? 'denied' : 'signed']++;
        }
      },
    ),
    { numRuns: 100 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(5);
}, 60_000);

test('native claims of groups list what the policy decides, and leave out an empty list', async () => {
  const names = [
    '',
    'a',
    'ab',
    'a|b',
    'b',
    'E',
    'Every',
    'Everyon',
    'Everyone2',
    'Xeveryone',
    'one',
    '^b',
    'é\n',
  ];
  const quoted = fc.constantFrom(...names).map((name) => JSON.stringify(name));
  const test = fc.oneof(
    quoted.map((name) => `g == ${name}`),
    quoted.map((name) => `g.startsWith(${name})`),
    quoted.map((name) => `g.endsWith(${name})`),
    quoted.map((name) => `g.contains(${name})`),
    fc.tuple(quoted, quoted).map(([a, b]) => `g in [${a}, ${b}]`),
    quoted.map((name) => `g != ${name}`),
  );
  const filter = fc
    .array(test, { minLength: 1, maxLength: 3 })
    .map((tests) => `.filter(g, ${tests.join(' || ')})`);
  const list = fc.tuple(
    fc.constantFrom('user.groups', 'user.?groups.orValue([])'),
    fc.oneof({ weight: 4, arbitrary: filter }, fc.constant('')),
  );
  const more = fc.constantFrom(
    '',
    '',
    ', maxItems: 2',
    ', onMissing: { default: [] }',
    ', onMissing: deny, subjects: [human]',
  );
  const setting = fc.constantFrom(undefined, undefined, 'a.*', '.*', '.|ab|.*one');
  const groups = fc.option(fc.subarray(names), { nil: undefined, freq: 5 });
  const seen = { listed: 0, empty: 0 };
  await fc.assert(
    fc.asyncProperty(
      list,
      more,
      setting,
      fc.array(groups, { minLength: 3, maxLength: 3 }),
      async (parts, rest, only, users) => {
        const settings = only === undefined ? '{}' : `{ groups: ${JSON.stringify(only)} }`;
        const policy = policyOf(
          `claims: { groups: { value: ${JSON.stringify(parts.join(''))}, kind: descriptive${rest} } }\nissuers: { okta: ${settings} }`,
        );
        fc.pre(classify(policy)['groups']?.via === 'native');
        const compilation = await okta.compile(policy);
        expect(compilation.findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        for (const user of users) {
          const context = {
            subject_type: user ? 'human' : 'machine',
            ...(user && { user: { id: 'u1', groups: user } }),
          };
          const held = okta.simulator.holds(context, policy);
          const decision = programOf(policy).decide(programOf(policy).context(held), {});
          const event = okta.simulator.eventFrom(context, policy);
          const { access } = await okta.simulator.simulate(compilation, event, nobody);
          const decided = decision.access['groups'];
          const isEmpty = Array.isArray(decided) && decided.length === 0;
          expect(access['groups']).toEqual(isEmpty ? undefined : decided);
          seen[access['groups'] === undefined ? 'empty' : 'listed']++;
        }
      },
    ),
    { numRuns: 150 },
  );
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(40);
}, 60_000);

test('rest on attributes that the manifest names, with the types that the spec gives them', async () => {
  const types = {
    ...{ 'user.email': 'string', 'user.displayName': 'string', 'user.organization': 'string' },
    ...{
      'user.country': 'string',
      'user.level': 'integer',
      'user.limit': 'number',
      'user.active': 'boolean',
    },
  };
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(soundSpecs, async (text) => {
      const { artifacts } = await okta.compile(policyOf(text));
      const contentOf = (file: string) => artifacts.find(({ path }) => path === file)?.content ?? '';
      const native: readonly NativeClaim[] = JSON.parse(contentOf('native-claims.json'));
      const { schemas }: Manifest = JSON.parse(contentOf('manifest.json'));
      const named = schemas.user.map(({ name, type }) => [`user.${name}`, type]);
      for (const { valueType, value } of native) {
        if (valueType !== 'EXPRESSION') continue;
        const bare = value.replace(/"(?:[^"\\]|\\.)*"/g, '""');
        for (const [attribute] of bare.matchAll(/\buser\.(?!getInternalProperty)\w+/g)) {
          met.add(attribute);
          expect(named).toContainEqual([attribute, types[attribute as keyof typeof types]]);
        }
      }
    }),
    { numRuns: 100 },
  );
  expect([...met].sort()).toEqual(Object.keys(types).sort());
});

/** Machines have no ID token, and say which grant it is. */
function asked(situation: Facts): OktaIssuance {
  const { request, tokens, ...issuance } = issuanceOf(situation);
  return situation.user
    ? { ...issuance, request, tokens: { access: true, id: false } }
    : {
        ...issuance,
        request: { ...request, grantType: 'client_credentials' },
        tokens: { ...tokens, id: false },
      };
}

const nobody: Surroundings = {
  fetch: () => Promise.reject(new Error('no source is asked here')),
  answer: () => ({ fails: 'network' }),
  secrets: {},
  nowSeconds: 1_795_132_800,
};
