import { isObject } from './contract/value-type.ts';

/**
 * Why a request was refused, for your log. It never holds a value of a token.
 *
 * - `no_token`: the request has no bearer token
 * - `request`: the header is malformed, or the token is too long
 * - `format`: the token is not a signed JWT
 * - `issuer`: its issuer is not in the list
 * - `algorithm`, `key`, `signature`: it is not signed as the issuer signs
 * - `type`: it is not an access token, as far as its `typ` or a claim shows
 * - `time`: it has expired, or lacks `exp` or `iat`, or is from the future, or lives longer than allowed
 * - `subject`, `id`, `audience`, `client`: it lacks this, or it is for somebody else
 * - `bound`: it is bound to a key of the client (`cnf`), which a bearer token cannot prove
 * - `marker`: it was not made by the policy
 * - `unenriched`: the policy did not see it
 * - `revision`: it was made by a revision that is not in the list
 * - `claim`: a claim has another type, or is over its bounds, or is required and not there
 * - `stale`: a required claim is too old
 * - `detail`: an authorization detail has other types than the contract says
 * - `revoked`: the denylist has it
 * - `scope`, `login`: it lacks a scope; the login is too old or too weak
 * - `keys`, `denylist`, `internal`: it could not be checked
 * - `lookup`: a value could not be looked up
 * - `missing`: a value that was looked up is missing, and the policy denies then
 */
export type ProblemCode =
  | 'no_token'
  | 'request'
  | 'format'
  | 'issuer'
  | 'algorithm'
  | 'key'
  | 'signature'
  | 'type'
  | 'time'
  | 'subject'
  | 'id'
  | 'audience'
  | 'client'
  | 'bound'
  | 'marker'
  | 'unenriched'
  | 'revision'
  | 'claim'
  | 'stale'
  | 'detail'
  | 'revoked'
  | 'scope'
  | 'login'
  | 'keys'
  | 'denylist'
  | 'internal'
  | 'lookup'
  | 'missing';

/** Why a request was refused, for your log. */
export interface Problem {
  readonly code: ProblemCode;
  /** The issuer's id in the contract, once it is known. */
  readonly issuer?: string;
  /** The claim that it is about, by its name in the spec. */
  readonly claim?: string;
  /** What failed, if a check could not be made. */
  readonly cause?: unknown;
}

/** What to answer to a request that is refused. */
export interface Refusal {
  readonly ok: false;
  readonly status: 400 | 401 | 403 | 503;
  /** The value of the header `WWW-Authenticate`. */
  readonly challenge: string;
  /** A constant word for the client, such as `invalid_token`; undefined if the request had no token. */
  readonly error: string | undefined;
  /** For your log, not for the client. */
  readonly problem: Problem;
}

/** What a request needs besides a right token. */
export interface Needs<Scope extends string = string> {
  /** All of these scopes. */
  readonly scopes?: readonly Scope[];
  /** All of these scopes, which the policy does not decide on. */
  readonly otherScopes?: readonly string[];
  /** One of these levels of login (`acr`). */
  readonly acr?: readonly string[];
  /** How long ago the user may have logged in, in seconds. */
  readonly maxLoginAgeSeconds?: number;
}

const needNames: readonly string[] = ['scopes', 'otherScopes', 'acr', 'maxLoginAgeSeconds'];

/**
 * A need with a misspelt name, or one whose value got lost, would ask for nothing and let everybody pass. So would a
 * function, or the promise of an async one.
 *
 * @throws {TypeError} if the needs are not a plain object, or a need is unknown, or has no value or a wrong one
 */
export function assertReadable(needs: Needs): void {
  if (!isPlain(needs))
    throw new TypeError('The needs of a request must be a plain object, such as { scopes: [] }.');
  for (const [name, value] of Object.entries(needs)) {
    if (!needNames.includes(name))
      throw new TypeError(`The guard does not know the need \`${name}\`; it knows ${needNames.join(', ')}.`);
    if (value === undefined) throw new TypeError(`The need \`${name}\` has no value; leave it out.`);
    const isRight =
      name === 'maxLoginAgeSeconds'
        ? typeof value === 'number' && Number.isFinite(value) && value >= 0
        : Array.isArray(value) && value.every((one) => typeof one === 'string');
    if (!isRight) throw new TypeError(`The need \`${name}\` has a wrong value.`);
  }
}

/** Whether a value is an object that no class has made. */
function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Words of RFC 6750 and, for a login, RFC 9470. */
const words = {
  none: { status: 401, error: undefined },
  invalid_request: { status: 400, error: 'invalid_request' },
  invalid_token: { status: 401, error: 'invalid_token' },
  insufficient_scope: { status: 403, error: 'insufficient_scope' },
  access_denied: { status: 403, error: 'access_denied' },
  insufficient_user_authentication: { status: 401, error: 'insufficient_user_authentication' },
  unavailable: { status: 503, error: 'temporarily_unavailable' },
} as const;

/**
 * The answer to a problem. Its texts are constant: a client does not learn why a token is refused.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-3
 */
export function refusalOf(problem: Problem, needs: Needs = {}): Refusal {
  const word = wordOf(problem.code);
  const { status, error } = words[word];
  const parameters = [
    ...(error === undefined || word === 'unavailable' || word === 'access_denied'
      ? []
      : [['error', error] as const]),
    ...(word === 'insufficient_scope' ? [['scope', scopesOf(needs).join(' ')] as const] : []),
    ...(word === 'insufficient_user_authentication' ? loginParameters(needs) : []),
  ];
  const said = parameters.flatMap(([name, value]) =>
    printable.test(value) ? [`${name}="${value.replace(/["\\]/g, '\\$&')}"`] : [],
  );
  const challenge = said.length === 0 ? 'Bearer' : `Bearer ${said.join(', ')}`;
  return { ok: false, status, challenge, error, problem };
}

/** A parameter with other characters is left out, because it could not be sent in a header. */
const printable = /^[\x20-\x7e]+$/;

/** All scopes that a request needs. */
export function scopesOf({ scopes = [], otherScopes = [] }: Needs): readonly string[] {
  return [...scopes, ...otherScopes];
}

/** @see https://www.rfc-editor.org/rfc/rfc9470#section-3 */
function loginParameters({ acr, maxLoginAgeSeconds }: Needs): readonly (readonly [string, string])[] {
  return [
    ['error_description', 'A different authentication level is required'],
    ...(acr === undefined ? [] : [['acr_values', acr.join(' ')] as const]),
    ...(maxLoginAgeSeconds === undefined ? [] : [['max_age', String(maxLoginAgeSeconds)] as const]),
  ];
}

function wordOf(code: ProblemCode): keyof typeof words {
  switch (code) {
    case 'no_token':
      return 'none';
    case 'request':
      return 'invalid_request';
    case 'scope':
      return 'insufficient_scope';
    case 'login':
      return 'insufficient_user_authentication';
    case 'keys':
    case 'denylist':
    case 'internal':
    case 'lookup':
      return 'unavailable';
    case 'missing':
      return 'access_denied';
    default:
      return 'invalid_token';
  }
}
