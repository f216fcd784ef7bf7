import type { Program, Settings } from '@claimsmith/runtime';
import { own, type Part, type Payload, partOf, textOf } from './payload.ts';
import type { Feeder, HookPolicy } from './policy.ts';

/*
 * Finds the fields of the identity context in a request. It trusts nothing; the policy program checks each value
 * against its declared type.
 */

/** The reader of a policy's requests, made once. */
export interface ContextReader {
  /**
   * Undefined if a field that the policy reads is missing, and it is unclear whether Okta has no value or its feeder is
   * missing.
   */
  read(payload: Payload, nowMs: number): RawContext | undefined;
}

/** An identity context before the program checks it. */
export interface RawContext {
  readonly user: Record<string, unknown>;
  readonly client: Record<string, unknown>;
  readonly request: Record<string, unknown>;
  readonly session: Record<string, unknown>;
  readonly subject_type: 'human' | 'machine' | undefined;
  readonly now: number;
  readonly [group: string]: unknown;
}

export function createContextReader(
  { program, feeders, guard, exchange }: HookPolicy,
  settings?: Settings,
): ContextReader {
  const read = {
    params: isRead(program, 'params'),
    details: isRead(program, 'authorization_details'),
    exchange: exchange === true,
  };
  const items = (feeders?.items ?? []).map(placeOf);
  return {
    read(payload, nowMs) {
      const found = contextOf(payload, nowMs, guard.quarantine?.to, read);
      const context = settings === undefined ? found : { ...found, $settings: settings };
      if (feeders === undefined) return context;
      // Native claims are the same in both tokens, so that an ID token without an access token has them too.
      const claims = (payload.access ?? payload.id)?.claims;
      if (own(claims, feeders.proof) !== true) return undefined;
      for (const { feeder, path } of items) setAt(context, path, fed(own(claims, feeder.claim), feeder.kind));
      return context;
    },
  };
}

/** Few policies read the address, so it is parsed only for those. */
interface Wanted {
  readonly params: boolean;
  readonly details: boolean;
  /** Whether tokens may be exchanged. */
  readonly exchange: boolean;
}

/** Whether a program reads a field of the request. A property for it would cost more. */
function isRead(program: Program, field: string): boolean {
  let found = false;
  const get = () => {
    found = true;
    return undefined;
  };
  try {
    program.context({ request: Object.defineProperty({}, field, { get, enumerable: true }) });
  } catch {
    return true;
  }
  return found;
}

interface Place {
  readonly feeder: Feeder;
  readonly path: readonly string[];
}

function placeOf(feeder: Feeder): Place {
  const [, attribute] = /^user\.attributes\.(.+)$/s.exec(feeder.field) ?? [];
  // An attribute's name may hold dots.
  return {
    feeder,
    path: attribute === undefined ? feeder.field.split('.') : ['user', 'attributes', attribute],
  };
}

/** Every user is in this group, so a list without it is incomplete. */
const everyone = 'Everyone';

function fed(value: unknown, kind: Feeder['kind']): unknown {
  if (kind === 'value') return value ?? undefined;
  if (kind === 'list') return Array.isArray(value) && value[0] === '' ? value.slice(1) : undefined;
  return Array.isArray(value) && value.includes(everyone)
    ? value.filter((group) => group !== everyone)
    : undefined;
}

function setAt(context: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let group = context;
  path.forEach((name, i) => {
    if (i === path.length - 1) {
      group[name] = value;
      return;
    }
    const inner = partOf(own(group, name)) ?? {};
    group[name] = inner;
    group = inner;
  });
}

