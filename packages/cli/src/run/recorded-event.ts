import type { Issuer, VendorEvent } from '@claimsmith/core';
import { CliError } from '../error.ts';
import { nearest } from '../nearest.ts';

/**
 * Finds the trigger of a recorded event: the requested one, else the only one that its shape matches.
 *
 * @param file what to call the event in messages
 * @throws {CliError} `usage` for an issuer or a trigger without events, `io` where the shape says nothing
 */
export async function triggerOf(
  { id, title, simulator: { recordedEvents } }: Issuer,
  event: VendorEvent['event'],
  asked: string | undefined,
  file: string,
): Promise<string> {
  if (recordedEvents === undefined)
    throw new CliError(
      'usage',
      `${title} does not send events: write a scenario, or ask a running server with --live`,
    );
  const triggers = Object.keys(recordedEvents.triggers);
  if (asked !== undefined) {
    if (triggers.includes(asked)) return asked;
    const near = (await nearest(asked, triggers)) || `; the triggers are ${triggers.join(', ')}`;
    throw new CliError('usage', `${id} has no trigger "${asked}"${near}`);
  }
  const [only] = triggers.filter((trigger) => recordedEvents.triggers[trigger]?.(event));
  if (only === undefined)
    throw new CliError('io', `${file} is not an event of ${title}: ${recordedEvents.look}`);
  return only;
}
