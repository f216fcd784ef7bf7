import { held } from '../run/carried.ts';
import { at } from '../run/raw-context.ts';
import type { Stage, Trial } from '../run/trial.ts';

const lists = ['groups', 'identities', 'roles'] as const;

/** A scenario that leaves out a list which every issuer of the spec always knows: the list is empty there. */
export function withKnownLists(stages: readonly Stage[], trial: Trial): Trial {
  const { user } = trial.context;
  if (typeof user !== 'object' || user === null || stages.length === 0) return trial;
  const known = lists.filter(
    (name) =>
      at(trial.context, 'user', name) === null &&
      stages.every(({ issuer, policy }) => {
        const { trigger } = issuer.simulator.eventFrom(trial.context, policy);
        const value = at(held(trial.context, issuer, trigger, policy).context, 'user', name);
        return Array.isArray(value) && value.length === 0;
      }),
  );
  if (known.length === 0) return trial;
  const filled = Object.fromEntries(known.map((name) => [name, []]));
  return { ...trial, context: { ...trial.context, user: { ...user, ...filled } } };
}
