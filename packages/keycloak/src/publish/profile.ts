/** Changes in a realm's user profile. Everything that they are not about stays as it was sent. Pure. */
import { isMapping, type Json, mappingOf, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import { dictionary } from '../dictionary.ts';
import { attributeImage, policyMark } from './images.ts';
import { profileAttribute } from './realm-state.ts';

type Raw = Readonly<Record<string, unknown>>;

const parts = z.object({
  multivalued: z.boolean(),
  edit: z.array(z.string()),
  view: z.array(z.string()),
  validations: dictionary(z.unknown()),
});

/**
 * A user profile with an attribute of the policy.
 *
 * @throws {TargetError} `changed` if somebody else has added an attribute of this name that differs
 */
export function changedProfile(profile: Raw, name: string, image: Json | undefined, policy: string): Raw {
  const { multivalued, edit, view, validations } = parts.parse(image);
  const own = { multivalued, permissions: { view, edit }, validations };
  const known = attributesOf(profile).find((attribute) => attribute['name'] === name);
  if (known === undefined) {
    const added = { name, displayName: name, ...own, annotations: { [policyMark]: policy } };
    return { ...profile, attributes: [...attributesOf(profile), added] };
  }
  const annotations = mappingOf(known['annotations']);
  if (annotations[policyMark] !== policy && !isAsWanted(known, own)) {
    throw new TargetError('changed', `the user profile has another attribute ${name}`);
  }
  return replaced(profile, name, { ...known, ...own, annotations: { ...annotations, [policyMark]: policy } });
}

/** A user profile whose attribute is no longer marked as the policy's. The attribute stays: users may have values. */
export function releasedProfile(profile: Raw, name: string): Raw {
  const known = attributesOf(profile).find((attribute) => attribute['name'] === name);
  if (known === undefined) return profile;
  const { [policyMark]: _, ...annotations } = mappingOf(known['annotations']);
  return replaced(profile, name, { ...known, annotations });
}

function isAsWanted(known: Raw, own: Raw): boolean {
  const image = (attribute: Raw) => JSON.stringify(attributeImage(profileAttribute.parse(attribute)));
  return image(known) === image({ ...known, ...own });
}

function replaced(profile: Raw, name: string, attribute: Raw): Raw {
  return {
    ...profile,
    attributes: attributesOf(profile).map((one) => (one['name'] === name ? attribute : one)),
  };
}

function attributesOf({ attributes }: Raw): readonly Raw[] {
  return Array.isArray(attributes) ? attributes.filter(isMapping) : [];
}
