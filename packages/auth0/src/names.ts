import { claimNaming } from '@claimsmith/core';
import { isRestricted } from './limits.ts';

/** The names of claims at Auth0: a name that Auth0 reserves gets the namespace as a prefix. */
export const { claimName, claimNames } = claimNaming('auth0', ({ name }) => isRestricted(name));
