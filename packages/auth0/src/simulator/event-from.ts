import {
  enrichedOf,
  isMapping,
  isoTime,
  mappingOf,
  type Policy,
  type RawContext,
  textOf,
  type VendorEvent,
} from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { atTokenEndpoint, grantTypes } from '../platform/context.ts';
import { asksForGroups, type Place, placeOf, placeOfGroups, placeText, settingsOf } from '../settings.ts';

/**
 * The event that Auth0 would send in the situation of a scenario. Values that the scenario leaves out are missing;
 * values that policies cannot read have defaults.
 */
export function eventFrom(context: RawContext, policy: Policy): VendorEvent {
  return isLogin(context)
    ? { trigger: 'post-login', event: postLoginEvent(context, policy) }
    : { trigger: 'credentials-exchange', event: credentialsExchangeEvent(context, policy) };
}

/** Auth0 names a client that acts for itself after its id. */
export function subject(context: RawContext): string | undefined {
  if (isLogin(context)) return textOf(mappingOf(context['user'])['id']);
  const client = textOf(mappingOf(context['client'])['id']);
  return client && `${client}@clients`;
}

/** An agent logs in only on behalf of a user. */
function isLogin(context: RawContext): boolean {
  if (mappingOf(context['request'])['grant_type'] === 'client_credentials') return false;
  const subject = context['subject_type'];
  return subject !== 'machine' && (subject !== 'agent' || context['user'] != null);
}

function postLoginEvent(context: RawContext, policy: Policy): VendorEvent['event'] {
  const { id, roles, groups, attributes, logins_count, identities, ...profile } = mappingOf(context['user']);
  const request = mappingOf(context['request']);
  const session = mappingOf(context['session']);
  const grantType = request['grant_type'] ?? 'authorization_code';
  const protocol = Object.entries(grantTypes).find(([, type]) => type === grantType)?.[0];
  const isTokenRequest = protocol !== undefined && atTokenEndpoint.test(protocol);
  const authenticatedAt = isoTime(session['auth_time']);
  return withoutUndefined({
    ...shared(context, policy),
    groups: asksForGroups(settingsOf(policy)) ? groupsFrom(groups) : undefined,
    user: {
      user_id: id,
      ...profile,
      ...metadataOf(attributes, groups, policy),
      ...(policy.deny.some(({ challenge }) => challenge !== undefined)
        ? { enrolledFactors: [{ type: 'otp' }] }
        : {}),
      updated_at: '2025-01-01T00:00:00.000Z',
      identities: list(identities).map(identityFrom),
    },
    authentication:
      session['amr'] == null
        ? undefined
        : { methods: list(session['amr']).map((name) => ({ name, timestamp: authenticatedAt })) },
    authorization: roles === undefined ? undefined : { roles },
    connection: { id: 'con_0000000000000000', ...mappingOf(context['connection']) },
    request: {
      ...transport(request, isTokenRequest ? 'POST' : 'GET'),
      query: isTokenRequest ? {} : (request['params'] ?? {}),
      body: isTokenRequest ? { ...mappingOf(request['params']), ...scopeParameter(request) } : {},
    },
    refresh_token:
      grantType === 'refresh_token'
        ? {
            id: 'rt_0000',
            created_at: authenticatedAt ?? '2025-01-01T00:00:00.000Z',
            resource_servers: refreshServers(request),
          }
        : undefined,
    session: { id: session['id'], authenticated_at: authenticatedAt },
    stats: { logins_count },
    transaction: {
      id: 'transaction',
      protocol,
      requested_scopes: isTokenRequest ? undefined : (request['scopes'] ?? []),
      requested_authorization_details: request['authorization_details'],
      acr_values: request['acr_values'],
      actor: actorFrom(context['actor']),
      locale: 'en',
      metadata: {},
    },
  });
}

/** A chain of actors as the claim `act` of RFC 8693; anything else stays as it is. */
function actorFrom(actor: unknown): unknown {
  const { sub, chain } = mappingOf(actor);
  const isChain = Array.isArray(chain) && chain.length > 0 && (sub === undefined || sub === chain[0]);
  return isChain
    ? chain.reduceRight((act: unknown, each: unknown) => withoutUndefined({ sub: each, act }), undefined)
    : actor;
}

