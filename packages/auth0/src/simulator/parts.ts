import { own } from '@claimsmith/runtime';
import type { TriggerId } from '../limits.ts';
import { checkedScope } from './scope.ts';

/** The state of the execution for its parts. */
interface Surroundings {
  readonly event: Readonly<Record<string, unknown>>;
  readonly notes: string[];
  /** The whole `api`, which some methods return. */
  readonly api: () => object;
}

type Method = (...values: unknown[]) => unknown;
type Part = Readonly<Record<string, Method>>;

/**
 * The parts of a trigger's `api` that change no simulated token. Each method checks its arguments and returns what
 * Auth0's own test kit returns. Calls that change something are recorded. Auth0 has no other methods.
 *
 * @see https://github.com/auth0/auth0-actions
 */
export function simulatedParts(
  trigger: TriggerId,
  surroundings: Surroundings,
): Readonly<Record<string, Part>> {
  return trigger === 'post-login' ? loginParts(surroundings) : { transaction: targetScopes(surroundings) };
}

function loginParts(surroundings: Surroundings): Readonly<Record<string, Part>> {
  const { event, api } = surroundings;
  const noted = (part: string, names: string, result: Method = () => undefined) =>
    notedMethods(surroundings, part, names, result);
  return {
    authentication: {
      ...noted('authentication', 'setPrimaryUser'),
      ...noted('authentication', 'recordMethod', api),
    },
    groups: {
      ...(event['groups'] === undefined
        ? noted('groups', 'getUserGroups', paged({ groups: [] }))
        : { getUserGroups: paged({ groups: event['groups'] }) }),
      ...noted('groups', 'hasGroupMembership', listed({ memberships: {} })),
    },
    multifactor: noted('multifactor', 'enable', api),
    prompt: noted('prompt', 'render'),
    redirect: {
      ...noted('redirect', 'encodeToken', () => ''),
      ...noted('redirect', 'sendUserTo', sendsTo(api)),
      ...noted('redirect', 'validateToken', () => {
        throw new Error('The session token is invalid: no redirect is simulated.');
      }),
      canRedirect: () => canRedirect(event),
    },
    refreshToken: {
      ...noted('refreshToken', 'revoke'),
      ...noted('refreshToken', expiries, offlineOnly(event)),
      ...noted('refreshToken', metadata, offlineOnly(event)),
    },
    roles: {
      ...noted('roles', 'getUserEffectiveRoles', paged({ roles: [] })),
      ...noted('roles', 'getUserEffectiveRolesByIds getUserEffectiveRolesByNames', listed({ roles: [] })),
    },
    rules: { wasExecuted: () => false },
    samlResponse: noted('samlResponse', samlSetters, api),
    session: {
      ...noted('session', `revoke setCookieMode ${expiries}`),
      ...noted('session', metadata, inSession(event)),
    },
    transaction: {
      ...noted('transaction', 'setMetadata', api),
      ...noted('transaction', 'addTargetScope removeTargetScope setTargetScopes clearTargetScopes', () => {
        // As in Auth0's test kit, where a feature flag turns these methods on.
        throw new Error('Method not implemented.');
      }),
    },
    user: noted('user', 'setAppMetadata setUserMetadata', api),
    validation: noted('validation', 'error', api),
  };
}

const expiries = 'setExpiresAt setIdleExpiresAt';
const metadata = 'setMetadata deleteMetadata evictMetadata';

const samlSetters =
  'setAttribute setAudience setRecipient setCreateUpnClaim setPassthroughClaimsWithNoMapping ' +
  'setMapUnknownClaimsAsIs setMapIdentities setSignatureAlgorithm setDigestAlgorithm setDestination ' +
  'setLifetimeInSeconds setSignResponse setNameIdentifierFormat setNameIdentifierProbes setAuthnContextClassRef ' +
  'setSigningCert setIncludeAttributeNameFormat setTypedAttributes setEncryptionCert setEncryptionPublicKey setCert ' +
  'setKey setRelayState setIssuer setEncryptionAlgorithm';

function notedMethods({ notes }: Surroundings, part: string, names: string, result: Method): Part {
  const method =
    (name: string): Method =>
    (...values) => {
      const returned = result(...values);
      notes.push(`api.${part}.${name} is not simulated.`);
      return returned;
    };
  return Object.fromEntries(names.split(' ').map((name) => [name, method(name)]));
}

/** The audience that a client may ask for; only with client credentials. */
function targetScopes(surroundings: Surroundings): Part {
  const noted = (name: string, check: Method) => notedMethods(surroundings, 'transaction', name, check);
  const one: Method = (scope) => void checkedScope(scope);
  return {
    ...noted('addTargetScope', one),
    ...noted('removeTargetScope', one),
    ...noted('setTargetScopes', (scopes) => {
      if (!Array.isArray(scopes)) throw new TypeError('The scopes are a list.');
      for (const scope of scopes) checkedScope(scope);
    }),
    ...noted('clearTargetScopes', () => undefined),
  };
}

/** Answers a page. The answer is a promise, even if the arguments are wrong. */
function paged(answer: object): Method {
  return async (options = {}) => {
    const [from, take] = [own(options, 'from'), own(options, 'take')];
    if (from !== undefined && typeof from !== 'string') throw new Error('`from` must be a string.');
    if (take !== undefined && !(Number.isInteger(take) && Number(take) > 0))
      throw new Error('`take` must be a positive integer.');
    return structuredClone(answer);
  };
}

function listed(answer: object): Method {
  return async (names) => {
    if (!Array.isArray(names) || names.length === 0) throw new Error('A list of strings is needed.');
    return structuredClone(answer);
  };
}

function sendsTo(api: () => object): Method {
  return (url) => {
    new URL(String(url));
    return api();
  };
}

/** Protocols without redirects. */
const withoutRedirect = [
  'oauth2-resource-owner',
  'oauth2-refresh-token',
  'oauth2-password',
  'oauth2-webauthn',
];

function canRedirect(event: Readonly<Record<string, unknown>>): boolean {
  const prompt = own(own(event['request'], 'query'), 'prompt');
  const protocol = own(event['transaction'], 'protocol');
  return prompt !== 'none' && !withoutRedirect.includes(String(protocol));
}

function offlineOnly(event: Readonly<Record<string, unknown>>): Method {
  return () => {
    if (own(event['refresh_token'], 'access') === 'online')
      throw new Error('Cannot be called on an online refresh token.');
  };
}

function inSession(event: Readonly<Record<string, unknown>>): Method {
  return () => {
    if (!event['session']) throw new Error('Cannot set metadata on a session that does not exist.');
  };
}
