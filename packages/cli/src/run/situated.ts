import type { Scenario } from '@claimsmith/core/spec';

/**
 * Completes a context with the values that every issuance has: subject, user and client, and the requested scopes (for
 * a login at least `openid`). A person without roles or groups in the scenario has empty lists. `client.metadata` and
 * `request.params` are at least empty mappings.
 *
 * If a machine asks, no user logs in, so the shared `user` and `session` are left out. A scenario's own ones are kept:
 * an issuer may give a machine its own user, and an agent acts for one.
 *
 * @param own the part of the context that the scenario itself gives, without the shared part
 */
export function situated(context: Scenario['context'], own: Scenario['own']): Scenario['context'] {
  const { user, session, ...others } = context;
  const { metadata, ...ofClient } = record(context['client']);
  const { params, ...ofRequest } = record(context['request']);
  const client = { id: anyClient, name: 'Client', ...ofClient, metadata: metadata ?? {} };
  const request: Fields = { ...ofRequest, params: params ?? {} };
  const said = context['subject_type'];
  const isMachine =
    said === 'machine' ||
    said === 'agent' ||
    request['grant_type'] === 'client_credentials' ||
    (said === undefined && user === undefined);
  const login = { grant_type: 'authorization_code', scopes: ['openid'], ...request };
  if (isMachine) {
    const isAgent = said === 'agent';
    const account = own['user'] == null ? {} : { user: { ...someUser, ...record(own['user']) } };
    return {
      ...others,
      ...account,
      ...(own['session'] == null ? {} : { session: own['session'] }),
      subject_type: isAgent ? said : 'machine',
      client,
      request:
        isAgent && 'user' in account ? login : { grant_type: 'client_credentials', scopes: [], ...request },
    };
  }
  return {
    subject_type: 'human',
    ...context,
    user: { ...someUser, ...record(user) },
    client,
    request: login,
  };
}

/** As long as real ones are, since tokens carry them. */
const someUser = { id: 'user_0123456789abcdef01234567', roles: [], groups: [] };
const anyClient = '0123456789abcdefghijklmnopqrstuv';

type Fields = Readonly<Record<string, unknown>>;

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
