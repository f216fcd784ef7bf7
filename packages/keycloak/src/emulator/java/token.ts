/** The token that a script writes into. */
import type { Draft, Value } from '../draft.ts';
import { classNames, javaArray, javaMap, javaObject, javaText, NoStandIn, textOf } from './objects.ts';

/** `jti` of every token. */
export const tokenId = 'token';

/** What the server has put into the token before any mapper. */
export interface TokenBasis {
  readonly scope: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly acr: string | undefined;
  readonly subject: string | undefined;
}

export function tokenModel(draft: Draft, basis: TokenBasis): object {
  const { fields, other } = draft;
  const audiences = () => {
    const list = fields.get('aud');
    return Array.isArray(list) ? list.map(String) : [];
  };
  const members = {
    getScope: () => javaText(fieldText(draft, 'scope') ?? basis.scope),
    setScope: (scope: unknown) => void fields.set('scope', textOf(scope)),
    getAcr: () => javaText(fieldText(draft, 'acr') ?? basis.acr),
    getId: () => javaText(tokenId),
    getSubject: () => javaText(fieldText(draft, 'sub') ?? basis.subject),
    getIat: () => javaText(basis.issuedAt),
    getExp: () => javaText(fieldText(draft, 'exp') ?? basis.expiresAt),
    exp: (time: unknown) => void fields.set('exp', Number(textOf(time))),
    getAudience: () => (fields.has('aud') ? javaArray(audiences().map(javaText)) : null),
    // Of Java's variable arguments, an array stands for all.
    audience: (...names: readonly unknown[]) => void fields.set('aud', names.flat().map(textOf)),
    addAudience: (name: unknown) => void fields.set('aud', [...new Set([...audiences(), textOf(name)])]),
    setOtherClaims: (name: unknown, value: unknown) => void other.set(textOf(name), claimOf(value)),
    getOtherClaims: () =>
      javaObject('java.util.Map', {
        get: (name: unknown) => (other.has(textOf(name)) ? javaText('a claim') : null),
        containsKey: (name: unknown) => other.has(textOf(name)),
        remove: (name: unknown) => void other.delete(textOf(name)),
        clear: () => other.clear(),
        put: (name: unknown, value: unknown) => void other.set(textOf(name), claimOf(value)),
        keySet: () => javaMap(other),
      }),
  };
  // Userinfo and introspection are written into access tokens too.
  const ofAccess = draft.kind === 'id' ? [] : ['org.keycloak.representations.AccessToken'];
  const idToken = 'org.keycloak.representations.IDToken';
  return javaObject(draft.kind === 'id' ? 'IDToken' : 'AccessToken', {
    ...members,
    [classNames]: [...ofAccess, idToken, 'org.keycloak.representations.JsonWebToken'],
  });
}

function fieldText(draft: Draft, field: 'scope' | 'acr' | 'sub' | 'exp'): string | undefined {
  const value = draft.fields.get(field);
  return value === undefined ? undefined : String(value);
}

/** What `JsonSerialization.readValue` makes; nothing else of a script's may become a claim. */
export const parsedValue = Symbol('parsed');

function claimOf(value: unknown): Value {
  if (typeof value === 'object' && value !== null && Object.hasOwn(value, parsedValue)) {
    return { node: Reflect.get(value, parsedValue) };
  }
  throw new NoStandIn('a claim that was not read from JSON');
}
