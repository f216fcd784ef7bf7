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
      const isNative = claims[claim.name]?.via === 'native';
      if (isReserved(name, claim.tokens) && !(isNative && nativeNames.includes(name))) {
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

function tokenName({ tokens }: PolicyClaim, name: string): string {
  const [only, other] = tokens.filter((token) => isReserved(name, [token]));
  return other === undefined ? `the ${only === 'id' ? 'ID' : 'access'} token` : 'both tokens';
}
