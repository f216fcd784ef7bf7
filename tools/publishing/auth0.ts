/** A stand-in for an Auth0 tenant that others use, too, as a vendor of the contract suite. */
import type { Access, Compilation, Place, Policy } from '@claimsmith/core';
import { target } from '../../packages/auth0/src/target.ts';
import { policyOf } from '../../packages/auth0/test/fixtures.ts';
import { addVersion } from '../stand-ins/auth0/drafts.ts';
import { type Action, newId } from '../stand-ins/auth0/tenant.ts';
import { type Auth0StandIn, type Options, startAuth0 } from '../stand-ins/auth0.ts';
import type { Vendor } from './contract.ts';

const api = 'https://api.acme.example';

/** The second version changes a claim, adds a source with its own secret, drops a trigger, and allows longer tokens. */
export const specs: Readonly<Record<1 | 2, string>> = {
  1: `
version: 1
name: payments
lifetime: { access: 10m }
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
  plan: { value: plans.plan, kind: descriptive }
sources:
  plans:
    http: { url: "https://plans.acme.example/{user.id}", headers: { authorization: "Bearer \${PLANS_TOKEN}" } }
    returns: { plan: string }
`,
  2: `
version: 1
name: payments
lifetime: { access: 30m }
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier + "!", kind: descriptive }
  limit: { value: limits.limit, kind: descriptive }
sources:
  limits:
    http: { url: "https://limits.acme.example/{user.id}", headers: { authorization: "Bearer \${LIMITS_TOKEN}" } }
    returns: { limit: int }
issuers: { auth0: { triggers: [post-login] } }
`,
};

export const variables = {
  AUTH0_SECRET: 'planted-client-secret',
  PLANS_TOKEN: 'planted-plans-token',
  LIMITS_TOKEN: 'planted-limits-token',
} as const;

export const settings = {
  PLANS_TOKEN: { env: 'PLANS_TOKEN' },
  LIMITS_TOKEN: { env: 'LIMITS_TOKEN' },
} as const;

/** What each version was compiled to; it takes a while. */
const compiled = new Map<string, { policy: Policy; compilation: Promise<Compilation> }>();

/** The place of a spec at a stand-in. */
export async function placeAt(
  { url }: Pick<Auth0StandIn, 'url'>,
  spec: string,
  access: Access,
  more: object = {},
): Promise<Place> {
  const usual = { domain: url, clientId: 'claimsmith', clientSecret: { env: 'AUTH0_SECRET' }, api };
  const merged = Object.entries({ ...usual, ...more });
  const entry = Object.fromEntries(merged.filter(([, value]) => value !== undefined));
  const known = compiled.get(spec);
  const policy = known?.policy ?? policyOf(spec);
  const [place] = await target.places(policy, target.settings.parse(entry), access);
  if (place === undefined) throw new Error('no place');
  if (known === undefined) compiled.set(spec, { policy, compilation: place.compile() });
  return { ...place, compile: async () => (await compiled.get(spec)?.compilation) ?? place.compile() };
}

/** A tenant with an API and, bound to the trigger of logins, some Actions of other teams. */
export async function startTenant(others = 3, options: Options = {}): Promise<Auth0StandIn> {
  const standIn = await startAuth0({
    clients: { claimsmith: { secret: variables.AUTH0_SECRET, scopes: allNeeded } },
    apis: [api],
    ...options,
  });
  for (let index = 0; index < others; index++) bindOther(standIn, `their ${index}`);
  return standIn;
}

export const allNeeded: readonly string[] = [
  ...['read', 'create', 'update', 'delete'].map((verb) => `${verb}:actions`),
  'read:resource_servers',
  'update:resource_servers',
];

/** An Action as somebody has made it in the dashboard: deployed. */
export function addAction({ tenant }: Auth0StandIn, name: string, code: string): Action {
  const now = tenant.now();
  const action: Action = {
    ...{ id: newId(), name, code, dependencies: [], runtime: 'node22', secrets: [], modules: [] },
    ...{ supported_triggers: [{ id: 'post-login', version: 'v3' }], created_at: now, updated_at: now },
    ...{ build: ['built'], isDirty: false, versions: [], deployed: undefined, nextNumber: 1 },
  };
  tenant.actions.set(action.id, action);
  deploy({ tenant }, action);
  return action;
}

function deploy({ tenant }: Pick<Auth0StandIn, 'tenant'>, action: Action): void {
  addVersion(tenant, action, action).pendingRequests = 0;
}

export function bindOther(standIn: Auth0StandIn, name: string): void {
  const { tenant } = standIn;
  const { id } = addAction(standIn, name, '// theirs');
  const list = tenant.bindings.get('post-login') ?? [];
  const entry = { id: newId(), action: id, display_name: `${name} (shown)`, created_at: tenant.now() };
  tenant.bindings.set('post-login', [...list, entry]);
}

/** The Action of a name, changed and deployed by hand. */
export function changeByHand({ tenant }: Auth0StandIn, name: string, change: (code: string) => string): void {
  for (const action of tenant.actions.values()) {
    if (action.name !== name) continue;
    action.code = change(action.code);
    deploy({ tenant }, action);
  }
}

/** What is not ours: Actions of other names, their bindings in order, and what an API has besides its lifetimes. */
export function othersAt({ tenant }: Auth0StandIn): unknown {
  const isOurs = (name: string | undefined) => name?.startsWith('payments-') === true;
  return {
    actions: [...tenant.actions.values()]
      .filter(({ name }) => !isOurs(name))
      .map((action) => ({ ...action })),
    bindings: [...tenant.bindings]
      .map(([trigger, list]) => [
        trigger,
        list
          .filter(({ action }) => !isOurs(tenant.actions.get(action)?.name))
          .map(({ action, display_name }) => [action, display_name]),
      ])
      .filter(([, list]) => list?.length),
    apis: [...tenant.apis.values()].map(
      ({ token_lifetime: _, token_lifetime_for_web: __, ...others }) => others,
    ),
  };
}

export async function openAuth0(): Promise<Vendor> {
  const standIn = await startTenant();
  return {
    place: (version, access) => placeAt(standIn, specs[version], access),
    get requests() {
      return standIn.requests.filter(({ path }) => path !== '/oauth/token');
    },
    setFault(fault) {
      standIn.fault = fault && ((request) => (request.path === '/oauth/token' ? undefined : fault(request)));
    },
    others: async () => othersAt(standIn),
    meddle: async () => {
      changeByHand(standIn, 'payments-post-login', (code) => `${code}// changed by hand\n`);
      return 'Action payments-post-login';
    },
    meddleWithOthers: async () => bindOther(standIn, 'a new one'),
    occupy: async () => {
      addAction(standIn, 'payments-post-login', '// somebody else');
      return 'Action payments-post-login';
    },
    close: () => standIn.close(),
  };
}
