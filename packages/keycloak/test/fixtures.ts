import { readFileSync } from 'node:fs';
import { createPolicy, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { settings } from '../src/settings.ts';

/** The policy of a spec in YAML; throws with the findings if the spec is not a policy. */
export function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, { keycloak: settings });
  if (spec === undefined) throw new Error(JSON.stringify(findings));
  const created = createPolicy(spec, source);
  if (created.policy === undefined) throw new Error(JSON.stringify(created.findings));
  return created.policy;
}

/** examples/payments with settings for Keycloak alone. */
export function paymentsSpec(keycloak: string): string {
  const path = new URL('../../../examples/payments/enrichment.yaml', import.meta.url);
  return readFileSync(path, 'utf8')
    .replace(/ as: \{[^}]*\}.*/g, '')
    .replace(/^issuers:[\s\S]*$/m, `issuers: { keycloak: ${keycloak} }\n`);
}
