import { type Finding, nameFindings, otherName, type Policy, type PolicyClaim } from '@claimsmith/core';
import { claimName, isReserved, nativeNames } from '../names.ts';
import type { Plan } from '../plan/plan.ts';
import { feederPrefix } from '../platform/policy.ts';

/** Claims whose names Okta keeps to itself, or that collide. */
export function checkNames(policy: Policy, { claims }: Plan): readonly Finding[] {
  return nameFindings(policy, {
    issuer: 'okta',
    name: (claim) => claimName(claim, policy),
    problem(name, claim) {
      const isNative = claims[claim.name]?.via === 'native';
      if (isReserved(name, claim.tokens) && !(isNative && nativeNames.includes(name))) {
        const where = claim.tokens.length === 1 ? '' : ` in ${tokenName(claim, name)}`;
        const message = `Okta keeps the name \`${name}\` to itself${where}: with it, all that the hook says is dropped.`;
        return { message, help: otherName(claim, 'okta') };
      }
      if (!name.startsWith(feederPrefix)) return undefined;
      return {
        message: `\`${feederPrefix}\` begins the names of native claims that feed the hook, which takes out all such claims: \`${name}\` would be gone.`,
        help: claim.as['okta'] === undefined ? 'Name it with `as: { okta: … }`.' : 'Choose another name.',
      };
    },
    markerProblem(name) {
      const help = 'Choose another name with `marker:`.';
      if (isReserved(name, ['access'])) {
        const message = `Okta drops all that the hook says where the policy marker is called \`${name}\`.`;
        return { message, help };
      }
      if (!name.startsWith(feederPrefix)) return undefined;
      const message = `\`${feederPrefix}\` begins the names of native claims that feed the hook, so the marker cannot be called \`${name}\`.`;
      return { message, help };
    },
    whyNotBare: 'Okta keeps the bare name to itself.',
  });
}

function tokenName({ tokens }: PolicyClaim, name: string): string {
  const [only, other] = tokens.filter((token) => isReserved(name, [token]));
  return other === undefined ? `the ${only === 'id' ? 'ID' : 'access'} token` : 'both tokens';
}
