import { isMapping, type Resource } from '@claimsmith/core';
import type { Entry } from './entry.ts';
import type { PermissionImage } from './images.ts';
import { permissionKey, statementId } from './names.ts';
import type { Statement } from './wire.ts';

/** The service that calls the function. */
export const principal = 'cognito-idp.amazonaws.com';
export const invoke = 'lambda:InvokeFunction';

export function permissionOf(poolArn: string): PermissionImage {
  return { principal, action: invoke, source: poolArn };
}

/** The statement that lets the user pool call the alias; undefined if there is none. */
export function permissionResource(
  statements: readonly Statement[],
  { userPoolId }: Pick<Entry, 'userPoolId'>,
): Resource | undefined {
  const found = statements.find(({ Sid }) => Sid === statementId(userPoolId));
  if (found === undefined) return undefined;
  const { Principal, Action, Condition = {}, Effect } = found;
  const { ArnLike, ...otherConditions } = Condition;
  const { 'AWS:SourceArn': source, ...otherArns } = ArnLike ?? {};
  const hasMore = Object.keys(otherConditions).length > 0 || Object.keys(otherArns).length > 0;
  return {
    key: permissionKey(userPoolId),
    owner: 'ours',
    image: {
      principal: oneOf(isMapping(Principal) ? Principal['Service'] : Principal),
      action: oneOf(Action),
      source: oneOf(source),
      ...(Effect === 'Allow' ? {} : { effect: Effect ?? '' }),
      ...(hasMore ? { conditions: JSON.stringify(Condition) } : {}),
    },
  };
}

function oneOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(String).join(', ');
  return typeof value === 'string' ? value : '';
}
