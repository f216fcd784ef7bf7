/**
 * The names of a realm's resources, as people see them. Names of client scopes have no spaces, which makes keys with two
 * names readable again.
 */
import type { Change, Json } from '@claimsmith/core';
import { z } from 'zod';

/** What a key is about. */
export type Subject =
  | { readonly kind: 'scope'; readonly scope: string }
  | { readonly kind: 'mapper'; readonly scope: string; readonly mapper: string }
  | { readonly kind: 'permission'; readonly scope: string; readonly role: RoleName }
  | { readonly kind: 'role'; readonly role: string }
  | { readonly kind: 'realm scope'; readonly scope: string }
  | { readonly kind: 'attachment'; readonly client: string; readonly scope: string }
  | { readonly kind: 'attribute'; readonly attribute: string };

/** A role of the realm, or of a client. */
export interface RoleName {
  readonly name: string;
  /** The client's id; undefined: a role of the realm. */
  readonly client?: string | undefined;
}

export const scopeKey = (scope: string) => `client scope ${scope}`;
export const mapperKey = (scope: string, mapper: string) => `mapper ${scope}: ${mapper}`;
export const roleKey = (role: string) => `role ${role}`;
export const realmScopeKey = (scope: string) => `realm scope ${scope}`;
export const attachmentKey = (client: string, scope: string) => `attachment ${client}: ${scope}`;
export const attributeKey = (attribute: string) => `user profile attribute ${attribute}`;

export function permissionKey(scope: string, { name, client }: RoleName): string {
  return `permission ${scope}: ${name}${client === undefined ? '' : ` of the client ${client}`}`;
}

/** The image of a permission: its role, because the key alone cannot be taken apart. */
export const permission = z.object({ role: z.string(), client: z.string().optional() });

export function permissionImage({ name, client }: RoleName): Json {
  return { role: name, ...(client === undefined ? {} : { client }) };
}

/** @throws TypeError if the key is not one of this file: a defect */
export function subjectOf({ key, after, before }: Pick<Change, 'key' | 'after' | 'before'>): Subject {
  const rest = (prefix: string) => (key.startsWith(prefix) ? key.slice(prefix.length) : undefined);
  const scope = rest('client scope ');
  if (scope !== undefined) return { kind: 'scope', scope };
  const realmScope = rest('realm scope ');
  if (realmScope !== undefined) return { kind: 'realm scope', scope: realmScope };
  const role = rest('role ');
  if (role !== undefined) return { kind: 'role', role };
  const attribute = rest('user profile attribute ');
  if (attribute !== undefined) return { kind: 'attribute', attribute };
  const mapper = rest('mapper ');
  if (mapper !== undefined) {
    const at = mapper.indexOf(': ');
    return { kind: 'mapper', scope: mapper.slice(0, at), mapper: mapper.slice(at + 2) };
  }
  const attachment = rest('attachment ');
  if (attachment !== undefined) {
    const at = attachment.lastIndexOf(': ');
    return { kind: 'attachment', client: attachment.slice(0, at), scope: attachment.slice(at + 2) };
  }
  const permitted = rest('permission ');
  if (permitted === undefined) throw new TypeError(`no resource of a realm: ${key}`);
  const image = permission.parse((after ?? before)?.image);
  return {
    kind: 'permission',
    scope: permitted.slice(0, permitted.indexOf(': ')),
    role: { name: image.role, client: image.client },
  };
}
