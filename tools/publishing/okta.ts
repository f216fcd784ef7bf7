/** An Okta org for tests: the stand-in, the real target, and the real hook server. */
import { type Access, createPolicy, mappingOf, type Place, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { settings as oktaSettings } from '../../packages/okta/src/settings.ts';
import { target } from '../../packages/okta/src/target.ts';
import { localServer } from '../../packages/okta-server/src/local-server.ts';
import { type OktaOptions, type OktaStandIn, startOkta } from '../stand-ins/okta/index.ts';
import { newId, nowText } from '../stand-ins/okta/org.ts';
import type { Body } from '../stand-ins/okta/shapes.ts';
import type { Vendor } from './contract.ts';

export const hookSecret = 'canary-hook-secret-5d41402a';
export const apiToken = 'canary-api-token-7b8b965ad4bca';

export const variables = { HOOK_SECRET: hookSecret, OKTA_TOKEN: apiToken } as const;

/** The first version of a shop's policy: native claims, a claim of the hook with a feeder, a denial, and a guard. */
export const firstSpec = `
version: 1
name: shop
owner: identity@acme.example
lifetime: { access: 10m }
user: { attributes: { department: string, division: string } }
claims:
  department:
    value: user.attributes.department
    when: subject_type == "human"
    onMissing: omit
    kind: descriptive
  admin:
    value: '"shop:admin" in user.groups'
    when: subject_type == "human"
    kind: authoritative
    consumers: [shop-api]
  tier: { value: '"basic"', kind: descriptive }
  roles:
    value: user.groups.filter(g, g.startsWith("shop:"))
    when: subject_type == "human"
    kind: authoritative
    maxItems: 20
    consumers: [shop-api]
deny:
  - when: subject_type == "human" && user.groups.exists(g, g == "suspended")
    reason: account_suspended
issuers:
  okta: { audience: https://shop.acme.example/, guard: [sentinel] }
`;

/** Another one: a claim more, one less, a changed one, and another feeder. */
export const secondSpec = firstSpec
  .replace(
    '  department:\n    value: user.attributes.department',
    '  division:\n    value: user.attributes.division',
  )
  .replace('"basic"', '"plus"')
  .replace('"shop:"', '"store:"');

export function policyOf(text: string): Policy {
  const { spec, source, findings } = readSpec({ file: 'enrichment.yaml', text }, { okta: oktaSettings });
  if (spec === undefined) throw new Error(JSON.stringify(findings));
  const { policy, findings: more } = createPolicy(spec, source);
  if (policy === undefined) throw new Error(JSON.stringify(more));
  return policy;
}

/** A hook server that runs any version of a policy. */
export interface HookServer {
  readonly address: string;
  deploy(policy: Policy): Promise<void>;
  close(): Promise<void>;
}

export async function startHook(policy: Policy): Promise<HookServer> {
  const compiled = async (one: Policy) =>
    (await import('../../packages/okta/src/compile/compile.ts')).compile(one);
  const server = await localServer.start(await compiled(policy), {
    environment: { HOOK_SECRET: hookSecret, LOG_LEVEL: 'fatal' },
    port: '0',
  });
  if (server === undefined) throw new Error('The policy needs no hook');
  return {
    address: server.address,
    deploy: async (next) => server.replace(await compiled(next)),
    close: () => server.close(),
  };
}

export const plainEntry = (org: OktaStandIn, hookUrl: string) => ({
  orgUrl: org.url,
  token: { env: 'OKTA_TOKEN' },
  hookUrl,
  hookSecret: { env: 'HOOK_SECRET' },
});

export async function placeAt(policy: Policy, entry: object, access: Access): Promise<Place> {
  const [place] = await target.places(policy, target.settings.parse(entry), access);
  if (place === undefined) throw new Error('The target names no place');
  return place;
}

export function startOrg(options: Partial<OktaOptions> = {}): Promise<OktaStandIn> {
  return startOkta({ apiTokens: [{ token: apiToken }], limitPerMinute: 1_000_000, ...options });
}

/** Claims, hooks and rules of other people. */
export function addOthers({ org }: OktaStandIn, count = 0): void {
  const [server] = [...org.servers.values()];
  if (server === undefined) return;
  const claim = (name: string): Body => ({
    id: newId('ocl'),
    name,
    status: 'ACTIVE',
    claimType: 'RESOURCE',
    valueType: 'EXPRESSION',
    value: '"theirs"',
    conditions: { scopes: [] },
    system: false,
    alwaysIncludeInToken: true,
    apiResourceId: null,
  });
  const hook = (name: string) => ({
    shown: {
      id: newId('cal'),
      status: 'ACTIVE',
      name,
      type: 'com.okta.oauth2.tokens.transform',
      version: '1.0.0',
      channel: {
        type: 'HTTP',
        version: '1.0.0',
        config: { uri: 'https://theirs.acme.example/hook', headers: [], method: 'POST', authScheme: null },
      },
      created: nowText(),
      lastUpdated: nowText(),
    } satisfies Body,
    secret: undefined,
  });
  for (let i = 0; i <= count; i++) {
    const one = claim(`theirs_${i}`);
    server.claims.set(String(one['id']), one);
    const other = hook(`theirs ${i}`);
    org.hooks.set(other.shown.id, other);
  }
  for (const { rules } of server.policies.values()) {
    for (const rule of rules.values()) {
      // Fields that we know nothing of.
      rule['somethingNew'] = { level: 3 };
      const token = mappingOf(mappingOf(rule['actions'])['token']);
      rule['actions'] = { token: { ...token, newTokenField: 'kept' } };
    }
  }
}

/** All that is not ours. What the policy sets of rules and servers is left out. */
export function othersOf({ org }: OktaStandIn): unknown {
  const theirs = (name: unknown) => /^(theirs|sub$)/.test(String(name));
  return {
    hooks: [...org.hooks.values()].map(({ shown }) => shown).filter(({ name }) => theirs(name)),
    servers: [...org.servers.values()].map(({ shown, claims, policies, scopes }) => ({
      shown: { ...shown, audiences: undefined, lastUpdated: undefined },
      claims: [...claims.values()].filter(({ name, system }) => system === true || theirs(name)),
      scopes: [...scopes.values()].filter(({ description }) => !String(description).includes('Claimsmith')),
      policies: [...policies.values()].map(({ shown: policy, rules }) => ({
        policy,
        rules: [...rules.values()].map((rule) => ({
          ...rule,
          lastUpdated: undefined,
          actions: actionsOf(rule),
        })),
      })),
    })),
    schema: org.schema.custom,
  };
}

function actionsOf(rule: Body): unknown {
  const {
    inlineHook: _,
    accessTokenLifetimeMinutes: _minutes,
    ...token
  } = mappingOf(mappingOf(rule['actions'])['token']);
  return { ...mappingOf(rule['actions']), token };
}

/** The vendor of the contract. Whoever deploys the hook server does it in time; other tests look at that. */
export async function openOkta(): Promise<Vendor> {
  const standIn = await startOrg();
  addOthers(standIn);
  const { org } = standIn;
  const [server] = [...org.servers.values()];
  if (server === undefined) throw new Error('The org has no authorization server');
  const policies = { 1: policyOf(firstSpec), 2: policyOf(secondSpec) } as const;
  const entry = plainEntry(standIn, 'https://hook.acme.example/okta/token-hook');
  const claimNamed = (name: string) => [...server.claims.values()].find((claim) => claim['name'] === name);
  return {
    async place(version, access) {
      const { awaits: _, ...place } = await placeAt(policies[version], entry, access);
      return place;
    },
    requests: standIn.requests,
    setFault(fault) {
      standIn.fault = fault;
    },
    others: async () => structuredClone(othersOf(standIn)),
    meddle: async () => {
      Object.assign(claimNamed('tier') ?? {}, { value: '"changed by hand"' });
      return 'claim RESOURCE tier';
    },
    meddleWithOthers: async () => {
      addOthers(standIn);
      for (const { rules } of server.policies.values())
        for (const rule of rules.values()) rule['priority'] = 7;
    },
    occupy: async () => {
      addOthers(standIn);
      const occupied = claimNamed('theirs_0');
      Object.assign(occupied ?? {}, { name: 'tier' });
      return 'claim RESOURCE tier';
    },
    close: () => standIn.close(),
  };
}
