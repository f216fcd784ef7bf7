import { auth0 } from '@claimsmith/auth0';
import type { Issuer } from '@claimsmith/core';
import { keycloak } from '@claimsmith/keycloak';
import { okta } from '@claimsmith/okta';

/** Every issuer there is. A new one is a folder under packages and a line here. */
export const issuers: readonly Issuer[] = [auth0, okta, keycloak];

export const issuerIds: readonly string[] = issuers.map(({ id }) => id);
