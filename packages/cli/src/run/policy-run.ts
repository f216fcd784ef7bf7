import { isDeepStrictEqual } from 'node:util';
import { SETTINGS } from '@claimsmith/cel';
import { noTokens, type Policy, type RawContext, type Verdict } from '@claimsmith/core';
import type { SourceAnswer } from '@claimsmith/core/spec';
import {
  type Answer,
  hasErrors,
  type Outcome,
  type Program,
  type SingleNeed,
  together,
} from '@claimsmith/runtime';
import { answerAt, previewSettings } from './answers.ts';
import { requestedScopes, textAt } from './raw-context.ts';
import type { Trial } from './trial.ts';

/** The policy run by itself, outside any issuer, with claims by their names in the spec. */
export interface PolicyRun {
  readonly verdict: Verdict;
  readonly outcomes: readonly Outcome[];
  /** The requests, in their order. */
  readonly asked: readonly SingleNeed[];
  /** What the sources have answered. */
  readonly answers: Readonly<Record<string, Answer>>;
}

/**
 * Runs a policy on a context, its sources answering as the trial says.
 *
 * @param ages of the answers, in seconds. Default 0
 * @param known what the issuer itself knows, if it does not tell the policy everything: it decides whether there is an ID
 *   token
 */
export function runPolicy(
  program: Program,
  policy: Policy,
  { answers: said }: Pick<Trial, 'answers'>,
  raw: RawContext,
  ages: Readonly<Record<string, number>> = {},
  known: RawContext = raw,
): PolicyRun {
  const context = program.context({ ...raw, [SETTINGS]: previewSettings(policy) });
  const answers: Record<string, Answer> = {};
  const asked: SingleNeed[] = [];
  for (let round = 0; round <= policy.sources.length; round++) {
    const needs = program.needs(context, answers);
    if (needs.length === 0) break;
    for (const need of needs) {
      const parts = 'each' in need ? need.each : [need];
      const answerTo = (one: SingleNeed) => {
        // The same question has the same answer.
        const index = parts.findIndex((other) => isDeepStrictEqual(other, one));
        const answer = answerAt(policy, said, one.source, index);
        return answerOf(policy, answer, one.source, ages[one.source] ?? 0);
      };
      answers[need.source] = together(need, answerTo) ?? { failure: 'network' };
      asked.push(...parts);
    }
  }
  const { denied, left, challenge, access, id, userinfo, scopes, lifetimeSeconds, outcomes } = program.decide(
    context,
    answers,
  );
  if (denied !== undefined) {
    const challenged = challenge === undefined ? {} : { challenged: challenge.with };
    return { verdict: { ...noTokens, denied, ...challenged }, outcomes, asked, answers };
  }
  const kept = requestedScopes(raw).filter((scope) => !scopes.remove.includes(scope));
  const audience = textAt(raw, 'request', 'audience');
  const verdict = {
    denied,
    access,
    id: hasIdToken(known) ? id : {},
    ...(userinfo === undefined ? {} : { userinfo: hasIdToken(known) ? userinfo : {} }),
    scopes: [...new Set([...kept, ...scopes.add])],
    audiences: audience === undefined ? [] : [audience],
    lifetimeSeconds,
    ...(left === undefined ? {} : { left }),
  };
  return { verdict, outcomes, asked, answers };
}

/** OpenID Connect gives ID tokens and userinfo answers only for people, if the client, which may be an agent, asks for `openid`. */
export function hasIdToken(context: RawContext): boolean {
  const subject = context['subject_type'];
  const isLogin = subject !== 'machine' && (subject !== 'agent' || context['user'] != null);
  return isLogin && requestedScopes(context).includes('openid');
}

function answerOf(
  { sources }: Policy,
  answer: SourceAnswer | undefined,
  source: string,
  ageSeconds: number,
): Answer {
  if (answer === undefined) return { failure: 'network' };
  if ('fails' in answer) return { failure: answer.fails };
  const asked = sources.find(({ name }) => name === source);
  if (asked?.kind === 'http' && asked.method === 'POST' && hasErrors(answer.value))
    return { failure: 'status' };
  return { value: structuredClone(answer.value), ageSeconds };
}
