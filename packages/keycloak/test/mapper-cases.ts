/** Every form of mapper that we emit, and what is odd about each: one client, one enrichment, one user a case. */
import { claimCases } from './mapper-cases/claims.ts';
import type { MapperCase } from './mapper-cases/forms.ts';
import { groupCases } from './mapper-cases/groups.ts';
import { organizationCases } from './mapper-cases/organizations.ts';
import { groupTree, users } from './mapper-cases/people.ts';
import { roleCases } from './mapper-cases/roles.ts';
import { scopeCases } from './mapper-cases/scopes.ts';
import { valueCases } from './mapper-cases/values.ts';
import type { World } from './world.ts';

export const mapperCases: readonly MapperCase[] = [
  ...valueCases,
  ...claimCases,
  ...groupCases,
  ...roleCases,
  ...scopeCases,
  ...organizationCases,
];

export const mapperWorld = (): World => ({
  realm: 'claimsmith-mappers',
  users,
  groups: groupTree,
  realmRoles: [
    'payments:approver',
    'payments:viewer',
    'crm:admin',
    'größe/ü',
    'back\\slash',
    'dot.ted',
    ...Array.from({ length: 60 }, (_, index) => `many-${index}`),
  ],
  clientRoles: { payments: ['approver', 'viewer'], 'odd.client': ['dot.role'], crm: ['admin'] },
  organizations: [
    { alias: 'acme', name: 'Acme', attributes: { tier: ['gold'], tags: ['a', 'b'] } },
    { alias: 'globex', name: 'Globex', attributes: {} },
  ],
  clients: mapperCases.map(({ enrichment, fullScopeAllowed, lightweight, scopeMappings }, index) => ({
    clientId: `client-${index}`,
    enrichment,
    ...(scopeMappings === undefined ? {} : { scopeMappings }),
    ...(fullScopeAllowed === undefined ? {} : { fullScopeAllowed }),
    ...(lightweight === undefined ? {} : { lightweight }),
  })),
});
