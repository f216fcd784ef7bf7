import { type Challenge, own } from '@claimsmith/runtime';
import { enrollable, factors } from '../limits.ts';
import type { PostLoginApi } from './api.ts';
import type { PostLoginEvent } from './context.ts';
import { attempt, type Decide, log } from './outcome.ts';

/**
 * Asks for the factor that a challenge of the policy wants, or denies the login: for a deny rule, where nothing can ask, and
 * for a user who has no factor and may not set one up. Otherwise it changes nothing; the next Action issues the tokens, and
 * denies if the challenge is still due.
 *
 * @param name `<name>@<revision>` of the policy
 * @param subject gives the digest that stands for the user in the log
 */
export async function postLoginChallenge(
  name: string,
  event: PostLoginEvent,
  api: PostLoginApi,
  decide: Decide,
  subject?: () => string | undefined,
): Promise<void> {
  let asked: string | undefined;
  const attempted = await attempt(decide, ({ denied, challenge }) => {
    if (challenge === undefined || !canAsk(event) || !asks(event, api, challenge)) return denied;
    asked = denied;
    return undefined;
  });
  const { refused, decision } = attempted;
  if (refused !== undefined) api.access.deny(decision?.message ?? refused);
  const verdict = refused === undefined ? 'challenged' : 'denied';
  if (refused ?? asked) log(name, event, { ...attempted, refused: refused ?? asked, verdict }, subject);
}

/** Logins in a browser. */
const interactive = /^(oidc-(basic|implicit|hybrid)-profile|oauth2-device-code|samlp|wsfed)$/;

/** Whether the user is there and can answer. */
function canAsk({ transaction, request }: PostLoginEvent): boolean {
  const protocol = transaction?.protocol;
  const prompt = own(request?.query, 'prompt');
  return typeof protocol === 'string' && interactive.test(protocol) && !/\bnone\b/.test(String(prompt));
}

/** Asks for one of the user's factors. Auth0 ignores those that the tenant does not allow, and fails if none is left. */
function asks({ user }: PostLoginEvent, { authentication }: PostLoginApi, { enroll }: Challenge): boolean {
  const enrolled: unknown = user?.enrolledFactors;
  const types = Array.isArray(enrolled) ? enrolled.map((factor) => own(factor, 'type')) : [];
  const known = factors.filter((type) => types.includes(type));
  if (known.length > 0) authentication.challengeWithAny(known.map((type) => ({ type })));
  else if (enroll) authentication.enrollWithAny(enrollable.map((type) => ({ type })));
  return known.length > 0 || enroll;
}
