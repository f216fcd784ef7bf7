import type { Finding, Policy, PolicyClaim } from '@claimsmith/core';
import { claimName, isReserved } from './claim-names.ts';
import { feederPrefix } from './hook/policy.ts';

/** Claims whose names Okta keeps to itself, or that collide. */
export function checkNames(policy: Policy): readonly Finding[] {
  const { marker, source } = policy;
  const taken = new Map<string, string>(marker ? [[marker.claim, 'the policy marker']] : []);
  const findings = policy.claims.flatMap((claim): readonly Finding[] => {
    const name = claimName(claim, policy);
    const other = taken.get(name);
    taken.set(name, `\`${claim.name}\``);
    if (other === undefined) return checkName(policy, claim, name);
    return [
      {
        rule: 'TE102',
        severity: 'error',
        message: `\`${claim.name}\` and ${other} are both emitted as \`${name}\`.`,
        range: source.key(['claims', claim.name]),
        help: 'Name one of them otherwise with `as: { okta: … }`.',
      },
    ];
  });
  if (marker && isReserved(marker.claim, ['access'])) {
    findings.push({
      rule: 'TE102',
      severity: 'error',
      message: `Okta drops all that the hook says where the policy marker is called \`${marker.claim}\`.`,
      range: source.value(['marker']),
      help: 'Choose another name with `marker:`.',
    });
  }
  if (marker?.claim.startsWith(feederPrefix)) {
    findings.push({
      rule: 'TE102',
      severity: 'error',
      message: `\`${feederPrefix}\` begins the names of native claims that feed the hook, so the marker can not be called \`${marker.claim}\`.`,
      range: source.value(['marker']),
      help: 'Choose another name with `marker:`.',
    });
  }
  return findings;
}

function checkName(policy: Policy, claim: PolicyClaim, name: string): readonly Finding[] {
  const { source } = policy;
  const isAlias = claim.as['okta'] !== undefined;
  const range = isAlias
    ? source.value(['claims', claim.name, 'as', 'okta'])
    : source.key(['claims', claim.name]);
  if (isReserved(name, claim.tokens)) {
    const where = claim.tokens.length === 1 ? '' : ` in ${tokenName(claim, name)}`;
    const way = isAlias ? 'Choose another name' : 'Set `namespace:`, or name it with `as: { okta: … }`';
    return [
      {
        rule: 'TE102',
        severity: 'error',
        message: `Okta keeps the name \`${name}\` to itself${where}: with it, all that the hook says is dropped.`,
        range,
        help: `${way}.`,
      },
    ];
  }
  if (name.startsWith(feederPrefix)) {
    return [
      {
        rule: 'TE102',
        severity: 'error',
        message: `\`${feederPrefix}\` begins the names of native claims that feed the hook, which takes out all such claims: \`${name}\` would be gone.`,
        range,
        help: isAlias ? 'Choose another name.' : 'Name it with `as: { okta: … }`.',
      },
    ];
  }
  if (name === claim.name || isAlias) return [];
  return [
    {
      rule: 'TE102',
      severity: 'info',
      message: `\`${claim.name}\` is emitted as \`${name}\`: Okta keeps the bare name to itself.`,
      range,
      help: 'Say so with `as: { okta: … }` to choose the name.',
    },
  ];
}

function tokenName({ tokens }: PolicyClaim, name: string): string {
  const [only, other] = tokens.filter((token) => isReserved(name, [token]));
  return other === undefined ? `the ${only === 'id' ? 'ID' : 'access'} token` : 'both tokens';
}
