import { claimNaming } from '@claimsmith/core';
import { isRestricted } from './limits.ts';

/** The names that claims carry at Auth0: a namespace stands before one that Auth0 keeps to itself. */
export const { claimName, claimNames } = claimNaming('auth0', ({ name }) => isRestricted(name));
