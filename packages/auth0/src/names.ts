import { claimNaming, type Policy } from '@claimsmith/core';
import { type ActionId, isRestricted } from './limits.ts';

/** The names of claims at Auth0: a name that Auth0 reserves gets the namespace as a prefix. */
export const { claimName, claimNames } = claimNaming('auth0', ({ name }) => isRestricted(name));

/** The name of a policy's Action. */
export function actionName({ name }: Pick<Policy, 'name'>, action: ActionId): string {
  return `${name}-${action}`;
}

/** The file of an Action in a build. */
export function fileOf(action: ActionId): string {
  return `${action}.js`;
}
