import {
  formatPath,
  own,
  type Policy,
  type PolicyClaim,
  type PolicyScope,
  type Verdict,
} from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import type { CedarEngine } from '../cedar/decisions.ts';
import { policiesOf } from '../proof/try.ts';
import { decidesOn, differences, type Mismatch, withSpecNames } from '../run/compare.ts';
import { decisionsOf as decidedWith, decisionMismatches } from '../run/decisions.ts';
import { excessOf, isWithin } from '../run/excess.ts';
import { issue, type Preview } from '../run/issue.ts';
import { type LookedUpValues, lookupsOf } from '../run/lookups.ts';
import { runPolicy } from '../run/policy-run.ts';
import { sameJson } from '../run/same-json.ts';
import type { Stage, Trial } from '../run/trial.ts';

/** What becomes of one scenario at one place. */
export interface Decision {
  readonly scenario: string;
  /** `policy`, or an issuer's id; if a spec reads `issuer`, `policy of auth0, okta` for each policy. */
  readonly where: string;
  /**
   * - `same`: the same tokens
   * - `wider`: a token where there was none, or one that grants more
   * - `narrower`: no token where there was one, or one that grants less and nothing else
   * - `changed`: an authoritative value is another, so nobody can tell which grants more
   * - `described`: only what grants nothing is another
   */
  readonly effect: 'same' | 'wider' | 'narrower' | 'changed' | 'described';
  /** What differs; `expected` is before, `actual` now. */
  readonly differences: readonly Mismatch[];
  /** The parts of the spec that it comes from, as `--allow-wider` takes them. */
  readonly parts: readonly string[];
}

/** Both specs, compiled for the same issuers. */
export interface Sides {
  readonly before: readonly Stage[];
  readonly after: readonly Stage[];
  /** What decides with their tokens; undefined unless both have it. */
  readonly engines?: Engines | undefined;
}

/** Cedar with the files of both specs. */
export interface Engines {
  readonly before: CedarEngine;
  readonly after: CedarEngine;
  /** The parts that differ, as `--allow-wider` takes them. */
  readonly parts: readonly string[];
}

/** Runs the scenarios of both specs on both, on the policies themselves and through what each issuer would run. */
export async function decisionsOf(
  { before, after, engines }: Sides,
  trials: readonly Trial[],
): Promise<readonly Decision[]> {
  const decisions: Decision[] = [];
  const pairs = pairsOf({ before, after });
  for (const trial of trials.flatMap(withLater)) {
    for (const { old, now, issuers } of pairs) {
      const was = runPolicy(old.program, old.policy, trial, trial.context);
      const is = runPolicy(now.program, now.policy, trial, trial.context);
      const parts = {
        claims: [...old.policy.claims, ...now.policy.claims],
        scopes: [...now.policy.scopes, ...old.policy.scopes],
        blamed: blamedBy(old.policy, was.outcomes),
      };
      const [a, b] = settled([old.policy, was.verdict], [now.policy, is.verdict]);
      const where = pairs.length === 1 ? 'policy' : `policy of ${issuers.join(', ')}`;
      const looked = lookupDifference(
        lookupsOf(old.policy, trial, was.verdict),
        lookupsOf(now.policy, trial, is.verdict),
        now.policy,
      );
      decisions.push(together(decide(trial.name, where, a, b, parts), looked));
    }
    for (const stage of after) {
      const old = before.find(({ issuer }) => issuer.id === stage.issuer.id);
      if (old === undefined) continue;
      const [was, is] = [await issue(old, trial), await issue(stage, trial)];
      if (was.impossible !== undefined || is.impossible !== undefined) continue;
      const blamed = blamedBy(old.policy, was.outcomes);
      // Services know the names in tokens, not those of the spec.
      const [a, b] = settled(
        [old.policy, tokensOf(old, was.issuance)],
        [stage.policy, tokensOf(stage, is.issuance)],
      );
      const parts = {
        claims: [...emitted(old), ...emitted(stage)],
        scopes: [...stage.policy.scopes, ...old.policy.scopes],
        blamed: blamed.length > 0 ? blamed : [`issuers.${stage.issuer.id}`],
      };
      const signed = decide(trial.name, stage.issuer.id, a, b, parts);
      const decided =
        engines && cedarDifference(engines, trial, { stage: old, ...was }, { stage, ...is }, signed, parts);
      decisions.push(decided === undefined ? signed : together(signed, decided));
    }
  }
  return decisions;
}

/** What sources answer later decides what services look up, and what deny rules say then. */
function withLater(trial: Trial): readonly Trial[] {
  const { name, answers, later = {} } = trial;
  if (Object.keys(later).length === 0) return [trial];
  return [trial, { ...trial, name: `${name} (later)`, answers: { ...answers, ...later }, decisions: [] }];
}

/** A part of a decision. */
type Part = Pick<Decision, 'effect' | 'differences' | 'parts'>;

/** What is worst counts. */
const effects = ['same', 'described', 'narrower', 'changed', 'wider'] as const;

