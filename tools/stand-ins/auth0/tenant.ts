/** What the stand-in for Auth0 keeps: one tenant. */
import { randomBytes, randomUUID } from 'node:crypto';
import { isBuiltin } from 'node:module';

export interface Dependency {
  readonly name: string;
  readonly version: string;
  readonly registry_url?: string;
}

export interface Secret {
  readonly name: string;
  /** Never part of an answer. */
  readonly value: string;
  readonly updated_at: string;
}

export interface ModuleReference {
  readonly module_id: string;
  readonly module_version_id: string;
}

export interface TriggerReference {
  readonly id: string;
  readonly version?: string;
}

/** What a draft and each of its versions hold. */
export interface Content {
  code: string;
  dependencies: readonly Dependency[];
  runtime: string;
  secrets: readonly Secret[];
  modules: readonly ModuleReference[];
  supported_triggers: readonly TriggerReference[];
}

export interface Version extends Content {
  readonly id: string;
  readonly number: number;
  readonly created_at: string;
  updated_at: string;
  built_at: string | undefined;
  /** Requests that still find its deployment on its way. */
  pendingRequests: number;
}

export interface Action extends Content {
  readonly id: string;
  name: string;
  readonly created_at: string;
  updated_at: string;
  /** Build states that later reads find, one after the other. The first one is the state of now. */
  build: string[];
  isDirty: boolean;
  /** The newest comes first. */
  versions: Version[];
  deployed: string | undefined;
  nextNumber: number;
}

export interface Binding {
  readonly id: string;
  readonly action: string;
  readonly display_name: string;
  readonly created_at: string;
}

export interface Module {
  readonly id: string;
  name: string;
  code: string;
  dependencies: readonly Dependency[];
  secrets: readonly Secret[];
  readonly created_at: string;
  updated_at: string;
  /** The newest comes first. */
  versions: ModuleVersion[];
  isDirty: boolean;
}

export interface ModuleVersion {
  readonly id: string;
  readonly version_number: number;
  readonly code: string;
  readonly dependencies: readonly Dependency[];
  readonly secrets: readonly Secret[];
  readonly created_at: string;
}

/** An object that the stand-in keeps as it was sent. */
export type Plain = Record<string, unknown>;

/** An application that may ask for tokens. */
export interface Client {
  readonly secret: string;
  /** What it may do at the Management API; undefined: nothing. */
  scopes?: readonly string[];
}

export interface User {
  readonly password: string;
  readonly app_metadata?: Plain;
  readonly roles?: readonly string[];
}

export interface Options {
  /** Applications by client id. Default: `claimsmith` with the secret `stand-in` and all scopes. */
  readonly clients?: Readonly<Record<string, Client>>;
  readonly users?: Readonly<Record<string, User>>;
  /** Identifiers of the tenant's APIs. */
  readonly apis?: readonly string[];
  /** Whether a package cannot be installed. Default: those with the name of a module of Node. */
  readonly isBroken?: (dependency: Dependency) => boolean;
  /** Reads of an Action that still find a build, or a deployment, on its way. Default 0. */
  readonly slowReads?: number;
  /** Whether a build is done by the time that somebody deploys it, even if nobody has read the Action since. Default false. */
  readonly isPatient?: boolean;
  /** The most items of a page, whatever a request asks for. Default 100. */
  readonly longestPage?: number;
  /** Requests in a second before 429. Default: no limit. */
  readonly requestsPerSecond?: number;
}

export interface Tenant {
  readonly options: Options;
  readonly clients: Map<string, Client>;
  readonly users: Map<string, User>;
  /** Scopes of the tokens that were issued, by token. */
  readonly tokens: Map<string, readonly string[]>;
  readonly actions: Map<string, Action>;
  /** By trigger. */
  readonly bindings: Map<string, readonly Binding[]>;
  readonly modules: Map<string, Module>;
  readonly profiles: Map<string, Plain>;
  readonly streams: Map<string, Plain>;
  readonly apis: Map<string, Plain>;
  /** The time with nanoseconds, later with each call. */
  now(): string;
}

export const allScopes = [
  ...['read', 'create', 'update', 'delete'].flatMap((verb) =>
    ['actions', 'token_exchange_profiles', 'event_streams', 'resource_servers'].map(
      (what) => `${verb}:${what}`,
    ),
  ),
];

export function createTenant(options: Options): Tenant {
  let ticks = 0;
  const tenant: Tenant = {
    options,
    clients: new Map(
      Object.entries(options.clients ?? { claimsmith: { secret: 'stand-in', scopes: allScopes } }),
    ),
    users: new Map(Object.entries(options.users ?? {})),
    tokens: new Map(),
    actions: new Map(),
    bindings: new Map(),
    modules: new Map(),
    profiles: new Map(),
    streams: new Map(),
    apis: new Map(),
    now() {
      ticks = (ticks + 1) % 1_000_000;
      return new Date().toISOString().replace('Z', `${String(ticks).padStart(6, '0')}Z`);
    },
  };
  for (const identifier of options.apis ?? []) addApi(tenant, { identifier });
  return tenant;
}

export function addApi(tenant: Tenant, fields: Plain): Plain {
  const id = randomBytes(12).toString('hex');
  const api: Plain = {
    id,
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
    subject_type_authorization: { client: { policy: 'require_client_grant' }, user: { policy: 'allow_all' } },
    token_lifetime: 86_400,
    token_lifetime_for_web: 7_200,
    signing_alg: 'RS256',
    ...fields,
  };
  tenant.apis.set(id, api);
  return api;
}

export function isBroken({ options }: Tenant, dependency: Dependency): boolean {
  return options.isBroken?.(dependency) ?? isBuiltin(dependency.name);
}

export const newId = (): string => randomUUID();

/** Ids such as `tep_4fDq8sLkRaZxW2nB`. */
export function prefixedId(prefix: string, length: number): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789';
  return `${prefix}_${[...randomBytes(length)].map((byte) => letters[byte % letters.length]).join('')}`;
}
