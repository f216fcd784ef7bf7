import { describe, expect, it } from 'vitest';
import { attributeImage } from './images.ts';
import { changedProfile, releasedProfile } from './profile.ts';
import { profileAttribute } from './realm-state.ts';

const others = {
  attributes: [
    { name: 'username', displayName: '${username}', validations: { length: { min: 3 } }, unknown: [1] },
    { name: 'email', annotations: { theirs: 'x' }, group: 'g' },
  ],
  groups: [{ name: 'g' }],
  unmanagedAttributePolicy: 'ADMIN_EDIT',
  unknown: { a: null },
};
const tier = {
  multivalued: false,
  edit: ['admin'],
  view: ['admin', 'user'],
  validations: { length: { max: 2048 } },
};

describe("a realm's user profile", () => {
  it('keeps everything of others when an attribute comes, changes and goes', () => {
    const added = changedProfile(others, 'tier', tier, 'shop');
    expect(added).toEqual({ ...others, attributes: [...others.attributes, expect.anything()] });
    const changed = changedProfile(added, 'tier', { ...tier, multivalued: true }, 'shop');
    const [, , attribute] = profileAttribute.array().parse(changed['attributes']);
    expect(attribute).toMatchObject({ multivalued: true, annotations: { 'claimsmith.policy': 'shop' } });
    expect(changed).toEqual({ ...others, attributes: [...others.attributes, expect.anything()] });
    const released = releasedProfile(changed, 'tier');
    expect(profileAttribute.array().parse(released['attributes'])[2]?.annotations).toEqual({});
  });

  it('keeps what others set of an attribute of ours', () => {
    const added = changedProfile(others, 'tier', tier, 'shop');
    const decorated = {
      ...added,
      attributes: [...others.attributes, { ...Object(added['attributes']).at(2), group: 'g', required: {} }],
    };
    const changed = changedProfile(decorated, 'tier', { ...tier, multivalued: true }, 'shop');
    expect(Object(changed['attributes'])[2]).toMatchObject({ group: 'g', required: {}, multivalued: true });
  });

  it('takes an attribute that is the same, and no other', () => {
    const made = (edit: readonly string[]) => ({
      ...others,
      attributes: [
        ...others.attributes,
        { name: 'tier', permissions: { view: ['user', 'admin'], edit }, validations: tier.validations },
      ],
    });
    const taken = changedProfile(made(['admin']), 'tier', tier, 'shop');
    expect(attributeImage(profileAttribute.parse(Object(taken['attributes'])[2]))).toEqual(tier);
    expect(() => changedProfile(made(['admin', 'user']), 'tier', tier, 'shop')).toThrow(
      'the user profile has another attribute tier',
    );
  });
});
