import type { Issuance } from '@claimsmith/core';
import { own } from '@claimsmith/runtime';
import { enrollable, factors } from '../limits.ts';

/** What an Action asks the user for: a proof by one of these factors, or to set one of them up. */
export interface Asked {
  readonly what: 'challenge' | 'enrollment';
  readonly factors: readonly string[];
}

/** `api.authentication`, as far as it asks for factors. The last call counts. */
export function askingMethods(recorded: { asked: Asked | undefined }) {
  const one =
    (what: Asked['what']) =>
    (factor: unknown, options?: unknown): void => {
      recorded.asked = {
        what,
        factors: [typeOf(factor), ...typesIn(own(options, 'additionalFactors') ?? [])],
      };
    };
  const any =
    (what: Asked['what']) =>
    (list: unknown): void => {
      recorded.asked = { what, factors: typesIn(list) };
    };
  return {
    challengeWith: one('challenge'),
    challengeWithAny: any('challenge'),
    enrollWith: one('enrollment'),
    enrollWithAny: any('enrollment'),
  };
}

function typesIn(list: unknown): readonly string[] {
  if (!Array.isArray(list) || list.length === 0) throw new TypeError('The factors are a list.');
  return list.map(typeOf);
}

function typeOf(factor: unknown): string {
  const type = own(factor, 'type');
  if (typeof type !== 'string') throw new TypeError('A factor has a type.');
  return type;
}

/** Protocols without a user who could answer. The user of a token exchange is not there either. */
const silent = ['oauth2-refresh-token', 'oauth2-token-exchange'];

/**
 * What becomes of a login that asks for a factor. Auth0 ignores factors that a user has not set up, or, to set one up, those
 * that the user has. If none is left, the login fails.
 *
 * @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/post-login-api-object
 */
export function outcomeOf(
  { what, factors: asked }: Asked,
  event: Readonly<Record<string, unknown>>,
): Pick<Issuance, 'denied' | 'challenged'> {
  const enrolled = own(event['user'], 'enrolledFactors');
  const held = Array.isArray(enrolled) ? enrolled.map((factor) => own(factor, 'type')) : [];
  const isChallenge = what === 'challenge';
  const left = asked.filter(
    (type) => (isChallenge ? factors : enrollable).includes(type) && held.includes(type) === isChallenge,
  );
  const protocol = own(event['transaction'], 'protocol');
  if (left.length === 0 || silent.includes(String(protocol))) {
    const description = 'The user cannot be asked for any of these factors, so the login fails.';
    return { denied: { error: 'access_denied', description } };
  }
  const verb = isChallenge ? 'is asked for' : 'is asked to set up';
  return {
    denied: { error: 'mfa_required', description: `The user ${verb} ${left.join(', ')}.` },
    challenged: 'mfa',
  };
}
