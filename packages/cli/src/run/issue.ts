import { isDeepStrictEqual } from 'node:util';
import {
  type Issuance,
  type Issuer,
  isMapping,
  noTokens,
  type Policy,
  type RawContext,
  tokenBytes,
  tokenNames,
  usualClaims,
  usualHeader,
  type VendorEvent,
  type Verdict,
} from '@claimsmith/core';
import type { ScenarioExpectation } from '@claimsmith/core/spec';
import type { Outcome, SingleNeed } from '@claimsmith/runtime';
import { overreach } from './bypass.ts';
import { impossibleAt } from './carried.ts';
import { differences, type Mismatch, sameInAnyOrder, unmet, withSpecNames } from './compare.ts';
import { excessOf } from './excess.ts';
import { type Declared, type Expected, expectedAt } from './expectation.ts';
import { lookupDifferences, lookupsAt, lookupsOf, type TokenLookups, unmetLookups } from './lookups.ts';
import { type Mistyped, mistypedIn } from './mistyped.ts';
import { runPolicy } from './policy-run.ts';
import { at, textAt } from './raw-context.ts';
import { decidedAt, meantRequests, requestDifferences } from './requests.ts';
import { simulate, simulateBypass } from './simulate.ts';
import type { Stage, Trial } from './trial.ts';

/** The result at one issuer. */
export interface Preview {
  readonly trial: string;
  readonly issuer: string;
  readonly trigger: string;
  readonly issuance: Issuance;
  /** What the policy decides; undefined if only an event of the issuer is known. */
  readonly verdict: Verdict | undefined;
  /** Claim name in the spec to its name at the issuer. */
  readonly names: Readonly<Record<string, string>>;
  /** Outcomes of the policy run outside the issuer; empty if only an event of the issuer is known. */
  readonly outcomes: readonly Outcome[];
  /** What services look up with the access token; undefined: nothing. */
  readonly lookups?: TokenLookups;
  /** Length of the signed access token with the usual claims around ours, in bytes; undefined if denied. */
  readonly accessTokenBytes: number | undefined;
  /** Sources that were asked although the trial does not mention them; each failed as `network`. */
  readonly unanswered: readonly string[];
  /** The trial's values with a wrong type. */
  readonly mistyped?: readonly Mistyped[];
  /** Whether somebody acts for the subject; undefined if only an event of the issuer is known. */
  readonly delegated?: boolean;
  /** Why the situation cannot come about at the issuer, in one sentence; nothing ran. Absent: it can. */
  readonly impossible?: string;
  /** Whether there was anything to compare with. */
  readonly expected: boolean;
  /** Where the outcome differs from the scenario's expectation, for this issuer or for all, without an announcement. */
  readonly unmet: readonly Mismatch[];
  /** Whether the scenario itself expects every difference from the policy here. */
  readonly foreseen: boolean;
  /** Where the issuer's tokens differ from the policy without an announcement. */
  readonly divergences: readonly Mismatch[];
  /** The issuer's announcements, if they explain why its tokens differ from the policy. */
  readonly declared: readonly Declared[];
}

