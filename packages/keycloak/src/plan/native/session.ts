import type { Type } from '@claimsmith/cel';
import { type Form, form, type NoForm } from './form.ts';
import { heldAs } from './user.ts';

/** When the user logged in; a service account's session has no such note. */
export function authTime(): Form {
  return form('user session note mapper', 'oidc-usersessionmodel-note-mapper', 'long', {
    config: { 'user.session.note': 'AUTH_TIME' },
    mayBeAbsent: true,
  });
}

/** The identity provider by which the user logged in, by its alias; without one, there is no such note. */
export function identityProvider(): Form {
  return form('user session note mapper', 'oidc-usersessionmodel-note-mapper', 'String', {
    config: { 'user.session.note': 'identity_provider' },
    mayBeAbsent: true,
  });
}

/** A note that authenticators and mappers of identity providers write: one text. */
export function sessionNote(name: string, type: Type): Form | NoForm {
  if (type.kind === 'list')
    return { why: 'a session note is one text, and a mapper does not take it apart.' };
  const { jsonType, limits } = heldAs(type);
  return form('user session note mapper', 'oidc-usersessionmodel-note-mapper', jsonType, {
    config: { 'user.session.note': name },
    limits: limits.length === 0 ? [] : ['note'],
    mayBeAbsent: true,
  });
}