function contextOf(
  payload: Payload,
  nowMs: number,
  realAudience: string | undefined,
  read: Wanted,
): RawContext & Record<string, unknown> {
  const { protocol, access } = payload;
  const client = partOf(protocol?.['client']);
  const isAddressRead = read.params || read.details;
  const query = isAddressRead ? queryOf(textOf(partOf(payload.request?.['url'])?.['value'])) : undefined;
  const { id, profile, session, subjectType } = subjectOf(payload);
  // A refresh depends on an earlier login. A browser session that continues may have changed since.
  const login = payload.grantType === 'refresh_token' ? undefined : session;
  return {
    user: {
      id,
      username: textOf(profile?.['login']),
      given_name: textOf(profile?.['firstName']),
      family_name: textOf(profile?.['lastName']),
      locale: textOf(profile?.['locale']),
      zoneinfo: textOf(profile?.['timeZone']),
    },
    client: { id: textOf(client?.['id']), name: textOf(client?.['name']) },
    request: {
      grant_type: payload.grantType,
      scopes: access === undefined ? [] : grantedScopes(access.scopes),
      audience: access && (realAudience ?? audienceOf(access.claims)),
      ip: textOf(payload.request?.['ipAddress']),
      params: query && read.params ? paramsIn(query) : undefined,
      authorization_details: query && read.details ? detailsIn(query) : undefined,
    },
    session: {
      id: textOf(session?.['id']),
      auth_time: id === undefined ? undefined : authTime(payload, login),
      amr: id === undefined ? undefined : methodsOf(payload.id?.claims['amr'] ?? login?.['amr']),
      idp:
        id === undefined
          ? undefined
          : (textOf(payload.id?.claims['idp']) ?? textOf(partOf(login?.['idp'])?.['id'])),
    },
    actor: own(access?.claims, 'act') ?? own(payload.id?.claims, 'act') ?? unreadable(payload, read),
    subject_type: subjectType,
    now: nowMs,
  };
}

/**
 * Okta does not name an actor. Where tokens are not to be exchanged, one that is exchanged all the same is by somebody who
 * is not known, so the program denies it.
 */
function unreadable({ grantType, protocol }: Payload, { exchange }: Wanted): '' | undefined {
  const original = partOf(protocol?.['originalGrant'] ?? protocol?.['OriginalGrant']);
  const grants = [grantType, partOf(original?.['authorization'])?.['grant_type']];
  return !exchange && grants.includes(exchangeGrant) ? '' : undefined;
}

const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

interface Subject {
  readonly id: string | undefined;
  readonly profile: Part | undefined;
  readonly session: Part | undefined;
  readonly subjectType: RawContext['subject_type'];
}

/**
 * The subject of the tokens. Okta has sent the user of the browser's session with another user's refresh token, so the
 * token decides: if they differ, neither profile nor session belong to the subject.
 *
 * @see https://developer.okta.com/docs/release-notes/ OKTA-869758
 */
function subjectOf(payload: Payload): Subject {
  const { user, session } = payload;
  const isMachine = payload.grantType === 'client_credentials';
  const inContext = textOf(user?.['id']);
  const inAccess = textOf(payload.access?.claims['uid']);
  const inId = textOf(payload.id?.claims['sub']);
  const isOne = inAccess === undefined || inId === undefined || inAccess === inId;
  const id = isOne ? (inAccess ?? inId ?? namedIn(payload)) : undefined;
  if (id === undefined)
    return {
      id,
      profile: undefined,
      session: undefined,
      subjectType: isMachine && user === undefined ? 'machine' : undefined,
    };
  return {
    id,
    profile: inContext === id ? partOf(user?.['profile']) : undefined,
    session: textOf(session?.['userId']) === id ? session : undefined,
    subjectType: isMachine ? undefined : 'human',
  };
}

/** The user in the request, if the token names that user by login or id as `sub` instead of a separate id. */
function namedIn({ user, access }: Payload): string | undefined {
  const id = textOf(user?.['id']);
  const login = textOf(partOf(user?.['profile'])?.['login']);
  const subject = textOf(access?.claims['sub']);
  return subject !== undefined && (subject === id || subject === login) ? id : undefined;
}

