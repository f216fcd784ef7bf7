import { constantText, type Expr, isVariable, operationOf } from '@claimsmith/cel';
import { checkedText, own, type Policy, type PolicyClaim } from '@claimsmith/core';
import type { Settings } from '../../settings.ts';
import { dotted, plainPath } from '../paths.ts';
import type { Form, NoForm } from './form.ts';
import { groups } from './groups.ts';
import { hardcoded } from './hardcoded.ts';
import { roles } from './roles.ts';
import { authTime, identityProvider, sessionNote } from './session.ts';
import { userForm } from './user.ts';

/** The mapper for a claim's value, without its condition. */
export function formOf(policy: Policy, claim: PolicyClaim, name: string, settings: Settings): Form | NoForm {
  if (claim.constant !== undefined) return hardcoded(claim.constant);
  const root = claim.value?.root;
  if (root === undefined) return { why: 'it has no value' };
  if (root.kind === 'literal' && root.value !== null) return hardcoded(root.value);
  const prefix = addedPrefix(root);
  if (prefix !== undefined) return roles(settings, prefix);
  const path = plainPath(root);
  if (path === undefined) return computed(root);
  if (checkedText(policy.context, path) !== undefined)
    return {
      why: 'mappers do not check what a text holds.',
      help: 'Declare the attribute as `string`, and limit its values in the user profile',
    };
  const [first, table = '', key = ''] = path;
  if (first === 'tables' && path.length === 3) {
    const row = own(policy.spec.tables ?? {}, table);
    const value = row && own(row, key);
    return value === undefined ? noMapper(path) : hardcoded(value);
  }
  if (first === 'session' && table === 'notes' && path.length === 3) return sessionNote(key, claim.type);
  switch (path.join('.')) {
    case 'user.roles':
      return roles(settings);
    case 'user.groups':
      return groups(settings);
    case 'session.auth_time':
      return authTime();
    case 'session.idp':
      return identityProvider();
    case 'request.audience':
      return settings.audience === undefined ? noMapper(path) : hardcoded(settings.audience);
    default:
      return (
        (path[0] === 'user' && userForm({ claim, name, path, type: claim.type }, settings)) || noMapper(path)
      );
  }
}

function noMapper(path: readonly string[]): NoForm {
  return { why: `mappers cannot read \`${path.join('.')}\`.` };
}

/** Why mappers cannot compute a value, and what to do instead. */
function computed(root: Expr): NoForm {
  if (root.kind === 'macro') {
    return {
      why: 'mappers cannot filter or change lists.',
      help: 'Make these roles the roles of a separate client (`rolesFrom: { client: … }`) and use the whole `user.roles`',
    };
  }
  if (operationOf(root)?.kind === 'in') {
    return {
      why: 'Keycloak leaves a claim out when a condition is false; it cannot emit `false`.',
      help: 'Write `const: true` and move the condition into `when`',
    };
  }
  return { why: 'mappers cannot compute.', help: 'Store the finished value in a user attribute' };
}

/** `user.roles.map(r, "prefix" + r)` */
function addedPrefix(root: Expr): string | undefined {
  if (root.kind !== 'macro' || root.name !== 'map' || root.filter !== undefined) return undefined;
  if (dotted(root.target) !== 'user.roles') return undefined;
  const operation = operationOf(root.body);
  if (operation?.kind !== 'arithmetic' || operation.symbol !== '+') return undefined;
  return isVariable(operation.right, root.variable) ? constantText(operation.left) : undefined;
}
