/** A value on its way into a token, by its Java type: a list is different from an array node, a map from an object node. */
export type Value =
  | string
  | number
  | boolean
  | null
  /** A `Long`; other numbers are what scripts make. */
  | bigint
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Mirror
  | JsonNode;

/** An object or array of JavaScript, which is a map to Java. */
export interface Mirror {
  readonly mirror: ReadonlyMap<string, Value>;
  readonly text: string;
}

/** Parsed JSON, which no mapper looks into. */
export interface JsonNode {
  readonly node: unknown;
}

/** Claims that a token keeps in separate fields. */
export type Field = 'sub' | 'azp' | 'acr' | 'auth_time' | 'aud' | 'exp' | 'scope';

/** A token, or an answer of userinfo or introspection, while mappers write into it. */
export interface Draft {
  /** An ID token has no fields for roles. */
  readonly kind: TokenKind;
  readonly fields: Map<Field, string | number | readonly string[]>;
  /** Undefined until something is written. */
  realmAccess: Set<string> | undefined;
  readonly resourceAccess: Map<string, Set<string>>;
  readonly other: Map<string, Value>;
}

export type TokenKind = 'access' | 'id' | 'userinfo' | 'introspection';

export function emptyDraft(kind: TokenKind): Draft {
  return { kind, fields: new Map(), realmAccess: undefined, resourceAccess: new Map(), other: new Map() };
}

/** The fields in a userinfo answer. */
const userinfoFields: readonly Field[] = ['sub', 'aud'];

/** The claims as they are sent: of the fields, those that were written. */
export function claimsOf(draft: Draft): Record<string, unknown> {
  const claims = new Map<string, unknown>();
  for (const [name, value] of draft.fields) {
    if (draft.kind === 'userinfo' && !userinfoFields.includes(name)) continue;
    const alone = Array.isArray(value) && value.length === 1 && draft.kind !== 'userinfo';
    claims.set(name, alone ? value[0] : value);
  }
  if (draft.realmAccess !== undefined) claims.set('realm_access', { roles: [...draft.realmAccess] });
  if (draft.resourceAccess.size > 0) {
    const access = [...draft.resourceAccess].map(([id, roles]) => [id, { roles: [...roles] }] as const);
    claims.set('resource_access', Object.fromEntries(access));
  }
  // Written last: if a name occurs twice, readers use this one.
  for (const [name, value] of draft.other) claims.set(name, plain(value));
  return Object.fromEntries(claims);
}

export function plain(value: Value): unknown {
  const members = isMirror(value) ? value.mirror : value;
  if (members instanceof Map)
    return Object.fromEntries([...members].map(([key, member]) => [key, plain(member)]));
  if (Array.isArray(value)) return value.map(plain);
  if (isNode(value)) return value.node;
  if (typeof value === 'bigint') return Number(value);
  // JSON knows neither, and Keycloak writes them as texts.
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

export function isMirror(value: Value): value is Mirror {
  return typeof value === 'object' && value !== null && 'mirror' in value;
}

export function isNode(value: Value): value is JsonNode {
  return typeof value === 'object' && value !== null && 'node' in value;
}
