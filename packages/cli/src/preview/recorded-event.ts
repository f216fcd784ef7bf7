import type { Issuer } from '@claimsmith/core';
import { nearest } from '../arguments.ts';
import { CliError } from '../error.ts';

type Event = Readonly<Record<string, unknown>>;

/** What a vendor calls our code with. */
interface Recordings {
  /** What an event looks like, to complete "is no event of …: ". */
  readonly look: string;
  /** By trigger, what tells its events from all others. */
  readonly triggers: Readonly<Record<string, (event: Event) => boolean>>;
}

/** By issuer. One that is not listed calls nothing that could be recorded: Keycloak's mappers are handed Java objects. */
const recordings: Readonly<Record<string, Recordings>> = {
  auth0: {
    look: 'the `event` of an Action has `user` at post-login, `accessToken` at credentials-exchange',
    triggers: {
      'post-login': (event) => 'user' in event && !('accessToken' in event),
      'credentials-exchange': (event) => 'accessToken' in event && !('user' in event),
    },
  },
  okta: {
    look: 'a request to a token inline hook has the `eventType` com.okta.oauth2.tokens.transform',
    triggers: { 'token-hook': ({ eventType }) => eventType === 'com.okta.oauth2.tokens.transform' },
  },
};

/**
 * Says which trigger a recorded event goes to: the one that is asked for, else the only one that its shape fits.
 *
 * @param file what to call the event in messages
 * @throws {CliError} `usage` for an issuer or a trigger without events, `io` where the shape says nothing
 */
export async function triggerOf(
  { id, title }: Issuer,
  event: Event,
  asked: string | undefined,
  file: string,
): Promise<string> {
  const known = Object.hasOwn(recordings, id) ? recordings[id] : undefined;
  if (known === undefined)
    throw new CliError(
      'usage',
      `${title} sends no events that could be recorded: write a scenario, or ask a running server by --live`,
    );
  const triggers = Object.keys(known.triggers);
  if (asked !== undefined) {
    if (triggers.includes(asked)) return asked;
    const near = (await nearest(asked, triggers)) || `; there is ${triggers.join(', ')}`;
    throw new CliError('usage', `${id} has no trigger "${asked}"${near}`);
  }
  const [only] = triggers.filter((trigger) => known.triggers[trigger]?.(event));
  if (only === undefined) throw new CliError('io', `${file} is no event of ${title}: ${known.look}`);
  return only;
}
