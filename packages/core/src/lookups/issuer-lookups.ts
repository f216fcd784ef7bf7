import {
  children,
  compile,
  constantText,
  type Expr,
  type Expression,
  operationOf,
  pathOf,
  type RecordType,
} from '@claimsmith/cel';
import { dependsOnActor } from '../delegated.ts';
import type { Issuer } from '../issuer.ts';
import type { Policy, PolicyClaim, PolicyRule } from '../policy.ts';
import { expressionsOf } from '../policy-expressions.ts';
import { restsOn } from '../rests-on.ts';
import { askedWith } from '../sources/asked-with.ts';
import { withLookups } from './policy-lookups.ts';
import {
  type Addressees,
  covers,
  type KnownField,
  knownField,
  standardTokenFields,
  tellsPeople,
} from './token-fields.ts';

/** A part of a policy that services decide from a token of one issuer. */
export interface LookupPart {
  /** The part as a policy of its own. */
  readonly policy: Policy;
  /** The fields that it reads, as far as the token says them. */
  readonly fields: readonly KnownField[];
  /**
   * Claims of the token that it reads: the record of the program's context that holds them, and by their names in the
   * spec their names there. Undefined: none.
   */
  readonly told: { readonly record: string; readonly names: Readonly<Record<string, string>> } | undefined;
  /** Fields that it needs and the token does not say, for a subject that it is for: dotted paths. */
  readonly unknown: readonly string[];
}

/** What services decide from a token of one issuer. */
export interface IssuerLookups {
  /** Claims with `resolve: request`. */
  readonly request: ReadonlyMap<string, LookupPart>;
  /** Claims of access tokens that come from sources. They can be asked again where nothing is unknown. */
  readonly fresh: ReadonlyMap<string, LookupPart>;
  /** The deny rules, in the order of the spec; no challenges, which are asked of a login. */
  readonly deny: readonly { readonly rule: PolicyRule; readonly part: LookupPart }[];
}

/** What an issuer's access tokens say. */
export type TokenFacts = Pick<Issuer, 'tokenFields' | 'accessToken'>;

const known = new WeakMap<Policy, Map<TokenFacts, IssuerLookups>>();

/**
 * What services decide from the tokens of an issuer.
 *
 * @param policy the policy of the issuer
 */
export function issuerLookups(policy: Policy, facts: TokenFacts): IssuerLookups {
  const byIssuer = known.get(policy) ?? new Map<TokenFacts, IssuerLookups>();
  known.set(policy, byIssuer);
  const found = byIssuer.get(facts) ?? lookupsOf(policy, facts);
  byIssuer.set(facts, found);
  return found;
}

/** Each kind of part is computed when it is asked for: a check needs only the first. */
function lookupsOf(policy: Policy, facts: TokenFacts): IssuerLookups {
  const whole = withLookups(policy);
  const byName = new Map(whole.claims.map((claim) => [claim.name, claim]));
  const rest = restsOn(whole);
  const asks = ({ reads }: PolicyClaim) => rest(reads).sources.length > 0;
  const parts = (claims: readonly PolicyClaim[], isTold: (read: PolicyClaim) => boolean) =>
    new Map(
      claims.map((claim) => {
        const told = (one: PolicyClaim) => one !== claim && one.tokens.includes('access') && isTold(one);
        const wanted = { claims: neededClaims(byName, claim, told), told, deny: [] };
        return [claim.name, lookupPart(whole, facts, wanted)];
      }),
    );
  const request = once(() => parts(policy.lookups.claims, () => true));
  const fresh = once(() => {
    const asked = policy.claims.filter((claim) => claim.tokens.includes('access') && asks(claim));
    return parts(asked, (read) => !asks(read));
  });
  const deny = once(() =>
    policy.deny
      .filter(({ challenge }) => challenge === undefined)
      .map((rule) => ({
        rule,
        part: lookupPart(whole, facts, { claims: [], told: () => false, deny: [rule] }),
      })),
  );
  return {
    get request() {
      return request();
    },
    get fresh() {
      return fresh();
    },
    get deny() {
      return deny();
    },
  };
}

function once<T extends object>(compute: () => T): () => T {
  let found: T | undefined;
  return () => {
    found ??= compute();
    return found;
  };
}

/** A claim after those that it reads, directly and through others. What tokens tell is not followed further. */
function neededClaims(
  byName: ReadonlyMap<string, PolicyClaim>,
  claim: PolicyClaim,
  isTold: (claim: PolicyClaim) => boolean,
): readonly PolicyClaim[] {
  const needed = new Set([claim.name]);
  // What is added meanwhile is visited too.
  for (const name of needed) {
    const one = byName.get(name);
    if (one !== undefined && !isTold(one)) for (const read of one.reads.claims) needed.add(read);
  }
  if (needed.size === 1) return [claim];
  // All claims are in dependency order.
  return [...byName.values()].filter(({ name }) => needed.has(name));
}

interface Wanted {
  /** The last one is wanted; those before are what it reads. */
  readonly claims: readonly PolicyClaim[];
  /** Whether the token tells the value of a claim. */
  readonly told: (claim: PolicyClaim) => boolean;
  readonly deny: readonly PolicyRule[];
}

