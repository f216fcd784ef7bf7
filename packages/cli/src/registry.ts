export { auth0 } from '@claimsmith/auth0';
export { cognito } from '@claimsmith/cognito';
export { keycloak } from '@claimsmith/keycloak';
export { okta } from '@claimsmith/okta-server/issuer';
