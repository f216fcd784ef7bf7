import { isDeepStrictEqual } from 'node:util';
import type { Issuance, Policy, PolicySource, VendorEvent } from '@claimsmith/core';
import type { SourceAnswer } from '@claimsmith/core/spec';
import type { SingleNeed } from '@claimsmith/runtime';
import { differences, type Mismatch, withSpecNames } from '../run/compare.ts';
import type { Preview } from '../run/issue.ts';
import { decidedAt, inWireForm, meantRequest } from '../run/requests.ts';
import { type Around, simulate } from '../run/simulate.ts';
import type { Stage, Trial } from '../run/trial.ts';

/**
 * Compares how an issuer asks the sources of a trial with the spec: attempts and their timeouts, how long an answer is
 * kept, and how large it may be. A scenario shows only the questions; here, sources also fail and answer in ways that
 * show the rest.
 *
 * @param known sources that were compared already; those of this trial are added
 */
export async function termDifferences(
  stage: Stage,
  trial: Trial,
  { issuance }: Pick<Preview, 'issuance'>,
  known: Set<string>,
): Promise<readonly Mismatch[]> {
  if (issuance.requests.length === 0) return [];
  const { issuer, policy } = stage;
  const event = issuer.simulator.eventFrom(trial.context, policy);
  const held = { ...trial, context: issuer.simulator.holds?.(trial.context, policy) ?? trial.context };
  const needs = decidedAt(stage, event.trigger, held).asked;
  const found: Mismatch[] = [];
  for (const need of needs) {
    const source = policy.sources.find(({ name }) => name === need.source);
    if (source === undefined || known.has(source.name) || countOf(issuance, need, stage) === 0) continue;
    known.add(source.name);
    const probe: Probe = { stage, trial: held, issuance, event, needs, need, source };
    const terms = [
      ...(await attemptTerms(probe)),
      ...(await keepingTerms(probe)),
      ...(await ageTerms(probe)),
      ...(await sizeTerms(probe)),
    ];
    found.push(...terms.map((mismatch) => ({ ...mismatch, at: `source ${source.name}: ${mismatch.at}` })));
  }
  return found;
}

interface Probe {
  readonly stage: Stage;
  readonly trial: Trial;
  /** What the issuer signs there. */
  readonly issuance: Issuance;
  readonly event: VendorEvent;
  readonly needs: readonly SingleNeed[];
  /** The question to the source. */
  readonly need: SingleNeed;
  readonly source: PolicySource;
}

function issuing(
  { stage, trial, event, needs, source }: Probe,
  answer: SourceAnswer,
  more: Partial<Around> = {},
): Promise<Issuance> {
  const answers = { ...trial.answers, [source.name]: answer };
  return simulate(stage, event, { ...trial, ...more, answers }, needs).then(({ issuance }) => issuance);
}

function requestsOf({ requests }: Issuance, need: SingleNeed, { policy }: Stage) {
  const meant = meantRequest(need, policy);
  return requests.filter(({ said }) => isDeepStrictEqual(inWireForm(said), meant));
}

function countOf(issuance: Issuance, need: SingleNeed, stage: Stage): number {
  return requestsOf(issuance, need, stage).length;
}

/** Checks that a hanging source is retried and awaited as the spec says. */
async function attemptTerms(probe: Probe): Promise<readonly Mismatch[]> {
  const { need, stage, source } = probe;
  const asked = requestsOf(await issuing(probe, { fails: 'timeout' }), need, stage);
  const expected = Array.from({ length: 1 + source.retries }, () => source.timeoutMs);
  const actual = asked.map(({ waitedMs }) => waitedMs);
  return isDeepStrictEqual(expected, actual) ? [] : [{ at: 'waited for an answer, in ms', expected, actual }];
}

/** The part of an answer's age that is certainly not rounded away. */
const marginSeconds = 1;

