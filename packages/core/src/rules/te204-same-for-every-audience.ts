import { isMapping } from '../data.ts';
import { isUnder } from '../loss/known.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { restsOn } from '../rests-on.ts';
import type { Rule } from './rule.ts';

export const sameForEverybody = {
  id: 'TE204',
  slug: 'same-for-every-audience',
  severity: 'warning',
  profile: 'auditor',
  title: 'An authoritative claim is for the audiences or the clients that need it.',
  why: 'Every API gets the claim in every token, so a leak at one of them gives away the authority at all.',
  mend: 'Write `audiences` or `clients` at the claim, or at each issuer.',
  bad: `claims:
  tenant: { value: org.id, kind: authoritative }
issuers: { auth0: { clients: all } }`,
  good: `claims:
  tenant: { value: org.id, kind: authoritative }
issuers: { auth0: { audiences: ["https://api.acme.example/"] } }`,
  standards: ['restrictedTokens', 'jwtAudience', 'leastPrivilege'],
  check(policy) {
    const { claims, source, applies } = policy;
    const rests = restsOn(policy);
    const isNarrow = (fields: readonly string[]) => fields.some((field) => isUnder(narrowing, field));
    if (isBoundEverywhere(policy) || isNarrow(applies?.reads.fields ?? [])) return [];
    const isFree = ({ kind, audiences, clients, reads }: PolicyClaim) =>
      kind === 'authoritative' &&
      audiences === undefined &&
      clients === undefined &&
      !isNarrow(rests(reads).fields);
    return claims.filter(isFree).map(({ name }) => ({
      rule: 'TE204',
      severity: 'warning',
      message: `The authoritative claim \`${name}\` is the same for every audience and every client.`,
      range: source.key(['claims', name]),
      help: 'Write `audiences` or `clients` at the claim, or at each issuer.',
    }));
  },
} as const satisfies Rule;

const narrowing = ['request.audience', 'request.scopes', 'client'];

/** Whether each issuer makes tokens of this policy only for audiences or clients that the spec names. */
function isBoundEverywhere({ spec }: Policy): boolean {
  const settings = Object.values(spec.issuers ?? {});
  return (
    settings.length > 0 &&
    settings.every((own) => {
      if (!isMapping(own)) return false;
      const { audience, audiences, clients } = own;
      return audience !== undefined || audiences !== undefined || Array.isArray(clients);
    })
  );
}
