import { createPolicy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { hookFile, loadHookFile } from '../../okta/src/compile/hook-file.ts';
import type { HookPolicy } from '../../okta/src/platform/policy.ts';
import { settings } from '../../okta/src/settings.ts';

export const secret = 'Bearer 5d41402abc4b2a76b9719d91';

export const header = { kind: 'header', secrets: [secret] } as const;

/** A claim that needs nothing but the request. */
export const plainSpec = `
version: 1
name: shop
owner: identity@acme.example
claims:
  login: { value: user.username, kind: authoritative }
`;

/** The `policy.mjs` of a spec in YAML; throws with the findings if the spec is not a policy. */
export function policyText(spec: string): string {
  const read = readSpec({ file: 'enrichment.yaml', text: spec }, { okta: settings });
  if (read.spec === undefined) throw new Error(JSON.stringify(read.findings));
  const { policy, findings } = createPolicy(read.spec, read.source);
  if (policy === undefined) throw new Error(JSON.stringify(findings));
  return hookFile(policy, policy, { ...settings.parse({}), exchange: false }, []);
}

export function servedPolicy(spec = plainSpec): HookPolicy {
  return loadHookFile(policyText(spec));
}

let events = 0;

/** A request of Okta's for an access token of a user, as far as the hook reads it. */
export function tokenRequest(login = 'ada@acme.example', claims: object = {}): string {
  return JSON.stringify({
    eventId: `event-${process.pid}-${events++}`,
    eventTime: new Date().toISOString(),
    eventType: 'com.okta.oauth2.tokens.transform',
    source: 'https://acme.okta.example/oauth2/default/v1/authorize',
    data: {
      context: {
        request: { method: 'GET', url: { value: 'https://acme.okta.example/oauth2/default/v1/authorize' } },
        protocol: {
          type: 'OAUTH2.0',
          request: { grant_type: 'authorization_code', scope: 'payments.read' },
          client: { id: 'client-1', name: 'Shop', type: 'PUBLIC' },
        },
        session: { id: 'session-1', userId: 'user-1' },
        user: { id: 'user-1', profile: { login, firstName: 'Ada', lastName: 'Acme' } },
      },
      access: {
        claims: { aud: 'api://shop', sub: login, uid: 'user-1', ...claims },
        scopes: { 'payments.read': { id: 'scope-1', action: 'GRANT' } },
        token: { lifetime: { expiration: 3600 } },
      },
    },
  });
}

/** Calls the hook as Okta does. */
export async function call(url: string, body = tokenRequest(), credential = secret): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: credential, 'content-type': 'application/json' },
    body,
  });
  return response.json();
}

/** The answer that adds claims to the access token. */
export function added(claims: Readonly<Record<string, unknown>>) {
  const value = Object.entries(claims).map(([name, value]) => ({
    op: 'add',
    path: `/claims/${name}`,
    value,
  }));
  return { commands: [{ type: 'com.okta.access.patch', value }] };
}
