import { attribute, groups, list, type MapperCase, of } from './forms.ts';

/** Groups, and the attributes that come from them. */
export const groupCases: readonly MapperCase[] = [
  of('group names', 'ada', [groups('groups', false)]),
  of('group paths', 'ada', [groups('groups', true)]),
  of('no groups', 'bob', [groups('groups', false)]),
  of('sixty groups', 'many', [groups('groups', true), groups('names', false)]),
  of('groups with slashes', 'slashes', [groups('groups', true), groups('names', false)]),
  of('groups at a path', 'ada', [groups('https://acme\\.example/groups', false), groups('a.groups', true)]),
  of('an attribute of a group', 'inherits', [
    attribute('plan', 'plan'),
    attribute('region', 'region'),
    attribute('team', 'team', list),
    attribute('zone', 'zone'),
  ]),
  of('an attribute of a group that the user has', 'child', [
    attribute('plan', 'plan'),
    attribute('plan', 'plans', list),
  ]),
  of('attributes of all groups', 'both', [
    attribute('plan', 'plans', { ...list, 'aggregate.attrs': 'true' }),
    attribute('team', 'teams', { ...list, 'aggregate.attrs': 'true' }),
    attribute('zone', 'zones', { ...list, 'aggregate.attrs': 'true' }),
    attribute('none', 'none', { ...list, 'aggregate.attrs': 'true' }),
  ]),
  of('attributes of all groups, one value', 'emea', [
    attribute('zone', 'zone', { 'aggregate.attrs': 'true' }),
  ]),
];
