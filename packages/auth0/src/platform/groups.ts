import { own, type Program, within } from '@claimsmith/runtime';
import { groupPages, groupsLimitMs } from '../limits.ts';
import type { PostLoginApi } from './api.ts';

/**
 * Whether a program may read the user's groups to decide on this event: it looks for them when it decides without them, or
 * it first asks sources, whose answers may lead there. For a client that it leaves alone it reads nothing.
 */
function readsGroups(program: Program, event: object): boolean {
  const context = program.context(event);
  let isRead = false;
  const user = {
    ...Object(own(context, 'user')),
    get groups() {
      isRead = true;
      return undefined;
    },
  };
  const seen = { ...context, user };
  const asksFirst = program.needs(seen, {}).length > 0;
  program.decide(seen, {});
  return isRead || asksFirst;
}

/**
 * The event, with the names of the user's groups at Auth0 as `groups`: sorted, each once. Nobody is asked for them if the
 * program does not read them to decide. They are missing if an answer
 * fails, is late or has another shape than in Auth0's types, and if there are too many pages: with part of the groups, a
 * policy could not tell that a user is in none of the others.
 */
export async function withGroups<Event extends object>(
  program: Program,
  event: Event,
  api: Pick<PostLoginApi, 'groups'>,
): Promise<Event & { readonly groups?: readonly string[] | undefined }> {
  if (!readsGroups(program, event)) return event;
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
