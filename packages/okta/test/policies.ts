import { createPolicy, type Finding, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { settings } from '../src/settings.ts';

/** Reads and compiles a spec as text; the head is added. */
export function compileSpec(body: string): {
  readonly policy: Policy | undefined;
  readonly findings: readonly Finding[];
} {
  const text = `version: 1\nname: test\n${body}`;
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, { okta: settings });
  if (spec === undefined) return { policy: undefined, findings };
  const created = createPolicy(spec, source);
  return { policy: created.policy, findings: [...findings, ...created.findings] };
}

export function policyOf(body: string): Policy {
  const { policy, findings } = compileSpec(body);
  if (policy === undefined)
    throw new Error(`not a policy: ${findings.map(({ message, help }) => `${message} ${help}`).join(' | ')}`);
  return policy;
}
