import { dependsOnActor, oncePer, type Policy, restsOn, settingsOf as settingsIn } from '@claimsmith/core';
import { type ActionId, actionIds, actionTriggers } from '../limits.ts';
import { settingsOf } from '../settings.ts';

/** The Actions that a policy has, in the order in which they run. */
export function actionsOf(policy: Policy): readonly ActionId[] {
  const { triggers, observe } = settingsOf(policy);
  // Who only observes asks for nothing.
  const mayAsk = hasChallenge(policy) && observe !== true;
  return actionIds.filter(
    (id) => triggers.includes(actionTriggers[id]) && (id !== 'post-login-challenge' || mayAsk),
  );
}

/** The part of a policy that decides whether to ask for a factor: who is denied is asked for nothing. */
export const challengePolicy = oncePer((policy: Policy): Policy => {
  const rests = restsOn({ ...policy, claims: [] });
  const read = new Set(policy.deny.flatMap(({ reads }) => rests(reads).sources));
  const sources = policy.sources.filter(({ name }) => read.has(name));
  return {
    ...policy,
    // A getter of the policy, which only a build needs.
    revision: policy.revision,
    ...{ claims: [], scopes: [], details: [], marker: undefined, sources },
    dependsOnActor: dependsOnActor(policy),
    secrets: [...new Set([...sources.flatMap(settingsIn), policy.auditKey ?? []].flat())].sort(),
  };
});

function hasChallenge({ deny }: Policy): boolean {
  return deny.some(({ challenge }) => challenge !== undefined);
}