/** Null (unreadable scopes) if one has an unknown action. */
function grantedScopes(scopes: Part | undefined): readonly string[] | null {
  if (scopes === undefined) return null;
  const names = Object.keys(scopes);
  return names.every((name) => partOf(scopes[name])?.['action'] === 'GRANT') ? names : null;
}

export function audienceOf(claims: Part | undefined): string | undefined {
  const audience = claims?.['aud'];
  const only = Array.isArray(audience) && audience.length === 1 ? audience[0] : audience;
  return typeof only === 'string' ? only : undefined;
}

/** How much the clocks of two machines at Okta may differ, in seconds. */
const skewSeconds = 60;

/**
 * When the user logged in: the time in the request's tokens, or else the first time at which the session records a
 * proof of the user. `createdAt` is not used, because Okta may begin a new session hours after a login that it still
 * accepts. Never later than the request.
 */
function authTime({ access, id, eventTime }: Payload, session: Part | undefined): number | undefined {
  const now = Math.floor(eventTime / 1000);
  const earliest = (times: readonly unknown[]) => {
    const proven = times.filter(
      (time): time is number => Number.isSafeInteger(time) && Number(time) <= now + skewSeconds,
    );
    return proven.length > 0 ? Math.min(now, ...proven) : undefined;
  };
  return (
    earliest([access?.claims['auth_time'], id?.claims['auth_time']]) ??
    earliest(
      [session?.['lastPasswordVerification'], session?.['lastFactorVerification']].map((time) =>
        secondsOf(textOf(time)),
      ),
    )
  );
}

function secondsOf(time: string | undefined): number | undefined {
  const ms = Date.parse(time ?? '');
  return Number.isNaN(ms) ? undefined : Math.floor(ms / 1000);
}

/** Sessions say PASSWORD for what tokens call `pwd`. */
function methodsOf(amr: unknown): readonly unknown[] | undefined {
  return Array.isArray(amr)
    ? amr.map((method) =>
        method === 'PASSWORD' ? 'pwd' : typeof method === 'string' ? method.toLowerCase() : method,
      )
    : undefined;
}

/** Parameters of OAuth and OpenID Connect, which Okta heeds itself. */
const protocolParams = new Set(
  (
    'acr_values audience authorization_details claims claims_locales client_id code_challenge code_challenge_method device_code display ' +
    'dpop_jkt enroll_amr_values grant_type idp idp_scope issuer login_hint max_age nonce prompt redirect_uri request ' +
    'request_uri resource response_mode response_type scope sessionToken state ui_locales'
  ).split(' '),
);

/** Credentials and proofs of a user's consent: policies cannot read them, and tokens never carry them. */
const credentials =
  /password|secret|assertion|_token$|^(actor_token|binding_message|code|code_verifier|otp|oob_code|mfa_token|auth_req_id|id_token_hint|sessionToken)$/i;

function queryOf(address: string | undefined): URLSearchParams {
  const start = address === undefined ? -1 : address.indexOf('?');
  return new URLSearchParams(start < 0 ? '' : address?.slice(start + 1).split('#', 1)[0]);
}

/** The other parameters of the address that occur once. They come from the caller unchecked. */
function paramsIn(query: URLSearchParams): Record<string, string> {
  const params = new Map<string, string | undefined>();
  for (const [name, value] of query) {
    if (protocolParams.has(name) || credentials.test(name)) continue;
    params.set(name, params.has(name) ? undefined : value);
  }
  return Object.fromEntries(
    [...params].filter(
      (param): param is [string, string] => param[1] !== undefined && param[0] !== '__proto__',
    ),
  );
}

/** All requested details; null if some are unreadable, so that the request is refused. */
function detailsIn(query: URLSearchParams): readonly unknown[] | null {
  const details: unknown[] = [];
  for (const text of query.getAll('authorization_details')) {
    const read = parsedList(text);
    if (read === undefined) return null;
    details.push(...read);
  }
  return details;
}

function parsedList(text: string): readonly unknown[] | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
