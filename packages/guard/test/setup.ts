import { readFileSync } from 'node:fs';
import { createGuard, type GuardOptions, readContract } from '@claimsmith/guard';
import { type Apis, fingerprint } from '../../../examples/payments/service/contract.ts';
import {
  client,
  type Issued,
  type IssuerId,
  type LocalIssuer,
} from '../../../examples/payments/service/local-issuer.ts';

export const audience = 'https://payments.acme.example/';
export const issuerIds = ['auth0', 'cognito', 'keycloak', 'okta'] as const;

const file = new URL('../../../examples/payments/service/contract.json', import.meta.url);
export const contractData: unknown = JSON.parse(readFileSync(file, 'utf8'));
export const contract = readContract<Apis>(contractData, fingerprint);
export const revision = contract.policy.revision;

/** What a person's token of the policy says, at an issuer. */
export function ofPerson(id: IssuerId): Issued {
  const claims = contract.apis[audience]?.claims ?? {};
  const values = {
    tenant_id: 'org_acme',
    roles: ['approver'],
    features: ['sepa'],
    plan: 'gold',
    approval_limit: 5000,
  };
  const named = Object.entries(values).map(([name, value]) => [claims[name]?.names[id] ?? name, value]);
  return {
    access: { ...Object.fromEntries(named), policy: revision },
    scopes: ['openid', 'payments.approve'],
    audiences: [audience],
  };
}

type Options = Partial<GuardOptions<Apis, typeof audience>>;

/** A guard that accepts the local issuers' tokens. */
export function guardOf(issuer: LocalIssuer, options: Options = {}) {
  const issuers = {
    auth0: { issuer: issuer.address('auth0') },
    cognito: { issuer: issuer.address('cognito'), clients: [client] },
    keycloak: { issuer: issuer.address('keycloak') },
    okta: { issuer: issuer.address('okta') },
  };
  return createGuard({ contract, audience, issuers, ...options });
}
