import type { HookPolicy } from '@claimsmith/okta/hook';
import { isHookPolicy, policyProblem } from '@claimsmith/okta/policy';
import { errorName, loadExport, ServerError } from '@claimsmith/server';

/** A policy that runs, and what its file was. */
export interface LoadedPolicy {
  readonly policy: HookPolicy;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly digest: string;
}

/**
 * Loads a built policy and tests it. The digest is of the same bytes that run, even if the file changes meanwhile.
 *
 * @throws ServerError `policy` if the file cannot be read or loaded, or is not a policy
 */
export async function loadPolicy(file: string): Promise<LoadedPolicy> {
  const { exported: policy, digest } = await loadExport(file, 'policy');
  if (!isHookPolicy(policy)) {
    throw new ServerError('policy', `${file} is not a policy for this server: ${policyProblem(policy)}`);
  }
  try {
    policy.program.decide(policy.program.context({}), {});
  } catch (cause) {
    throw new ServerError('policy', `${file} fails on a trial decision: ${errorName(cause)}`, { cause });
  }
  return { policy, digest };
}
