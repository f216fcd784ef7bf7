import type { KnownIssuance } from '../input.ts';
import { everywhere, type Mapper } from '../mapper.ts';
import { writeClaim } from '../write-claim.ts';

/** A getter of the user, as text. Names without a getter give nothing. */
export const userProperty: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, config, { issuance, notes }) {
    writeClaim(draft, propertyOf(issuance.user, config['user.attribute'] ?? ''), config, notes);
  },
};

/** First and last name, those that are there, in the claim `name`. */
export const fullName: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, _config, { issuance: { user } }) {
    const parts = [user.firstName, user.lastName].filter((part) => part !== undefined && part !== '');
    if (parts.length > 0) draft.other.set('name', parts.join(' '));
  },
};

function propertyOf(user: KnownIssuance['user'], property: string): string | undefined {
  switch (property.slice(0, 1).toLowerCase() + property.slice(1)) {
    case 'id':
      return user.id;
    case 'username':
      return user.username;
    case 'email':
      return user.email;
    case 'emailVerified':
      return user.emailVerified === undefined ? undefined : String(user.emailVerified);
    case 'firstName':
      return user.firstName;
    case 'lastName':
      return user.lastName;
    case 'createdTimestamp':
      return user.createdTimestamp === undefined ? undefined : String(user.createdTimestamp);
    // No other user gets a token.
    case 'enabled':
      return 'true';
    case 'serviceAccountClientLink':
      return user.serviceAccountOf;
    default:
      return undefined;
  }
}
