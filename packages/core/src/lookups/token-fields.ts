import { pathOf } from '@claimsmith/cel';
import { carriedBy } from '../contract/carried-by.ts';
import type { Delegated, Policy, PolicyClaim } from '../policy.ts';
import { builtInKinds } from '../subjects.ts';
import type { TokenField } from './token-field.ts';

/** The fields of RFC 9068, besides those that the guard knows of each token. */
export const standardTokenFields: readonly TokenField[] = [{ field: 'user.id', claim: 'sub', people: true }];

/** A field that a token says, and how. */
export type KnownField =
  | TokenField
  /** What the guard knows of each token. `subject_type` is the kind of its subject. */
  | { readonly field: string; readonly fact: TokenFact }
  /** A claim of the policy that holds the field as it is, by its name in the spec. */
  | {
      readonly field: string;
      readonly said: string;
      /** The kinds of subject whose tokens have it. Absent: all. */
      readonly of?: readonly string[];
      /** Delegated tokens lack it. */
      readonly direct?: true;
    };

export type TokenFact = 'client' | 'scopes' | 'audience' | 'now' | 'actor' | 'kind';

const facts: Readonly<Record<string, TokenFact>> = {
  'client.id': 'client',
  'request.scopes': 'scopes',
  'request.audience': 'audience',
  now: 'now',
  actor: 'actor',
};

/** How the tokens of an issuer say a field; undefined if they do not. The kind of subject is not asked here. */
export function knownField(
  policy: Policy,
  native: readonly TokenField[],
  field: string,
  part: Addressees,
): KnownField | undefined {
  const fact = facts[field.startsWith('actor.') ? 'actor' : field];
  if (fact !== undefined) return { field: fact === 'actor' ? 'actor' : field, fact };
  const said = saidBy(policy, field);
  if (said !== undefined && covers(said, part)) return said;
  return native.find((one) => one.field === field) ?? said;
}

/** The subjects of a part of a policy. */
export interface Addressees {
  /** Undefined: everybody. */
  readonly kinds: readonly string[] | undefined;
  readonly delegated: Delegated;
}

/** Whether the tokens of all subjects that a part is for say a field. */
export function covers(known: KnownField, { kinds, delegated }: Addressees): boolean {
  if (!('said' in known)) return true;
  const isOf = (kind: string) => known.of?.includes(kind) ?? true;
  const all = kinds?.every((kind) => builtInKinds.includes(kind)) === true ? kinds : builtInKinds;
  return all.every(isOf) && (known.direct !== true || delegated === 'never');
}

/** A claim of access tokens that is a field as it is: absent exactly where the field has no value. */
function saidBy(policy: Policy, field: string): KnownField | undefined {
  const claim = policy.claims.find((one) => isPlain(policy, one) && fieldIn(one) === field);
  if (claim === undefined) return undefined;
  return {
    field,
    said: claim.name,
    ...(claim.subjects !== undefined && { of: claim.subjects.kinds }),
    ...(claim.delegated === 'always' ? {} : { direct: true }),
  };
}

function isPlain({ spec }: Policy, claim: PolicyClaim): boolean {
  const { name, onMissing, tokens, audiences, clients, maxItems, maxBytes, subjects } = claim;
  // A value over its bound would look like none.
  const isWhole = onMissing === 'deny' || (maxItems === undefined && maxBytes === undefined);
  // A subject of a declared kind shows only its built-in kind.
  const isForAll =
    subjects === undefined ||
    subjects.because !== undefined ||
    Object.keys(spec.subjects ?? {}).every((kind) => subjects.kinds.includes(kind));
  return (
    isWhole &&
    isForAll &&
    tokens.includes('access') &&
    audiences === undefined &&
    clients === undefined &&
    typeof onMissing === 'string' &&
    spec.claims[name]?.when === undefined
  );
}

/** The field that a claim is as it is: a dotted path. */
export function fieldIn({ value }: PolicyClaim): string | undefined {
  return value && pathOf(value.root)?.join('.');
}

/**
 * Whether tokens tell people from agents, at an issuer that recognizes agents: each token of a person has a claim that no
 * agent has. The guard refuses a token without it, or takes it for an agent's.
 */
export function tellsPeople(policy: Policy): boolean {
  return policy.claims.some((claim) => {
    const { human, agent } = carriedBy(policy, claim);
    return (
      claim.kind === 'authoritative' &&
      claim.tokens.includes('access') &&
      claim.audiences === undefined &&
      claim.clients === undefined &&
      human === 'always' &&
      agent === 'never'
    );
  });
}
