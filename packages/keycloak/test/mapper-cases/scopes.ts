import { clientRoles, type MapperCase, of, optional, permitted, realmRoles } from './forms.ts';

/** Client scopes that roles permit, and those that are asked for. */
export const scopeCases: readonly MapperCase[] = [
  {
    ...permitted(
      'roles that a scope opens',
      'ada',
      ['payments:approver'],
      { crm: ['admin'] },
      { fullScopeAllowed: false },
    ),
  },
  withMappings('roles that no scope opens', {}),
  withMappings('roles that scope mappings of the client open', {
    scopeMappings: { realmRoles: ['payments:viewer', 'back\\slash'], clientRoles: { payments: ['viewer'] } },
  }),
  withMappings('scope mappings of a client with full scope', {
    fullScopeAllowed: true,
    scopeMappings: { realmRoles: ['payments:viewer'], clientRoles: {} },
  }),
  permitted('a scope that a role permits', 'approver', ['payments:approver']),
  permitted('a scope that one of several roles permits', 'approver', ['crm:admin', 'payments:approver']),
  permitted('a scope that a role does not permit', 'bob', ['payments:approver']),
  permitted('a scope that a client role permits', 'crm', [], { crm: ['admin'] }),
  permitted('a scope that a client role does not permit', 'approver', [], { crm: ['admin'] }),
  permitted('a scope that either role permits', 'crm', ['payments:approver'], { crm: ['admin'] }),
  permitted('a scope with an odd role', 'ada', ['größe/ü']),
  optional('an optional scope asked for', ['asked'], ['asked']),
  optional('an optional scope not asked for', ['unasked'], []),
  optional('two optional scopes, one asked for twice', ['twice', 'other'], ['twice', 'twice']),
  optional('a scope with odd characters', ['pay:all/über.x'], ['pay:all/über.x']),
];

/** All roles of a user, at a client whose scope is not full. */
function withMappings(name: string, more: Partial<MapperCase>): MapperCase {
  const own = of(name, 'ada', [
    realmRoles('roles'),
    clientRoles('clients', ''),
    clientRoles('payments', 'payments'),
  ]);
  return { ...own, fullScopeAllowed: false, ...more };
}
