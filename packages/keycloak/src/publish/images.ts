/** Resources of a realm in one form, so that what means the same is equal. */
import type { Json } from '@claimsmith/core';
import type { ProfileAttribute, RealmMapper, RealmScope } from './realm-state.ts';

/** The keys of a client scope's attributes that name its policy, and of a mapper's configuration and an attribute's annotations. */
export const policyMark = 'claimsmith.policy';
/** The key of a client scope's attribute that names its build. */
export const revisionMark = 'claimsmith.revision';

/** The attributes of a client scope that a build sets. Others belong to the realm. */
const ownAttributes = [
  'include.in.token.scope',
  'display.on.consent.screen',
  'consent.screen.text',
  'include.in.openid.provider.metadata',
  policyMark,
  revisionMark,
];

type Texts = Readonly<Record<string, string>>;

/** A client scope without its mappers. Its revision is part of it: the policy script works only with its own. */
export function scopeImage({
  description,
  attributes,
}: Pick<RealmScope, 'attributes'> & { readonly description?: string | null | undefined }): Json {
  return {
    description: description ?? '',
    attributes: filled(pick(attributes, (key) => ownAttributes.includes(key))),
  };
}

/** The attributes of a client scope that others set. */
export function otherAttributes({ attributes }: Pick<RealmScope, 'attributes'>): Texts {
  return filled(pick(attributes, (key) => !ownAttributes.includes(key)));
}

/** A mapper. Keycloak drops empty entries of its configuration, and fills in two flags from others. */
export function mapperImage({
  protocolMapper,
  config,
}: Pick<RealmMapper, 'protocolMapper' | 'config'>): Json {
  return { provider: protocolMapper, config: filled(config) };
}

/** The configuration of a mapper of ours, with the mark. */
export function markedConfig(config: Texts, policy: string): Texts {
  return { ...config, [policyMark]: policy };
}

/** The entry of an attribute in the user profile: what the policy depends on. Its display is the realm's. */
export function attributeImage({ validations, permissions, multivalued }: ProfileAttribute): Json {
  return {
    multivalued,
    edit: permissions.edit.toSorted(),
    view: permissions.view.toSorted(),
    validations: JSON.parse(JSON.stringify(validations)),
  };
}

/** Without empty entries, and sorted. */
function filled(texts: Texts): Texts {
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([, value]) => value !== '')
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );
}

function pick(texts: Texts, isMeant: (key: string) => boolean): Texts {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => isMeant(key)));
}
