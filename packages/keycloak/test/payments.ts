/** examples/payments on a real server: the built realm and script, people to try it with, and all that can break. */
import { createServer, type ServerResponse } from 'node:http';
import type { Compilation, Policy } from '@claimsmith/core';
import { compile } from '../src/compile/compile.ts';
import { jar } from '../src/compile/jar.ts';
import type { ClientScope } from '../src/representation.ts';
import { paymentsSpec, policyOf } from './fixtures.ts';
import { password, secret } from './world.ts';

export const audience = 'https://payments.acme.example/';
export const settingsOfServer = { ENTITLEMENTS_TOKEN: 'token-of-the-source' };

/** A server of entitlements. Users are named after what becomes of the question. */
export interface EntitlementsServer {
  readonly origin: string;
  /** Paths asked for, with the authorization header. */
  readonly asked: readonly string[];
  stop(): void;
}

export const entitlements = { plan: 'gold', features: ['sepa', 'instant'] };

export async function serveEntitlements(): Promise<EntitlementsServer> {
  const asked: string[] = [];
  const server = createServer(({ url, headers }, response) => {
    asked.push(`${url} ${headers.authorization}`);
    answer(decodeURIComponent(url?.split('/').at(-1) ?? ''), response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    asked,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What the source says to a user, or how it does not. */
function answer(user: string, response: ServerResponse): void {
  const json = (body: unknown, status = 200) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  switch (user) {
    case 'cut':
      return void response.destroy();
    case 'hanging':
      return;
    case 'dripping': {
      response.writeHead(200, { 'content-type': 'application/json' });
      const drip = setInterval(() => response.write(' '), 50);
      return void response.once('close', () => clearInterval(drip));
    }
    case 'failing':
      return void json({}, 500);
    case 'forbidden':
      return void json({}, 403);
    case 'redirecting':
      return void response.writeHead(302, { location: '/v1/users/ada' }).end();
    case 'html':
      return void response.end('<html>');
    case 'garbled':
      return void response.end(Buffer.from([0x22, 0xff, 0xfe, 0x22]));
    case 'large':
      return void json({ plan: 'x'.repeat(1_000_000), features: [] });
    case 'odd':
      return void json({ plan: 7, features: 'sepa' });
    case 'empty':
      return void json({ plan: 'free', features: [] });
    case 'unicode':
      return void json({ plan: 'größe ✓ 𝔘 "\\', features: ['é'] });
    default:
      return void json(entitlements);
  }
}

/** The same as a response, for the simulator. */
export function answerTo(user: string): Response | Promise<Response> {
  switch (user) {
    case 'cut':
      return Promise.reject(new TypeError('fetch failed'));
    case 'hanging':
    case 'dripping':
      return new Promise(() => undefined);
    case 'failing':
      return new Response('{}', { status: 500 });
    case 'forbidden':
      return new Response('{}', { status: 403 });
    case 'redirecting':
      return new Response(null, { status: 302, headers: { location: '/v1/users/ada' } });
    case 'html':
      return new Response('<html>');
    case 'garbled':
      return new Response(new Uint8Array([0x22, 0xff, 0xfe, 0x22]));
    case 'large':
      return Response.json({ plan: 'x'.repeat(1_000_000), features: [] });
    case 'odd':
      return Response.json({ plan: 7, features: 'sepa' });
    case 'empty':
      return Response.json({ plan: 'free', features: [] });
    case 'unicode':
      return Response.json({ plan: 'größe ✓ 𝔘 "\\', features: ['é'] });
    default:
      return Response.json(entitlements);
  }
}

/** Users whose source does not answer as it should: they get no token that is worth anything. */
export const unanswered = [
  ...['cut', 'hanging', 'dripping', 'failing', 'forbidden', 'redirecting', 'html', 'garbled', 'large', 'odd'],
];

export interface Person {
  readonly id: string;
  readonly firstName: string;
  readonly lastName?: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly attributes: Readonly<Record<string, readonly string[]>>;
  readonly isMember: boolean;
}

const ada: Person = {
  id: 'ada',
  firstName: 'Ada',
  lastName: 'Approver',
  roles: ['payments:approver', 'payments:viewer', 'crm:admin'],
  groups: ['staff'],
  attributes: { country: ['DE'], approval_limit: ['5000'], accounts: ['a1', 'a2'] },
  isMember: true,
};

/** Users who may have offline tokens, and what becomes of them. */
const offlinePeople = ['offline', 'offline-openid', 'offline-login', 'offline-outage'];

export const people: readonly Person[] = [
  ada,
  {
    ...ada,
    id: 'viewer',
    roles: ['payments:viewer'],
    attributes: { country: ['US'], approval_limit: ['0.5'] },
  },
  { ...ada, id: 'nobody', firstName: 'Nobody', roles: [], groups: [] },
  { ...ada, id: 'abroad', attributes: { country: ['ZZ'], approval_limit: ['1e3'] } },
  { ...ada, id: 'limitless', attributes: { country: ['FR'] } },
  { ...ada, id: 'nonsense', attributes: { country: ['FR'], approval_limit: ['much'] } },
  { ...ada, id: 'homeless', isMember: false },
  { ...ada, id: 'suspended', groups: ['staff', 'suspended'] },
  { ...ada, id: 'manyroles', roles: Array.from({ length: 21 }, (_, index) => `payments:r${index}`) },
  { ...ada, id: 'enough', roles: Array.from({ length: 20 }, (_, index) => `payments:r${index}`) },
  { ...ada, id: 'empty' },
  { ...ada, id: 'unicode', firstName: 'Ünï', lastName: '✓ 𝔘' },
  ...unanswered.map((id) => ({ ...ada, id })),
  // Changed by a test each.
  ...['becomes-suspended', 'loses-role', 'exchanged', 'introspected'].map((id) => ({ ...ada, id })),
  ...offlinePeople.map((id) => ({ ...ada, id, roles: [...ada.roles, 'offline_access'] })),
];

export interface Payments {
  readonly policy: Policy;
  readonly compilation: Compilation;
  /** The same realm by another name, of the same server. */
  readonly otherRealm: Readonly<Record<string, unknown>>;
  /** To be put into the providers folder. */
  readonly jars: Readonly<Record<string, Uint8Array>>;
  readonly realm: Readonly<Record<string, unknown>>;
}

/** Clients of the realm: enriched as built; and as nobody wants it. */
export const clients = {
  built: 'payments-app',
  /** Without any of ours. */
  plain: 'plain-app',
  /** Exchanges tokens of `plain`. */
  exchanger: 'exchanger',
  /** With client scopes that did not come with the script. */
  unfit: ['stale', 'unmarked'],
  broken: ['throwing', 'deciding', 'modern', 'absent', 'misreading'],
} as const;

/** The policy built against a source, and scripts that are broken in every way. */
export async function buildPayments(origin: string): Promise<Payments> {
  const spec = paymentsSpec(`{ realm: claimsmith-payments, scripts: true, audience: "${audience}" }`);
  const policy = policyOf(spec.replace('https://entitlements.acme.example', origin));
  const compilation = await compile(policy);
  const [realm, script] = ['realm.json', 'claimsmith-payments.js'].map(
    (name) => compilation.artifacts.find(({ path }) => path === name)?.content,
  );
  if (realm === undefined || script === undefined) throw new Error(JSON.stringify(compilation.findings));
  const built = compilation.artifacts.find(({ path }) => path.endsWith('.jar'));
  const broken: Readonly<Record<string, string>> = {
    throwing: `throw new Error('broken');\n${script}`,
    deciding: script.replace('function decideAsking(policy, answers) {', "$& throw new Error('broken');"),
    modern: `let modern = () => \`text\`;\n${script}`,
    misreading: script.replace('JSON.parse(reply', 'nothing.at.all(reply'),
  };
  const unbroken = Object.entries(broken).find(([, text]) => text === script)?.[0];
  if (unbroken !== undefined) throw new Error(`${unbroken} is not broken`);
  return {
    policy,
    compilation,
    jars: {
      'claimsmith-payments.jar': Buffer.from(built?.content ?? '', 'base64'),
      ...Object.fromEntries(
        Object.entries(broken).map(([name, text]) => [
          `${name}.jar`,
          jar({
            'META-INF/keycloak-scripts.json': JSON.stringify({ mappers: [{ name, fileName: `${name}.js` }] }),
            [`${name}.js`]: text,
          }),
        ]),
      ),
    },
    realm: withPeople(JSON.parse(realm)),
    otherRealm: { ...Object(withoutIds(withPeople(JSON.parse(realm)))), realm: 'claimsmith-elsewhere' },
  };
}

/** Ids are of one server, not of one realm. */
function withoutIds(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (key, member) => (key === 'id' ? undefined : member)));
}

interface RealmFile {
  readonly clientScopes: readonly ClientScope[];
  readonly roles: object;
}

/** The built realm, with people, clients that may log them in, and client scopes with the broken scripts. */
function withPeople({ clientScopes, roles, ...rest }: RealmFile): Readonly<Record<string, unknown>> {
  const base = ['profile', 'email', 'roles', 'web-origins', 'acr', 'basic'];
  const built = clientScopes.find(({ name }) => name === 'claimsmith.payments');
  if (built === undefined) throw new Error('no client scope of the policy');
  const scopes = [
    ...clientScopes,
    ...clients.broken.map((name) => renamed(built, name, `script-${name}.js`)),
    ...clients.unfit.map((name) => ({
      ...renamed(built, name, 'script-claimsmith-payments.js'),
      name: `claimsmith.payments.${name}`,
      attributes: name === 'stale' ? { ...built.attributes, 'claimsmith.revision': '0badcafe' } : {},
    })),
    audienceOf(clients.exchanger),
  ];
  const client = (clientId: string, defaultClientScopes: readonly string[]) => ({
    clientId,
    enabled: true,
    secret,
    publicClient: false,
    directAccessGrantsEnabled: true,
    serviceAccountsEnabled: true,
    standardFlowEnabled: true,
    redirectUris: ['http://127.0.0.1/callback'],
    attributes: {
      'standard.token.exchange.enabled': 'true',
      'allow.token.introspection.without.audience.check': 'true',
    },
    defaultClientScopes: [...base, ...defaultClientScopes],
    optionalClientScopes: ['payments.approve', 'organization', 'offline_access'],
  });
  return {
    ...rest,
    // Longer than the policy's, so that it is seen to shorten it.
    accessTokenLifespan: 900,
    passwordPolicy: 'hashAlgorithm(pbkdf2-sha256) and hashIterations(1)',
    clientScopes: scopes,
    roles: { ...roles, realm: [...new Set(people.flatMap((one) => one.roles))].map((name) => ({ name })) },
    groups: [{ name: 'staff' }, { name: 'suspended' }],
    clients: [
      client(clients.built, [built.name]),
      client(clients.plain, [audienceOf(clients.exchanger).name]),
      client(clients.exchanger, [built.name]),
      ...clients.broken.map((name) => client(name, [`claimsmith.${name}`])),
      ...clients.unfit.map((name) => client(name, [`claimsmith.payments.${name}`])),
    ],
    users: people.map(({ id, firstName, lastName, roles: realmRoles, groups, attributes }) => ({
      id,
      username: id,
      email: `${id}@acme.example`,
      emailVerified: true,
      firstName,
      lastName,
      enabled: true,
      realmRoles,
      groups: groups.map((name) => `/${name}`),
      attributes,
      credentials: [{ type: 'password', value: password }],
    })),
  };
}

function renamed(scope: ClientScope, name: string, script: string): ClientScope {
  return {
    ...scope,
    name: `claimsmith.${name}`,
    protocolMappers: scope.protocolMappers.map((mapper) => ({
      ...mapper,
      protocolMapper: mapper.protocolMapper.startsWith('script-') ? script : mapper.protocolMapper,
    })),
  };
}

function audienceOf(client: string): ClientScope {
  return {
    name: `audience-${client}`,
    description: '',
    protocol: 'openid-connect',
    attributes: { 'include.in.token.scope': 'false' },
    protocolMappers: [
      {
        name: client,
        protocol: 'openid-connect',
        protocolMapper: 'oidc-audience-mapper',
        config: {
          'included.client.audience': client,
          'access.token.claim': 'true',
          'id.token.claim': 'false',
        },
      },
    ],
  };
}
