import {
  type Answer,
  type AskedSource,
  type askingEach,
  type Decision,
  drive,
  fetchAgain,
  httpAsking,
  type Program,
} from '@claimsmith/runtime';
import { deadlineMs } from '../limits.ts';
import { actionCache } from './action-cache.ts';
import type { SharedApi } from './api.ts';

/**
 * Runs a policy with sources. They are asked with the Action's secrets, and their answers kept in the trigger's cache.
 *
 * @param each {@link askingEach}, if the policy asks a source several questions
 */
export function decideAsking(
  program: Program,
  sources: Readonly<Record<string, AskedSource>>,
  event: { readonly secrets?: Readonly<Record<string, unknown>> },
  api: SharedApi,
  answers: Record<string, Answer>,
  each?: typeof askingEach,
): Promise<Decision> {
  const asking = httpAsking({
    sources,
    revision: program.revision,
    settings: event.secrets ?? {},
    fetch: fetchAgain,
    cache: actionCache(api.cache),
  });
  return drive({ program, context: event, asking: each ? each(asking) : asking, deadlineMs, answers });
}
