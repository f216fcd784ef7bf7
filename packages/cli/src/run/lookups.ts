import {
  type IssuerLookups,
  issuerLookups,
  type LookupPart,
  oncePer,
  own,
  type Policy,
  type RawContext,
  standardTokenFields,
  type Verdict,
} from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import type { ScenarioExpectation } from '@claimsmith/core/spec';
import { contextReader, type LookupToken, lookedUp } from '@claimsmith/runtime/server';
import type { Mismatch } from './compare.ts';
import { type PolicyRun, runPolicy } from './policy-run.ts';
import { at, textAt } from './raw-context.ts';
import { sameJson } from './same-json.ts';
import type { Stage, Trial } from './trial.ts';

/** What services look up with a token, by claim: a value, null, or `{ denied }`; undefined if there is no token. */
export type LookedUpValues = Readonly<Record<string, unknown>> | undefined;

/** What look-ups need to know of a trial. */
type LookupTrial = Pick<Trial, 'context' | 'answers' | 'later'>;

/** What the policy itself says when services look values up, with all that is known of a trial. */
export function lookupsOf(policy: Policy, trial: LookupTrial, verdict: Verdict): LookedUpValues {
  return valuesOf(lookupRuns(policy, trial, verdict));
}

/** The parts of a policy that decide its look-ups, by claim, whatever tokens say. */
export function lookupParts(policy: Policy): IssuerLookups['request'] {
  return issuerLookups(policy, noToken).request;
}

const noToken = {};

/** A look-up of a claim. */
export interface LookupRun extends PolicyRun {
  readonly claim: string;
  /** The part of the policy that decides it. */
  readonly policy: Policy;
  readonly trial: Pick<Trial, 'answers' | 'context'>;
}

/** The look-ups of a policy after an issuance, with all that is known of a trial; undefined if there is no token. */
export function lookupRuns(
  policy: Policy,
  trial: LookupTrial,
  verdict: Verdict,
): readonly LookupRun[] | undefined {
  return runsOf(lookupParts(policy), trial, verdict, ({ told }) => ({
    ...trial.context,
    ...(told !== undefined && { [told.record]: toldOf(told.names, verdict.access) }),
  }));
}

/** What services look up with a token of an issuer, by claim: a value, null, or `{ denied }`. */
export interface TokenLookups {
  /** With what the token says. */
  readonly found: Readonly<Record<string, unknown>>;
  /** What the policy says, with the claims that the issuer has signed. */
  readonly meant: Readonly<Record<string, unknown>>;
}

/**
 * What services look up with a token of an issuer; undefined if nothing is looked up, or there is no token with the policy.
 * Services refuse tokens without its marker.
 *
 * @param signed what the issuer has signed, with claims by their names in the spec
 */
export function lookupsAt(
  { issuer, policy }: Stage,
  trial: LookupTrial,
  signed: Verdict,
): TokenLookups | undefined {
  const { lookups, marker } = policy;
  if (lookups.claims.length === 0) return undefined;
  if (marker !== undefined && own(signed.access, marker.claim) !== marker.value) return undefined;
  const token = tokenOf(issuer, trial.context, signed);
  const { request } = issuerLookups(policy, issuer);
  const runs = runsOf(request, trial, signed, (part) => contextReader(toRead(part), {})(token) ?? {});
  const found = valuesOf(runs);
  const meant = lookupsOf(policy, trial, signed);
  return found && meant && { found, meant };
}

/** Where services would find something else with a token than the policy says. */
export function lookupDifferences(looked: TokenLookups | undefined): readonly Mismatch[] {
  return looked === undefined ? [] : unmetLookups({ lookups: looked.meant }, looked.found);
}

/** Where what services look up is not as a scenario expects it. */
export function unmetLookups(
  { lookups = {} }: Pick<ScenarioExpectation, 'lookups'>,
  actual: LookedUpValues,
): readonly Mismatch[] {
  return Object.entries(lookups).flatMap(([name, expected]) => {
    const value = own(actual ?? {}, name);
    return sameJson(value, expected) ? [] : [{ at: `lookups.${name}`, expected, actual: value }];
  });
}

function runsOf(
  parts: IssuerLookups['request'],
  { answers: early, later }: LookupTrial,
  { denied, left }: Verdict,
  contextOf: (part: LookupPart) => RawContext,
): readonly LookupRun[] | undefined {
  if (denied !== undefined || left === true) return undefined;
  const answers = { ...early, ...later };
  return [...parts].map(([claim, part]) => {
    const { policy } = part;
    const context = contextOf(part);
    const run = runPolicy(programOf(policy), policy, { answers }, context);
    return { ...run, claim, policy, trial: { answers, context } };
  });
}

function valuesOf(runs: readonly LookupRun[] | undefined): LookedUpValues {
  return (
    runs &&
    Object.fromEntries(
      runs.map(({ claim, verdict: { denied, access }, outcomes, answers }) => {
        const found = lookedUp(claim, { denied, access, outcomes }, Object.values(answers));
        return [claim, found.refused === undefined ? (found.value ?? null) : { denied: found.refused }];
      }),
    )
  );
}

const programOf = oncePer((policy: Policy) => evaluateProgram(generateProgram(policy)));

function toRead({ fields, told }: LookupPart) {
  return { fields, ...(told !== undefined && { told }) };
}

function toldOf(names: Readonly<Record<string, string>>, claims: Verdict['access']): RawContext {
  return Object.fromEntries(Object.entries(names).map(([name, place]) => [place, own(claims, name)]));
}

/** The token that an issuer signs, as services read it. */
function tokenOf(
  { tokenFields = standardTokenFields }: Stage['issuer'],
  context: RawContext,
  { access, scopes }: Verdict,
): LookupToken {
  const subject = context['subject_type'];
  const actor = at(context, 'actor', 'sub');
  const kind = subject === 'machine' || subject === 'agent' ? subject : 'human';
  const fields = tokenFields.map(({ field, claim }) => {
    const [group = '', name = ''] = field.split('.');
    return [claim, at(context, group, name)];
  });
  return {
    audience: textAt(context, 'request', 'audience') ?? '',
    kind: actor === undefined ? kind : 'delegated',
    subject: kind,
    client: textAt(context, 'client', 'id'),
    scopes,
    payload: { ...Object.fromEntries(fields), ...(actor !== undefined && { act: { sub: actor } }) },
    claims: access,
    stale: [],
    nowMs: Number(context['now']),
  };
}
