import type { HookPolicy } from '@claimsmith/okta/hook';
import {
  changed,
  codeFlow,
  idToken,
  implicitFlow,
  machineFlow,
  refreshFlow,
} from '../../packages/okta/test/payloads.ts';

export { nowMs } from '../../packages/okta/test/payloads.ts';

/** Requests of every flow as Okta sends them for a policy, as texts; their event's id is `EVENT-ID`. */
export function requestsFor({ feeders, guard }: HookPolicy): readonly [string, ...string[]] {
  const fed = Object.fromEntries(
    (feeders?.items ?? []).map(({ claim, kind }) => [claim, kind === 'groups' ? ['Everyone', 'staff'] : 7]),
  );
  const proof = feeders === undefined ? {} : { [feeders.proof]: true };
  const textOf = (payload: typeof codeFlow, isPerson: boolean) => {
    const claims = { ...(isPerson ? fed : {}), ...proof };
    const audience = guard.quarantine === undefined ? {} : { aud: guard.quarantine.from };
    const withAccess = Object.entries({ ...claims, ...audience }).reduce(
      (request, [name, value]) => changed(request, ['data', 'access', 'claims', name], value),
      changed(payload, ['eventId'], 'EVENT-ID'),
    );
    return JSON.stringify(
      isPerson
        ? changed(withAccess, ['data', 'identity'], { ...idToken, claims: { ...idToken.claims, ...claims } })
        : withAccess,
    );
  };
  return [
    textOf(codeFlow, true),
    textOf(implicitFlow, true),
    textOf(refreshFlow('originalGrant'), true),
    textOf(refreshFlow('OriginalGrant'), true),
    textOf(machineFlow, false),
  ];
}
