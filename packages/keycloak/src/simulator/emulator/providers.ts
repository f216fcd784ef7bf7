import type { Mapper } from './mapper.ts';
import { audience } from './mappers/audience.ts';
import { hardcodedClaim, sessionNote } from './mappers/constant.ts';
import { groupMembership } from './mappers/groups.ts';
import { organizationMembership } from './mappers/organization.ts';
import { clientRoles, hardcodedRole, realmRoles, roleName } from './mappers/roles.ts';
import { userAttribute } from './mappers/user-attribute.ts';
import { fullName, userProperty } from './mappers/user-property.ts';

/** The mappers that the emulator knows, by the provider's id. */
export const providers: ReadonlyMap<string, Mapper> = new Map([
  ['oidc-audience-mapper', audience],
  ['oidc-full-name-mapper', fullName],
  ['oidc-group-membership-mapper', groupMembership],
  ['oidc-hardcoded-claim-mapper', hardcodedClaim],
  ['oidc-hardcoded-role-mapper', hardcodedRole],
  ['oidc-organization-membership-mapper', organizationMembership],
  ['oidc-role-name-mapper', roleName],
  ['oidc-usermodel-attribute-mapper', userAttribute],
  ['oidc-usermodel-client-role-mapper', clientRoles],
  ['oidc-usermodel-property-mapper', userProperty],
  ['oidc-usermodel-realm-role-mapper', realmRoles],
  ['oidc-usersessionmodel-note-mapper', sessionNote],
]);
