import type { Expression } from '@claimsmith/cel';
import { z } from 'zod';
import { actorIsRead, dependsOnActor } from './delegated.ts';
import type { Finding } from './finding.ts';
import type { Lack } from './issuer.ts';
import type { Situation } from './loss/known.ts';
import { partNames, truthsIn } from './loss/losses.ts';
import type { Policy } from './policy.ts';

/** The grant type of token exchange, RFC 8693. */
export const exchangeGrant = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** `exchange` of an issuer that does not say who acts for a user. */
export const exchangeSetting = z
  .boolean()
  .optional()
  .describe(
    'Whether somebody may act for a user here, by exchanging a token. The issuer does not say who, so with true the policy must not keep anything from delegated tokens. Default true if the policy reads `actor` or says `delegated: false`, else false.',
  );

/**
 * The setting `exchange` of a policy. A policy that reads who acts, or says that a part is not delegated, counts on somebody
 * who acts; so does its issuer, unless the spec says otherwise.
 */
export function exchanges(policy: Policy, said: boolean | undefined): boolean {
  const { claims = {}, scopes = {}, authorizationDetails = {} } = policy.spec;
  return (
    said ??
    ([claims, scopes, authorizationDetails].some((parts) =>
      Object.values(parts).some(({ delegated }) => delegated === false),
    ) ||
      actorIsRead(policy))
  );
}

/** An issuer that does not say who acts for a user. */
interface Silent {
  readonly id: string;
  /** The issuer's name. */
  readonly title: string;
  /** Its setting, as {@link exchanges} has it. */
  readonly exchange: boolean;
}

/** What such an issuer lacks at a login: an actor that may exist, or nobody who acts, as its setting says. */
export function withSilentActor({ absent, lost, ...lack }: Lack, { id, title, exchange }: Silent): Lack {
  if (exchange) return { ...lack, absent, lost: [...lost, 'actor'] };
  return {
    ...lack,
    absent: [...absent, 'actor'],
    lost,
    whyNoActor: `Nobody acts for a user at ${title}, because \`issuers.${id}.exchange\` is not true.`,
  };
}

/**
 * Reports the parts of a policy that are not for delegated tokens, for an issuer that exchanges tokens and does not say
 * who acts. Conditions that read the actor are reported as those on any field that the issuer does not supply.
 *
 * @param login the issuer's situation in which somebody may act for a user
 * @param way another way out, with a comma at its end; empty if there is none
 */
export function exchangeFindings(
  policy: Policy,
  { id, title, exchange }: Silent,
  login: Situation,
  way: string,
): readonly Finding[] {
  if (!exchange) return [];
  const { claims, scopes, details, source } = policy;
  const canBe = (condition: Expression | undefined) =>
    condition === undefined || truthsIn(policy, condition, login).includes('true');
  const kept = [
    ...claims.map(({ name, delegated, when }) => ({ part: partNames.claim, name, delegated, when })),
    ...scopes.map(({ name, delegated, grant }) => ({ part: partNames.scope, name, delegated, when: grant })),
    ...details.map(({ type, delegated, grant }) => ({
      part: partNames.detail,
      name: type,
      delegated,
      when: grant,
    })),
  ].flatMap(({ part, name, delegated, when }) =>
    delegated === 'always' || !canBe(when) ? [] : [`the ${part} \`${name}\``],
  );
  if (kept.length === 0) return [];
  return [
    {
      rule: 'TE839',
      severity: 'error',
      message: `${title} does not say who acts for a user, so a token that is exchanged there also has what delegated tokens must not have: ${kept.join(', ')}.`,
      range: source.key(['issuers', id, 'exchange']),
      help: `Write \`delegated: true\` where a service that acts for a user may have it, leave the others out here (\`when: issuer != "${id}"\`), ${way} or exchange no tokens there (\`exchange: false\`).`,
    },
  ];
}

/** Whether publishing must look whether an issuer exchanges tokens: the policy relies on it that none are. */
export function reliesOnNoExchange(policy: Policy, { exchange }: Pick<Silent, 'exchange'>): boolean {
  return !exchange && dependsOnActor(policy);
}
