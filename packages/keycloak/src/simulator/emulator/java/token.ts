/** The token that a script writes into. */
import { exchangeGrant } from '@claimsmith/core';
import { type Draft, plain } from '../draft.ts';
import { heldBy, javaArray, javaList } from './collections.ts';
import { classNames, javaLong, javaObject, javaText, textOf } from './objects.ts';
import { claimValue, parsedValue } from './values.ts';

/** `jti` of a token. It begins with how the token was issued. */
export function tokenIdOf(grantType: string | undefined): string {
  return grantType === exchangeGrant ? 'onrtte:token' : 'onrtac:token';
}

/** The token's claims before any mapper. */
export interface TokenBasis {
  readonly id: string;
  readonly scope: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly acr: string | undefined;
  readonly subject: string | undefined;
  /** Id of the client that it is made for. */
  readonly client: string | undefined;
}

export function tokenModel(draft: Draft, basis: TokenBasis): object {
  const { fields, other } = draft;
  const audiences = () => {
    const list = fields.get('aud');
    return Array.isArray(list) ? list.map(String) : [];
  };
  // A null claim does not exist. Of others, scripts see texts, numbers and booleans.
  const put = (name: unknown, value: unknown) => {
    const claim = claimValue(value);
    if (claim === null) other.delete(textOf(name));
    else other.set(textOf(name), claim);
  };
  const get = (name: unknown): unknown => {
    const claim = other.get(textOf(name)) ?? null;
    return typeof claim === 'object' && claim !== null
      ? javaObject('a claim', { [parsedValue]: plain(claim) })
      : claim;
  };
  const members = {
    getScope: () => javaText(fieldText(draft, 'scope') ?? basis.scope),
    setScope: (scope: unknown) => void fields.set('scope', textOf(scope)),
    getAcr: () => javaText(fieldText(draft, 'acr') ?? basis.acr),
    getId: () => javaText(basis.id),
    getSubject: () => javaText(fieldText(draft, 'sub') ?? basis.subject),
    getIat: () => javaLong(basis.issuedAt),
    getExp: () => javaLong(Number(fieldText(draft, 'exp') ?? basis.expiresAt)),
    getType: () => (draft.kind === 'id' ? 'ID' : 'Bearer'),
    getIssuedFor: () => javaText(basis.client),
    exp: (time: unknown) => void fields.set('exp', Number(textOf(time))),
    getAudience: () => (fields.has('aud') ? javaArray(audiences()) : null),
    // For Java's variable arguments, an array means all.
    audience: (...names: readonly unknown[]) => void fields.set('aud', names.flatMap(namesIn)),
    addAudience: (name: unknown) => void fields.set('aud', [...new Set([...audiences(), textOf(name)])]),
    setOtherClaims: put,
    // Scripts only take them out.
    setRealmAccess: () => {
      draft.realmAccess = undefined;
    },
    setResourceAccess: () => draft.resourceAccess.clear(),
    setAllowedOrigins: () => undefined,
    getOtherClaims: () =>
      javaObject(
        'java.util.Map',
        {
          get,
          containsKey: (name: unknown) => other.has(textOf(name)),
          remove: (name: unknown) => void other.delete(textOf(name)),
          clear: () => other.clear(),
          put,
          keySet: () => javaList([...other.keys()], true),
        },
        { get, set: put, names: () => [...other.keys()] },
      ),
  };
  // Userinfo and introspection are written into access tokens too.
  const ofAccess = draft.kind === 'id' ? [] : ['org.keycloak.representations.AccessToken'];
  const idToken = 'org.keycloak.representations.IDToken';
  return javaObject(draft.kind === 'id' ? 'IDToken' : 'AccessToken', {
    ...members,
    [classNames]: [...ofAccess, idToken, 'org.keycloak.representations.JsonWebToken'],
  });
}

/** An array means all of its elements. */
function namesIn(name: unknown): readonly string[] {
  const held = heldBy(name);
  return held?.kind === 'array' ? held.items.map(textOf) : [textOf(name)];
}

function fieldText(draft: Draft, field: 'scope' | 'acr' | 'sub' | 'exp'): string | undefined {
  const value = draft.fields.get(field);
  return value === undefined ? undefined : String(value);
}
