import { noTokens, type Path, type Policy, type TokenName, type Verdict } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import type { Program } from '@claimsmith/runtime';
import { differences } from '../run/compare.ts';
import { type LookedUpValues, lookupParts, lookupsOf } from '../run/lookups.ts';
import { runPolicy } from '../run/policy-run.ts';
import { sameJson } from '../run/same-json.ts';
import type { Situation } from './situation.ts';
import { type Slice, sliced, sliceOf, withLookupsOf } from './slice.ts';

/** What a policy decides, and what services look up with its token, as far as a change can affect it. */
export interface Decision extends Verdict {
  readonly lookups?: LookedUpValues;
}

/** A policy and a changed form of it, run side by side. */
export interface Change {
  /** The two decisions; undefined if they are the same. */
  compare(situation: Situation): { readonly verdict: Decision; readonly changed: Decision } | undefined;
}

/** Runs changed forms of one policy next to the original, each reduced to the parts that the change can affect. */
export interface Workbench {
  /** Undefined if the change has no effect, or the same effect as an earlier one. */
  changeTo(changed: Policy, path: Path): Change | undefined;
  /** The decision of the unchanged policy. */
  readonly verdictOf: (situation: Situation) => Verdict;
}

export function workbenchFor(policy: Policy): Workbench {
  const whole = runner(policy);
  const slices = new Map<string, { readonly slice: Slice; readonly run: Run; readonly looked: Policy }>();
  const known = new Set<string>();
  const sliceAt = (path: Path) => {
    const key = JSON.stringify(path.slice(0, 2));
    const found = slices.get(key);
    if (found !== undefined) return found;
    const slice = sliceOf(policy, path);
    const looked = withLookupsOf(policy, slice);
    const made = { slice, run: runner(sliced(policy, slice)), looked };
    known.add(`${key}${programText(sliced(policy, slice))}${lookupText(looked)}`);
    slices.set(key, made);
    return made;
  };
  return {
    verdictOf: whole,
    changeTo(changed, path) {
      const { slice, run, looked } = sliceAt(path);
      const text = programText(sliced(changed, slice));
      const changedLooked = withLookupsOf(changed, slice);
      const key = JSON.stringify(path.slice(0, 2)) + text + lookupText(changedLooked);
      if (known.has(key)) return undefined;
      known.add(key);
      const part = runProgram(evaluateProgram(text), changed);
      let wholeChanged: Run | undefined;
      const compareTokens: Change['compare'] = (situation) => {
        const before = run(situation);
        const after = part(situation);
        if (differences(before, after).length === 0) return undefined;
        const verdict = whole(situation);
        wholeChanged ??= verdict.denied === undefined ? undefined : runner(changed);
        const other =
          verdict.denied === undefined
            ? merged(verdict, after, slice, changed)
            : (wholeChanged?.(situation) ?? verdict);
        return differences(verdict, other).length === 0 ? undefined : { verdict, changed: other };
      };
      if (looked.lookups.claims.length === 0) return { compare: compareTokens };
      return {
        compare(situation) {
          const found = compareTokens(situation);
          const verdict = found?.verdict ?? whole(situation);
          const other = found?.changed ?? verdict;
          const lookups = lookupsOf(looked, situation, verdict);
          const otherLookups = lookupsOf(changedLooked, situation, other);
          if (found === undefined && sameJson(lookups, otherLookups)) return undefined;
          return { verdict: { ...verdict, lookups }, changed: { ...other, lookups: otherLookups } };
        },
      };
    },
  };
}

type Run = (situation: Situation) => Verdict;

function runner(policy: Policy): Run {
  return runProgram(evaluateProgram(programText(policy)), policy);
}

function runProgram(program: Program, policy: Policy): Run {
  return ({ context, answers }) => runPolicy(program, policy, { answers }, context).verdict;
}

/** The whole policy's result, with the changed decision of a slice. */
function merged(verdict: Verdict, after: Verdict, { claims, hasScopes }: Slice, changed: Policy): Verdict {
  const { denied, challenged, left } = after;
  if (left === true) return after;
  if (denied !== undefined) return { ...noTokens, denied, challenged };
  const hasUserinfo = changed.claims.some(({ tokens }) => tokens.includes('userinfo'));
  const token = (one: TokenName) => ({
    ...Object.fromEntries(Object.entries(verdict[one] ?? {}).filter(([name]) => !claims.has(name))),
    ...after[one],
  });
  const { userinfo: _, ...rest } = verdict;
  return {
    ...rest,
    left,
    access: token('access'),
    id: token('id'),
    ...(hasUserinfo ? { userinfo: token('userinfo') } : {}),
    scopes: hasScopes ? after.scopes : verdict.scopes,
    // A token that was left alone had none.
    lifetimeSeconds: after.lifetimeSeconds,
  };
}

/** The programs of all look-ups. */
function lookupText(policy: Policy): string {
  return [...lookupParts(policy).values()].map((part) => programText(part.policy)).join('');
}

/** Without comments, which repeat expressions as they are written. */
function programText(policy: Policy): string {
  return generateProgram(policy).replace(/^ *\/\/.*\n/gm, '');
}
