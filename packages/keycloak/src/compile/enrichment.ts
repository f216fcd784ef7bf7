import type { Policy } from '@claimsmith/core';
import { claimPath } from '../names.ts';
import type { Condition } from '../plan/condition.ts';
import { type Form, form } from '../plan/native/form.ts';
import { hardcoded } from '../plan/native/hardcoded.ts';
import { appliesOf, type ClaimPlan, gateOf, planOf } from '../plan/plan.ts';
import { grantsOf } from '../plan/scope-plan.ts';
import type { ClientScope, Enrichment, ProtocolMapper, ScopePermission } from '../representation.ts';
import { roleOwners, type Settings, settingsOf } from '../settings.ts';
import { scriptFile } from './script/names.ts';
import { slugOf } from './slug.ts';

/** All that a policy adds to a realm's clients: `client-scopes.json`. */
export function enrichmentOf(policy: Policy): Enrichment {
  const settings = settingsOf(policy);
  const draft = new Draft(policy, settings);
  const gate = gateOf(policy, settings) ?? true;
  const applies = appliesOf(policy, settings);
  const base = draft.scope(gate === true && typeof applies === 'object' ? applies : gate);
  if (settings.scripts) base.push(scriptMapper(policy));
  else base.push(...unscripted(policy, settings));
  for (const plan of planOf(policy)) {
    if (plan.by !== 'mapper') continue;
    draft.scope(plan.condition).push(claimMapper(plan));
  }
  for (const grant of grantsOf(policy)) draft.grant(grant.name, grant.roles, grant.isAdded);
  return draft.enrichment();
}

/** The attributes of a client scope that name its policy. */
const ownerKeys = { policy: 'claimsmith.policy', revision: 'claimsmith.revision' } as const;

/** Collects what is added for a policy. */
class Draft {
  readonly #policy: Policy;
  readonly #settings: Settings;
  readonly #clientScopes = new Map<string, ClientScope & { readonly protocolMappers: ProtocolMapper[] }>();
  readonly #permissions = new Map<string, ScopePermission>();
  /** The meaning of each client scope's name. */
  readonly #conditions = new Map<string, string>();
  readonly #defaults = new Set<string>();
  readonly #optional = new Set<string>();
  readonly #byClient = new Map<string, Set<string>>();

  constructor(policy: Policy, settings: Settings) {
    this.#policy = policy;
    this.#settings = settings;
  }