/** @param whole the policy with its look-ups */
function lookupPart(whole: Policy, facts: TokenFacts, { claims, told, deny }: Wanted): LookupPart {
  const target = claims.at(-1);
  const holder = holderName(whole);
  const read = claims.filter(told);
  const names = new Map(read.map(({ name }, index) => [name, `claim_${index}`]));
  const record: RecordType = {
    kind: 'record',
    name: holder,
    fields: Object.fromEntries(read.map(({ name, type }) => [names.get(name) ?? '', { type }])),
  };
  const made = claims.map((claim): PolicyClaim => {
    const field = names.get(claim.name);
    const tokens: PolicyClaim['tokens'] = claim === target ? ['access'] : [];
    return field === undefined
      ? { ...claim, resolve: 'request', tokens }
      : toldClaim(claim, `${holder}.${field}`, { [holder]: record });
  });
  const rest = restsOn({ claims: made, sources: whole.sources });
  const reads = [...made.slice(-1), ...deny].map((part) => rest(part.reads));
  const asked = new Set(reads.flatMap(({ sources }) => sources));
  const policy: Policy = {
    ...whole,
    spec: {
      ...whole.spec,
      lifetime: undefined,
      tables: readsTables([...made, ...deny], whole.sources) ? whole.spec.tables : undefined,
    },
    marker: undefined,
    applies: undefined,
    only: undefined,
    context:
      read.length === 0
        ? whole.context
        : {
            ...whole.context,
            fields: { ...whole.context.fields, [holder]: { type: record, always: true } },
          },
    claims: made,
    lookups: { claims: [], sources: [] },
    deny,
    scopes: [],
    details: [],
    sources: whole.sources.filter(({ name }) => asked.has(name)),
  };
  const fields = [...new Set([...reads.flatMap((one) => one.fields), ...alsoRead(policy)])].filter(
    (field) => !field.startsWith(`${holder}.`),
  );
  const part = {
    kinds: (target?.subjects ?? deny[0]?.subjects)?.kinds,
    delegated: target?.delegated ?? 'always',
  } as const;
  const found = fields.map((field) => ({ field, known: knownIn(policy, whole, facts, field, part) }));
  const known = found.flatMap((one) => one.known ?? []);
  return {
    policy,
    fields: known.filter(({ field }, index) => known.findIndex((one) => one.field === field) === index),
    told: read.length === 0 ? undefined : { record: holder, names: Object.fromEntries(names) },
    unknown: found
      .filter((one) => one.known === undefined || !covers(one.known, part))
      .map(({ field }) => field)
      .sort(),
  };
}

function readsTables(
  parts: readonly { readonly value?: Expression | undefined; readonly when: Expression | undefined }[],
  sources: Policy['sources'],
): boolean {
  const all = [...parts.flatMap(({ value, when }) => [value, when]), ...sources.flatMap(askedWith)];
  return all.some((expression) => expression?.reads.some(({ path: [root] }) => root === 'tables'));
}

/** A claim whose value the token tells. */
function toldClaim(
  claim: PolicyClaim,
  path: string,
  variables: Readonly<Record<string, RecordType>>,
): PolicyClaim {
  const compiled = compile(path, { variables });
  return {
    ...claim,
    value: compiled.ok ? compiled.expression : undefined,
    constant: undefined,
    when: undefined,
    subjects: undefined,
    delegated: 'always',
    tokens: [],
    onMissing: 'omit',
    audiences: undefined,
    clients: undefined,
    maxAgeSeconds: undefined,
    reads: { fields: [path], sources: [], claims: [] },
  };
}

/** A name for the claims of the token that nothing else in expressions has. */
function holderName({ context, sources }: Policy): string {
  const isTaken = (name: string) =>
    Object.hasOwn(context.fields, name) || sources.some((source) => source.name === name);
  let name = 'token';
  while (isTaken(name)) name += '_';
  return name;
}

/** What a program reads besides what its expressions do. */
function alsoRead(policy: Policy): readonly string[] {
  const { claims } = policy;
  return [
    ...(claims.some(({ audiences }) => audiences !== undefined) ? ['request.audience'] : []),
    ...(claims.some(({ clients }) => clients !== undefined) ? ['client.id'] : []),
    ...(dependsOnActor(policy) ? ['actor'] : []),
    ...(claims.some(({ delegated }) => delegated === 'agents') ? ['subject_type'] : []),
  ];
}

/** @param whole the policy with all its claims */
function knownIn(
  part: Policy,
  whole: Policy,
  { tokenFields = standardTokenFields, accessToken }: TokenFacts,
  field: string,
  addressees: Addressees,
): KnownField | undefined {
  const said = knownField(whole, tokenFields, field, addressees);
  if (field !== 'subject_type' || said !== undefined) return said;
  const isClear = accessToken?.recognizesAgents !== true || (asksForPeople(part) && tellsPeople(whole));
  return isClear ? { field, fact: 'kind' } : undefined;
}

/**
 * Whether a part asks of the kind of subject only whether it is a person. The token of a machine may be an agent's, but
 * never a person's.
 */
function asksForPeople(policy: Policy): boolean {
  const deciding = expressionsOf(policy).map(({ expression }) => expression);
  const all = [...deciding, ...policy.sources.flatMap(askedWith)];
  return (
    policy.claims.every(({ delegated }) => delegated !== 'agents') &&
    all.every(({ root }: Expression) => onlyForPeople(root))
  );
}

function onlyForPeople(expr: Expr): boolean {
  const operation = operationOf(expr);
  if (operation?.kind === 'compare' && constantText(operation.right) === 'human' && isKind(operation.left))
    return operation.symbol === '==' || operation.symbol === '!=';
  return !isKind(expr) && children(expr).every(onlyForPeople);
}

function isKind(expr: Expr): boolean {
  return pathOf(expr)?.[0] === 'subject_type';
}
