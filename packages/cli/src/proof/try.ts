import { isDeepStrictEqual } from 'node:util';
import { type Finding, type Policy, personalValueFindings } from '@claimsmith/core';
import type { CedarEngine } from '../cedar/decisions.ts';
import { type Mismatch, unmet } from '../run/compare.ts';
import { decisionMismatches, type TokenDecision } from '../run/decisions.ts';
import type { Declared } from '../run/expectation.ts';
import { issue, type Preview } from '../run/issue.ts';
import { lookupParts, lookupRuns, lookupsOf, unmetLookups } from '../run/lookups.ts';
import { type PolicyRun, runPolicy } from '../run/policy-run.ts';
import type { Stage, Trial } from '../run/trial.ts';
import { fileDifferences } from './built-files.ts';
import { type Coverage, coverageOf, type Ran } from './coverage.ts';
import { decideAt, type IssuerDecision, meantDecisions, withDecisionCoverage } from './decide.ts';
import { withKnownLists } from './known-lists.ts';
import { termDifferences } from './source-terms.ts';

/** One scenario at one place. */
export interface Tried {
  readonly trial: string;
  /** `policy`, or an issuer's id. */
  readonly where: string;
  /**
   * - `passed`: the policy meets the scenario's expectation, or an issuer signs what the policy decides
   * - `departs`: the issuer signs something else, and its findings have announced it
   * - `impossible`: the situation cannot come about at the issuer, and nothing ran there
   * - `failed`: anything else
   */
  readonly status: 'passed' | 'departs' | 'impossible' | 'failed';
  /** Empty unless failed. For the policy, `expected` comes from the scenario; for an issuer, from the policy. */
  readonly differences: readonly Mismatch[];
  /** If the spec reads `issuer`, for which issuers the policy is not as expected. */
  readonly missed?: readonly Missed[];
  /** Differences from the scenario's expectation for this issuer. */
  readonly unmet: readonly Mismatch[];
  /** Empty unless it departs. */
  readonly departures: readonly Declared[];
  /** Why it is impossible, in one sentence. */
  readonly impossible?: string;
}

/** Where the policy for some issuers is not as expected. */
export interface Missed {
  readonly issuers: readonly string[];
  readonly differences: readonly Mismatch[];
}

/** All scenarios at all places. */
export interface Results {
  readonly tried: readonly Tried[];
  readonly previews: readonly Preview[];
  readonly coverage: Coverage;
  /** Warnings about the claims that the scenarios' tokens have. */
  readonly findings: readonly Finding[];
  /** What Cedar decides, in the order of the scenarios. */
  readonly decisions: readonly IssuerDecision[];
}

/** The results without scenarios. */
export const noResults: Results = {
  tried: [],
  previews: [],
  coverage: { cases: 0, untried: [] },
  findings: [],
  decisions: [],
};

/**
 * Runs every scenario on the policy itself, against its expectation, and through every issuer's built artifact, against
 * the policy.
 */
export async function tryAll(
  stages: readonly Stage[],
  trials: readonly Trial[],
  engine?: CedarEngine,
): Promise<Results> {
  if (stages.length === 0) return noResults;
  const tried: Tried[] = [];
  const previews: Preview[] = [];
  const decisions: IssuerDecision[] = [];
  const deciding: Pick<IssuerDecision, 'because'>[] = [];
  const known = trials.map((trial) => withKnownLists(stages, trial));
  const compared = new Map(stages.map((stage) => [stage, new Set<string>()]));
  for (const trial of known) {
    const meant = engine === undefined ? undefined : meantDecisions(engine, stages, trial);
    tried.push(policyTried(stages, trial, meant));
    for (const stage of stages) {
      const issued = await issue(stage, trial);
      if (issued.impossible !== undefined) {
        previews.push(issued);
        tried.push(notTried(issued, issued.impossible));
        continue;
      }
      const terms = await termDifferences(stage, trial, issued, compared.get(stage) ?? new Set());
      const decided = engine && (await decideAt(engine, stage, trial, issued, meant?.get(stage) ?? []));
      const divergences = [...issued.divergences, ...terms, ...(decided?.divergences ?? [])];
      const preview = { ...issued, divergences };
      const { issuer, foreseen } = preview;
      previews.push(preview);
      const unmet = trial.expect?.issuers?.[issuer] === undefined ? [] : preview.unmet;
      const declared = foreseen ? [] : preview.declared;
      const status = statusOf([...divergences, ...unmet], declared);
      const departures = status === 'departs' ? declared : [];
      tried.push({ trial: trial.name, where: issuer, differences: divergences, unmet, departures, status });
      decisions.push(
        ...(decided?.decisions ?? []).map((one) => ({ trial: trial.name, where: issuer, ...one })),
      );
      deciding.push(...(decided?.decisions ?? []), ...(decided?.besides ?? []));
    }
  }
  const ran = policiesOf(stages).map(({ policy, program }) => ({
    policy,
    runs: known.map((trial) => ({ trial, ...runPolicy(program, policy, trial, trial.context) })),
  }));
  const coverage = coverageOf([...ran, ...ran.flatMap(lookupsRan)]);
  return {
    tried: [...(await filesTried(stages)), ...tried],
    previews,
    coverage: engine === undefined ? coverage : withDecisionCoverage(coverage, engine, deciding),
    findings: personalFindings(ran),
    decisions,
  };
}

