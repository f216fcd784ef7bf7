import type { Type } from '@claimsmith/cel';
import { attributeName, type Settings } from '../../settings.ts';
import { type Form, form, type JsonType, type Limit, type NoForm, type Wanted } from './form.ts';

/** A property of the user. Its value is a text, or for `emailVerified` one of `true` and `false`. */
export function userProperty(property: string, mayBeAbsent: boolean, jsonType: JsonType = 'String'): Form {
  return form('user property mapper', 'oidc-usermodel-property-mapper', jsonType, {
    config: { 'user.attribute': property },
    mayBeAbsent,
  });
}

/**
 * A user attribute: a list of texts. If the user has none, Keycloak uses the first group that has the attribute. No
 * setting turns that off, so `user.attributes` includes it here.
 */
export function userAttribute(attribute: string, type: Type): Form | NoForm {
  const isList = type.kind === 'list';
  const held = heldAs(isList ? type.element : type);
  if (isList && held.jsonType !== 'String') {
    return { why: 'a user attribute mapper puts null into a list when an element has the wrong type.' };
  }
  return form('user attribute mapper', 'oidc-usermodel-attribute-mapper', held.jsonType, {
    config: { 'user.attribute': attribute, multivalued: String(isList), 'aggregate.attrs': 'false' },
    limits: [...held.limits, ...(isList ? (['empty_list'] as const) : [])],
    mayBeAbsent: true,
  });
}

/** How the text of an attribute becomes a value of a type. */
export function heldAs(type: Type): { readonly jsonType: JsonType; readonly limits: readonly Limit[] } {
  switch (type.kind) {
    case 'string':
      return { jsonType: 'String', limits: [] };
    case 'bool':
      return { jsonType: 'boolean', limits: ['bool'] };
    case 'int':
      return { jsonType: 'long', limits: ['int'] };
    case 'double':
      return { jsonType: 'JSON', limits: ['double'] };
    case 'dyn':
      return { jsonType: 'JSON', limits: [] };
    default:
      return { jsonType: 'JSON', limits: ['json'] };
  }
}

/** First and last name, which Keycloak joins; always called `name`. */
export function fullName({ name }: Wanted): Form | NoForm {
  if (name !== 'name') return { why: "Keycloak's full name mapper writes only the claim `name`." };
  return form('full name mapper', 'oidc-full-name-mapper', 'String', {
    jsonType: undefined,
    isNamed: false,
    mayBeAbsent: true,
  });
}

/** Keycloak's own names of the profile's attributes. */
export const profileAttributes: Readonly<Record<string, string>> = {
  nickname: 'nickname',
  picture: 'picture',
  locale: 'locale',
  zoneinfo: 'zoneinfo',
  phone_number: 'phoneNumber',
};

export function userForm(wanted: Wanted, settings: Settings): Form | NoForm | undefined {
  const [, field = '', attribute] = wanted.path;
  switch (field) {
    case 'id':
      return userProperty('id', false);
    case 'username':
      return userProperty('username', false);
    case 'email':
      return userProperty('email', true);
    case 'email_verified':
      return userProperty('emailVerified', false, 'boolean');
    case 'given_name':
      return userProperty('firstName', true);
    case 'family_name':
      return userProperty('lastName', true);
    case 'name':
      return fullName(wanted);
    case 'attributes':
      return wanted.path.length === 3 && attribute !== undefined
        ? userAttribute(attributeName(settings, attribute), wanted.type)
        : { why: 'a mapper reads only whole attributes.' };
    default: {
      const name = profileAttributes[field];
      return name === undefined ? undefined : userAttribute(name, wanted.type);
    }
  }
}
