/** The triggers of a tenant as of August 2026: each version, its runtimes, and what binds an Action to it. */
export interface Trigger {
  readonly id: string;
  readonly version: string;
  readonly status: 'CURRENT' | 'DEPRECATED';
  readonly runtimes: readonly string[];
  readonly default_runtime: string;
  readonly binding_policy: 'trigger-bound' | 'entity-bound';
  readonly compatible_triggers: readonly { readonly id: string; readonly version: string }[];
}

const actionRuntimes = ['node18-actions', 'node22'];

const current = (id: string, version: string, runtimes: readonly string[] = actionRuntimes): Trigger => ({
  id,
  version,
  status: 'CURRENT',
  runtimes,
  default_runtime: 'node22',
  binding_policy: 'trigger-bound',
  compatible_triggers: id === 'post-login' ? [{ id, version: 'v2' }] : [],
});

const entityBound = (id: string, runtimes: readonly string[] = ['node22']): Trigger => ({
  ...current(id, 'v1', runtimes),
  binding_policy: 'entity-bound',
});

/** Old versions keep the default runtime of their time, though nobody can choose it any more. */
const old = (id: string, version: string, runtimes: readonly string[], default_runtime: string): Trigger => ({
  ...current(id, version, runtimes),
  status: 'DEPRECATED',
  default_runtime,
  compatible_triggers: [],
});

export const triggers: readonly Trigger[] = [
  current('post-login', 'v3'),
  old('post-login', 'v1', ['node22'], 'node12'),
  old('post-login', 'v2', ['node18', 'node22'], 'node16'),
  current('credentials-exchange', 'v2'),
  old('credentials-exchange', 'v1', ['node22'], 'node12'),
  current('pre-user-registration', 'v2'),
  old('pre-user-registration', 'v1', ['node22'], 'node12'),
  old('post-user-registration', 'v1', ['node22'], 'node12'),
  current('post-user-registration', 'v2'),
  old('post-change-password', 'v1', ['node22'], 'node12'),
  current('post-change-password', 'v2'),
  current('send-phone-message', 'v2'),
  old('send-phone-message', 'v1', ['node22'], 'node12'),
  current('password-reset-post-challenge', 'v1'),
  current('custom-phone-provider', 'v1'),
  current('custom-email-provider', 'v1'),
  entityBound('custom-token-exchange', ['node18', 'node22']),
  entityBound('event-stream'),
  entityBound('password-hash-migration'),
  entityBound('mcp-tool'),
];
