import { own } from '@claimsmith/core';
import { everywhere, type Mapper } from '../mapper.ts';
import { writeClaim } from '../write-claim.ts';

export const hardcodedClaim: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, config, { notes }) {
    // The server keeps no empty value in a configuration.
    writeClaim(draft, config['claim.value'] || undefined, config, notes);
  },
};

/** A note of the session: the same text from login on. */
export const sessionNote: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, config, { issuance, notes }) {
    const name = config['user.session.note'] ?? '';
    writeClaim(draft, own(issuance.session.notes, name), config, notes);
  },
};
