import type { Live, LiveAnswer, LiveQuestion } from '@claimsmith/core';
import { differences, type Mismatch, withSpecNames } from './compare.ts';
import type { Preview } from './issue.ts';
import { runPolicy } from './policy-run.ts';
import type { Stage, Trial } from './trial.ts';

/**
 * A preview of the token that a running issuer would sign for a user, compared with a trial of that user if there is
 * one.
 *
 * @throws {IssuerError} if the issuer does not answer, or there is no login for it
 */
export async function askLive(
  stage: Stage,
  live: Live,
  question: LiveQuestion,
  trial: Trial | undefined,
): Promise<Preview> {
  const { policy, names, program } = stage;
  const { issuance, collisions } = await live.ask(policy, question);
  // A running issuer has its own clock.
  const run = trial && runPolicy(program, policy, trial, { ...trial.context, now: Date.now() });
  const actual = withSpecNames(issuance, names, policy.claims, policy.deny);
  // A running issuer gives no reason for a denial. The caller knows the audience it requested, and other mappers also
  // add audiences.
  const { scopes, audiences, lifetimeSeconds } = actual;
  const wanted = run && { ...run.verdict, scopes, audiences, lifetimeSeconds };
  const isDenied = wanted?.denied !== undefined && issuance.denied !== undefined;
  return {
    trial: trial?.name ?? titleOf(question),
    issuer: 'live',
    trigger: question.url,
    issuance,
    verdict: run?.verdict,
    names,
    outcomes: run?.outcomes ?? [],
    accessTokenBytes: undefined,
    unanswered: [],
    expected: trial !== undefined,
    unmet: [],
    foreseen: false,
    divergences: [
      ...(wanted === undefined || isDenied ? [] : differences(wanted, actual)),
      ...collisions.map(mismatchOf),
    ],
    declared: [],
  };
}

function titleOf({ user, client, realm }: LiveQuestion): string {
  return `${user} at ${client}${realm === undefined ? '' : ` in ${realm}`}`;
}

/** The claims that only the policy's mappers must write. */
function mismatchOf({ claim, writers }: LiveAnswer['collisions'][number]): Mismatch {
  const ours = "the policy's mapper";
  return { at: `who writes ${claim}`, expected: [ours], actual: [ours, ...writers] };
}