  /** The mappers of the client scope for a condition. */
  scope(condition: Condition | true): ProtocolMapper[] {
    if (condition !== true && condition.requested !== undefined) {
      this.#optional.add(condition.requested);
      const words = `Asked for by clients. ${this.#policy.name}, by Claimsmith.`;
      return this.#add(condition.requested, words, true, condition);
    }
    const { name, description } = scopeTitle(this.#policy, condition);
    const mappers = this.#add(name, description, false, condition === true ? {} : condition);
    if (condition === true || condition.clients === undefined) this.#defaults.add(name);
    else for (const client of condition.clients) assign(this.#byClient, client, name);
    if (condition !== true && condition.roles !== undefined) this.#permit(name, condition.roles);
    return mappers;
  }

  /** A client scope that clients may ask for, or get. */
  grant(name: string, roles: readonly string[] | undefined, isAdded: boolean): void {
    const condition = roles === undefined ? {} : { roles };
    this.#add(name, `Granted by the policy ${this.#policy.name}, by Claimsmith.`, true, condition);
    (isAdded ? this.#defaults : this.#optional).add(name);
    if (roles !== undefined) this.#permit(name, roles);
  }

  enrichment(): Enrichment {
    return {
      clientScopes: [...this.#clientScopes.values()],
      permissions: [...this.#permissions.values()],
      defaultScopes: [...this.#defaults],
      optionalScopes: [...this.#optional].filter((name) => !this.#defaults.has(name)),
      clientScopesByClient: Object.fromEntries(
        [...this.#byClient].map(([client, names]) => [client, [...names]]),
      ),
    };
  }

  /** @param condition becomes part of its name, because mappers of another condition would reach the wrong users */
  #add(name: string, description: string, isNamedInToken: boolean, condition: Condition): ProtocolMapper[] {
    const text = JSON.stringify([condition.roles, condition.clients, isNamedInToken]);
    if ((this.#conditions.get(name) ?? text) !== text) {
      throw new Error(`two conditions have one client scope, ${name}`);
    }
    this.#conditions.set(name, text);
    const known = this.#clientScopes.get(name);
    if (known !== undefined) return known.protocolMappers;
    const protocolMappers: ProtocolMapper[] = [];
    this.#clientScopes.set(name, {
      name,
      description,
      protocol: 'openid-connect',
      attributes: {
        'include.in.token.scope': String(isNamedInToken),
        'display.on.consent.screen': String(isNamedInToken),
        ...(isNamedInToken ? { 'consent.screen.text': name } : {}),
        'include.in.openid.provider.metadata': String(isNamedInToken),
        [ownerKeys.policy]: this.#policy.name,
        [ownerKeys.revision]: this.#policy.revision,
      },
      protocolMappers,
    });
    return protocolMappers;
  }

  /** A scope without roles is open to all. The role that nobody has keeps it closed if the other roles are deleted. */
  #permit(clientScope: string, roles: readonly string[]): void {
    const owners = roleOwners(this.#settings);
    const nobody = nobodyOf(this.#policy);
    this.#permissions.set(clientScope, {
      clientScope,
      realmRoles: owners.length === 0 ? [...roles, nobody] : [nobody],
      clientRoles: Object.fromEntries(owners.map((owner) => [owner, roles])),
    });
  }
}

/** Claimsmith's realm role that nobody may have. */
export function nobodyOf({ name }: Pick<Policy, 'name'>): string {
  return `claimsmith.${name}.nobody`;
}

function assign(byClient: Map<string, Set<string>>, client: string, scope: string): void {
  const names = byClient.get(client) ?? new Set();
  byClient.set(client, names.add(scope));
}

function scopeTitle(
  { name }: Policy,
  condition: Condition | true,
): Pick<ClientScope, 'name' | 'description'> {
  const { roles, clients } = condition === true ? {} : condition;
  const parts = [`claimsmith.${name}`];
  const words: string[] = [];
  if (clients !== undefined) {
    parts.push('client', slugOf(clients));
    words.push(`clients ${clients.join(', ')}`);
  }
  if (roles !== undefined) {
    parts.push('role', slugOf(roles));
    words.push(`users with a role of ${roles.join(', ')}`);
  }
  const where = words.length === 0 ? 'all tokens' : words.join(' and ');
  return {
    name: parts.join('.'),
    description: `Claims of ${name} for ${where}, by Claimsmith.`.slice(0, 255),
  };
}

interface Tokens {
  readonly access: boolean;
  readonly id: boolean;
  readonly userinfo?: boolean;
}

function claimMapper(plan: Extract<ClaimPlan, { by: 'mapper' }>): ProtocolMapper {
  const { claim, name } = plan;
  const tokens = {
    access: claim.tokens.includes('access'),
    id: claim.tokens.includes('id'),
    userinfo: claim.tokens.includes('userinfo'),
  };
  return mapper(claim.name, name, plan.form, tokens);
}

/** Replaces the script's work in a realm without one: the marker, and the API's audience. */
function unscripted(policy: Policy, settings: Settings): readonly ProtocolMapper[] {
  const accessOnly = { access: true, id: false };
  const mappers: ProtocolMapper[] = [];
  if (policy.marker !== undefined) {
    const { claim, value } = policy.marker;
    const marker = hardcoded(value);
    if ('provider' in marker) mappers.push(mapper('policy marker', claim, marker, accessOnly));
  }
  if (settings.audience !== undefined) {
    const audience = form('audience mapper', 'oidc-audience-mapper', 'String', {
      config: { 'included.custom.audience': settings.audience },
      jsonType: undefined,
      isNamed: false,
    });
    mappers.push(mapper('API audience', '', audience, accessOnly));
  }
  return mappers;
}

function scriptMapper(policy: Policy): ProtocolMapper {
  const script = form('policy script', `script-${scriptFile(policy)}`, 'String', {
    config: { multivalued: 'false' },
    isNamed: policy.marker !== undefined,
  });
  const claim = policy.marker?.claim ?? '';
  // Also runs for ID tokens and userinfo, and removes authoritative claims of other writers there.
  return mapper('policy script', claim, script, { access: true, id: true, userinfo: true });
}

/** A mapper with every flag set, because a missing flag means something else at each provider. */
function mapper(
  name: string,
  claim: string,
  { provider, config, jsonType, isNamed }: Form,
  tokens: Tokens,
): ProtocolMapper {
  const hasResponse = /^(oidc-hardcoded-claim-mapper$|oidc-usersessionmodel-note-mapper$|script-)/.test(
    provider,
  );
  return {
    name,
    protocol: 'openid-connect',
    protocolMapper: provider,
    config: {
      ...(isNamed ? { 'claim.name': claimPath(claim) } : {}),
      ...(jsonType === undefined ? {} : { 'jsonType.label': jsonType }),
      ...config,
      'access.token.claim': String(tokens.access),
      'id.token.claim': String(tokens.id),
      'userinfo.token.claim': String(tokens.userinfo === true),
      'introspection.token.claim': String(tokens.access),
      'lightweight.claim': String(tokens.access),
      ...(hasResponse ? { 'access.tokenResponse.claim': 'false' } : {}),
    },
  };
}
