import { isDeepStrictEqual } from 'node:util';
import type { RawContext, Verdict } from '@claimsmith/core';
import type { Stage, Trial } from '../preview/issue.ts';
import { requestedScopes, textAt } from '../raw-context.ts';
import { carried } from './carried.ts';
import { runPolicy } from './policy-run.ts';

/** Why an issuer may sign something else than the policy decides. */
export interface Declared {
  readonly rule: string;
  /** One sentence. */
  readonly why: string;
}

/** What an issuer is to sign. */
export interface Expected {
  readonly verdict: Verdict;
  /** What its findings have said that explains why this is not what the policy decides; empty where it is. */
  readonly declared: readonly Declared[];
}

/**
 * What an issuer is to sign for a trial: the policy's verdict, but for what its findings have announced. A context that
 * it can't carry is judged without the fields that it lacks.
 * What no finding announces is no excuse.
 */
export function expectedAt(stage: Stage, trigger: string, trial: Trial): Expected {
  const { issuer, policy, program, findings } = stage;
  const { context, lost, changes } = carried(trial.context, issuer, trigger, policy);
  const audiences = audiencesAt(stage, context);
  const verdictOn = (situation: RawContext): Verdict => {
    const { verdict } = runPolicy(program, policy, trial, situation);
    return verdict.denied === undefined ? { ...verdict, audiences } : verdict;
  };
  const whole = verdictOn(trial.context);
  const verdict = verdictOn(context);
  const isAnnounced = (rule: string) =>
    findings.some((finding) => finding.rule === rule && finding.issuer === issuer.id);
  // What an issuer lacks is announced under an id of its own for each kind.
  const isLackAnnounced = findings.some(({ rule, issuer: at }) => at === issuer.id && rule.startsWith('TE8'));
  const declared: Declared[] = [];
  if (!isDeepStrictEqual(verdict, whole)) {
    if (lost.length > 0 && !isLackAnnounced) return { verdict: whole, declared };
    const whys = [
      ...(lost.length > 0 ? [`${issuer.title} does not supply ${lost.join(', ')}.`] : []),
      ...changes,
    ];
    for (const why of whys) declared.push({ rule: 'TE804', why });
  }
  const client = textAt(context, 'client', 'id');
  const asked = { trigger, client, scopes: requestedScopes(context), context };
  const departure = issuer.departs?.(policy, verdict, asked);
  if (departure === undefined || !isAnnounced(departure.rule)) return { verdict, declared };
  const { rule, why, instead } = departure;
  return { verdict: instead, declared: [...declared, { rule, why }] };
}

/** Whom tokens are for at an issuer: its settings say so, or the client. */
function audiencesAt({ issuer, policy }: Stage, context: RawContext): readonly string[] {
  const asked = textAt(context, 'request', 'audience');
  const audience = issuer.audience === undefined ? asked : issuer.audience(policy, asked);
  return audience === undefined ? [] : [audience];
}
