import type { Policy } from '@claimsmith/core';
import type { Entry } from './entry.ts';

/** The alias that the user pool calls. */
export const aliasName = 'live';

export const functionKey = (name: string): string => `function ${name}`;
export const permissionKey = (pool: string): string => `permission of user pool ${pool}`;
export const triggerKey = (pool: string): string => `trigger of user pool ${pool}`;

/** What the keys of a place are about. */
export type Subject = 'function' | 'permission' | 'trigger';

export function subjectOf(key: string): Subject | undefined {
  const [word] = key.split(' ', 1);
  return word === 'function' || word === 'permission' || word === 'trigger' ? word : undefined;
}

export function functionNameOf(policy: Policy, { functionName }: Entry): string {
  return functionName ?? `${policy.name}-pre-token-generation`;
}

/** The id of our statement in the policy of the alias. */
export function statementId(pool: string): string {
  return `claimsmith-${pool}`;
}

/** The ARN of the alias: the function is in the account and the region of its user pool. */
export function aliasArn(poolArn: string, functionName: string): string {
  const [, partition = 'aws', , region = '', account = ''] = poolArn.split(':');
  return `arn:${partition}:lambda:${region}:${account}:function:${functionName}:${aliasName}`;
}

/**
 * The description of the function, which is the mark: it names the policy, its revision and the user pool. Versions keep the
 * description that the function had.
 */
export function descriptionOf({ name, revision }: Policy, pool: string): string {
  return `${start(name)}${revision}, for the user pool ${pool}. ${end}`;
}

/** Whether a description is the mark of this policy's function for this user pool. */
export function hasMark(description: string, policy: string, pool: string): boolean {
  const marked = markedFor(description);
  return marked?.policy === policy && marked.pool === pool;
}

/** The policy and the user pool that a description names; undefined: it is not a mark. */
export function markedFor(
  description: string,
): { readonly policy: string; readonly pool: string } | undefined {
  const [, policy, pool] = /^(.+), revision [0-9a-f]{8}, for the user pool (\S+)\. /.exec(description) ?? [];
  return policy !== undefined && pool !== undefined && description.endsWith(end)
    ? { policy, pool }
    : undefined;
}

const start = (policy: string) => `${policy}, revision `;
const end = 'By Claimsmith: edit the spec, not the function.';
