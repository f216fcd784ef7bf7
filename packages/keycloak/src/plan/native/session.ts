import { type Form, form } from './form.ts';

/** When the user logged in; a service account's session has no such note. */
export function authTime(): Form {
  return form('user session note mapper', 'oidc-usersessionmodel-note-mapper', 'long', {
    config: { 'user.session.note': 'AUTH_TIME' },
    mayBeAbsent: true,
  });
}
