import { authoritiesOf, type Finding, own, type Policy } from '@claimsmith/core';
import { userProfile } from '../compile/realm/user-profile.ts';
import { profileAttributes } from '../plan/native/user.ts';
import { attributeName, type Settings } from '../settings.ts';
import { unprovenAddresses } from './verified-email.ts';

/** Reports authority that depends on what users can write themselves. */
export function authorityFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const attributesOf = (field: string) => behind(field, policy, settings);
  const isAddress = (field: string) => attributesOf(field).includes('email');
  const isUnproven = unprovenAddresses(policy, isAddress);
  return authoritiesOf(policy).flatMap(({ title, path, fields }): readonly Finding[] => {
    const written = fields.filter(
      // A changed address has to be verified again.
      (field) => isSelfWritten(field, policy, settings) && (!isAddress(field) || isUnproven(path)),
    );
    if (written.length === 0) return [];
    const isByLanguage = written.some((field) => attributesOf(field).includes(languageAttribute));
    return [
      {
        rule: 'TE210',
        // The user profile can make the other attributes read-only for users.
        severity: isByLanguage ? 'error' : 'warning',
        message: `${title} depends on ${written.map((field) => `\`${field}\``).join(', ')}, which users can write themselves.`,
        range: policy.source.value(path),
        help: helpFor(written, isByLanguage),
      },
    ];
  });
}

function helpFor(written: readonly string[], isByLanguage: boolean): string {
  if (isByLanguage)
    return 'Users write `locale` by choosing a language on the login page. Use another attribute.';
  return written.includes('user.email')
    ? 'Also check `user.email_verified` (`user.email_verified && …`), or let only admins edit the address in the user profile.'
    : 'Use an attribute that only admins can edit, or let only admins edit this one in the user profile.';
}

/** Written at each login at which the user has chosen a language, independent of the user profile. */
const languageAttribute = 'locale';

/** The attributes behind fields of the context that the realm's own profile has. */
const ownAttributes: Readonly<Record<string, readonly string[]>> = {
  'user.email': ['email'],
  'user.given_name': ['firstName'],
  'user.family_name': ['lastName'],
  'user.name': ['firstName', 'lastName'],
  ...Object.fromEntries(Object.entries(profileAttributes).map(([field, name]) => [`user.${field}`, [name]])),
};

function isSelfWritten(field: string, policy: Policy, settings: Settings): boolean {
  const byUsers = userProfile(policy)
    .attributes.filter(({ name, permissions }) => name !== 'username' && permissions.edit.includes('user'))
    .map(({ name }) => name);
  return behind(field, policy, settings).some((name) => name === languageAttribute || byUsers.includes(name));
}

function behind(field: string, { spec }: Policy, settings: Settings): readonly string[] {
  // A name may have dots, and an attribute may have fields.
  const declared = Object.keys(spec.user?.attributes ?? {}).filter((name) =>
    `${field}.`.startsWith(`user.attributes.${name}.`),
  );
  return declared.length === 0
    ? (own(ownAttributes, field) ?? [])
    : declared.map((name) => attributeName(settings, name));
}
