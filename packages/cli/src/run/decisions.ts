import { isDeepStrictEqual } from 'node:util';
import type { Issuance, Issuer, RawContext, Verdict } from '@claimsmith/core';
import type { AskedDecision, CedarEngine, Decided } from '../cedar/decisions.ts';
import type { Mismatch } from './compare.ts';
import { at, textAt } from './raw-context.ts';
import { simulateBypass } from './simulate.ts';
import type { Stage, Trial } from './trial.ts';

/** What Cedar decides with a token of an issuer. */
export interface TokenDecision extends Decided {
  /** `Review Record::"r1"`. */
  readonly asked: string;
  readonly expected: boolean;
  /** A denied token allows nothing, and Cedar is not asked. */
  readonly isTokenDenied?: true;
}

/** The part of a token that decisions rest on, its claims under their names at the issuer. */
type Signed = Pick<Issuance, 'access' | 'scopes'> & { readonly denied: unknown };

/** What Cedar decides with a token. A token that is denied allows nothing. */
export function decisionsOf(
  engine: CedarEngine,
  { issuer, names }: Pick<Stage, 'issuer' | 'names'>,
  { decisions = [], entities = {} }: Pick<Trial, 'decisions' | 'entities'>,
  context: RawContext,
  signed: Signed,
): readonly TokenDecision[] {
  const client = textAt(context, 'client', 'id');
  const claim = issuer.accessToken?.groups;
  const isSet = claim !== undefined && Object.values(names).includes(claim);
  const groups = isSet ? signed.access[claim] : at(context, 'user', 'groups');
  const token = {
    claims: signed.access,
    scopes: signed.scopes,
    subject: subjectOf(issuer, context) ?? '',
    client,
    poolGroups: Array.isArray(groups) ? groups.filter((name) => typeof name === 'string') : [],
  };
  return decisions.map((decision) => ({
    asked: askedText(decision),
    expected: decision.allow,
    ...(signed.denied === undefined
      ? engine.decide(issuer.id, token, decision, entities)
      : { isTokenDenied: true as const, allow: false, because: [], problem: undefined }),
  }));
}

function subjectOf({ simulator }: Issuer, context: RawContext): string | undefined {
  if (simulator.subject !== undefined) return simulator.subject(context);
  return textAt(context, 'user', 'id') ?? textAt(context, 'client', 'id');
}

/** A verdict with the names that its claims have at an issuer. */
export function withIssuerNames(
  { access, scopes, denied }: Verdict,
  { names }: Pick<Stage, 'names'>,
): Signed {
  const renamed = Object.entries(access).map(([name, value]) => [names[name] ?? name, value]);
  return { access: Object.fromEntries(renamed), scopes, denied };
}

function askedText({ action, resource, principal, context }: AskedDecision): string {
  const by = principal === undefined ? '' : ` by ${principal}`;
  return `${action} ${resource}${by}${context === undefined ? '' : ` with ${JSON.stringify(context)}`}`;
}

/** Decisions that are not as expected. */
export function decisionMismatches(
  decisions: readonly TokenDecision[],
  expectedOf: (decision: TokenDecision, index: number) => boolean = ({ expected }) => expected,
): readonly Mismatch[] {
  return decisions.flatMap((decision, index) => {
    const expected = expectedOf(decision, index);
    return decision.allow === expected
      ? []
      : [{ at: `decision ${decision.asked}`, expected: wordOf(expected), actual: wordOf(decision.allow) }];
  });
}

function wordOf(allow: boolean): string {
  return allow ? 'allow' : 'deny';
}

/** What Cedar decides with a token that is signed although our part did not run. It must not allow anything. */
export async function bypassDecisions(
  engine: CedarEngine,
  stage: Stage,
  trial: Trial,
  issued: Issuance,
): Promise<{ readonly decisions: readonly TokenDecision[]; readonly mismatches: readonly Mismatch[] }> {
  const { issuer, policy } = stage;
  const { bypass } = issuer.simulator;
  const none = { decisions: [], mismatches: [] };
  if (bypass?.promised(policy, textAt(trial.context, 'request', 'audience')) === undefined) return none;
  const event = issuer.simulator.eventFrom(trial.context, policy);
  const signed = await simulateBypass(stage, event, trial);
  // Services and Verified Permissions refuse a token for another audience.
  if (signed === undefined || !isDeepStrictEqual(signed.audiences, issued.audiences)) return none;
  const decisions = decisionsOf(engine, stage, trial, trial.context, signed);
  const mismatches = decisionMismatches(decisions, () => false).map((mismatch) => ({
    ...mismatch,
    at: `where ${bypass.when}: ${mismatch.at}`,
  }));
  return { decisions, mismatches };
}
