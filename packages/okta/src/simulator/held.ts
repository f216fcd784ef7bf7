import { fieldAt, isMapping, isoTime, type Policy, type RawContext } from '@claimsmith/core';
import { everyone } from '../limits.ts';
import { readFilter } from '../plan/group-filter.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { isGroups, isMetadataField, profilePaths, supplies } from '../supplies.ts';
import { groups, isAutomatic, type Stores, storesOf } from './event-from.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * A situation as Okta can store it: attributes fit their schemas, two fields at one place have one value, and groups
 * are distinct names without the group that contains every user, and without those that `groups` excludes.
 */
export function holds(context: RawContext, policy: Policy): RawContext {
  const settings = settingsOf(policy);
  const isMachine = isAutomatic(context);
  const stores = storesOf(context, policy, isMachine, settings);
  const result: Record<string, Fields> = {};
  for (const group of groups) {
    if (isMapping(context[group])) result[group] = { ...context[group] };
  }
  for (const field of profileFields(policy, context)) {
    const paths = profilePaths(field, settings).filter((path) => !isMachine || path.startsWith('app.'));
    if (paths.length === 0) continue;
    const value = paths.map((path) => storedAt(stores, path)).find((found) => found !== undefined);
    set(result, field, value);
  }
  const user = result['user'];
  if (user !== undefined) result['user'] = { ...user, ...listsOf(user, settings) };
  const { session } = context;
  const time = isMapping(session) ? session['auth_time'] : undefined;
  // Sessions have times of a calendar.
  if (typeof time === 'number' && isoTime(time) === undefined)
    result['session'] = { ...Object(session), auth_time: undefined };
  return { ...context, ...result };
}

/** If groups are used as roles, both are one list. With `groups`, it has only those that match. */
function listsOf(user: Fields, settings: Settings): Fields {
  const names = ['roles', 'groups'].filter((name) => isGroups(`user.${name}`, settings));
  const said = names.filter((name) => Array.isArray(user[name]));
  if (said.length === 0) return {};
  const all = said.flatMap((name) => [user[name]].flat());
  const filter = settings.groups === undefined ? undefined : readFilter(settings.groups);
  const held = [...new Set(all)].filter(
    (name) => typeof name === 'string' && name !== everyone && (filter?.passes(name) ?? true),
  );
  const known = names.filter((name) => said.includes(name) || held.length > 0);
  return Object.fromEntries(known.map((name) => [name, held]));
}

/** Fields that profiles may hold: Okta's own, those of `supply`, and declared attributes in a scenario. */
function profileFields(policy: Policy, context: RawContext): readonly string[] {
  const { supply } = settingsOf(policy);
  const declared = fieldAt(policy.context, ['user', 'attributes']);
  const user = context['user'];
  const said = isMapping(user) && isMapping(user['attributes']) ? Object.keys(user['attributes']) : [];
  const names = declared?.kind === 'record' ? Object.keys(declared.fields) : [];
  return [
    ...supplies.map(({ field }) => field).filter((field) => field !== 'user.attributes'),
    ...Object.keys(supply).filter(isMetadataField),
    ...[...new Set([...names, ...said])].map((name) => `user.attributes.${name}`),
  ];
}

function storedAt({ user, appuser, app }: Stores, path: string): unknown {
  const name = path.slice(path.lastIndexOf('.') + 1);
  const store = path.startsWith('user.') ? user : path.startsWith('appuser.') ? appuser : app;
  return Object.hasOwn(store, name) ? store[name] : undefined;
}

function set(result: Record<string, Fields>, field: string, value: unknown): void {
  const [, attribute] = /^user\.attributes\.(.+)$/s.exec(field) ?? [];
  const [group = '', ...steps] =
    attribute === undefined ? field.split('.') : ['user', 'attributes', attribute];
  const record = result[group];
  if (record !== undefined) result[group] = withField(record, steps, value);
}

function withField(record: Fields, [name = '', ...rest]: readonly string[], value: unknown): Fields {
  if (rest.length === 0)
    return value === undefined && record[name] === undefined ? record : { ...record, [name]: value };
  const found = record[name];
  const inner = isMapping(found) ? found : {};
  const changed = withField(inner, rest, value);
  return changed === inner ? record : { ...record, [name]: changed };
}
