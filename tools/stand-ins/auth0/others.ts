/** Token exchange profiles, event streams, and APIs (resource servers). */
import { z } from 'zod';
import type { StandInAnswer } from '../server.ts';
import { forget } from './actions.ts';
import { invalid, Refusal } from './refusal.ts';
import { bodyAs, type Call, found, pageAs, route } from './route.ts';
import { addApi, type Plain, prefixedId, type Tenant } from './tenant.ts';

/** These have times in milliseconds. */
const shortTime = ({ now }: Tenant): string => now().replace(/\d{6}Z$/, 'Z');

const profile = z.strictObject({
  name: z.string().min(3).max(50),
  subject_token_type: z.string().min(8).max(100),
});
const newProfile = profile.extend({ action_id: z.string(), type: z.literal('custom_authentication') });
const noProfile = 'Token exchange profile not found.';

function createProfile(call: Call): StandInAnswer {
  const { tenant } = call;
  const { name, subject_token_type, action_id, type } = bodyAs(call, newProfile);
  const action = tenant.actions.get(action_id);
  if (action?.supported_triggers[0]?.id !== 'custom-token-exchange') {
    throw new Refusal(400, 'The action does not exist or does not support custom-token-exchange.');
  }
  if ([...tenant.profiles.values()].some((other) => other['subject_token_type'] === subject_token_type)) {
    throw new Refusal(409, 'A profile with that subject_token_type already exists.');
  }
  const id = prefixedId('tep', 16);
  const at = shortTime(tenant);
  const made = { id, name, type, subject_token_type, action_id, created_at: at, updated_at: at };
  tenant.profiles.set(id, made);
  return { status: 201, body: made };
}

/** Pages go on from an id. */
function listProfiles({ tenant, query }: Call): StandInAnswer {
  const take = Number(query.get('take') ?? 50);
  const all = [...tenant.profiles.values()];
  const start = Math.max(
    0,
    all.findIndex(({ id }) => id === query.get('from')),
  );
  const rest = all[start + take];
  return {
    status: 200,
    body: {
      token_exchange_profiles: all.slice(start, start + take),
      ...(rest === undefined ? {} : { next: rest['id'] }),
    },
  };
}

function changed(call: Call, kept: Map<string, Plain>, message: string, fields: Plain): StandInAnswer {
  const id = call.segments[0] ?? '';
  const made = { ...found(kept.get(id), message), ...fields, updated_at: shortTime(call.tenant) };
  kept.set(id, made);
  return { status: 200, body: made };
}

const stream = z.looseObject({ name: z.string().min(1).exactOptional() });
const noStream = 'The event stream does not exist.';

function createStream(call: Call): StandInAnswer {
  const { tenant } = call;
  const { name, subscriptions, destination } = bodyAs(call, stream);
  const id = prefixedId('est', 22);
  const at = shortTime(tenant);
  const made: Plain = {
    id,
    status: 'enabled',
    name,
    subscriptions,
    created_at: at,
    updated_at: at,
    destination,
  };
  tenant.streams.set(id, made);
  return { status: 201, body: made };
}

const actionDestination = z.looseObject({
  destination: z.looseObject({
    type: z.literal('action'),
    configuration: z.looseObject({ action_id: z.string() }),
  }),
});

/** The Action of an event stream is deleted with it. */
function removeStream({ tenant, segments }: Call): StandInAnswer {
  const id = segments[0] ?? '';
  const parsed = actionDestination.safeParse(found(tenant.streams.get(id), noStream));
  tenant.streams.delete(id);
  if (parsed.success) forget(tenant, parsed.data.destination.configuration.action_id);
  return { status: 204 };
}

/** An API is found by its id and by its identifier. */
function apiAt({ tenant, segments }: Call): Plain {
  const [wanted] = segments;
  const isWanted = ({ id, identifier }: Plain) => id === wanted || identifier === wanted;
  return found([...tenant.apis.values()].find(isWanted), 'The resource server does not exist.');
}

