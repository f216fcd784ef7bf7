import {
  type Departure,
  type Finding,
  openIdScopes,
  otherScopes,
  scopePattern,
  type Verdict,
} from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import { held, told } from './carried.ts';
import { decidesOn, differences, type Mismatch } from './compare.ts';
import { type PolicyRun, runPolicy } from './policy-run.ts';
import { requestedScopes, textAt } from './raw-context.ts';
import type { Stage, Trial } from './trial.ts';

/** Why an issuer may sign something else than the policy decides. */
export interface Declared {
  readonly rule: string;
  /** One sentence. */
  readonly why: string;
}

/** What an issuer must sign. */
export interface Expected {
  readonly verdict: Verdict;
  /** The policy's decision with the values that the issuer can supply. The issuer's tokens must never grant more. */
  readonly due: Verdict;
  /** The announcements that explain the difference from the policy; empty if there is no difference. */
  readonly declared: readonly Declared[];
  /** Whether the spec itself makes services refuse the tokens that are issued instead. */
  readonly isGuarded: boolean;
  /** Where tokens may grant more for now, because the spec accepts the finding: `access.roles`. */
  readonly accepted: readonly string[];
}

/**
 * What an issuer must sign for a trial: the policy's verdict, except for differences that findings have announced for
 * the same parts of the policy. Any other difference is a failure.
 */
export function expectedAt(stage: Stage, trigger: string, trial: Trial): Expected {
  const expected = expectedOf(stage, trigger, trial);
  if (stage.issuer.model.hasAudience !== false) return expected;
  const { verdict, due } = expected;
  return { ...expected, verdict: { ...verdict, audiences: [] }, due: { ...due, audiences: [] } };
}

function expectedOf(stage: Stage, trigger: string, trial: Trial): Expected {
  const { issuer, policy, program } = stage;
  const scenario = runPolicy(program, policy, trial, trial.context).verdict;
  const possible = held(trial.context, issuer, trigger, policy);
  const run = runPolicy(program, policy, trial, possible.context);
  const due = run.verdict;
  // The issuer chooses the audience; it matters only if the policy reads it.
  const isOther = differences({ ...scenario, audiences: due.audiences }, due).length > 0;
  const declared = isOther ? possible.changes.map((why) => ({ rule: 'TE804', why })) : [];
  const { context } = told(possible.context, issuer, trigger, policy);
  const known = runPolicy(program, policy, trial, context, {}, possible.context);
  const announced = announcementsOf(stage, run, known);
  if (announced === undefined) return { verdict: due, due, declared, isGuarded: false, accepted: [] };
  const { findings, accepted } = announced;
  declared.push(...findings.map(declaredOf));
  const client = textAt(context, 'client', 'id');
  const asked = { trigger, client, scopes: requestedScopes(context), context };
  const departure = issuer.simulator.departs?.(policy, known.verdict, asked);
  if (departure === undefined || !isSaid(stage, departure))
    return { verdict: known.verdict, due, declared, isGuarded: false, accepted };
  const { rule, why, instead, isGuarded = false } = departure;
  return { verdict: instead, due, declared: [...declared, { rule, why }], isGuarded, accepted };
}

function declaredOf({ rule, message, accepted }: Finding): Declared {
  return { rule, why: accepted === undefined ? message : `${message} Accepted until ${accepted.until}.` };
}

/**
 * The findings that announce why a policy decides differently with the issuer's values; undefined if one of the
 * differences is not announced.
 */
function announcementsOf({ issuer, policy, findings }: Stage, run: PolicyRun, known: PolicyRun) {
  const announced = new Set<Finding>();
  const accepted: string[] = [];
  for (const mismatch of differences(run.verdict, known.verdict)) {
    // Tokens of such an issuer have no audience, whichever one it knows.
    if (mismatch.at === 'audience' && issuer.model.hasAudience === false) continue;
    const causes = causesOf(mismatch, run, known, policy);
    // Scopes that the policy does not decide on are the issuer's; not every issuer tells them.
    if (causes.length === 0) continue;
    const found: Finding[] = [];
    for (const { part, names } of causes) {
      const finding = findings.find(
        ({ issuer: id, about }) =>
          id === issuer.id && about?.part === part && names.some((name) => isNamed(about.name, name)),
      );
      if (finding === undefined) return undefined;
      found.push(finding);
      announced.add(finding);
    }
    if (found.every((finding) => finding.accepted !== undefined)) accepted.push(mismatch.at);
  }
  return { findings: [...announced], accepted };
}

interface Cause {
  readonly part: Outcome['kind'];
  readonly names: readonly string[];
}

/** The parts of the policy that make a difference. */
function causesOf(
  { at, expected, actual }: Mismatch,
  run: PolicyRun,
  known: PolicyRun,
  { scopes }: Stage['policy'],
): readonly Cause[] {
  if (at === 'denied' || at === 'challenged') {
    const deniers = ({ outcomes }: PolicyRun) => outcomes.filter(({ outcome }) => outcome === 'denied');
    // If both deny, the reasons differ because of the part that denies at the issuer.
    const [those, others] = actual === undefined ? [run, known] : [known, run];
    const isElsewhere = (part: Outcome) =>
      deniers(others).some(({ kind, name }) => kind === part.kind && name === part.name);
    const own = deniers(those).filter((part) => !isElsewhere(part));
    return (own.length > 0 ? own : deniers(those)).map(({ kind, name }) => ({ part: kind, names: [name] }));
  }
  if (at !== 'scopes') return [{ part: 'claim', names: [at.slice(at.indexOf('.') + 1)] }];
  const [one, other] = [expected, actual].map((value): readonly string[] =>
    Array.isArray(value) ? value : [],
  );
  const changed = [...(one ?? []), ...(other ?? [])].filter(
    (name) => one?.includes(name) !== other?.includes(name),
  );
  const decided = changed.filter((name) => scopes.some((scope) => decidesOn(scope, name)));
  return decided.map((name) => ({ part: 'scope', names: [name] }));
}

/** Whether a scope as it was asked for is one that the spec names. */
function isNamed(name: string, asked: string): boolean {
  if (name === asked || (name === otherScopes && !openIdScopes.includes(asked))) return true;
  const pattern = scopePattern(name);
  return (
    typeof pattern !== 'string' &&
    pattern.placeholders.length > 0 &&
    asked.startsWith(pattern.pattern[0] ?? '')
  );
}

/** Whether a finding announces it for that very place. */
function isSaid({ issuer, policy, findings }: Stage, { rule, path }: Departure): boolean {
  if (path === undefined) return true;
  const places = [policy.source.key(path), policy.source.value(path)].map(({ start }) => start.offset);
  return findings.some(
    (finding) =>
      finding.issuer === issuer.id &&
      finding.rule === rule &&
      finding.range !== undefined &&
      places.includes(finding.range.start.offset),
  );
}
