import { own } from '@claimsmith/core';
import type { KnownIssuance } from '../input.ts';
import { everywhere, type Mapper } from '../mapper.ts';
import { writeClaim } from '../write-claim.ts';

/**
 * The user's own values win; otherwise those of the first group with the attribute, each group asking its parent; or
 * all of them.
 */
export const userAttribute: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, config, { issuance, notes }) {
    const values = attributeOf(
      issuance.user,
      config['user.attribute'] ?? '',
      config['aggregate.attrs']?.toLowerCase() === 'true',
    );
    // A list in one order: Keycloak has them in none.
    writeClaim(draft, config['multivalued'] === 'true' ? values.toSorted() : values, config, notes);
  },
};

type User = KnownIssuance['user'];
type Group = User['groups'][number];
type Values = readonly (string | null)[];

/** The texts of an attribute; null for a field of the user without a value. */
export function attributeOf(user: User, name: string, all: boolean): Values {
  const ofUser = ownAttribute(user, name);
  if (ofUser.length > 0 && !all) return ofUser;
  const ofGroups = user.groups
    .map((group) => groupAttribute(group, name, all))
    .filter(({ size }) => size > 0);
  return all
    ? [...new Set([...ofUser, ...ofGroups.flatMap((values) => [...values])])]
    : [...(ofGroups[0] ?? [])];
}

/** Four fields of a user are also attributes. If one is missing, its attribute still has one value: null. */
function ownAttribute(user: User, name: string): Values {
  if (name === 'username') return [user.username ?? null];
  if (name === 'email') return [user.email ?? null];
  if (name === 'firstName') return [user.firstName ?? null];
  if (name === 'lastName') return [user.lastName ?? null];
  return own(user.attributes, name) ?? [];
}

function groupAttribute(group: Group, name: string, all: boolean): ReadonlySet<string> {
  const values = own(group.attributes, name) ?? [];
  if ((values.length > 0 && !all) || group.parent === undefined) return new Set(values);
  return new Set([...values, ...groupAttribute(group.parent, name, all)]);
}
