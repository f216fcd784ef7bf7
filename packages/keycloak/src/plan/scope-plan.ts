import { otherScopes, type Policy, type PolicyScope } from '@claimsmith/core';
import { builtInScopes } from '../limits.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { type Condition, conditionOf } from './condition.ts';
import type { NoForm } from './native/form.ts';
import { forPeople, forPeopleHelp, gated, gateOf } from './plan.ts';

/** A scope of the policy as a client scope. */
export interface Grant {
  readonly name: string;
  /** A user needs one of these roles. Undefined: everybody gets the client scope, or the script decides. */
  readonly roles: readonly string[] | undefined;
  /** Whether it is given without being asked for. */
  readonly isAdded: boolean;
}

/**
 * The client scopes that a policy's scopes need. Scopes that name an object have none, because Keycloak needs fixed
 * names.
 */
export function grantsOf(policy: Policy): readonly Grant[] {
  const settings = settingsOf(policy);
  return policy.scopes.flatMap((scope): readonly Grant[] => {
    const { name, placeholders, add } = scope;
    // While the policy only observes, nobody would decide on a new scope.
    if (settings.observe === true) return [];
    if (placeholders.length > 0 || name === otherScopes || builtInScopes.includes(name)) return [];
    if (settings.scripts) return [{ name, roles: undefined, isAdded: false }];
    const condition = scopeCondition(scope, policy, settings);
    if (condition === undefined) return [];
    return [{ name, roles: condition === true ? undefined : condition.roles, isAdded: add }];
  });
}

/** The beginnings of scopes that name an object, for which a realm has no client scopes. */
export function refusedScopes({ scopes }: Policy): readonly string[] {
  return scopes.filter(({ placeholders }) => placeholders.length > 0).map(({ pattern }) => pattern[0] ?? '');
}

/** Who may have a scope, as client scopes express it. Undefined if they cannot express it, or nobody may have it. */
function scopeCondition(
  scope: PolicyScope,
  policy: Policy,
  settings: Settings,
): Condition | true | undefined {
  const condition = gated(gateOf(policy, settings), conditionOf(scope.grant, settings));
  if (condition === true) return true;
  if (condition === undefined || condition === false) return undefined;
  return Object.keys(condition).join() === 'roles' ? condition : undefined;
}

/** Why client scopes cannot decide about a scope; undefined if they can. */
export function scopeProblem(scope: PolicyScope, policy: Policy, settings: Settings): NoForm | undefined {
  if (settings.scripts) return undefined;
  if (scope.name === otherScopes)
    return {
      why: 'the client scopes of others decide on scopes that the spec does not name.',
      help: 'Give clients only the scopes that they may have',
    };
  if (scopeCondition(scope, policy, settings) !== undefined) return undefined;
  const isPromised = scopeCondition(scope, policy, forPeople(settings)) !== undefined;
  return {
    why: 'a client scope can only be limited to users with a role.',
    help: isPromised ? forPeopleHelp : 'Test only a role (`"x" in user.roles`)',
  };
}
