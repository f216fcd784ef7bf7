import type { KnownIssuance } from '../input.ts';
import { everywhere, type Mapper } from '../mapper.ts';
import { writeClaim } from '../write-claim.ts';

type Group = KnownIssuance['user']['groups'][number];

/** Direct groups by name or path. Always a list, whose order Keycloak does not keep; without groups, no claim. */
export const groupMembership: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, config, { issuance, notes }) {
    const toText = config['full.path'] === 'true' ? ({ path }: Group) => path : groupName;
    writeClaim(draft, issuance.user.groups.map(toText).toSorted(), { ...config, multivalued: 'true' }, notes);
  },
};

/** A name may contain slashes, so the name is what follows the parent's path. */
export function groupName({ path, parent }: Group): string {
  return path.slice((parent?.path.length ?? 0) + 1);
}
