import type { Policy, PolicyClaim } from '../policy.ts';
import { builtInKinds } from '../subjects.ts';
import type { ContractClaim } from './schema.ts';

/** By the subject of a token, whether it has the claim. Where this cannot be known here, it is `sometimes`. */
export function carriedBy({ spec }: Pick<Policy, 'spec'>, claim: PolicyClaim): ContractClaim['for'] {
  const said = spec.claims[claim.name];
  const most = said?.when !== undefined || claim.onMissing === 'omit' ? 'sometimes' : 'always';
  const own = Object.keys(spec.subjects ?? {});
  const kinds = claim.subjects?.kinds;
  const by = (kind: string): ContractClaim['for']['human'] => {
    if (kinds === undefined) return most;
    const isNamed = kinds.includes(kind);
    // A subject of a declared kind shows only its built-in kind.
    if (own.length > 0) return isNamed || kinds.some((one) => own.includes(one)) ? 'sometimes' : 'never';
    return isNamed ? most : 'never';
  };
  const [human, machine, agent] = builtInKinds.map(by);
  const delegated =
    claim.delegated === 'never'
      ? 'never'
      : claim.delegated === 'always' && kinds === undefined
        ? most
        : 'sometimes';
  return { human: human ?? most, machine: machine ?? most, agent: agent ?? most, delegated };
}

/** The same, where tokens may lack the claim. */
export function sometimesAtMost({
  human,
  machine,
  agent,
  delegated,
}: ContractClaim['for']): ContractClaim['for'] {
  const less = (carried: ContractClaim['for']['human']) => (carried === 'always' ? 'sometimes' : carried);
  return { human: less(human), machine: less(machine), agent: less(agent), delegated: less(delegated) };
}
