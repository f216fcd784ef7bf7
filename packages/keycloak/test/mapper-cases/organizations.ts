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
];