/** Issues a token for the trial, in the issuer's simulator and outside it, and compares. */
export async function issue(stage: Stage, trial: Trial): Promise<Preview> {
  const { issuer, policy, names, program } = stage;
  const event = issuer.simulator.eventFrom(trial.context, policy);
  const impossible = impossibleAt(trial.context, issuer, event.trigger, policy);
  if (impossible !== undefined) return notIssued(stage, event.trigger, trial, impossible);
  const held = { ...trial, context: issuer.simulator.holds?.(trial.context, policy) ?? trial.context };
  const { verdict, outcomes, asked } = runPolicy(program, policy, held, held.context);
  const { issuance, unanswered } = await simulate(
    stage,
    event,
    trial,
    askedAt(stage, event.trigger, held, asked),
  );
  const actual = withSpecNames(issuance, names, policy.claims, policy.deny);
  const lookups = lookupsAt(stage, trial, actual);
  const expected = expectedAt(stage, event.trigger, held);
  const own = trial.expect?.issuers?.[issuer.id];
  const missed =
    own === undefined ? [] : [...unmet(own, actual, policy), ...unmetLookups(own, lookups?.found)];
  const meant = runPolicy(program, policy, trial, trial.context).verdict;
  const declared = [
    ...heldOtherwise(issuer, trial.context, held.context, meant, verdict),
    ...expected.declared,
  ];
  return {
    trial: trial.name,
    issuer: issuer.id,
    trigger: event.trigger,
    issuance,
    verdict,
    names,
    outcomes,
    ...(lookups !== undefined && { lookups }),
    accessTokenBytes: issuance.denied === undefined ? signedBytes(issuance, trial.context) : undefined,
    unanswered: [...new Set([...unansweredOf(asked, trial), ...unanswered])],
    mistyped: mistypedIn(policy, trial),
    delegated: isMapping(trial.context['actor']) && Object.keys(trial.context['actor']).length > 0,
    expected: trial.expect !== undefined || (trial.decisions ?? []).length > 0,
    // The issuer may return an unordered list in another order than the scenario; `divergences` handles that.
    unmet: own
      ? missed
      : trial.expect === undefined
        ? []
        : [
            ...unmet(trial.expect, declared.length > 0 ? meant : actual, policy),
            ...unmetLookups(
              trial.expect,
              declared.length > 0 ? lookupsOf(policy, trial, meant) : lookups?.found,
            ),
          ].filter((mismatch) => !sameInAnyOrder(mismatch.expected, mismatch.actual)),
    foreseen: own !== undefined && missed.length === 0 && isForeseen(own, differences(meant, actual)),
    divergences: [
      ...divergencesOf(policy, expected, actual),
      ...lookupDifferences(lookups),
      ...requestDifferences(meantRequests(stage, event.trigger, held), issuance.requests),
      ...(await bypassDifferences(stage, event, held, expected.verdict)),
    ],
    declared,
  };
}

/** Nothing runs, and nothing is compared. */
function notIssued({ issuer, names }: Stage, trigger: string, trial: Trial, impossible: string): Preview {
  const denied = { error: 'impossible', description: impossible };
  return {
    trial: trial.name,
    issuer: issuer.id,
    trigger,
    issuance: { ...noTokens, denied, notes: [], requests: [], log: [], elapsedMs: 0 },
    verdict: undefined,
    names,
    outcomes: [],
    accessTokenBytes: undefined,
    unanswered: [],
    impossible,
    expected: trial.expect !== undefined,
    unmet: [],
    foreseen: false,
    divergences: [],
    declared: [],
  };
}

/** The questions with the values that the issuer supplies, and of sources that these do not need, the policy's own. */
function askedAt(
  stage: Stage,
  trigger: string,
  trial: Trial,
  meant: readonly SingleNeed[],
): readonly SingleNeed[] {
  const known = decidedAt(stage, trigger, trial).asked;
  const sources = new Set(known.map(({ source }) => source));
  return [...known, ...meant.filter(({ source }) => !sources.has(source))];
}

/**
 * The announced difference, if the issuer cannot store the scenario's values and the policy decides differently without
 * them.
 */
function heldOtherwise(
  { title }: Issuer,
  said: RawContext,
  held: RawContext,
  meant: Verdict,
  verdict: Verdict,
): readonly Declared[] {
  if (sameInAnyOrder(meant, verdict)) return [];
  const fields = differing(said, held);
  return [{ rule: 'TE804', why: `${title} cannot have the scenario's value for ${fields.join(', ')}.` }];
}

