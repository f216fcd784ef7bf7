import { type Form, form } from './form.ts';

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
