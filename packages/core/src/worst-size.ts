import { type Expr, operationOf, type Type } from '@claimsmith/cel';
import type { Path } from './finding.ts';
import { otherScopes } from './other-scopes.ts';
import type { Policy, PolicyClaim } from './policy.ts';
import { furtherClaims, jsonBytes, longestHeader, signedBytes, usualClaims } from './token-size.ts';

/** What a text counts if nothing bounds it: as many bytes as a UUID has. */
export const assumedBytes = 36;

/** How large an access token of a policy can get, in bytes. */
export interface WorstSize {
  /** As it is signed. Without the lists that nothing bounds. */
  readonly bytes: number;
  /** The largest first, and how many bytes each adds to the payload: its name and value. */
  readonly claims: readonly ClaimSize[];
  /** Lists, maps and values of any shape that nothing bounds; authorization details and dynamic scopes if there are any. */
  readonly unlimited: readonly string[];
}

export interface ClaimSize {
  readonly name: string;
  readonly bytes: number;
  /** What bounds it in the spec, or the claim. */
  readonly path: Path;
  /** Whether it counts {@link assumedBytes} for something. */
  readonly isAssumed: boolean;
}

/**
 * The size of the largest access token within the bounds of a policy, with all its claims and scopes at once, and the claims
 * that Keycloak writes by default, which are more than those of the others. Each claim has the longest of its names.
 */
export function worstSize(policy: Policy): WorstSize {
  const inToken = policy.claims.filter(({ tokens }) => tokens.includes('access'));
  const sizes = inToken.map((claim) => sizeOf(claim, longestName(policy, claim)));
  const claims = sizes.filter(({ bytes }) => Number.isFinite(bytes)).toSorted((a, b) => b.bytes - a.bytes);
  const scopes = ['openid', 'profile', 'email', ...policy.scopes.flatMap(scopeText)];
  const { marker } = policy;
  const around = {
    ...usualClaims({ scope: scopes.join(' ') }),
    ...furtherClaims,
    ...(marker && { [marker.claim]: `${policy.name}@01234567` }),
  };
  const payload = jsonBytes(around) + claims.reduce((sum, { bytes }) => sum + bytes, 0);
  return {
    bytes: signedBytes(jsonBytes(longestHeader), payload),
    claims,
    unlimited: [
      ...sizes.filter(({ bytes }) => !Number.isFinite(bytes)).map(({ name }) => name),
      ...(policy.details.length > 0 ? [detailsClaim] : []),
      ...(policy.scopes.some(({ placeholders }) => placeholders.length > 0) ? [scopeClaim] : []),
    ],
  };
}

/** How many bytes a token takes without some of a policy's claims. */
export function sizeWithout(whole: WorstSize, without: readonly ClaimSize[]): number {
  // Base64 makes four characters of three bytes.
  const payload = without.reduce((sum, { bytes }) => sum + bytes, 0);
  return whole.bytes - Math.floor((payload * 4) / 3);
}

/** Clients choose how many of them they ask for. */
export const detailsClaim = 'authorization_details';
/** Clients choose how many objects they ask for with a dynamic scope. */
export const scopeClaim = 'scope';

/** The longest that it has at an issuer; with the namespace if there is one, because some issuers need it. */
function longestName({ spec }: Policy, { name, as }: PolicyClaim): string {
  const own = name.includes(':') ? name : `${spec.namespace ?? ''}${name}`;
  const names = [own, ...Object.values(as).filter((alias) => alias !== undefined)];
  return names.reduce((longest, one) => (jsonBytes(one) > jsonBytes(longest) ? one : longest));
}

function scopeText({ name, pattern, placeholders }: Policy['scopes'][number]): readonly string[] {
  if (name === otherScopes) return [];
  if (placeholders.length === 0) return [name];
  return [pattern.map((part, index) => (index % 2 === 0 ? part : 'x'.repeat(assumedBytes))).join('')];
}

function sizeOf(claim: PolicyClaim, emitted: string): ClaimSize {
  const { name, constant, type, maxBytes, maxItems, onMissing } = claim;
  const path = ['claims', name];
  // `,"name":`
  const head = jsonBytes(emitted) + 2;
  if (claim.value === undefined) return { name, bytes: head + jsonBytes(constant), path, isAssumed: false };
  const fallback = typeof onMissing === 'string' ? 0 : jsonBytes(onMissing.default);
  const guess = largestValue(claim.value.root, claim.value.typeOf, maxItems);
  const bounded = isVariable(type) ? (maxBytes ?? guess) : guess;
  const bound = maxBytes !== undefined ? 'maxBytes' : maxItems !== undefined ? 'maxItems' : undefined;
  return {
    name,
    bytes: head + Math.max(bounded, fallback),
    path: bound === undefined ? path : [...path, bound],
    isAssumed: maxBytes === undefined && isVariable(type),
  };
}

/** The bytes of the largest value of an expression as JSON. What the spec itself writes is as long as it is. */
function largestValue(expr: Expr, typeOf: (expr: Expr) => Type, maxItems: number | undefined): number {
  const of = (part: Expr) => largestValue(part, typeOf, maxItems);
  const operation = operationOf(expr);
  if (operation?.kind === 'choose') return Math.max(of(operation.yes), of(operation.no));
  const isJoined = ['string', 'list'].includes(typeOf(expr).kind);
  // Two quotes or brackets fewer, at most one comma more.
  if (operation?.kind === 'arithmetic' && operation.symbol === '+' && isJoined)
    return of(operation.left) + of(operation.right) - 1;
  switch (expr.kind) {
    case 'literal':
      return jsonBytes(expr.value);
    case 'bind':
      return of(expr.body);
    case 'list':
      return expr.elements.reduce((sum, { value }) => sum + 1 + of(value), 2);
    case 'map':
      return expr.entries.reduce((sum, { key, value }) => sum + 2 + of(key) + of(value), 2);
    case 'call':
      if (expr.target !== undefined && expr.name === 'orValue')
        return Math.max(...[expr.target, ...expr.args].map(of));
  }
  return largest(typeOf(expr), maxItems);
}

/** Whether values of a type have different sizes. */
function isVariable({ kind }: Type): boolean {
  return !['bool', 'int', 'double', 'null'].includes(kind);
}

/** The bytes of the largest value as JSON; infinite for a list, a map, or a value of any shape, without a limit. */
function largest(type: Type, maxItems: number | undefined): number {
  switch (type.kind) {
    case 'bool':
      return 'false'.length;
    case 'null':
      return 'null'.length;
    case 'int':
      return String(Number.MIN_SAFE_INTEGER).length;
    case 'double':
      return '-1.2345678901234567e-308'.length;
    case 'list':
      return 2 + (maxItems ?? Number.POSITIVE_INFINITY) * (1 + largest(type.element, undefined));
    case 'map':
    case 'dyn':
      return Number.POSITIVE_INFINITY;
    case 'optional':
      return largest(type.value, maxItems);
    case 'record': {
      const fields = Object.entries(type.fields);
      return fields.reduce(
        (sum, [name, field]) => sum + jsonBytes(name) + 2 + largest(field.type, undefined),
        2,
      );
    }
    default:
      return 2 + assumedBytes;
  }
}
