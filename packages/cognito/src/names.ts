import { claimNaming } from '@claimsmith/core';
import { isProtected } from './limits.ts';

/** The names of claims at Cognito: a name that Cognito protects gets the namespace as a prefix. */
export const { claimName, claimNames } = claimNaming('cognito', ({ name }) => isProtected(name));
