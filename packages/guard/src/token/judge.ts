import type { Contract, ContractApi, ContractClaim, Kind } from '../contract/contract.ts';
import { parseFields, parseType, typedValue, type ValueType } from '../contract/value-type.ts';
import { Refused } from '../refused.ts';
import type { ClaimTypes, Token, TokenLookups } from '../types.ts';
import { type BareFacts, type Bounds, factsOf, kindOf } from './facts.ts';
import type { Verified } from './verify.ts';

/** The policy's part of a contract, ready to judge tokens. */
export interface Judge {
  readonly contract: Contract;
  readonly bounds: Bounds;
  readonly revisions: ReadonlySet<string> | undefined;
  readonly claims: readonly JudgedClaim[];
  readonly details: ReadonlyMap<string, ValueType>;
}

interface JudgedClaim extends ContractClaim {
  readonly name: string;
  readonly value: ValueType;
}

/** What a token says. */
export type Said = Omit<Token, keyof TokenLookups<ClaimTypes>>;

/** What a token says, and until when it stays as it is: claims that are too old go. */
export interface Judged {
  readonly said: Said;
  /** Claims that the token has and that are too old, by their names in the spec. */
  readonly stale: readonly string[];
  /** Unix time in milliseconds. */
  readonly untilMs: number;
}

export function judgeOf(
  contract: Contract,
  api: ContractApi,
  bounds: Bounds,
  revisions: readonly string[] | 'any',
): Judge {
  return {
    contract,
    bounds,
    revisions: revisions === 'any' ? undefined : new Set(revisions),
    // A contract that was read has only types that can be parsed.
    claims: Object.entries(api.claims).flatMap(([name, claim]) => {
      const value = parseType(claim.type);
      return value === undefined ? [] : [{ ...claim, name, value }];
    }),
    details: new Map(
      Object.entries(api.authorizationDetails).flatMap(([type, fields]) => {
        const value = parseFields({ ...fields, type: 'string' });
        return value === undefined ? [] : [[type, value] as const];
      }),
    ),
  };
}

/**
 * What a verified token says to this service.
 *
 * @throws {Refused} if it is not a right access token of the policy
 */
export function judge(rules: Judge, verified: Verified, nowMs: number): Judged {
  const facts = factsOf(verified, rules.bounds, nowMs);
  const revision = revisionOf(rules, verified);
  const kind = kindOf(verified);
  const claims = claimsOf(rules, verified, facts, kind, nowMs);
  const untilMs = Math.min(claims.untilMs, facts.expiresAt * 1_000);
  const said = {
    ...facts,
    freshUntil: untilMs / 1_000,
    revision,
    kind: claims.kind,
    authority: Object.freeze(claims.authority),
    descriptive: Object.freeze(claims.descriptive),
    authorizationDetails: detailsOf(rules, verified),
  };
  return { said: said as Said, stale: claims.stale, untilMs };
}

/** The policy marker: proof that the policy made an access token, because ID tokens never have it. */
function revisionOf({ contract, revisions }: Judge, { issuer, payload }: Verified): string | undefined {
  const { marker, policy } = contract;
  if (marker === undefined) return undefined;
  const value = payload[marker.claim];
  if (value === marker.unenriched) throw new Refused({ code: 'unenriched', issuer: issuer.id });
  const isOurs = typeof value === 'string' && value.startsWith(`${policy.name}@`);
  if (!isOurs || !/^[0-9a-f]{8}$/.test(value.slice(policy.name.length + 1)))
    throw new Refused({ code: 'marker', issuer: issuer.id });
  if (revisions !== undefined && !revisions.has(value))
    throw new Refused({ code: 'revision', issuer: issuer.id });
  return value;
}

interface Claims {
  readonly kind: Kind;
  readonly authority: Readonly<Record<string, unknown>>;
  readonly descriptive: Readonly<Record<string, unknown>>;
  readonly stale: readonly string[];
  readonly untilMs: number;
}

