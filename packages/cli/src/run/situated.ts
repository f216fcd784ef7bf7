import type { Scenario } from '@claimsmith/core/spec';

/** The default time of a scenario: 2026-01-01T00:00:00Z, so that the same files give the same tokens on any day. */
export const defaultNowSeconds = 1_767_225_600;

/**
 * Completes a context with the values that every issuance has: time, subject, user and client, and the requested scopes (for
 * a login at least `openid`). A person without roles, groups or linked identities in the scenario has empty lists. `client.metadata` and
 * `request.params` are at least empty mappings.
 *
 * If a machine asks, no user logs in, so the shared `user` and `session` are left out. A scenario's own ones are kept:
 * an issuer may give a machine its own user, and an agent acts for one.
 *
 * @param own the part of the context that the scenario itself gives, without the shared part
 */
export function situated(context: Scenario['context'], own: Scenario['own']): Scenario['context'] {
  const { user, session, ...said } = context;
  const others = { now: defaultNowSeconds * 1000, ...said };
  const { metadata, ...ofClient } = record(context['client']);
  const { params, ...ofRequest } = record(context['request']);
  const client = { id: anyClient, name: 'Client', ...ofClient, metadata: metadata ?? {} };
  const request: Fields = { ...ofRequest, params: params ?? {} };
  const subject = context['subject_type'];
  const isMachine =
    subject === 'machine' ||
    subject === 'agent' ||
    request['grant_type'] === 'client_credentials' ||
    (subject === undefined && user === undefined);
  const login = { grant_type: 'authorization_code', scopes: ['openid'], ...request };
  if (isMachine) {
    const isAgent = subject === 'agent';
    const account = own['user'] == null ? {} : { user: { ...someUser, ...record(own['user']) } };
    return {
      ...others,
      ...account,
      ...(own['session'] == null ? {} : { session: own['session'] }),
      subject_type: isAgent ? subject : 'machine',
      client,
      request:
        isAgent && 'user' in account ? login : { grant_type: 'client_credentials', scopes: [], ...request },
    };
  }
  return {
    subject_type: 'human',
    ...others,
    ...(session === undefined ? {} : { session }),
    user: { ...someUser, ...record(user) },
    client,
    request: login,
  };
}

/** As long as real ones are, since tokens carry them. */
const someUser = { id: 'user_0123456789abcdef01234567', roles: [], groups: [], identities: [] };
const anyClient = '0123456789abcdefghijklmnopqrstuv';

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
