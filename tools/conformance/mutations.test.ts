import { createPolicy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readScenarios, readSpec } from '@claimsmith/core/spec';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { workbenchFor } from '../../packages/cli/src/mutate/change.ts';
import { mutantsOf } from '../../packages/cli/src/mutate/mutants.ts';
import { mutate, type Survivor } from '../../packages/cli/src/mutate/run.ts';
import type { Situation } from '../../packages/cli/src/mutate/situation.ts';
import { yamlFlow } from '../../packages/cli/src/mutate/yaml.ts';
import { differences, unmet } from '../../packages/cli/src/run/compare.ts';
import { runPolicy } from '../../packages/cli/src/run/policy-run.ts';
import { situated } from '../../packages/cli/src/run/situated.ts';
import { type RandomSpec, specs } from './spec.ts';
import { trials } from './trial.ts';

const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));

function policyOf({ text }: RandomSpec) {
  const { spec, source } = readSpec({ file: 'random.yaml', text }, settings);
  // At one issuer, where `issuer` is known.
  const policy = spec && createPolicy(spec, source).at('auth0').policy;
  if (policy === undefined) throw new TypeError(`this is not a policy:\n${text}`);
  return policy;
}

type Policy = ReturnType<typeof policyOf>;

/** Random specs with some situations each, the same on each run. */
function sampled() {
  return fc.sample(specs, { seed: 20_261_121, numRuns: 6 }).map((spec, seed) => {
    const policy = policyOf(spec);
    // A source that only other issuers ask is not in the policy.
    const sources = policy.sources.map(({ name }) => name);
    const situations = fc.sample(trials(sources), { seed, numRuns: 4 }).map((trial, index) => ({
      ...trial,
      name: `scenario ${index}`,
      context: situated(trial.context, trial.context),
    }));
    return { policy, situations };
  });
}

function runner(policy: Policy) {
  const program = evaluateProgram(generateProgram(policy));
  return ({ context, answers }: Situation) => runPolicy(program, policy, { answers }, context).verdict;
}

test('a slice of a changed policy comes to what the whole comes to', () => {
  let different = 0;
  for (const { policy, situations } of sampled()) {
    const workbench = workbenchFor(policy);
    const original = runner(policy);
    for (const mutant of mutantsOf(policy)) {
      const change = workbench.changeTo(mutant.policy, mutant.path);
      const whole = runner(mutant.policy);
      for (const situation of change ? situations : []) {
        const [verdict, changed] = [original(situation), whole(situation)];
        const isSame = differences(verdict, changed).length === 0;
        if (!isSame) different++;
        expect(change?.compare(situation)).toEqual(isSame ? undefined : { verdict, changed });
      }
    }
  }
  expect(different).toBeGreaterThan(100);
});

test('what is said to notice a change is a scenario that passes without it and fails with it', () => {
  let scenarios = 0;
  for (const { policy, situations } of sampled()) {
    const placeOf = ({ path, was, became, range }: Omit<Survivor, 'noticedBy'>) =>
      JSON.stringify([path, was, became, range.start.offset]);
    const mutants = new Map(mutantsOf(policy).map((mutant) => [placeOf(mutant), mutant.policy]));
    const original = runner(policy);
    for (const survivor of mutate(policy, situations).survivors) {
      const { situation, expect: expected } = scenarioOf(policy, survivor, situations);
      const changed = mutants.get(placeOf(survivor));
      if (changed === undefined) throw new TypeError(`there is no change ${placeOf(survivor)}`);
      expect(unmet(expected, original(situation), policy)).toEqual([]);
      expect(unmet(expected, runner(changed)(situation), policy), placeOf(survivor)).not.toEqual([]);
      scenarios++;
    }
  }
  expect(scenarios).toBeGreaterThan(100);
});

/** As somebody who pastes it into a file gets it. */
function scenarioOf(
  policy: Policy,
  { noticedBy }: Survivor,
  known: readonly (Situation & { name: string })[],
) {
  if ('scenario' in noticedBy) {
    const situation = known.find(({ name }) => name === noticedBy.scenario);
    if (situation === undefined) throw new TypeError(`there is no scenario ${noticedBy.scenario}`);
    return { situation, expect: noticedBy.expect };
  }
  // A scenario says what time it is beside the context.
  const { now: ms, ...said } = noticedBy.context;
  const time = typeof ms === 'number' ? { now: new Date(ms).toISOString() } : {};
  const text = yamlFlow([{ name: 'pasted', ...noticedBy, ...time, context: said }]);
  const { scenarios, findings } = readScenarios({ file: 'pasted.yaml', text }, policy);
  expect(findings).toEqual([]);
  const [scenario] = scenarios;
  if (scenario?.expect === undefined) throw new TypeError('the sketch is not a scenario');
  const { context, own, sources, nowSeconds } = scenario;
  const now = nowSeconds === undefined ? {} : { now: nowSeconds * 1000 };
  return {
    situation: { context: situated({ ...context, ...now }, own), answers: sources },
    expect: scenario.expect,
  };
}
