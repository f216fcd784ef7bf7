import type { Policy } from '@claimsmith/core';
import { type ActionId, actionIds, actionTriggers, triggers } from '../limits.ts';
import { actionName } from '../names.ts';

export const actionKey = (name: string): string => `Action ${name}`;
export const bindingKey = (action: ActionId): string => `binding ${action}`;
export const apiKey = (identifier: string): string => `API ${identifier}`;

/** What a key is about; undefined: of nothing that we publish. */
export type Subject =
  | { readonly kind: 'action'; readonly name: string }
  | { readonly kind: 'binding'; readonly action: ActionId }
  | { readonly kind: 'api'; readonly identifier: string };

export function subjectOf(key: string): Subject | undefined {
  const [, kind, name = ''] = /^(Action|binding|API) (.+)$/s.exec(key) ?? [];
  if (kind === 'Action') return { kind: 'action', name };
  if (kind === 'API') return { kind: 'api', identifier: name };
  const action = actionIds.find((id) => id === name);
  return kind === 'binding' && action !== undefined ? { kind: 'binding', action } : undefined;
}

/** The Action that a name is of; undefined: the name is not one of ours. */
export function actionOfName(policy: Policy, name: string): ActionId | undefined {
  return actionIds.find((action) => actionName(policy, action) === name);
}

/** `post-login v3`, as an image says it. */
export function triggerText(id: string, version: string | undefined): string {
  return version === undefined ? id : `${id} ${version}`;
}

/** The trigger's version that we write for. */
export function currentTrigger(action: ActionId): string {
  const id = actionTriggers[action];
  return triggerText(id, triggers[id].version);
}
