import {
  type Answer,
  type Decision,
  drive,
  type HttpSource,
  httpAsking,
  type Program,
} from '@claimsmith/runtime';
import { deadlineMs } from '../limits.ts';
import { actionCache } from './action-cache.ts';
import type { SharedApi } from './api.ts';

/** Runs a policy with sources. They are asked with the Action's secrets, and their answers kept in the trigger's cache. */
export function decideAsking(
  program: Program,
  sources: Readonly<Record<string, HttpSource>>,
  event: { readonly secrets?: Readonly<Record<string, unknown>> },
  api: SharedApi,
  answers: Record<string, Answer>,
): Promise<Decision> {
  const asking = httpAsking({
    sources,
    revision: program.revision,
    settings: event.secrets ?? {},
    fetch,
    cache: actionCache(api.cache),
  });
  return drive({ program, context: event, asking, deadlineMs, answers });
}