function together(one: Decision, { effect, differences, parts }: Part): Decision {
  return {
    ...one,
    effect: effects.indexOf(effect) > effects.indexOf(one.effect) ? effect : one.effect,
    differences: [...one.differences, ...differences],
    parts: [...new Set([...one.parts, ...parts])],
  };
}

/** What services look up; nothing to compare where one side has no token. */
function lookupDifference(was: LookedUpValues, is: LookedUpValues, { lookups }: Policy): Part {
  const found = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])]
    .map((name) => ({ name, expected: own(was ?? {}, name), actual: own(is ?? {}, name) }))
    .filter(({ expected, actual }) => was && is && !sameJson(expected, actual));
  const authority = found.filter(({ name }) =>
    lookups.claims.some((claim) => claim.name === name && claim.kind === 'authoritative'),
  );
  const more = authority.filter(({ expected, actual }) => !isNoMore(actual, expected));
  const isAnother = more.every(
    ({ expected, actual }) => hasValue(expected) && isOther('lookups.', expected, actual),
  );
  return {
    effect: found.length === 0 ? 'same' : effectOf(more.length > 0, isAnother, authority.length > 0),
    differences: found.map(({ name, expected, actual }) => ({ at: `lookups.${name}`, expected, actual })),
    parts: more.map(({ name }) => formatPath(['claims', name])),
  };
}

/** Of tokens that differ. `isAnother`: all that is more is another value in place of one that was there. */
function effectOf(isMore: boolean, isAnother: boolean, isLess: boolean) {
  if (isMore) return isAnother ? 'changed' : 'wider';
  return isLess ? 'narrower' : 'described';
}

/** Whether a value that is looked up lets no more pass than another. A refusal lets nothing pass. */
function isNoMore(value: unknown, other: unknown): boolean {
  if (isRefusal(value) || value === undefined) return true;
  return value === null ? !isRefusal(other) : isWithin(value, other);
}

function hasValue(value: unknown): boolean {
  return value !== undefined && value !== null && !isRefusal(value);
}

function isRefusal(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'denied' in value;
}

type Signed = Pick<Preview, 'issuance'> & { readonly stage: Stage };

/** What Cedar decides with the tokens of an issuer. */
function cedarDifference(
  engines: Engines,
  trial: Trial,
  was: Signed,
  is: Signed,
  signed: Decision,
  parts: Parts,
): Part {
  const ask = (engine: CedarEngine, { stage, issuance }: Signed) =>
    decidedWith(engine, stage, trial, trial.context, issuance);
  const before = ask(engines.before, was);
  const now = ask(engines.after, is);
  const differences = decisionMismatches(now, (_, index) => before[index]?.allow ?? false);
  const wider = now.flatMap(({ allow }, index) => (allow && before[index]?.allow !== true ? [index] : []));
  // With the tokens of before: if they are enough now, it is because of the policies.
  const withOld = ask(engines.after, was);
  const isByPolicies = wider.some((index) => withOld[index]?.allow === true);
  const isByToken = wider.some((index) => withOld[index]?.allow !== true);
  const read = signed.differences.flatMap(({ at }) => partsOfClaim(at, parts));
  const blamed = [
    ...(isByPolicies ? (engines.parts.length > 0 ? engines.parts : ['cedar']) : []),
    ...(isByToken ? (read.length > 0 ? read : ['cedar']) : []),
  ];
  return {
    effect: differences.length === 0 ? 'same' : wider.length > 0 ? 'wider' : 'narrower',
    differences,
    parts: blamed,
  };
}

/** The issuers that only one of two specs is for: nothing there can be compared. */
export function loneIssuers({ before, after }: Sides): {
  readonly gone: readonly string[];
  readonly come: readonly string[];
} {
  const ids = (stages: readonly Stage[]) => stages.map(({ issuer }) => issuer.id);
  return {
    gone: ids(before).filter((id) => !ids(after).includes(id)),
    come: ids(after).filter((id) => !ids(before).includes(id)),
  };
}

/**
 * The policies to compare: one pair, unless a spec reads `issuer`. Without a common issuer, any pair shows what the texts
 * say; with different policies, there is none to compare.
 */
function pairsOf({
  before,
  after,
}: Sides): readonly { old: Stage; now: Stage; issuers: readonly string[] }[] {
  const pairs: { old: Stage; now: Stage; issuers: string[] }[] = [];
  for (const now of after) {
    const old = before.find(({ issuer }) => issuer.id === now.issuer.id);
    if (old === undefined) continue;
    const same = pairs.find((pair) => pair.old.policy === old.policy && pair.now.policy === now.policy);
    if (same === undefined) pairs.push({ old, now, issuers: [now.issuer.id] });
    else same.issuers.push(now.issuer.id);
  }
  const [[old, ...olds], [now, ...nows]] = [policiesOf(before), policiesOf(after)];
  const isOne = olds.length === 0 && nows.length === 0;
  return pairs.length === 0 && isOne && old !== undefined && now !== undefined
    ? [{ old, now, issuers: [] }]
    : pairs;
}

