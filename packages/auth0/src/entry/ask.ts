import { type Decision, enrich, type HttpSource, httpAsk, type Program } from '@claimsmith/runtime';
import { deadlineMs } from '../limits.ts';
import { actionCache } from './action-cache.ts';
import type { SharedApi } from './api.ts';

/** Runs a policy that has sources: they are asked with the Action's secrets, and kept in the trigger's cache. */
export function decideAsking(
  program: Program,
  sources: Readonly<Record<string, HttpSource>>,
  context: unknown,
  event: { readonly secrets?: unknown },
  api: SharedApi,
): Promise<Decision> {
  const { secrets } = event;
  const ask = httpAsk({
    sources,
    revision: program.revision,
    settings: typeof secrets === 'object' && secrets !== null ? { ...secrets } : {},
    fetch: (url, init) => fetch(url, init),
    cache: actionCache(api.cache),
  });
  return enrich({ program, context, ask, deadlineMs });
}
