import {
  type Issuance,
  isMapping,
  keyedClaims,
  own,
  type PlaceAnswer,
  type PlaceQuestion,
  type Policy,
  type TokenName,
  type Verdict,
} from '@claimsmith/core';
import type { ScenarioLive } from '@claimsmith/core/spec';
import { differences, type Mismatch, withSpecNames } from './compare.ts';
import { type Declared, expectedAt } from './expectation.ts';
import { requestedScopes, textAt } from './raw-context.ts';
import type { Stage, Trial } from './trial.ts';

/** A token of a running issuer, compared with what the policy decides. */
export interface Verified {
  /** How it was asked: `a login of ada`. */
  readonly how: string;
  /** Whether only a part of the issuer has answered. */
  readonly isPartial: boolean;
  readonly differences: readonly Mismatch[];
  /** The issuer's announcements, if they explain why its tokens differ from the policy. */
  readonly declared: readonly Declared[];
}

/** Who asks an issuer for a trial's tokens; undefined if it is not asked for them. */
export function askerOf({ live }: Trial, issuer: string): Asker | undefined {
  const { client, user } = live?.issuers?.[issuer] ?? live ?? {};
  return client === undefined ? undefined : { client, user };
}

type Asker = Required<Pick<ScenarioLive, 'client' | 'user'>> & { readonly client: string };

/** A trial as the client that asks sees it: each issuer has its own `client_id` for it. */
export function askedBy(trial: Trial, { client }: Asker): Trial {
  const known = trial.context['client'];
  return {
    ...trial,
    context: { ...trial.context, client: { ...(isMapping(known) ? known : {}), id: client } },
  };
}

export function questionOf({ issuer, policy }: Stage, trial: Trial, { client, user }: Asker): PlaceQuestion {
  const context = issuer.simulator.holds?.(trial.context, policy) ?? trial.context;
  return {
    context,
    client,
    user,
    scopes: requestedScopes(context),
    audience: textAt(context, 'request', 'audience'),
  };
}

/** Compares an answer with what the issuer must sign for the trial. */
export function verified(stage: Stage, trial: Trial, answer: PlaceAnswer): Verified {
  const { issuance, collisions, how, isPartial = false } = answer;
  const { issuer, policy, names } = stage;
  const { trigger } = issuer.simulator.eventFrom(trial.context, policy);
  const { verdict, declared } = expectedAt(stage, trigger, trial);
  const actual = decided(withSpecNames(issuance, names, policy.claims, policy.deny), policy);
  // Not each running issuer is asked for userinfo.
  const asked = actual.userinfo === undefined ? { userinfo: undefined } : {};
  const known = withoutKeys(decided(verdict, policy), actual, policy);
  const wanted = { ...known, ...boundsOf(verdict, actual), ...asked };
  return {
    how,
    isPartial,
    differences: [
      ...(isDenied(verdict) && isDenied(actual) ? [] : differences(wanted, actual)),
      ...collisions.map(mismatchOf),
    ],
    declared,
  };
}

/** Only the issuer knows the keys of `hash.hmac`, so their claims must be there, with any value. */
function withoutKeys(verdict: Verdict, actual: Verdict, policy: Policy): Verdict {
  const keyed = keyedClaims(policy);
  if (keyed.size === 0) return verdict;
  const token = (name: TokenName) =>
    Object.fromEntries(
      Object.entries(verdict[name] ?? {}).map(([claim, value]) => [
        claim,
        keyed.has(claim) ? (own(actual[name] ?? {}, claim) ?? value) : value,
      ]),
    );
  const userinfo = verdict.userinfo === undefined ? {} : { userinfo: token('userinfo') };
  return { ...verdict, access: token('access'), id: token('id'), ...userinfo };
}

/** Others may add audiences, and shorten the lifetime; but the audience must be there, and the token must not live longer. */
function boundsOf(verdict: Bounds, actual: Bounds): Bounds {
  const { audiences, lifetimeSeconds } = verdict;
  const hasAll = audiences.every((audience) => actual.audiences.includes(audience));
  const isLonger = (actual.lifetimeSeconds ?? 0) > (lifetimeSeconds ?? Number.POSITIVE_INFINITY);
  return {
    audiences: hasAll ? actual.audiences : audiences,
    lifetimeSeconds: isLonger ? lifetimeSeconds : actual.lifetimeSeconds,
  };
}

type Bounds = Pick<Issuance, 'audiences' | 'lifetimeSeconds'>;

/** A running issuer gives its own reason for a denial. */
function isDenied({ denied }: { readonly denied: Issuance['denied'] | string | undefined }): boolean {
  return denied !== undefined;
}

/** Without the scopes that the policy does not decide on. */
function decided<T extends { readonly scopes: readonly string[] }>(tokens: T, { scopes }: Policy): T {
  const isDecided = (scope: string) =>
    scopes.some(({ name, pattern, placeholders }) =>
      placeholders.length === 0 ? name === scope : scope.startsWith(pattern[0] ?? ''),
    );
  return { ...tokens, scopes: tokens.scopes.filter(isDecided) };
}

/** The claims that only the policy may write. */
function mismatchOf({ claim, writers }: PlaceAnswer['collisions'][number]): Mismatch {
  return { at: `who writes ${claim}`, expected: ['the policy'], actual: ['the policy', ...writers] };
}