/** The dotted paths of values that are not alike. An empty record is as good as none, and so is null. */
function differing(one: unknown, other: unknown, path: readonly string[] = []): readonly string[] {
  if (!isMapping(one ?? other) || !isMapping(other ?? one))
    return isDeepStrictEqual(one ?? undefined, other ?? undefined) ? [] : [path.join('.')];
  const [from, to] = [one, other].map((value) => (isMapping(value) ? value : {}));
  const names = new Set([from, to].flatMap((record = {}) => Object.keys(record)));
  return [...names].flatMap((name) => differing(from?.[name], to?.[name], [...path, name]));
}

/** Whether an expectation names every difference. */
function isForeseen(
  { denied, challenged, scopes, absent = [], ...tokens }: ScenarioExpectation,
  found: readonly Mismatch[],
) {
  const named = new Set([
    ...(denied === undefined && challenged === undefined ? [] : ['denied', 'challenged']),
    ...(scopes === undefined ? [] : ['scopes']),
    ...tokenNames.flatMap((token) =>
      [...Object.keys(tokens[token] ?? {}), ...absent].map((name) => `${token}.${name}`),
    ),
  ]);
  return found.every(({ at }) => named.has(at));
}

/** Where the issuer differs from the expectation and grants more than the policy, with or without an announcement. */
function divergencesOf(
  policy: Policy,
  { verdict, due, isGuarded, accepted }: Expected,
  actual: Verdict,
): readonly Mismatch[] {
  const other = differences(verdict, actual);
  const known = new Set([...accepted, ...other.map(({ at }) => at)]);
  const excess = isGuarded ? [] : excessOf(policy, due, actual);
  return [...other, ...excess.filter(({ at }) => !known.has(at))];
}

/** Compares what the issuer may sign without asking our part with the spec's promise about such tokens. */
async function bypassDifferences(
  stage: Stage,
  event: VendorEvent,
  trial: Trial,
  verdict: Verdict,
): Promise<readonly Mismatch[]> {
  const { issuer, policy, names } = stage;
  const promised = issuer.simulator.bypass?.promised(policy, textAt(trial.context, 'request', 'audience'));
  const issuance = promised && (await simulateBypass(stage, event, trial));
  if (promised === undefined || issuance === undefined) return [];
  const found = overreach(
    promised,
    verdict,
    withSpecNames(issuance, names, policy.claims, policy.deny),
    policy,
  );
  return found.map((mismatch) => ({
    ...mismatch,
    at: `where ${issuer.simulator.bypass?.when}: ${mismatch.at}`,
  }));
}

function unansweredOf(asked: readonly SingleNeed[], { answers }: Trial): readonly string[] {
  return asked.map(({ source }) => source).filter((source) => !Object.hasOwn(answers, source));
}

/** Issues a token for a vendor's event. Without an identity context, the policy cannot run for comparison. */
export async function issueEvent(
  stage: Stage,
  trigger: string,
  event: Readonly<Record<string, unknown>>,
  trial: Omit<Trial, 'context' | 'expect'>,
): Promise<Preview> {
  const { issuance, unanswered } = await simulate(stage, { trigger, event }, trial, []);
  return {
    trial: trial.name,
    issuer: stage.issuer.id,
    trigger,
    issuance,
    verdict: undefined,
    names: stage.names,
    outcomes: [],
    accessTokenBytes: issuance.denied === undefined ? signedBytes(issuance, {}) : undefined,
    unanswered,
    expected: false,
    unmet: [],
    foreseen: false,
    divergences: [],
    declared: [],
  };
}

/** The issuer's claims around ours, only for the size. */
function signedBytes(issuance: Issuance, context: Trial['context']): number {
  const around = usualClaims({
    subject: at(context, 'user', 'id') ?? at(context, 'client', 'id'),
    audience: at(context, 'request', 'audience'),
    client: at(context, 'client', 'id'),
    scope: issuance.scopes.join(' '),
  });
  return tokenBytes(usualHeader, { ...around, ...issuance.access });
}
