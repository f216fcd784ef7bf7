import {
  type Cache,
  type Decision,
  type DriverSource,
  drive,
  type HttpSource,
  httpAsking,
  type Program,
  type Settings,
} from '@claimsmith/runtime';
import { deadlineMs } from '../limits.ts';

/**
 * Runs a policy with sources. They are asked with the settings of the function's environment.
 *
 * @param cache the memory of this instance of the function
 */
export function decideAsking(
  program: Program,
  sources: Readonly<Record<string, HttpSource | DriverSource>>,
  settings: Settings,
  cache: Cache,
  event: unknown,
): Promise<Decision> {
  const asking = httpAsking({ sources, revision: program.revision, settings, fetch, cache });
  return drive({ program, context: event, asking, deadlineMs });
}
