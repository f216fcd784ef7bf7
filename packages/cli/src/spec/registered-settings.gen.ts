// Generated from issuers.ts by `npm run generate`; do not edit.
import type { auth0 } from '@claimsmith/auth0';
import type { keycloak } from '@claimsmith/keycloak';
import type { okta } from '@claimsmith/okta';

/** What each issuer takes under `issuers.<id>`. */
export type RegisteredSettings = {
  readonly auth0: (typeof auth0)['settings'];
  readonly keycloak: (typeof keycloak)['settings'];
  readonly okta: (typeof okta)['settings'];
};