function notTried({ trial, issuer: where }: Preview, impossible: string): Tried {
  return { trial, where, differences: [], unmet: [], departures: [], status: 'impossible', impossible };
}

/** The look-ups of a policy, claim by claim. */
function lookupsRan({
  policy,
  runs,
}: {
  policy: Policy;
  runs: readonly (PolicyRun & { trial: Trial })[];
}): readonly Ran[] {
  const all = runs.flatMap(({ trial, verdict }) => lookupRuns(policy, trial, verdict) ?? []);
  return [...lookupParts(policy)].map(([only, part]) => ({
    policy: part.policy,
    runs: all.filter(({ claim }) => claim === only),
    only,
  }));
}

/** Personal data in the values of claims. Policies of issuers share a spec, so each claim is reported once. */
function personalFindings(
  ran: readonly { policy: Policy; runs: readonly (PolicyRun & { trial: Trial })[] }[],
): readonly Finding[] {
  const findings = ran.flatMap(({ policy, runs }) =>
    personalValueFindings(
      policy,
      runs.map(({ trial, verdict: { access, id, userinfo = {} } }) => ({
        scenario: trial.name,
        claims: [access, id, userinfo],
      })),
    ),
  );
  return [...new Map(findings.map((one) => [`${one.rule} ${one.range?.start.offset}`, one])).values()];
}

/** The policy itself against the expectation of a scenario. */
function policyTried(
  stages: readonly Stage[],
  trial: Trial,
  meant: ReadonlyMap<Stage, readonly TokenDecision[]> | undefined,
): Tried {
  const decided = [...(meant ?? [])].map(([{ issuer }, decisions]) => ({
    issuers: [issuer.id],
    differences: decisionMismatches(decisions),
  }));
  const missed = together([...missedBy(stages, trial), ...decided]);
  const all = missed.flatMap(({ differences }) => differences);
  const differences = all.filter(
    (one, index) => all.findIndex((other) => isDeepStrictEqual(one, other)) === index,
  );
  const isEverywhere = missed.every(({ issuers }) => issuers.length === stages.length);
  return {
    trial: trial.name,
    where: 'policy',
    differences,
    ...(policiesOf(stages).length > 1 || !isEverywhere ? { missed } : {}),
    unmet: [],
    departures: [],
    status: statusOf(differences, []),
  };
}

/** The same differences of several issuers as one. */
function together(missed: readonly Missed[]): readonly Missed[] {
  const found: Missed[] = [];
  for (const { issuers, differences } of missed) {
    if (issuers.length === 0 || differences.length === 0) continue;
    const known = found.findIndex((one) => isDeepStrictEqual(one.differences, differences));
    const before = found[known];
    if (before === undefined) found.push({ issuers, differences });
    else found[known] = { issuers: [...before.issuers, ...issuers], differences };
  }
  return found;
}

/** A stage for each policy: one for all issuers, unless the spec reads `issuer`. */
export function policiesOf(stages: readonly Stage[]): readonly Stage[] {
  return stages.filter(({ policy }, index) => stages.findIndex((other) => other.policy === policy) === index);
}

/** Where the policy itself differs from the expectation, which leaves out the issuers that have one of their own. */
function missedBy(stages: readonly Stage[], trial: Trial): readonly Missed[] {
  const { expect } = trial;
  if (expect === undefined) return [];
  const policies = policiesOf(stages);
  return policies.map(({ policy, program }) => {
    const same = stages.filter((stage) => stage.policy === policy).map(({ issuer }) => issuer.id);
    const { verdict } = runPolicy(program, policy, trial, trial.context);
    return {
      issuers: policies.length === 1 ? same : same.filter((id) => expect.issuers?.[id] === undefined),
      differences: [
        ...unmet(expect, verdict, policy),
        ...unmetLookups(expect, lookupsOf(policy, trial, verdict)),
      ],
    };
  });
}

/** A separate row for differences between built files and the spec that no scenario shows. */
async function filesTried(stages: readonly Stage[]): Promise<readonly Tried[]> {
  const row = (where: string, differences: readonly Mismatch[]): Tried => {
    const status = statusOf(differences, []);
    return { trial: 'the built files', where, differences, unmet: [], departures: [], status };
  };
  const rows = [row('policy', [])];
  for (const stage of stages) rows.push(row(stage.issuer.id, await fileDifferences(stage)));
  return rows.some(({ status }) => status === 'failed') ? rows : [];
}

function statusOf(differences: readonly Mismatch[], declared: readonly Declared[]): Tried['status'] {
  if (differences.length > 0) return 'failed';
  return declared.length > 0 ? 'departs' : 'passed';
}
