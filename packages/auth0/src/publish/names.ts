import type { Policy } from '@claimsmith/core';
import { type TriggerId, triggers } from '../limits.ts';

/** The triggers that a policy may enrich. */
export const triggerIds: readonly TriggerId[] = ['post-login', 'credentials-exchange'];

/** The name of a policy's Action at a trigger. */
export function actionName({ name }: Policy, trigger: TriggerId): string {
  return `${name}-${trigger}`;
}

export const actionKey = (name: string): string => `Action ${name}`;
export const bindingKey = (trigger: TriggerId): string => `binding ${trigger}`;
export const apiKey = (identifier: string): string => `API ${identifier}`;

/** What a key is about; undefined: of nothing that we publish. */
export type Subject =
  | { readonly kind: 'action'; readonly name: string }
  | { readonly kind: 'binding'; readonly trigger: TriggerId }
  | { readonly kind: 'api'; readonly identifier: string };

export function subjectOf(key: string): Subject | undefined {
  const [, kind, name = ''] = /^(Action|binding|API) (.+)$/s.exec(key) ?? [];
  if (kind === 'Action') return { kind: 'action', name };
  if (kind === 'API') return { kind: 'api', identifier: name };
  const trigger = triggerIds.find((id) => id === name);
  return kind === 'binding' && trigger !== undefined ? { kind: 'binding', trigger } : undefined;
}

/** `post-login v3`, as an image says it. */
export function triggerText(id: string, version: string | undefined): string {
  return version === undefined ? id : `${id} ${version}`;
}

/** The trigger's version that we write for. */
export function currentTrigger(id: TriggerId): string {
  return triggerText(id, triggers[id].version);
}
