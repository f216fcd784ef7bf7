import { type Compilation, isError, type Policy } from '@claimsmith/core';
import { generateProgram } from '@claimsmith/core/program';
import { check } from '../check/check.ts';
import { names } from '../names.ts';

/** The policy's program as it is, in `policy.js`. */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = check(policy);
  if (findings.some(isError)) return { artifacts: [], findings };
  const content = generateProgram(policy, { names: names(policy) });
  return { artifacts: [{ path: 'policy.js', content }], findings };
}
