export { auth0 } from '@claimsmith/auth0';
export { keycloak } from '@claimsmith/keycloak';
export { okta } from '@claimsmith/okta-server/issuer';