function listApis(call: Call): StandInAnswer {
  const { tenant, query } = call;
  const wanted = query.getAll('identifiers');
  const all = [...tenant.apis.values()].filter(
    ({ identifier }) => wanted.length === 0 || wanted.some((one) => one === identifier),
  );
  const { page, per_page } = pageAs(call);
  const items = all.slice(page * per_page, (page + 1) * per_page);
  if (query.get('include_totals') !== 'true') return { status: 200, body: items };
  const body = { total: all.length, start: page * per_page, limit: per_page, resource_servers: items };
  return { status: 200, body };
}

const seconds = z.int().min(1).max(2_592_000);
const apiFields = z.looseObject({
  token_lifetime: seconds.exactOptional(),
  token_lifetime_for_web: seconds.exactOptional(),
});

function createApi(call: Call): StandInAnswer {
  const fields = bodyAs(call, apiFields.extend({ identifier: z.string().min(1) }));
  if ([...call.tenant.apis.values()].some(({ identifier }) => identifier === fields.identifier)) {
    throw new Refusal(409, 'A resource server with that identifier already exists.');
  }
  return { status: 201, body: addApi(call.tenant, fields) };
}

function updateApi(call: Call): StandInAnswer {
  const api = apiAt(call);
  if (api['is_system'] === true) throw new Refusal(403, 'The system API cannot be changed.');
  const fields = bodyAs(call, apiFields);
  if ('identifier' in fields || 'id' in fields)
    throw invalid('Additional properties not allowed: identifier');
  const made = { ...api, ...fields };
  if (Number(made['token_lifetime_for_web']) > Number(made['token_lifetime'])) {
    throw invalid('token_lifetime_for_web cannot be greater than token_lifetime');
  }
  call.tenant.apis.set(String(api['id']), made);
  return { status: 200, body: made };
}

export const otherRoutes = [
  route('GET /token-exchange-profiles', 'read:token_exchange_profiles', listProfiles),
  route('POST /token-exchange-profiles', 'create:token_exchange_profiles', createProfile),
  route('GET /token-exchange-profiles/:id', 'read:token_exchange_profiles', ({ tenant, segments }) => ({
    status: 200,
    body: found(tenant.profiles.get(segments[0] ?? ''), noProfile),
  })),
  route('PATCH /token-exchange-profiles/:id', 'update:token_exchange_profiles', (call) =>
    changed(call, call.tenant.profiles, noProfile, bodyAs(call, profile.partial())),
  ),
  // It answers the same whether there was one or not.
  route('DELETE /token-exchange-profiles/:id', 'delete:token_exchange_profiles', ({ tenant, segments }) => {
    tenant.profiles.delete(segments[0] ?? '');
    return { status: 204 };
  }),
  route('GET /event-streams', 'read:event_streams', ({ tenant }) => ({
    status: 200,
    body: { eventStreams: [...tenant.streams.values()] },
  })),
  route('POST /event-streams', 'create:event_streams', createStream),
  route('GET /event-streams/:id', 'read:event_streams', ({ tenant, segments }) => ({
    status: 200,
    body: found(tenant.streams.get(segments[0] ?? ''), noStream),
  })),
  route('PATCH /event-streams/:id', 'update:event_streams', (call) =>
    changed(call, call.tenant.streams, noStream, bodyAs(call, stream)),
  ),
  route('DELETE /event-streams/:id', 'delete:event_streams', removeStream),
  route('GET /resource-servers', 'read:resource_servers', listApis),
  route('POST /resource-servers', 'create:resource_servers', createApi),
  route('GET /resource-servers/:id', 'read:resource_servers', (call) => ({ status: 200, body: apiAt(call) })),
  route('PATCH /resource-servers/:id', 'update:resource_servers', updateApi),
  route('DELETE /resource-servers/:id', 'delete:resource_servers', (call) => {
    call.tenant.apis.delete(String(apiAt(call)['id']));
    return { status: 204 };
  }),
];
