import type { Lack, Supply, SupplyOrigin } from '@claimsmith/core';
import { js, type Origins } from '@claimsmith/core/program';
import type { TriggerId } from './limits.ts';
import { type Place, placeOfGroups, type Settings } from './settings.ts';

/**
 * How an Action finds a value: a path over `event`, read step by step, so that any part may be missing; or JavaScript,
 * with the functions of context.ts and `fieldOf`, which programs have.
 */
type Read = { readonly path: Text } | { readonly js: Text };
type Text = string | ((settings: Settings) => string);

/** How an Action finds one field of the identity context, by trigger. */
interface Reading {
  readonly field: string;
  readonly read: { readonly [trigger in TriggerId]?: Read };
  /** For people, where the path alone does not say it. */
  readonly from: { readonly [trigger in TriggerId]?: SupplyOrigin };
}

const both = (field: string, path: string): Reading => ({
  field,
  read: { 'post-login': { path }, 'credentials-exchange': { path } },
  from: {},
});
const login = (field: string, read: string | Read, from?: SupplyOrigin): Reading => ({
  field,
  read: { 'post-login': typeof read === 'string' ? { path: read } : read },
  from: from === undefined ? {} : { 'post-login': from },
});

/** Fields that no event has. A connection is the identity provider by Auth0's name. */
const never = ['session.acr', 'session.idp', 'session.notes', 'user.role_attributes'];

/** Where each field of the identity context comes from. */
const readings: readonly Reading[] = [
  login('user.id', 'event.user.user_id'),
  login('user.username', 'event.user.username'),
  login('user.email', 'event.user.email'),
  login('user.email_verified', 'event.user.email_verified'),
  login('user.name', 'event.user.name'),
  login('user.given_name', 'event.user.given_name'),
  login('user.family_name', 'event.user.family_name'),
  login('user.nickname', 'event.user.nickname'),
  login('user.picture', 'event.user.picture'),
  login('user.locale', 'event.user.locale', {
    path: 'event.user.locale',
    note: 'if the connection supplies it',
  }),
  login('user.zoneinfo', 'event.user.zoneinfo', {
    path: 'event.user.zoneinfo',
    note: 'if the connection supplies it',
  }),
  login('user.phone_number', 'event.user.phone_number'),
  login('user.created_at', 'event.user.created_at'),
  login('user.logins_count', 'event.stats.logins_count'),
  login('user.roles', 'event.authorization.roles'),
  login('user.groups', { js: groupsCode }, { words: 'the attribute that groupsIn names, or api.groups' }),
  login('user.identities', { js: 'linkedAccounts(event)' }, { path: 'event.user.identities' }),
  login(
    'user.attributes',
    { path: ({ attributesIn }) => `event.user.${attributesIn}` },
    { path: 'event.user.app_metadata', note: 'or where the spec says' },
  ),
  both('org.id', 'event.organization.id'),
  both('org.name', 'event.organization.name'),
  both('org.display_name', 'event.organization.display_name'),
  both('org.metadata', 'event.organization.metadata'),
  both('tenant.id', 'event.tenant.id'),
  both('client.id', 'event.client.client_id'),
  both('client.name', 'event.client.name'),
  both('client.metadata', 'event.client.metadata'),
  login('connection.name', 'event.connection.name'),
  login('connection.strategy', 'event.connection.strategy'),
  {
    field: 'request.grant_type',
    read: {
      'post-login': { js: 'grantType(event)' },
      'credentials-exchange': { js: "'client_credentials'" },
    },
    from: {
      'post-login': { words: 'from event.transaction.protocol' },
      'credentials-exchange': { words: 'client_credentials' },
    },
  },
  {
    field: 'request.scopes',
    read: {
      'post-login': { js: 'loginScopes(event)' },
      'credentials-exchange': { js: 'exchangeScopes(event)' },
    },
    from: {
      'post-login': {
        path: 'event.transaction.requested_scopes',
        note: 'event.request.body.scope or event.refresh_token',
      },
      'credentials-exchange': { path: 'event.accessToken.scope' },
    },
  },
  both('request.audience', 'event.resource_server.identifier'),
  login('request.authorization_details', 'event.transaction.requested_authorization_details'),
  login('request.acr_values', 'event.transaction.acr_values'),
  both('request.ip', 'event.request.ip'),
  both('request.user_agent', 'event.request.user_agent'),
  both('request.geo.continent', 'event.request.geoip.continentCode'),
  both('request.geo.country', 'event.request.geoip.countryCode'),
  both('request.geo.subdivision', 'event.request.geoip.subdivisionCode'),
  both('request.geo.city', 'event.request.geoip.cityName'),
  both('request.geo.time_zone', 'event.request.geoip.timeZone'),
  {
    field: 'request.params',
    read: {
      'post-login': { js: '{ ...texts(event.request?.query), ...texts(event.request?.body) }' },
      'credentials-exchange': { js: 'texts(event.request?.body)' },
    },
    from: {
      'post-login': { path: 'event.request.query', note: 'and event.request.body' },
      'credentials-exchange': { path: 'event.request.body' },
    },
  },
  login('session.id', 'event.session.id', { path: 'event.session.id', note: 'on Enterprise plans' }),
  login(
    'session.auth_time',
    { js: 'authTime(event)' },
    { path: 'event.session.authenticated_at', note: 'else the first of event.authentication.methods' },
  ),
  login(
    'session.amr',
    { js: 'amr(event)' },
    { path: 'event.authentication.methods', note: "by Auth0's names" },
  ),
  login(
    'actor',
    // It acts for the user in this request, or opened the session in the user's name.
    { js: 'event.transaction?.actor ?? event.session?.actor' },
    { path: 'event.transaction.actor', note: 'else event.session.actor' },
  ),
  {
    field: 'now',
    read: { 'post-login': { js: 'Date.now()' }, 'credentials-exchange': { js: 'Date.now()' } },
    from: {
      'post-login': { words: "the Action's clock" },
      'credentials-exchange': { words: "the Action's clock" },
    },
  },
  {
    field: 'subject_type',
    // A client that is an agent gets an agent's tokens, also for a user.
    read: {
      'post-login': { js: "isObject(event.agent) ? 'agent' : 'human'" },
      'credentials-exchange': { js: "isObject(event.agent) ? 'agent' : 'machine'" },
    },
    from: {
      'post-login': { words: 'from the trigger and event.agent' },
      'credentials-exchange': { words: 'from the trigger and event.agent' },
    },
  },
];

