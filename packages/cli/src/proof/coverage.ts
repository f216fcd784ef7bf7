import type { Expression } from '@claimsmith/cel';
import {
  bareReads,
  type Delegated,
  expressionsOf,
  formatPath,
  isFor as isForActor,
  type Policy,
  type PolicyClaim,
  readsActor,
  restsOn,
  type Situation,
  tokenNames,
  truthsIn,
} from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import { hasIdToken, type PolicyRun } from '../run/policy-run.ts';
import { textAt } from '../run/raw-context.ts';
import type { Trial } from '../run/trial.ts';
import { canBeMissing } from './can-be-missing.ts';
import { conditionsOf, type Judge } from './conditions.ts';

/** A scenario and the policy's result. */
export interface Run extends PolicyRun {
  readonly trial: Pick<Trial, 'answers' | 'context'>;
}

/** A policy, and its runs. */
export interface Ran {
  readonly policy: Policy;
  readonly runs: readonly Run[];
  /** The only claim whose cases count. Default: all parts of the policy. */
  readonly only?: string;
}

/** How much of a policy the scenarios have tried. */
export interface Coverage {
  /** Things that can become of a policy's parts. */
  readonly cases: number;
  /** Those that no scenario has shown, in the order of the spec. */
  readonly untried: readonly Untried[];
}

/** A possible outcome of a part of the policy that no scenario has. */
export interface Untried {
  readonly part: Part;
  readonly name: string;
  readonly what: string;
}

type Part = Outcome['kind'] | 'source' | 'challenge' | 'cedar';

/** A possible outcome of a part, and how a run shows it. */
interface Case extends Untried {
  readonly seen: (run: Judged) => boolean;
}

interface Judged extends Run {
  readonly judge: Judge;
}

/**
 * Of a policy, or of the policies of several issuers: the claims, conditions, missing values, deny rules, grants and failures that no scenario shows. A case counts only if
 * it is visible: a claim is emitted, defaulted or left out in issued tokens, or a missing claim is the reason for a
 * denial.
 */
export function coverageOf(policies: readonly Ran[]): Coverage {
  const found = policies.flatMap(({ policy, runs, only }) => {
    const judgeOf = conditionsOf(policy);
    const judged = runs.map((run): Judged => ({ ...run, judge: judgeOf(run.trial) }));
    const cases = casesOf(policy).filter(
      ({ part, name }) => only === undefined || (part === 'claim' && name === only),
    );
    return cases.map(({ seen, ...untried }) => ({ untried, isTried: judged.some(seen) }));
  });
  // A case of several issuers' policies is tried if it is tried at one of them.
  const isTried = new Map<string, boolean>();
  const keyOf = ({ part, name, what }: Untried) => JSON.stringify([part, name, what]);
  for (const each of found) {
    const key = keyOf(each.untried);
    isTried.set(key, each.isTried || isTried.get(key) === true);
  }
  const cases = new Map(found.map(({ untried }) => [keyOf(untried), untried]));
  return {
    cases: cases.size,
    untried: [...cases].flatMap(([key, untried]) => (isTried.get(key) === true ? [] : [untried])),
  };
}

function casesOf(policy: Policy): readonly Case[] {
  const { claims, deny, scopes, details, sources } = policy;
  return [
    ...sources.flatMap(({ name }) => [sourceCase(name, 'answers'), sourceCase(name, 'fails')]),
    ...appliesCases(policy),
    ...deny.flatMap((_, index) => denyCases(policy, index)),
    ...claims.flatMap((claim) => claimCases(policy, claim)),
    ...scopes.flatMap(({ name, grant, delegated }) => grantCases(policy, 'scope', name, grant, delegated)),
    ...details.flatMap(({ type, grant, delegated }) => grantCases(policy, 'detail', type, grant, delegated)),
  ];
}

function isIssued({ verdict }: Run): boolean {
  return verdict.denied === undefined;
}

/** A source is asked only for undecided parts; if nothing is issued, the source may not be the reason. */
function sourceCase(name: string, what: 'answers' | 'fails'): Case {
  const hasAnswered = ({ answers }: Run['trial']) => answers[name] !== undefined && 'value' in answers[name];
  const isFailure = ({ cause }: Outcome) => cause?.startsWith(`${name}:`) === true;
  const seen = (run: Run) =>
    run.asked.some(({ source }) => source === name) &&
    hasAnswered(run.trial) === (what === 'answers') &&
    (isIssued(run) || run.outcomes.some((found) => found.outcome === 'denied' && isFailure(found)));
  return { part: 'source', name, what, seen };
}

function appliesCases(policy: Policy): readonly Case[] {
  const { applies } = policy;
  if (applies === undefined) return [];
  const part = { part: 'policy', name: 'applies' } as const;
  const own = (run: Run) => run.outcomes.find(({ kind }) => kind === 'policy');
  return [
    { ...part, what: 'applies', seen: (run) => own(run) === undefined },
    { ...part, what: 'leaves a token alone', seen: (run) => run.verdict.left === true },
    ...(bareReads(policy, applies.when).length > 0
      ? [{ ...part, what: 'fails', seen: (run: Run) => own(run)?.outcome === 'denied' }]
      : []),
  ];
}

