import {
  type Compilation,
  type Issuance,
  type Issuer,
  type Policy,
  type ScenarioExpectation,
  type SourceAnswer,
  tokenBytes,
} from '@claimsmith/core';
import type { Answer, Need, Outcome, Program } from '@claimsmith/runtime';
import { previewNetwork, previewSettings } from './answers.ts';
import { divergences, type Mismatch, unmet, withSpecNames } from './compare.ts';

/** An issuance to try, as a scenario states it. */
export interface Trial {
  readonly name: string;
  /** A raw identity context. */
  readonly context: Readonly<Record<string, unknown>>;
  readonly answers: Readonly<Record<string, SourceAnswer | undefined>>;
  readonly nowSeconds: number;
  readonly expect: ScenarioExpectation | undefined;
}

/** What came out at one issuer. */
export interface Preview {
  readonly trial: string;
  readonly issuer: string;
  readonly trigger: string;
  readonly issuance: Issuance;
  /** Claim name in the spec to its name at the issuer. */
  readonly names: Readonly<Record<string, string>>;
  /** Outcomes of the policy run outside the issuer; empty where only an event of the issuer is known. */
  readonly outcomes: readonly Outcome[];
  /** Length of the signed access token with the usual claims around ours, in bytes; undefined where denied. */
  readonly accessTokenBytes: number | undefined;
  /** Sources that the trial says nothing of and that were asked; each failed as `network`. */
  readonly unanswered: readonly string[];
  /** Whether there was anything to compare with. */
  readonly expected: boolean;
  readonly unmet: readonly Mismatch[];
  readonly divergences: readonly Mismatch[];
}

/** A compiled policy at one issuer. */
export interface Stage {
  readonly issuer: Issuer;
  readonly policy: Policy;
  readonly compilation: Compilation;
  readonly names: Readonly<Record<string, string>>;
  /** The same policy, to run outside the issuer; its claims carry the names of the spec. */
  readonly program: Program;
}

/** Issues a token for the trial, in the issuer's simulator and outside it, and compares. */
export async function issue(stage: Stage, trial: Trial): Promise<Preview> {
  const { issuer, policy, compilation, names } = stage;
  const event = issuer.eventFrom(trial.context, policy);
  const { decision, needs } = decide(stage.program, trial, policy.sources.length);
  const network = previewNetwork(policy, trial.answers, needs);
  const issuance = await issuer.simulate(compilation, event, {
    fetch: network.fetch,
    secrets: previewSettings(policy),
    nowSeconds: trial.nowSeconds,
  });
  const actual = withSpecNames(issuance, names);
  return {
    trial: trial.name,
    issuer: issuer.id,
    trigger: event.trigger,
    issuance,
    names,
    outcomes: decision.outcomes,
    accessTokenBytes: issuance.denied === undefined ? signedBytes(issuance, trial.context) : undefined,
    unanswered: [...network.unanswered],
    expected: trial.expect !== undefined,
    unmet: trial.expect === undefined ? [] : unmet(trial.expect, actual),
    divergences: divergences(decision, requestedScopes(trial.context), actual),
  };
}

/** Issues a token for an event of the vendor; there is no identity context to run the policy on beside it. */
export async function issueEvent(
  stage: Stage,
  trigger: string,
  event: Readonly<Record<string, unknown>>,
  trial: Omit<Trial, 'context' | 'expect'>,
): Promise<Preview> {
  const { issuer, policy, compilation, names } = stage;
  const network = previewNetwork(policy, trial.answers, []);
  const issuance = await issuer.simulate(
    compilation,
    { trigger, event },
    { fetch: network.fetch, secrets: previewSettings(policy), nowSeconds: trial.nowSeconds },
  );
  return {
    trial: trial.name,
    issuer: issuer.id,
    trigger,
    issuance,
    names,
    outcomes: [],
    accessTokenBytes: issuance.denied === undefined ? signedBytes(issuance, {}) : undefined,
    unanswered: [...network.unanswered],
    expected: false,
    unmet: [],
    divergences: [],
  };
}

/** Runs the policy as an issuer would, and says what it asked. */
function decide(program: Program, trial: Trial, sourceCount: number) {
  const context = program.context(trial.context);
  const answers: Record<string, Answer> = {};
  const asked: Need[] = [];
  for (let round = 0; round <= sourceCount; round++) {
    const needs = program.needs(context, answers);
    if (needs.length === 0) break;
    for (const need of needs) answers[need.source] = answerOf(trial.answers, need.source);
    asked.push(...needs);
  }
  return { decision: program.decide(context, answers), needs: asked };
}

function answerOf(answers: Trial['answers'], source: string): Answer {
  const answer = Object.hasOwn(answers, source) ? answers[source] : undefined;
  if (answer === undefined) return { failure: 'network' };
  if ('fails' in answer) return { failure: answer.fails };
  return { value: structuredClone(answer.value), ageSeconds: 0 };
}

/** What the issuer puts around our claims, for the size alone. */
function signedBytes(issuance: Issuance, context: Trial['context']): number {
  const subject =
    at(context, 'user', 'id') ?? at(context, 'client', 'id') ?? 'auth0|0123456789abcdef01234567';
  const payload = {
    iss: 'https://tenant.eu.issuer.example/',
    sub: subject,
    aud: at(context, 'request', 'audience') ?? 'https://api.example.com/',
    iat: 1_767_225_600,
    exp: 1_767_226_200,
    azp: at(context, 'client', 'id') ?? '0123456789abcdefghijklmnopqrstuv',
    scope: issuance.scopes.join(' '),
    ...issuance.access,
  };
  return tokenBytes({ alg: 'RS256', typ: 'JWT', kid: '0123456789abcdefghijk' }, payload);
}

function requestedScopes(context: Trial['context']): readonly string[] {
  const scopes = at(context, 'request', 'scopes');
  return Array.isArray(scopes) ? scopes.filter((scope) => typeof scope === 'string') : [];
}

function at(context: Trial['context'], group: string, field: string): unknown {
  const record: unknown = Object.hasOwn(context, group) ? context[group] : undefined;
  if (typeof record !== 'object' || record === null || !Object.hasOwn(record, field)) return undefined;
  return Reflect.get(record, field);
}
