import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { HookPolicy } from '@claimsmith/okta/hook';
import { isHookPolicy, policyProblem } from '@claimsmith/okta/policy';
import { ServerError, systemCode } from '@claimsmith/server';

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
  const bytes = await readBytes(file);
  const url = `data:text/javascript;base64,${bytes.toString('base64')}`;
  let loaded: unknown;
  try {
    loaded = await import(/* @vite-ignore */ url);
  } catch (cause) {
    // The message may hold the whole address, and so the policy.
    throw new ServerError('policy', `${file} cannot be loaded: ${nameOf(cause)}`, { cause });
  }
  const policy =
    typeof loaded === 'object' && loaded !== null && 'policy' in loaded ? loaded.policy : undefined;
  if (policy === undefined) throw new ServerError('policy', `${file} does not export a policy`);
  if (!isHookPolicy(policy)) {
    throw new ServerError('policy', `${file} is not a policy for this server: ${policyProblem(policy)}`);
  }
  try {
    policy.program.decide(policy.program.context({}), {});
  } catch (cause) {
    throw new ServerError('policy', `${file} fails on a trial decision: ${nameOf(cause)}`, { cause });
  }
  return { policy, digest: createHash('sha256').update(bytes).digest('hex') };
}

async function readBytes(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (cause) {
    throw new ServerError('policy', `${file} cannot be read: ${systemCode(cause)}`, { cause });
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'an error';
}
