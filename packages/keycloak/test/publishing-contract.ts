/** The contract that all targets keep, at a real server behind a proxy that makes faults. */
import type { Policy } from '@claimsmith/core';
import { type Admin, adminOf } from '../../../tools/keycloak/admin.ts';
import type { Keycloak } from '../../../tools/keycloak/server.ts';
import { targetContract, type Vendor } from '../../../tools/publishing/contract.ts';
import { type StandInAnswer, type StandInRequest, startStandIn } from '../../../tools/stand-ins/server.ts';
import { target } from '../src/target.ts';
import { policyOf } from './fixtures.ts';
import { addAttribute, newRealm, othersOf, scopesOf } from './publishing-realm.ts';

const spec = (claims: string) =>
  policyOf(`version: 1
name: shop
user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive, subjects: [human, machine, agent] }
${claims}
issuers: { keycloak: { realm: shop, audience: "urn:shop", clients: [web] } }
`);

/** A value changes, one claim comes, and one goes. */
const policies: Readonly<Record<1 | 2, Policy>> = {
  1: spec('  level: { const: 1, kind: descriptive }\n  gone: { const: true, kind: descriptive }'),
  2: spec('  level: { const: 2, kind: descriptive }\n  new: { const: true, kind: descriptive }'),
};

export function contractAgainstServer(keycloak: Keycloak): void {
  let count = 0;
  targetContract('Keycloak, a real one', {
    open: () => openRealm(keycloak, `contract-${count++}`),
    variables: { ADMIN_PASSWORD: keycloak.admin.password },
    // A realm for each try takes a while.
    sparseness: 4,
    // Users may have values.
    staying: ['user profile attribute tier'],
    timeoutMs: 3_000,
  });
}

async function openRealm(keycloak: Keycloak, name: string): Promise<Vendor> {
  const admin = adminOf(keycloak);
  const realm = await newRealm(admin, name);
  const proxy = await startStandIn((request) => forward(keycloak.url, request));
  const isLogin = ({ path }: Pick<StandInRequest, 'path'>) => path.endsWith('/openid-connect/token');
  return {
    place: async (version, access) => {
      const { username } = keycloak.admin;
      const entry = { url: proxy.url, realm, username, password: { env: 'ADMIN_PASSWORD' } };
      const [place] = await target.places(policies[version], target.settings.parse(entry), access);
      if (place === undefined) throw new Error('no place');
      return place;
    },
    get requests() {
      return proxy.requests.filter((request) => !isLogin(request));
    },
    setFault: (fault) => {
      proxy.fault = fault && ((request) => (isLogin(request) ? undefined : fault(request)));
    },
    others: () => othersOf(admin, realm),
    meddle: () => changeLevel(admin, realm),
    meddleWithOthers: () => addAttribute(admin, realm, othersAttribute),
    occupy: async () => {
      await admin.post(`/${realm}/client-scopes`, { name: 'claimsmith.shop', protocol: 'openid-connect' });
      return 'client scope claimsmith.shop';
    },
    close: async () => {
      await proxy.close();
      await admin.delete(`/${realm}`);
    },
  };
}

const othersAttribute = {
  name: 'shoe-size',
  displayName: 'Shoe size',
  permissions: { view: ['admin'], edit: ['admin'] },
};

async function changeLevel(admin: Admin, realm: string): Promise<string> {
  const scope = (await scopesOf(admin, realm)).find(({ name }) => name === 'claimsmith.shop');
  const mappers = scope?.['protocolMappers'];
  const level = (Array.isArray(mappers) ? mappers : []).find(({ name }) => name === 'level');
  await admin.put(`/${realm}/client-scopes/${scope?.['id']}/protocol-mappers/models/${level.id}`, {
    ...level,
    config: { ...level.config, 'claim.value': '9' },
  });
  return 'mapper claimsmith.shop: level';
}

/** Sends a request on to the server, and its answer back. */
async function forward(
  url: string,
  { method, path, query, headers, body }: StandInRequest,
): Promise<StandInAnswer> {
  const type = headers['content-type'] ?? 'application/json';
  const isForm = type.startsWith('application/x-www-form-urlencoded');
  const text = isForm ? new URLSearchParams(Object(body)).toString() : JSON.stringify(body);
  const search = query.size === 0 ? '' : `?${query}`;
  const response = await fetch(`${url}${path}${search}`, {
    method,
    headers: {
      'content-type': type,
      ...(headers.authorization === undefined ? {} : { authorization: headers.authorization }),
    },
    ...(body === undefined ? {} : { body: text }),
  });
  const location = response.headers.get('location');
  const answer = await response.text();
  return {
    status: response.status,
    ...(answer === '' ? {} : { body: JSON.parse(answer) }),
    ...(location === null ? {} : { headers: { location } }),
  };
}
