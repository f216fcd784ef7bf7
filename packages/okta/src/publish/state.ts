import { isMapping, TargetError } from '@claimsmith/core';

/** An object of Okta's API, all of it: what we do not know must survive a write. */
export type Raw = Readonly<Record<string, unknown>>;

/** Reads from the API. Paths are below the org's address. */
export interface Reader {
  /** @param what completes "cannot read …" */
  get(what: string, path: string): Promise<Raw>;
  /** All pages. */
  list(what: string, path: string): Promise<readonly Raw[]>;
}

/** What an org has, as far as a policy is about it. */
export interface OktaState {
  readonly server: Raw;
  /** Token hooks, those of others too. */
  readonly hooks: readonly Raw[];
  readonly claims: readonly Raw[];
  /** Undefined: not read, because nothing needs it. */
  readonly scopes: readonly Raw[];
  readonly rules: readonly RuleState[];
  /** Attributes of users by name; undefined: not read, because nothing needs it. */
  readonly attributes: Readonly<Record<string, Raw>> | undefined;
}

export interface RuleState {
  readonly policy: Raw;
  readonly rule: Raw;
}

export const hooksPath = '/api/v1/inlineHooks';
export const schemaPath = '/api/v1/meta/schemas/user/default';

export function serverPath(id: string): string {
  return `/api/v1/authorizationServers/${encodeURIComponent(id)}`;
}

export function rulePath(serverId: string, policyId: string, ruleId: string): string {
  const [policy, rule] = [encodeURIComponent(policyId), encodeURIComponent(ruleId)];
  return `${serverPath(serverId)}/policies/${policy}/rules/${rule}`;
}

export function textAt(raw: unknown, ...path: readonly string[]): string {
  const value = valueAt(raw, ...path);
  return typeof value === 'string' ? value : '';
}

export function valueAt(raw: unknown, ...path: readonly string[]): unknown {
  let value = raw;
  for (const name of path) value = isMapping(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  return value;
}

/**
 * Finds an authorization server by id or name.
 *
 * @throws {TargetError} `not_found`
 */
export async function findServer(reader: Reader, name: string): Promise<Raw> {
  const what = `the authorization server ${name}`;
  if (name === 'default') return reader.get(what, serverPath(name));
  const all = await reader.list(what, `/api/v1/authorizationServers?limit=200&q=${encodeURIComponent(name)}`);
  const found =
    all.find((server) => textAt(server, 'name') === name || textAt(server, 'id') === name) ??
    (/^aus\w+$/.test(name) ? await reader.get(what, serverPath(name)) : undefined);
  if (found !== undefined) return found;
  throw new TargetError(
    'not_found',
    `The org has no custom authorization server named ${name}. Tokens of the org's own server cannot be enriched.`,
  );
}

/** Token hooks. */
export function readHooks(reader: Reader): Promise<readonly Raw[]> {
  return reader.list('the inline hooks', `${hooksPath}?type=com.okta.oauth2.tokens.transform`);
}

export function readClaims(reader: Reader, serverId: string): Promise<readonly Raw[]> {
  return reader.list('the claims of the authorization server', `${serverPath(serverId)}/claims`);
}

export function readScopes(reader: Reader, serverId: string): Promise<readonly Raw[]> {
  return reader.list('the scopes of the authorization server', `${serverPath(serverId)}/scopes`);
}

/** All rules, in the order in which Okta evaluates them. */
export async function readRules(reader: Reader, serverId: string): Promise<readonly RuleState[]> {
  const path = `${serverPath(serverId)}/policies`;
  const policies = await reader.list('the access policies of the authorization server', path);
  const rules = await Promise.all(
    policies.map((policy) =>
      reader.list(
        `the rules of the access policy ${textAt(policy, 'name')}`,
        `${path}/${encodeURIComponent(textAt(policy, 'id'))}/rules`,
      ),
    ),
  );
  return policies.flatMap((policy, i) => (rules[i] ?? []).map((rule) => ({ policy, rule })));
}

export async function readAttributes(reader: Reader): Promise<Readonly<Record<string, Raw>>> {
  const schema = await reader.get('the schema of users', schemaPath);
  const of = (part: string) => {
    const properties = valueAt(schema, 'definitions', part, 'properties');
    return isMapping(properties) ? properties : {};
  };
  const all = { ...of('base'), ...of('custom') };
  return Object.fromEntries(
    Object.entries(all).flatMap(([name, attribute]) => (isMapping(attribute) ? [[name, attribute]] : [])),
  );
}