/** The claims under their names in the spec, in objects without a prototype. */
function claimsOf(rules: Judge, verified: Verified, facts: BareFacts, kind: Kind, nowMs: number): Claims {
  const authority: Record<string, unknown> = Object.create(null);
  const descriptive: Record<string, unknown> = Object.create(null);
  const stale: string[] = [];
  let untilMs = Number.POSITIVE_INFINITY;
  for (const claim of rules.claims) {
    const { name, kind: use, for: carried } = claim;
    const isForClient =
      claim.clients === undefined || (facts.client !== undefined && claim.clients.includes(facts.client));
    const isFor = isForClient ? carried[kind] : 'never';
    const value = claimValue(claim, verified);
    const staleAtMs = staleAt(claim, verified, facts);
    const isStale = nowMs >= staleAtMs;
    if (use === 'authoritative' && isFor === 'always' && (value === undefined || isStale)) {
      // A token that lacks what every person has may be an agent's.
      const mayBeAgent = value === undefined && kind === 'human' && carried.agent !== 'always';
      if (mayBeAgent && verified.issuer.agents) return claimsOf(rules, verified, facts, 'agent', nowMs);
      const code = value === undefined ? 'claim' : 'stale';
      throw new Refused({ code, issuer: facts.issuer, claim: name });
    }
    if (isFor === 'never' || value === undefined) continue;
    if (isStale) {
      stale.push(name);
      continue;
    }
    untilMs = Math.min(untilMs, staleAtMs);
    (use === 'authoritative' ? authority : descriptive)[name] = value;
  }
  return { kind, authority, descriptive, stale, untilMs };
}

/** The value of a claim; undefined if it is not there. @throws {Refused} if it is there and wrong */
function claimValue(claim: JudgedClaim, { issuer, payload }: Verified): unknown {
  const name = claim.names[issuer.id];
  const found = name !== undefined && Object.hasOwn(payload, name) ? payload[name] : undefined;
  if (found === undefined) return undefined;
  const value = typedValue(found, claim.value);
  const { maxItems = Number.POSITIVE_INFINITY, maxBytes = Number.POSITIVE_INFINITY } = claim;
  const isOver =
    (Array.isArray(found) && found.length > maxItems) ||
    (maxBytes !== Number.POSITIVE_INFINITY && Buffer.byteLength(JSON.stringify(found)) > maxBytes);
  if (value === undefined || isOver)
    throw new Refused({ code: 'claim', issuer: issuer.id, claim: claim.name });
  return value;
}

/**
 * When a value is older than `maxAge`. It may have been as old as its sources and their caches allow when the policy
 * ran, and the policy may have run some time before the token was signed.
 */
function staleAt(
  { maxAgeSeconds, ageAtIssueSeconds = 0 }: JudgedClaim,
  { issuer }: Verified,
  { issuedAt }: BareFacts,
): number {
  if (maxAgeSeconds === undefined) return Number.POSITIVE_INFINITY;
  const before = ageAtIssueSeconds + issuer.codeLifetimeSeconds;
  return (issuedAt + maxAgeSeconds - before) * 1_000;
}

/** The details of types that the policy decides on. Others are left out: nobody vouches for them. */
function detailsOf({ details }: Judge, { issuer, payload }: Verified): readonly unknown[] {
  const found = payload['authorization_details'];
  if (found === undefined) return Object.freeze([]);
  const wrong = () => new Refused({ code: 'detail', issuer: issuer.id });
  if (!Array.isArray(found)) throw wrong();
  const list = found.flatMap((detail: unknown) => {
    const type = typeof detail === 'object' && detail !== null && 'type' in detail ? detail.type : undefined;
    if (typeof type !== 'string') throw wrong();
    const fields = details.get(type);
    if (fields === undefined) return [];
    const value = typedValue(detail, fields);
    if (value === undefined) throw wrong();
    return [value];
  });
  return Object.freeze(list);
}