function denyCases(policy: Policy, index: number): readonly Case[] {
  const rule = policy.deny[index];
  if (rule === undefined || isNever(rule.when)) return [];
  const { reason, when, challenge } = rule;
  const isTwice = policy.deny.filter((other) => other.reason === reason).length > 1;
  const kind = rule.challenge === undefined ? 'deny' : 'challenge';
  const part = { part: kind, name: isTwice ? `${reason} (${formatPath(rule.path)})` : reason } as const;
  const earlier = policy.deny.slice(0, index);
  const isReached = ({ judge }: Judged) => earlier.every((other) => judge(other.when) === false);
  const holds = (run: Judged) => run.verdict.denied === reason && isReached(run) && run.judge(when) === true;
  const fails = (run: Judged) => !isIssued(run) && isReached(run) && run.judge(when) === undefined;
  const isOver = (run: Judged) => isIssued(run) && run.judge(when) === false;
  return [
    ...(challenge === undefined
      ? [{ ...part, what: 'holds', seen: holds }]
      : [
          { ...part, what: 'is due', seen: holds },
          { ...part, what: 'is not due', seen: isOver },
        ]),
    ...(bareReads(policy, when).length > 0 ? [{ ...part, what: 'fails', seen: fails }] : []),
  ];
}

/** A parameter or the issuer has decided it when the policy was built. */
function isNever(condition: Expression | undefined): boolean {
  return isFixed(condition, false);
}

function isFixed(condition: Expression | undefined, value: boolean): boolean {
  return condition?.root.kind === 'literal' && condition.root.value === value;
}

function claimCases(policy: Policy, claim: PolicyClaim): readonly Case[] {
  const { name, when, tokens, audiences, clients } = claim;
  if (isNever(when)) return [];
  const inToken = ({ verdict }: Run) => tokenNames.some((token) => Object.hasOwn(verdict[token] ?? {}, name));
  const couldBe = (run: Run) => isIssued(run) && (tokens.includes('access') || hasIdToken(run.trial.context));
  const isFor = ({ trial: { context } }: Run) => includes(audiences, textAt(context, 'request', 'audience'));
  const isBy = ({ trial: { context } }: Run) => includes(clients, textAt(context, 'client', 'id'));
  const holds = ({ judge }: Judged) => when === undefined || judge(when) === true;
  const outcome = (run: Run) =>
    run.outcomes.find((found) => found.kind === 'claim' && found.name === name)?.outcome;
  const isMissing = (run: Judged) => {
    switch (outcome(run)) {
      case 'default':
        return inToken(run);
      case 'omitted':
        return couldBe(run);
      default:
        return outcome(run) === 'denied' && isCause(policy, name, run);
    }
  };
  const isOf = ({ trial: { context } }: Run) => isForActor(claim.delegated, context);
  const isLeftOut = (run: Judged) => outcome(run) === 'skipped' && couldBe(run);
  const isSkipped = (run: Judged) => isLeftOut(run) && isOf(run);
  const isAbout = ({ trial: { context } }: Run) => isSubject(policy, claim, context['subject_type']);
  const found = (what: string, seen: Case['seen']): Case => ({ part: 'claim', name, what, seen });
  const leftOut = when && !isAlwaysMet(policy, claim, when);
  return [
    found('is emitted', (run) => outcome(run) === 'emitted' && inToken(run)),
    ...delegatedCases(policy, claim).map(([what, seen]) =>
      found(what, (run) => seen(run) && (outcome(run) === 'emitted' ? inToken(run) : isLeftOut(run))),
    ),
    ...(audiences ? [found('is left out for its audience', (run) => isSkipped(run) && !isFor(run))] : []),
    ...(clients
      ? [found('is left out for its client', (run) => isSkipped(run) && isFor(run) && !isBy(run))]
      : []),
    ...(leftOut && claim.subjects && tokens.includes('access')
      ? [
          found(
            'is left out for its subject',
            (run) => isSkipped(run) && isFor(run) && isBy(run) && isAbout(run) !== true,
          ),
        ]
      : []),
    ...(leftOut && hasOwnWhen(policy, claim, when)
      ? [
          found(
            'is left out by `when`',
            (run) => isSkipped(run) && isFor(run) && isBy(run) && isAbout(run) !== false,
          ),
        ]
      : []),
    ...(when && bareReads(policy, when).length > 0
      ? [found('has a `when` that fails', (run) => isMissing(run) && run.judge(when) === undefined)]
      : []),
    ...(canBeMissing(claim) ? [found('is missing', (run) => isMissing(run) && holds(run))] : []),
  ];
}

