import {
  type Asked,
  challengeDeparture,
  type Departure,
  enrichedOf,
  leftAloneBy,
  noTokens,
  observedDeparture,
  type Policy,
  type Verdict,
} from '@claimsmith/core';
import { groupsClaimOf } from '../names.ts';
import { settingsOf } from '../settings.ts';

/** A sentence without its end. */
export const cannotAsk = 'A trigger of Cognito cannot ask for a factor, so the token is denied';

/** Tokens of machines that the trigger's version leaves alone, and what V1_0 lacks. */
export function departs(
  policy: Policy,
  verdict: Verdict,
  { trigger, client, scopes }: Asked,
): Departure | undefined {
  const { version, clients, observe } = settingsOf(policy);
  const path = ['issuers', 'cognito', 'version'];
  const isOther = trigger === 'client-credentials' && version !== 'V3_0';
  const setting = isOther ? 'version' : leftAloneBy(enrichedOf({ clients }) ?? {}, client, undefined);
  if (setting !== undefined) {
    return {
      rule: 'TE832',
      path: ['issuers', 'cognito', setting],
      why: `Cognito issues these tokens without the policy: \`${setting}\` excludes them.`,
      isGuarded: true,
      instead: untouched(policy, scopes),
    };
  }
  const told = observedDeparture({ id: 'cognito', title: 'Cognito' }, observe, client, () =>
    untouched(policy, scopes),
  );
  if (told !== undefined) return told;
  if (verdict.denied !== undefined) return challengeDeparture(policy, verdict, cannotAsk);
  const groups = groupsClaimOf(policy)?.name;
  const held = (claims: Verdict['access'], isCarried: (name: string) => boolean) =>
    Object.fromEntries(
      Object.entries(claims).filter(
        ([name, value]) => isCarried(name) && !(name === groups && isEmpty(value)),
      ),
    );
  const access = held(verdict.access, (name) => version !== 'V1_0' || name === groups);
  const instead = { ...verdict, access, id: held(verdict.id, () => true) };
  if (groups !== undefined && [verdict.access, verdict.id].some((claims) => isEmpty(claims[groups])))
    return {
      rule: 'TE822',
      path: ['claims', groups],
      why: 'Cognito has no claim for an empty list of groups.',
      instead,
    };
  if (Object.keys(verdict.access).length === Object.keys(access).length) return undefined;
  return {
    rule: 'TE842',
    path,
    why: `With V1_0, access tokens carry nothing of the policy${groups === undefined ? '' : ' but groups'}.`,
    instead,
  };
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}

/** The tokens that Cognito issues by itself. */
function untouched({ spec }: Policy, scopes: readonly string[]): Verdict {
  const lifetimeMs = spec.lifetime?.access;
  return {
    ...noTokens,
    denied: undefined,
    scopes,
    lifetimeSeconds: lifetimeMs === undefined ? undefined : lifetimeMs / 1000,
  };
}
