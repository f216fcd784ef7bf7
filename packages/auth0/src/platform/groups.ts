import { own, within } from '@claimsmith/runtime';
import { groupPages, groupsLimitMs } from '../limits.ts';
import type { PostLoginApi } from './api.ts';

/**
 * The event, with the names of the user's groups at Auth0 as `groups`: sorted, each once. They are missing if an answer
 * fails, is late or has another shape than in Auth0's types, and if there are too many pages: with part of the groups, a
 * policy could not tell that a user is in none of the others.
 */
export async function withGroups<Event extends object>(
  event: Event,
  api: Pick<PostLoginApi, 'groups'>,
): Promise<Event & { readonly groups: readonly string[] | undefined }> {
  const groups = await within(groupsLimitMs, undefined, ({ signal }) => allGroups(api, signal)).catch(
    () => undefined,
  );
  return { ...event, groups };
}

async function allGroups(
  { groups }: Pick<PostLoginApi, 'groups'>,
  signal: AbortSignal,
): Promise<readonly string[] | undefined> {
  const names = new Set<string>();
  let from: string | undefined;
  for (let page = 0; page < groupPages && !signal.aborted; page++) {
    const answer = await groups.getUserGroups(from === undefined ? {} : { from });
    const list = own(answer, 'groups');
    if (!Array.isArray(list)) return undefined;
    for (const group of list) {
      const name = own(group, 'name');
      if (typeof name !== 'string') return undefined;
      names.add(name);
    }
    const next = own(answer, 'next');
    if (next === undefined) return [...names].sort();
    if (typeof next !== 'string') return undefined;
    from = next;
  }
  return undefined;
}