/** What becomes of a claim in delegated tokens, if the spec says something about them. */
function delegatedCases(
  policy: Policy,
  { name, kind, delegated }: PolicyClaim,
): readonly (readonly [what: string, seen: Case['seen']])[] {
  const outcome = (run: Run) =>
    run.outcomes.find((one) => one.kind === 'claim' && one.name === name)?.outcome;
  const isOf = ({ trial: { context } }: Run) => isForActor(delegated, context);
  if (delegated !== 'always')
    return tellsActors(policy)
      ? [['is left out of a delegated token', (run) => outcome(run) === 'skipped' && !isOf(run)]]
      : [];
  return kind === 'authoritative' && policy.spec.claims[name]?.delegated
    ? [['is emitted in a delegated token', (run) => outcome(run) === 'emitted' && isDelegated(run)]]
    : [];
}

function isDelegated({ trial: { context } }: Run): boolean {
  return !isForActor('never', context);
}

/** Whether a spec says something about delegated tokens, so that scenarios should try them. */
function tellsActors(policy: Policy): boolean {
  const { spec } = policy;
  const { scopes = {}, authorizationDetails = {} } = spec;
  const said = [spec.claims, scopes, authorizationDetails].flatMap((parts) => Object.values(parts));
  return (
    said.some(({ delegated }) => delegated !== undefined) ||
    expressionsOf(policy).some(({ expression }) => readsActor(expression))
  );
}

/** Whether the spec has a condition for a claim that can be false for a subject of the claim. */
function hasOwnWhen(policy: Policy, { name, subjects }: PolicyClaim, when: Expression): boolean {
  const { claims, subjects: declared } = policy.spec;
  if (claims[name]?.when === undefined) return false;
  if (subjects === undefined || declared !== undefined) return true;
  return subjects.kinds.some((kind) => {
    const situation = { ...people, values: { ...people.values, subject_type: kind } };
    return truthsIn(policy, when, situation).join() !== 'true';
  });
}

/** Whether a claim is for a kind of subject; undefined if the spec declares kinds of its own. */
function isSubject({ spec }: Policy, { subjects }: PolicyClaim, kind: unknown): boolean | undefined {
  if (subjects === undefined) return true;
  return spec.subjects === undefined ? subjects.kinds.some((one) => one === kind) : undefined;
}

function includes(list: readonly string[] | undefined, value: string | undefined): boolean {
  return list === undefined || (value !== undefined && list.includes(value));
}

/** Only people have ID tokens, so a condition that every person meets never leaves out such claims. */
function isAlwaysMet(policy: Policy, { tokens }: PolicyClaim, when: Expression): boolean {
  if (isFixed(when, true)) return true;
  return !tokens.includes('access') && truthsIn(policy, when, people).join() === 'true';
}

const people: Situation = {
  where: 'at a login',
  values: { subject_type: 'human' },
  absent: [],
  lost: [],
};

/** Whether the denial comes only from this claim, from what it reads, or from what reads it. */
function isCause(policy: Policy, name: string, { outcomes, verdict }: Run): boolean {
  const rests = restsOn(policy);
  const behind = new Map(policy.claims.map(({ name: one, reads }) => [one, rests(reads).claims]));
  const isRelated = (other: string) =>
    other === name ||
    behind.get(name)?.includes(other) === true ||
    behind.get(other)?.includes(name) === true;
  const denied = outcomes.filter(({ outcome }) => outcome === 'denied');
  return (
    verdict.denied !== undefined && denied.every((found) => found.kind === 'claim' && isRelated(found.name))
  );
}

function grantCases(
  policy: Policy,
  part: 'scope' | 'detail',
  name: string,
  grant: Expression,
  delegated: Delegated,
): readonly Case[] {
  const canFail = bareReads(policy, grant).length > 0;
  const seen = (outcome: Outcome['outcome'], isRight: (found: Outcome) => boolean) => (run: Run) => {
    const own = run.outcomes.filter((found) => found.kind === part && found.outcome === outcome);
    const isWhyDenied = outcome === 'refused' && run.verdict.denied === 'authorization_details_refused';
    const isShown = isIssued(run) || (part === 'detail' && isWhyDenied && own.length === 1);
    return isShown && own.some((found) => found.name === name && isRight(found));
  };
  return [
    { part, name, what: 'is granted', seen: seen('granted', () => true) },
    {
      part,
      name,
      what: 'is refused',
      seen: (run) =>
        isForActor(delegated, run.trial.context) &&
        seen('refused', ({ cause }) => !canFail || cause === undefined)(run),
    },
    ...(tellsActors(policy) && delegated !== 'always'
      ? [
          {
            part,
            name,
            what: 'is refused in a delegated token',
            seen: (run: Run) => !isForActor(delegated, run.trial.context) && seen('refused', () => true)(run),
          },
        ]
      : []),
    ...(canFail
      ? [
          {
            part,
            name,
            what: 'has a grant that fails',
            seen: seen('refused', ({ cause }) => cause !== undefined),
          },
        ]
      : []),
  ];
}
