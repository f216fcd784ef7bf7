export { check } from './check.ts';
export { claimNames } from './claim-names.ts';
export { compile } from './compile.ts';
export { departs } from './departs.ts';
export type { KeycloakIssuance } from './issuance.ts';
export { type Settings, settings } from './settings.ts';
export { supplies } from './supplies.ts';
export { ways } from './ways.ts';
