import { type Policy, type RawContext, type TokenName, tokenNames } from '@claimsmith/core';
import type { ScenarioExpectation, SourceAnswer } from '@claimsmith/core/spec';
import { differences } from '../run/compare.ts';
import { sameJson } from '../run/same-json.ts';
import type { Change, Decision } from './change.ts';
import { type Difference, differenceIn } from './difference.ts';
import type { Situation } from './situation.ts';

/** A scenario that fails with a changed policy, and passes with the policy as it is. */
export interface Sketch {
  readonly context: RawContext;
  readonly sources: Readonly<Record<string, unknown>>;
  /** What sources answer when a service looks values up, if something else. */
  readonly later?: Readonly<Record<string, unknown>>;
  readonly expect: ScenarioExpectation;
}

/** The smallest situation that distinguishes a policy from its changed form, with the expected result. */
export function sketchOf(policy: Policy, change: Change, found: Difference): Sketch {
  const { situation, verdict, changed } = least(change, found);
  const later = written(situation.later ?? {});
  return {
    context: situation.context,
    sources: written(situation.answers),
    ...(Object.keys(later).length > 0 && { later }),
    expect: expectationOf(verdict, changed, policy),
  };
}

/** Answers as scenarios have them. */
function written(answers: Readonly<Record<string, SourceAnswer | undefined>>): Sketch['sources'] {
  const said = Object.entries(answers).flatMap(([name, answer]) =>
    answer === undefined ? [] : [[name, 'fails' in answer ? answer : answer.value] as const],
  );
  return Object.fromEntries(said);
}

function least(change: Change, found: Difference): Difference {
  let best = found;
  const keep = (situation: Situation) => {
    const smaller = differenceIn(change, situation);
    if (smaller !== undefined) best = smaller;
    return smaller !== undefined;
  };
  const drop = (steps: readonly string[], value: unknown) => {
    if (keep({ ...best.situation, context: without(best.situation.context, steps) })) return;
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value).toReversed()) drop([...steps, key], inner);
  };
  for (const [key, value] of Object.entries(found.situation.context)) drop([key], value);
  for (const source of Object.keys(found.situation.later ?? {})) {
    const { [source]: _, ...later } = best.situation.later ?? {};
    keep({ ...best.situation, later });
  }
  return best;
}

function without(data: RawContext, [step = '', ...rest]: readonly string[]): RawContext {
  const { [step]: below, ...others } = data;
  if (rest.length === 0 || typeof below !== 'object' || below === null) return others;
  if (Array.isArray(below)) {
    const [at, ...inside] = rest;
    const list =
      inside.length === 0
        ? below.toSpliced(Number(at), 1)
        : below.with(Number(at), without({ ...below[Number(at)] }, inside));
    return { ...data, [step]: list };
  }
  return { ...data, [step]: without({ ...below }, rest) };
}

/** The claims for which services would find other values, or none. */
export function changedLookups(
  { lookups: before = {} }: Decision,
  { lookups: after = {} }: Decision,
): readonly string[] {
  return Object.keys(before).filter((name) => !sameJson(before[name], after[name]));
}

/** The smallest expectation that notices the change. */
export function expectationOf(verdict: Decision, changed: Decision, policy: Policy): ScenarioExpectation {
  if (verdict.challenged !== undefined) return { challenged: verdict.challenged };
  if (verdict.denied !== undefined) return { denied: verdict.denied };
  const claims = (token: TokenName) =>
    Object.fromEntries(
      Object.entries(verdict[token] ?? {}).filter(([name]) => name !== policy.marker?.claim),
    );
  if (changed.denied !== undefined) return { access: claims('access') };
  const names = differences(verdict, changed).map(({ at }) => at);
  const [looked] = changedLookups(verdict, changed);
  if (names.length === 0 && looked !== undefined) return { lookups: { [looked]: verdict.lookups?.[looked] } };
  const [said = '', name = ''] = /^(access|id|userinfo)\.(.*)$/s.exec(names[0] ?? '')?.slice(1) ?? [];
  const token = tokenNames.find((one) => one === said);
  if (names.includes('scopes')) return { scopes: verdict.scopes };
  const isThere = (one: TokenName) => Object.hasOwn(verdict[one] ?? {}, name);
  if (token !== undefined && isThere(token)) return { [token]: { [name]: verdict[token]?.[name] } };
  if (!tokenNames.some(isThere)) return { absent: [name] };
  // Without it no scope of the policy might be granted.
  const scopes = policy.scopes.length > 0 ? { scopes: verdict.scopes } : {};
  const userinfo = verdict.userinfo === undefined ? {} : { userinfo: claims('userinfo') };
  return { access: claims('access'), id: claims('id'), ...userinfo, ...scopes, only: true };
}