function credentialsExchangeEvent(context: RawContext, policy: Policy): VendorEvent['event'] {
  const request = mappingOf(context['request']);
  const scopes = request['scopes'] ?? [];
  return withoutUndefined({
    ...shared(context, policy),
    accessToken: { customClaims: {}, scope: scopes },
    request: { ...transport(request, 'POST'), body: request['params'] ?? {} },
    transaction: { requested_scopes: scopes },
  });
}

/** A scenario that names no client or audience is about one of those that the policy is for. */
function shared(context: RawContext, policy: Policy): Record<string, unknown> {
  const { clients, audiences } = enrichedOf(settingsOf(policy)) ?? {};
  const client = mappingOf(context['client']);
  const audience = mappingOf(context['request'])['audience'] ?? audiences?.[0];
  const org = context['org'];
  return {
    agent:
      context['subject_type'] === 'agent'
        ? { agent_id: 'agt_0000', name: 'Agent', agent_metadata: {} }
        : undefined,
    client: {
      client_id: client['id'] ?? clients?.[0],
      name: client['name'],
      metadata: client['metadata'] ?? {},
    },
    organization: org,
    resource_server: audience === undefined ? undefined : { identifier: audience },
    tenant: context['tenant'] ?? {},
  };
}

function transport(request: Record<string, unknown>, method: string): Record<string, unknown> {
  const geo = mappingOf(request['geo']);
  return {
    ip: request['ip'],
    method,
    hostname: 'tenant.auth0.com',
    geoip: withoutUndefined({
      continentCode: geo['continent'],
      countryCode: geo['country'],
      subdivisionCode: geo['subdivision'],
      cityName: geo['city'],
      timeZone: geo['time_zone'],
    }),
    user_agent: request['user_agent'],
  };
}

function identityFrom(identity: unknown): Record<string, unknown> {
  const { id, attributes, provider, connection } = mappingOf(identity);
  return withoutUndefined({ provider, connection, user_id: id, profileData: attributes });
}

/** Groups as `api.groups` answers with them. Auth0 knows them of every user. */
function groupsFrom(groups: unknown): unknown {
  if (groups === undefined || groups === null) return [];
  return Array.isArray(groups) ? groups.map((name, index) => ({ id: `grp_${index}`, name })) : groups;
}

type Metadata = Readonly<Record<Place['store'], unknown>>;

/**
 * What a user has in both stores. Groups are an ordinary attribute: if a scenario also sets that attribute, the policy reads
 * the attribute.
 */
function metadataOf(attributes: unknown, groups: unknown, policy: Policy): Metadata {
  const settings = settingsOf(policy);
  const ofGroups = placeOfGroups(settings);
  const listed = ofGroups === undefined ? undefined : groups;
  if (attributes !== undefined && !isMapping(attributes) && listed === undefined)
    return { app_metadata: {}, user_metadata: {}, [settings.attributesIn]: attributes };
  const placed = Object.entries(mappingOf(attributes)).map(
    ([name, value]) => [placeOf(name, settings), value] as const,
  );
  const isSaid =
    ofGroups !== undefined &&
    !contextFields(policy).includes('user.groups') &&
    placed.some(([place]) => placeText(place) === placeText(ofGroups));
  const all =
    ofGroups === undefined || listed === undefined || isSaid
      ? placed
      : [...placed, [ofGroups, listed] as const];
  const held: Record<Place['store'], unknown> = { app_metadata: {}, user_metadata: {} };
  for (const [{ store, steps }, value] of all) held[store] = withValue(held[store], steps, value);
  return held;
}

function withValue(held: unknown, [step, ...rest]: readonly string[], value: unknown): unknown {
  if (step === undefined) return value;
  const record = mappingOf(held);
  return { ...record, [step]: withValue(record[step], rest, value) };
}

function scopeParameter(request: Record<string, unknown>): Record<string, unknown> {
  return Array.isArray(request['scopes']) ? { scope: request['scopes'].join(' ') } : {};
}

function refreshServers(request: Record<string, unknown>): readonly unknown[] {
  return [{ audience: request['audience'], scopes: list(request['scopes']).join(' ') }];
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function withoutUndefined(value: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined));
}