export const supplies: readonly Supply[] = readings.map(({ field, read, from }) => {
  const paths = Object.entries(read).flatMap(([trigger, one]) =>
    'path' in one && typeof one.path === 'string' ? [[trigger, { path: one.path }] as const] : [],
  );
  const supply = { field, from: { ...Object.fromEntries(paths), ...from } };
  return field === 'user.identities' ? { ...supply, always: true } : supply;
});

/** Fields that no event of a trigger holds. */
export function lacks(trigger: string): Lack {
  const missing = supplies.filter(({ from }) => !Object.hasOwn(from, trigger)).map(({ field }) => field);
  const isLogin = trigger === 'post-login';
  const isPeoples = (field: string) => /^(?:user|session|connection|actor)(?:\.|$)/.test(field);
  return {
    // No client asks for authorization details with client credentials.
    absent: isLogin
      ? ['workload']
      : ['user', 'session', 'connection', 'actor', 'request.authorization_details'],
    lost: [
      ...missing.filter((field) => isLogin || !isPeoples(field)),
      ...(isLogin ? never : ['workload']),
    ].filter((field) => isLogin || field !== 'request.authorization_details'),
  };
}

/**
 * JavaScript over `event` that finds the requested fields of the identity context in an event of a trigger.
 *
 * @param fields dotted paths, also below a field that is supplied as a whole
 */
export function originsOf(trigger: TriggerId, fields: Iterable<string>, settings: Settings): Origins {
  const isIn = (path: string, field: string) => `${path}.`.startsWith(`${field}.`);
  const all = [...fields];
  const placed = Object.entries(settings.places ?? {}).flatMap(([name, place]) => {
    const field = `user.attributes.${name}`;
    return all.some((path) => isIn(path, field)) ? [[field, valueAt(place)] as const] : [];
  });
  const wanted = all.filter((path) => !placed.some(([field]) => isIn(path, field)));
  const found = readings.flatMap(({ field, read }) => {
    const one = read[trigger];
    if (one === undefined || !wanted.some((path) => isIn(path, field))) return [];
    return [[field, codeOf(one, settings)] as const];
  });
  return { parameter: 'event', fields: Object.fromEntries([...found, ...placed]) };
}

/** An Action that asks for groups adds them to the event. */
function groupsCode(settings: Settings): string {
  const place = placeOfGroups(settings);
  return place === undefined ? 'event.groups' : valueAt(place);
}

/** JavaScript that finds what a user has at a place. */
function valueAt({ store, steps }: Place): string {
  return steps.reduce((found, step) => `fieldOf(${found}, ${js(step)})`, `event.user?.${store}`);
}

function codeOf(read: Read, settings: Settings): string {
  const said = 'js' in read ? read.js : read.path;
  const text = typeof said === 'string' ? said : said(settings);
  return 'js' in read ? text : text.replace(/(?<=\..*)\./g, '?.');
}
