import type { Type } from '@claimsmith/cel';
import { oncePer, type Policy } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { attributeLimitCharacters } from '../../limits.ts';
import { profileAttributes } from '../../plan/native/user.ts';
import { attributeName, settingsOf } from '../../settings.ts';
import { declaredRead } from '../script/context.ts';

/** An attribute of the user profile. Keycloak drops other attributes when it saves a user. */
export interface ProfileAttribute {
  readonly name: string;
  readonly displayName: string;
  readonly validations: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly required?: { readonly roles: readonly string[] };
  readonly permissions: { readonly view: readonly string[]; readonly edit: readonly string[] };
  readonly multivalued: boolean;
}

/** `user-profile.json`, as the admin API accepts it. */
export interface UserProfile {
  readonly attributes: readonly ProfileAttribute[];
  readonly groups: readonly {
    readonly name: string;
    readonly displayHeader: string;
    readonly displayDescription: string;
  }[];
}

/** A new realm's user profile with the attributes that the policy reads. Users cannot write their own ones. */
export const userProfile = oncePer((policy: Policy): UserProfile => {
  const settings = settingsOf(policy);
  const fields = contextFields(policy);
  const declared = declaredRead(policy, 'user.attributes', fields).map(([name, type]) =>
    managed(attributeName(settings, name), type),
  );
  const standard = Object.entries(profileAttributes)
    .filter(([field]) => fields.includes(`user.${field}`))
    .map(([, name]) => managed(name, { kind: 'string' }));
  const all = new Map([...standard, ...declared].map((attribute) => [attribute.name, attribute]));
  for (const { name } of ownAttributes) all.delete(name);
  return {
    attributes: [...ownAttributes, ...all.values()],
    groups: [
      {
        name: 'user-metadata',
        displayHeader: 'User metadata',
        displayDescription: 'Attributes, which refer to user metadata',
      },
    ],
  };
});

function managed(name: string, type: Type): ProfileAttribute {
  const isList = type.kind === 'list';
  return {
    name,
    displayName: name,
    validations: validations(isList ? type.element : type),
    permissions: { view: ['admin', 'user'], edit: ['admin'] },
    multivalued: isList,
  };
}

/** Rejects values that a mapper would sign unchecked. */
function validations(type: Type): ProfileAttribute['validations'] {
  switch (type.kind) {
    case 'bool':
      return { options: { options: ['true', 'false'] } };
    case 'int':
      return { integer: { min: Number.MIN_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER } };
    case 'double':
      return {
        pattern: {
          pattern: '^-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?$',
          'error-message': 'must be a number',
        },
      };
    default:
      return { length: { max: attributeLimitCharacters } };
  }
}

const everyone = { view: ['admin', 'user'], edit: ['admin', 'user'] };
const byUser = { roles: ['user'] };
const length = { length: { max: 255 } };

/** As Keycloak 26.7.4 gives them to a new realm. */
const ownAttributes: readonly ProfileAttribute[] = [
  {
    name: 'username',
    displayName: '${username}',
    validations: {
      length: { min: 3, max: 255 },
      'username-prohibited-characters': {},
      'up-username-not-idn-homograph': {},
    },
    permissions: everyone,
    multivalued: false,
  },
  {
    name: 'email',
    displayName: '${email}',
    validations: { email: {}, ...length },
    required: byUser,
    permissions: everyone,
    multivalued: false,
  },
  {
    name: 'firstName',
    displayName: '${firstName}',
    validations: { ...length, 'person-name-prohibited-characters': {} },
    required: byUser,
    permissions: everyone,
    multivalued: false,
  },
  {
    name: 'lastName',
    displayName: '${lastName}',
    validations: { ...length, 'person-name-prohibited-characters': {} },
    required: byUser,
    permissions: everyone,
    multivalued: false,
  },
];
