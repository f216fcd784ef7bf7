import {
  type Answer,
  type AskedSource,
  type askingEach,
  type Cache,
  type Decision,
  drive,
  fetchAgain,
  httpAsking,
  type Program,
} from '@claimsmith/runtime';
import { deadlineMs } from '../limits.ts';

/** The settings of the policy, which may be kept elsewhere: `FunctionSettings` of settings.mjs. */
interface Settings {
  readonly values: Readonly<Record<string, string>>;
  ready(): Promise<void>;
}

/**
 * Runs a policy with sources. They are asked with the settings of the function. Reading settings is part of the deadline.
 *
 * @param settings undefined: the policy has none
 * @param cache the memory of this instance of the function
 * @param taken takes the answers of this issuance
 * @param each {@link askingEach}, if the policy asks a source several questions
 */
export async function decideAsking(
  program: Program,
  sources: Readonly<Record<string, AskedSource>>,
  settings: Settings | undefined,
  cache: Cache,
  event: unknown,
  taken: Record<string, Answer>,
  each?: typeof askingEach,
): Promise<Decision> {
  const startMs = Date.now();
  await settings?.ready();
  const values = settings?.values ?? {};
  const asking = httpAsking({
    sources,
    revision: program.revision,
    settings: values,
    fetch: fetchAgain,
    cache,
  });
  return drive({
    program,
    context: event,
    asking: each ? each(asking) : asking,
    deadlineMs: deadlineMs - (Date.now() - startMs),
    answers: taken,
  });
}