/**
 * Without what differs in every token, and is a change of the spec itself: the markers of the two policies, and their
 * lifetimes.
 */
function settled(
  [before, was]: readonly [Policy, Verdict],
  [after, is]: readonly [Policy, Verdict],
): readonly [Verdict, Verdict] {
  const isOwn = ({ spec }: Policy, { lifetimeSeconds: seconds }: Verdict) =>
    seconds !== undefined && seconds * 1000 === spec.lifetime?.access;
  const lives = isOwn(before, was) && isOwn(after, is);
  const without = ({ marker }: Policy, verdict: Verdict): Verdict => {
    const strip = (claims: Verdict['access']) =>
      Object.fromEntries(
        Object.entries(claims).filter(([name, value]) => name !== marker?.claim || value !== marker.value),
      );
    const lifetimeSeconds = lives ? undefined : verdict.lifetimeSeconds;
    return { ...verdict, access: strip(verdict.access), id: strip(verdict.id), lifetimeSeconds };
  };
  return [without(before, was), without(after, is)];
}

/** The parts of a policy that have denied a token. */
function blamedBy({ deny }: Policy, outcomes: readonly Outcome[]): readonly string[] {
  return outcomes
    .filter(({ outcome }) => outcome === 'denied')
    .map(({ kind, name }) => {
      const isChallenge = deny.some(({ reason, challenge }) => reason === name && challenge !== undefined);
      const section = kind === 'deny' && isChallenge ? 'challenge' : own(sections, kind);
      // `policy` is about the whole: `applies`, `now`, the actor.
      return section === undefined ? 'applies' : formatPath([section, name]);
    });
}

const sections: Readonly<Record<string, string>> = {
  claim: 'claims',
  scope: 'scopes',
  detail: 'authorizationDetails',
  deny: 'deny',
};

/** What a difference may come from. */
interface Parts {
  readonly claims: readonly Named[];
  readonly scopes: readonly PolicyScope[];
  /** The parts that have denied the token before. */
  readonly blamed: readonly string[];
}

type Named = Pick<PolicyClaim, 'name' | 'kind'> & { readonly said?: string };

function tokensOf({ policy }: Stage, issuance: Awaited<ReturnType<typeof issue>>['issuance']): Verdict {
  return withSpecNames(issuance, {}, [], policy.deny);
}

/** The claims under their names in tokens. */
function emitted({ policy, names }: Stage): readonly Named[] {
  return policy.claims.map(({ name, kind }) => ({ name: names[name] ?? name, kind, said: name }));
}

function decide(scenario: string, where: string, was: Verdict, is: Verdict, parts: Parts): Decision {
  const { claims } = parts;
  // A policy without claims in the userinfo answer has none there, once it is compared with one that has.
  const before = is.userinfo === undefined ? was : { ...was, userinfo: was.userinfo ?? {} };
  const found = differences(before, is).concat(leftDifference(was, is));
  const more = excessOf({ claims }, was, is);
  const isAnother = more.every(({ expected, actual, at }) => isOther(at, expected, actual));
  const less = excessOf({ claims }, is, was);
  const effect = found.length === 0 ? 'same' : effectOf(more.length > 0, isAnother, less.length > 0);
  const changed = more.flatMap(({ at }) => partsAt(at, was, is, parts));
  return { scenario, where, effect, differences: found, parts: [...new Set(changed)] };
}

/** `applies` may leave a token as the issuer made it: then nothing of the policy holds for it. */
function leftDifference(was: Verdict, is: Verdict): readonly Mismatch[] {
  return was.left === is.left
    ? []
    : [{ at: 'applies', expected: was.left !== true, actual: is.left !== true }];
}

/** Whether both have an authoritative value, and neither is known to grant more than the other. */
function isOther(at: string, expected: unknown, actual: unknown): boolean {
  if (!/^(?:access|id|lookups)\./.test(at) || expected === undefined || actual === undefined) return false;
  if (Array.isArray(expected) && Array.isArray(actual))
    return !expected.every((item) => actual.some((other) => sameJson(item, other)));
  return !(expected === false && actual === true);
}

function partsAt(at: string, was: Verdict, is: Verdict, parts: Parts): readonly string[] {
  const { scopes, blamed } = parts;
  if (at === 'denied') return blamed.length > 0 ? blamed : ['applies'];
  if (at === 'scopes')
    return is.scopes
      .filter((scope) => !was.scopes.includes(scope))
      .map((scope) => formatPath(['scopes', scopes.find((one) => decidesOn(one, scope))?.name ?? scope]));
  return partsOfClaim(at, parts);
}

function partsOfClaim(at: string, { claims }: Parts): readonly string[] {
  const [, name] = /^(?:access|id)\.(.*)$/s.exec(at) ?? [];
  if (name === undefined) return [at];
  const said = claims.filter((claim) => claim.name === name).map((claim) => claim.said ?? claim.name);
  return [...new Set(said)].map((claim) => formatPath(['claims', claim]));
}
