/** Tokens of examples/payments by the policy script, as the simulator issues them. */
import type { Compilation, Issuance, Surroundings } from '@claimsmith/core';
import { type ClientScope, keycloak } from '../src/index.ts';
import { paymentsSpec, policyOf } from './fixtures.ts';
import { mapper } from './world.ts';

export const spec = paymentsSpec('{ realm: payments, scripts: true, audience: "urn:api" }');
export const person = {
  user: {
    id: 'u1',
    name: 'Ada L',
    roles: ['payments:approver', 'crm:admin'],
    groups: ['staff'],
    attributes: { country: 'DE', approval_limit: 12.5, accounts: ['a1'] },
  },
  org: { id: 'o1' },
  client: { id: 'web' },
  request: { grant_type: 'authorization_code', scopes: ['openid', 'payments.approve'] },
  subject_type: 'human',
};
export const machine = {
  org: { id: 'o1' },
  client: { id: 'job' },
  request: { grant_type: 'client_credentials', scopes: [] },
  subject_type: 'machine',
};

/** What a realm, a client or a server has otherwise than built. */
export interface Changes {
  readonly compilation?: (built: Compilation) => Compilation;
  readonly event?: Readonly<Record<string, Readonly<Record<string, unknown>> | string>>;
  readonly secrets?: Readonly<Record<string, string>>;
}

export type Answer = (url: string, signal: AbortSignal | undefined) => Promise<Response>;

const answers: Answer = async () => Response.json({ plan: 'gold', features: ['é'] });

/** What Keycloak signs, and what was asked meanwhile. */
export async function issued(
  context: Readonly<Record<string, unknown>>,
  {
    text = spec,
    answer = answers,
    compilation = (built) => built,
    event = {},
    secrets = {},
  }: { readonly text?: string; readonly answer?: Answer } & Changes = {},
): Promise<Issuance & { readonly asked: readonly string[] }> {
  const policy = policyOf(text);
  const asked: string[] = [];
  const around: Surroundings = {
    fetch: (url, { signal }) => {
      asked.push(url);
      return answer(url, signal);
    },
    answer: () => ({ fails: 'network' }),
    secrets: {
      ENTITLEMENTS_TOKEN: 'token',
      LINE: 'a\nb',
      PLAIN: 'http://s.example',
      OPEN: 'https://a:b@s.example',
      FILE: 'file://localhost/etc',
      ...secrets,
    },
    nowSeconds: 1_795_132_800,
  };
  const known = keycloak.simulator.eventFrom(context, policy);
  const changed = Object.entries(event).map(([part, more]) => [
    part,
    typeof more === 'string' ? more : { ...Object(known.event[part]), ...more },
  ]);
  const issuance = await keycloak.simulator.simulate(
    compilation(await keycloak.compile(policy)),
    { ...known, event: { ...known.event, ...Object.fromEntries(changed) } },
    around,
  );
  return { ...issuance, asked };
}

/** Other mappers of the realm, which write what is the policy's. */
export function withOthers(built: Compilation): Compilation {
  const writing = (provider: string, config: Readonly<Record<string, string>>) => ({
    ...mapper(provider, config),
  });
  return withScopes(built, (all) =>
    all.map((one) =>
      one.name !== 'claimsmith.payments'
        ? one
        : {
            ...one,
            protocolMappers: [
              ...one.protocolMappers,
              writing('oidc-audience-mapper', {
                'included.custom.audience': 'urn:api',
                'id.token.claim': 'false',
              }),
              writing('oidc-hardcoded-claim-mapper', { 'claim.name': 'tenant_id', 'claim.value': 'x' }),
              writing('oidc-hardcoded-claim-mapper', { 'claim.name': 'policy', 'claim.value': 'x' }),
            ],
          },
    ),
  );
}

/** A compilation whose client scopes are changed in a realm that is there already. */
export function withScopes(
  built: Compilation,
  change: (scopes: ClientScope[]) => ClientScope[],
): Compilation {
  const artifacts = built.artifacts.flatMap((artifact) => {
    if (artifact.path === 'realm.json') return [];
    if (artifact.path !== 'client-scopes.json') return [artifact];
    const { clientScopes, ...rest } = JSON.parse(artifact.content);
    return [{ ...artifact, content: JSON.stringify({ ...rest, clientScopes: change(clientScopes) }) }];
  });
  return { ...built, artifacts };
}
