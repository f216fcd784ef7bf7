import { type Finding, nameFindings, otherName, type Policy, type PolicyClaim } from '@claimsmith/core';
import { claimName, isReserved, nativeNames } from '../names.ts';
import type { Plan } from '../plan/plan.ts';
import { feederPrefix } from '../platform/policy.ts';

/** Claims with names that Okta reserves, or that collide. */
export function checkNames(policy: Policy, { claims }: Plan): readonly Finding[] {
  return nameFindings(policy, {
    issuer: 'okta',
    name: (claim) => claimName(claim, policy),
    problem(name, claim) {
      const made = claims[claim.name];
      if (made !== undefined && nativeNames.includes(name)) {
        if (made.via === 'native') return undefined;
        return {
          message: `Okta reserves the name \`${name}\` for native claims, and only the hook can make this claim. ${made.why}`,
          help: `${nativeHelp} Or: ${otherName(claim, 'okta')}`,
        };
      }
      if (isReserved(name, claim.tokens)) {
        const where = claim.tokens.length === 1 ? '' : ` in ${tokenName(claim, name)}`;
        const message = `Okta reserves the name \`${name}\`${where}: if the hook uses it, Okta drops the hook's whole answer.`;
        return { message, help: otherName(claim, 'okta') };
      }
      if (!name.startsWith(feederPrefix)) return undefined;
      return {
        message: `Names with \`${feederPrefix}\` belong to feeders, which the hook removes from the token: \`${name}\` would be removed too.`,
        help: claim.as['okta'] === undefined ? 'Name it with `as: { okta: … }`.' : 'Choose another name.',
      };
    },
    markerProblem(name) {
      const help = 'Choose another name with `marker:`.';
      if (isReserved(name, ['access'])) {
        const message = `Okta reserves the name \`${name}\`: if the hook uses it for the policy marker, Okta drops the hook's whole answer.`;
        return { message, help };
      }
      if (!name.startsWith(feederPrefix)) return undefined;
      const message = `Names with \`${feederPrefix}\` belong to feeders, so the policy marker cannot be named \`${name}\`.`;
      return { message, help };
    },
    whyNotBare: 'Okta reserves the name without it.',
  });
}

const nativeHelp =
  'List groups that Okta can list itself: `user.groups`, or a filter such as `user.groups.filter(g, g.startsWith("app:"))`, for `subjects: [human]`, with no other condition than a scope, and with `maxItems` only for a filter of names such as `g in ["a", "b"]`. The hook must not read the claim: let it read `user.groups`.';

function tokenName({ tokens }: PolicyClaim, name: string): string {
  const [only, other] = tokens.filter((token) => isReserved(name, [token]));
  return other === undefined ? `the ${only === 'id' ? 'ID' : 'access'} token` : 'both tokens';
}
