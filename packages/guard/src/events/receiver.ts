import { isObject } from '../contract/value-type.ts';
import {
  type DenylistStore,
  defaultRetentionSeconds,
  type Entry,
  maxClockSkewSeconds,
} from '../denylist/denylist.ts';
import { assertNumbers } from '../error.ts';
import { textOf } from '../fetch-json.ts';
import { type KeySettings, KeysUnavailable, keyStoreFor } from '../keys/key-store.ts';
import { isSigned } from '../keys/signature.ts';
import { Refused } from '../refused.ts';
import { parseToken } from '../token/parse.ts';
import { type EventSubject, revocationsOf, type SubjectName } from './revocations.ts';

/** Somebody who sends security events. */
export interface TransmitterSettings extends KeySettings {
  /** Where its keys are. Required without `jwks`. */
  readonly jwksUrl?: string;
  /** Your receiver, as its events name it in `aud`. */
  readonly audience: string;
  /** The issuers (`iss` of tokens) that it may revoke tokens of. */
  readonly about: readonly string[];
  /** The algorithms that it signs with. Default `RS256`. */
  readonly algorithms?: readonly string[];
}

/** How a receiver of security events is set up. */
export interface ReceiverOptions {
  /** By `iss` of their events. Events of others are refused. */
  readonly transmitters: Readonly<Record<string, TransmitterSettings>>;
  /** Gets what events revoke. */
  readonly denylist: Pick<DenylistStore, 'add'>;
  /**
   * Finds the subject of tokens for the subject of an event, such as an email address, or the user id of an issuer whose
   * tokens have another `sub`. Undefined: it is unknown, unless the event names it as tokens do (`iss_sub`).
   */
  readonly subjectOf?: (subject: EventSubject) => SubjectName | undefined | Promise<SubjectName | undefined>;
  /**
   * How long a token may live, in seconds: the `maxLifetimeSeconds` of your guards. Revocations are kept a minute longer, for
   * clocks. Default 86,400.
   */
  readonly retentionSeconds?: number;
  /** Default: the time of this machine. */
  readonly now?: () => number;
}

/** The answer to a transmitter. */
export interface EventAnswer {
  readonly status: 202 | 400 | 503;
  /** JSON; empty if the event was accepted. */
  readonly body: string;
}

/** Receives security events by push (RFC 8935). */
export interface EventReceiver {
  /** Takes the body of a request: a signed security event token. Never rejects. */
  receive(body: string): Promise<EventAnswer>;
  /** Answers a POST with `application/secevent+jwt`. */
  handle(request: Request): Promise<Response>;
}

const limitBytes = 64 * 1024;

class Unacceptable extends Error {}

/**
 * Receives events of Shared Signals transmitters: `session-revoked`, `credential-change` and `token-claims-change` of CAEP,
 * `account-disabled`, `account-purged`, `credential-compromise` and `sessions-revoked` of RISC. Each revokes the tokens that
 * the subject got until then; `session-revoked` also all tokens that name the session. Other events are accepted and have no
 * effect. An event that should revoke something and names nothing that is known is refused, so that its transmitter notices.
 *
 * @see https://openid.net/specs/openid-caep-1_0-final.html
 * @see https://openid.github.io/sharedsignals/openid-risc-1_0.html
 * @see https://www.rfc-editor.org/rfc/rfc8935
 */
export function eventReceiver(options: ReceiverOptions): EventReceiver {
  const { transmitters, denylist, retentionSeconds, now = Date.now } = options;
  assertNumbers({ retentionSeconds });
  const keys = new Map(Object.entries(transmitters).map(([iss, one]) => [iss, keyStoreFor(iss, one, now)]));

  const verified = async (token: string) => {
    const { kid, algorithm, typ, issuer, payload, signed, signature } = parseToken(token);
    const transmitter = Object.hasOwn(transmitters, issuer) ? transmitters[issuer] : undefined;
    const { algorithms = ['RS256'] } = transmitter ?? {};
    if (transmitter === undefined) throw refusal('invalid_issuer', 'This issuer is not known.');
    if (typ !== 'secevent+jwt' || !algorithms.includes(algorithm))
      throw refusal('invalid_request', 'This is not a security event token.');
    const key = await keys.get(issuer)?.find(kid, algorithm);
    if (key === undefined) throw refusal('invalid_key', 'This key is not known.');
    if (!(await isSigned(key, algorithm, signed, signature).catch(() => false)))
      throw refusal('authentication_failed', 'The signature is wrong.');
    return { transmitter, claims: payload };
  };

  const entriesOf = async (token: string): Promise<readonly Entry[]> => {
    const { transmitter, claims } = await verified(token);
    const { aud, iat, jti, events } = claims;
    const isForUs = Array.isArray(aud) ? aud.includes(transmitter.audience) : aud === transmitter.audience;
    if (!isForUs) throw refusal('invalid_audience', 'This event is for somebody else.');
    const isTimely = typeof iat === 'number' && Number.isFinite(iat) && iat <= now() / 1_000 + 5;
    if (!isTimely || typeof jti !== 'string' || !isObject(events))
      throw refusal('invalid_request', 'The event lacks iat, jti or events.');
    const found = await revocationsOf(
      { events, subject: claims['sub_id'], issuedAt: iat },
      options.subjectOf,
    );
    if (found === undefined || found.some(({ issuer }) => !transmitter.about.includes(issuer)))
      throw refusal('invalid_request', 'The subject of the event is not known here.');
    const lifeSeconds = (retentionSeconds ?? defaultRetentionSeconds) + maxClockSkewSeconds;
    const until = Math.ceil(now() / 1_000) + lifeSeconds;
    return found.map((one) => ({ ...one, until }));
  };

  const receive = async (body: string): Promise<EventAnswer> => {
    try {
      if (body.length > limitBytes) throw refusal('invalid_request', 'The event is too long.');
      for (const entry of await entriesOf(body.trim())) await denylist.add(entry);
      return { status: 202, body: '' };
    } catch (error) {
      if (error instanceof Unacceptable) return { status: 400, body: error.message };
      if (error instanceof Refused && error.problem.code !== 'internal')
        return {
          status: 400,
          body: refusal('invalid_request', 'This is not a security event token.').message,
        };
      // A transmitter sends it again.
      const why = error instanceof KeysUnavailable ? 'keys' : 'the denylist';
      return { status: 503, body: JSON.stringify({ description: `Try again: ${why} cannot be reached.` }) };
    }
  };
  return {
    receive,
    async handle(request) {
      const type = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
      const isEvent = request.method === 'POST' && type === 'application/secevent+jwt';
      const answer = isEvent
        ? await receive(await textOf(request.body, limitBytes).catch(() => ''))
        : { status: 400, body: refusal('invalid_request', 'Send application/secevent+jwt by POST.').message };
      const headers = answer.body === '' ? {} : { 'content-type': 'application/json' };
      return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers });
    },
  };
}

/** @see https://www.rfc-editor.org/rfc/rfc8935#section-2.4 */
function refusal(err: string, description: string): Unacceptable {
  return new Unacceptable(JSON.stringify({ err, description }));
}
