import { type MapperCase, organizations } from './forms.ts';

/** Organizations, one and several. */
export const organizationCases: readonly MapperCase[] = [
  organizations('an organization, by its alias', 'ada', ['organization:acme']),
  organizations('the only organization', 'ada', ['organization']),
  organizations('all organizations of two', 'two', ['organization:*']),
  organizations('one organization of two', 'two', ['organization:globex']),
  organizations('two organizations asked for by name', 'two', ['organization:acme', 'organization:globex']),
  organizations('no organization', 'bob', []),
  organizations('organizations with ids', 'two', ['organization:*'], { addOrganizationId: 'true' }),
  organizations('organizations with attributes', 'two', ['organization:*'], {
    addOrganizationId: 'true',
    addOrganizationAttributes: 'true',
  }),
  organizations('one alias as a text', 'ada', ['organization'], { multivalued: 'false' }),
  organizations('aliases as JSON', 'two', ['organization:*'], { 'jsonType.label': 'JSON' }),
  organizations('an organization under another name', 'ada', ['organization'], {
    'claim.name': 'org\\.x.alias',
    multivalued: 'false',
  }),
  organizations('ids with one value are none', 'ada', ['organization'], {
    multivalued: 'false',
    addOrganizationId: 'true',
  }),
  organizations('an organization that the user is not in', 'ada', ['organization:globex']),
  organizations('an organization, and one that the user is not in', 'ada', [
    'organization:acme',
    'organization:globex',
  ]),
  organizations('the only organization of a user who has none', 'bob', ['organization']),
  organizations('all organizations of a user who has none', 'bob', ['organization:*']),
  organizations('the only organization of two', 'two', ['organization']),
  organizations('an organization without a name', 'ada', ['organization:']),
  organizations('an organization of two without a name', 'two', ['organization:']),
  refused('an organization that is not there', 'ada', ['organization:nowhere']),
  refused('an organization, and one that is not there', 'ada', ['organization:acme', 'organization:nowhere']),
  refused('an organization with another case', 'ada', ['organization:ACME']),
  refused('an organization in two ways', 'ada', ['organization', 'organization:acme']),
  refused('all organizations, and one', 'two', ['organization:*', 'organization:acme']),
];

function refused(name: string, user: string, asked: readonly string[]): MapperCase {
  return { ...organizations(name, user, asked), refused: true };
}