/** Checks that an answer is reused, and replaces a failed one, as long as the spec says. */
async function keepingTerms(probe: Probe): Promise<readonly Mismatch[]> {
  const { trial, need, stage, source } = probe;
  const answer = trial.answers[source.name];
  if (answer === undefined || 'fails' in answer) return [];
  const keeps = stage.issuer.model.caches !== false;
  const freshSeconds = source.cacheMs / 1000;
  const staleSeconds = freshSeconds + source.staleMs / 1000;
  const found: Mismatch[] = [];
  const secondAfter = async (afterSeconds: number, later: SourceAnswer) => {
    const instance = {};
    await issuing(probe, answer, { instance });
    return await issuing(probe, later, { instance, nowSeconds: trial.nowSeconds + afterSeconds });
  };
  const compare = async (afterSeconds: number, expected: 'asked' | 'kept') => {
    const second = await secondAfter(afterSeconds, answer);
    const actual = countOf(second, need, stage) > 0 ? 'asked' : 'kept';
    if (actual !== expected) found.push({ at: `asked again after ${afterSeconds} s`, expected, actual });
  };
  const compareStale = async (afterSeconds: number, expected: 'served' | 'failed') => {
    const delivery = { source: source.name, ageSeconds: afterSeconds };
    const served = await issuing(probe, answer, { delivery });
    const failed = await issuing(probe, { fails: 'network' });
    if (isSame(served, failed)) return;
    const second = await secondAfter(afterSeconds, { fails: 'network' });
    const actual = isSame(second, served) ? 'served' : isSame(second, failed) ? 'failed' : 'neither';
    if (actual !== expected) found.push({ at: `where it fails after ${afterSeconds} s`, expected, actual });
  };
  if (keeps && freshSeconds > 2 * marginSeconds) await compare(freshSeconds - marginSeconds, 'kept');
  await compare(keeps ? freshSeconds + marginSeconds : marginSeconds, 'asked');
  if (keeps && staleSeconds > freshSeconds + 2 * marginSeconds)
    await compareStale(staleSeconds - marginSeconds, 'served');
  if (keeps) await compareStale(staleSeconds + marginSeconds, 'failed');
  return found;
}

/** Checks that each claim uses an answer only while it is young enough. */
async function ageTerms(probe: Probe): Promise<readonly Mismatch[]> {
  const { trial, stage, source, issuance } = probe;
  const answer = trial.answers[source.name];
  if (source.kind !== 'http' || answer === undefined || 'fails' in answer) return [];
  // If the issuer differs from the policy anyway, another scenario has to show it.
  if (ageDifferences(probe, issuance, 0).length > 0) return [];
  const found: Mismatch[] = [];
  for (const boundSeconds of ageBounds(stage.policy, source)) {
    for (const ageSeconds of [boundSeconds, boundSeconds + marginSeconds]) {
      const aged = await issuing(probe, answer, { delivery: { source: source.name, ageSeconds } });
      const differing = ageDifferences(probe, aged, ageSeconds);
      found.push(...differing.map((one) => ({ ...one, at: `an answer of ${ageSeconds} s: ${one.at}` })));
    }
  }
  return found;
}

/** Where tokens differ from the policy with an answer of that age. */
function ageDifferences({ stage, trial, event, source }: Probe, actual: Issuance, ageSeconds: number) {
  const { verdict } = decidedAt(stage, event.trigger, trial, { [source.name]: ageSeconds });
  return differences(verdict, withSpecNames(actual, stage.names, stage.policy.claims, stage.policy.deny));
}

/** How old an answer may be for claims with a bound, so that it stays young enough for the token's whole life. */
function ageBounds({ claims, spec }: Policy, { lagMs }: PolicySource): readonly number[] {
  const lifetimeMs = spec.lifetime?.access ?? 0;
  const bounds = claims.flatMap(({ maxAgeSeconds }) =>
    maxAgeSeconds === undefined ? [] : [Math.floor(maxAgeSeconds - (lifetimeMs + lagMs) / 1000)],
  );
  return [...new Set(bounds)].filter((seconds) => seconds >= 0);
}

/** Checks that an answer of the largest size is accepted, and a larger one is not. */
async function sizeTerms(probe: Probe): Promise<readonly Mismatch[]> {
  const { trial, source, issuance } = probe;
  const answer = trial.answers[source.name];
  if (source.kind !== 'http' || answer === undefined || 'fails' in answer) return [];
  if (Buffer.byteLength(JSON.stringify(answer.value) ?? '') > source.limitBytes) return [];
  const bytes = source.limitBytes;
  const largest = await issuing(probe, answer, { delivery: { source: source.name, bytes } });
  const larger = await issuing(probe, answer, { delivery: { source: source.name, bytes: bytes + 1 } });
  const refused = await issuing(probe, { fails: 'too_large' });
  return [
    ...(isSame(largest, issuance) ? [] : [{ at: 'largest answer', expected: bytes, actual: 'less' }]),
    ...(isSame(larger, refused) ? [] : [{ at: 'largest answer', expected: bytes, actual: 'more' }]),
  ];
}

function isSame(a: Issuance, b: Issuance): boolean {
  const tokens = ({ denied, access, id, userinfo, scopes }: Issuance) => ({
    denied,
    access,
    id,
    userinfo,
    scopes,
  });
  return isDeepStrictEqual(tokens(a), tokens(b));
}
