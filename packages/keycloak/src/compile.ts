import type { Artifact, Compilation, Policy } from '@claimsmith/core';
import { check } from './check.ts';
import { enrichmentOf } from './enrichment.ts';

/**
 * Turns a policy into files for a realm: `client-scopes.json` holds all that it adds to one. The same policy gives
 * the same bytes.
 */
export async function compile(policy: Policy): Promise<Compilation> {
  const findings = check(policy);
  if (findings.some(({ severity }) => severity === 'error')) return { artifacts: [], findings };
  const artifacts: readonly Artifact[] = [json('client-scopes.json', enrichmentOf(policy))];
  return { artifacts, findings };
}

function json(path: string, data: unknown): Artifact {
  return { path, content: `${JSON.stringify(data, undefined, 2)}\n` };
}
