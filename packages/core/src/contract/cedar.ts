import type { Spec } from '../spec/schema.ts';
import type { Contract, ContractClaim } from './schema.ts';

/** Names that mean something else to readers of Cedar's JSON. */
const escapes = ['__entity', '__extn', '__expr'];

/**
 * The type in Cedar of a claim's type, as the contract writes it; undefined: Cedar cannot carry it. It has no fractions,
 * no null, and no lists or records of any content.
 *
 * @see https://docs.cedarpolicy.com/policies/syntax-datatypes.html
 */
export function cedarTypeOf(type: string): string | undefined {
  const element = /^list\((.*)\)$/s.exec(type)?.[1];
  if (element === undefined) return { string: 'String', bool: 'Bool', int: 'Long' }[type];
  const inner = cedarTypeOf(element);
  return inner && `Set<${inner}>`;
}

/** Whether Cedar can read a claim of this name. */
function isCedarName(name: string): boolean {
  return !escapes.includes(name);
}

/** How a spec says that Cedar reads tokens. */
export type CedarSettings = NonNullable<Spec['cedar']>;

/** An attribute of `context.token`. */
export interface CedarAttribute {
  /** A type of Cedar: `Set<String>`. */
  readonly type: string;
  /** Whether every token of the policy has it. */
  readonly isRequired: boolean;
}

/** What policies find in `context.token`, whichever issuer signed it. */
export interface CedarToken {
  /** By the name in tokens, in the order of the names. */
  readonly attributes: ReadonlyMap<string, CedarAttribute>;
  readonly uncarried: readonly Uncarried[];
}

/** A claim that Cedar cannot carry. */
export interface Uncarried {
  /** Its name in the spec. */
  readonly claim: string;
  readonly why: string;
  /** The name in tokens that is wrong; undefined: the type of the claim is. */
  readonly name?: string;
}

/**
 * The attributes of `context.token` as Verified Permissions makes them of an access token: the scopes are a set, and every
 * other claim but the groups is an attribute with its name at the issuer. Claims that a policy does not know are left out.
 *
 * @see https://docs.aws.amazon.com/verifiedpermissions/latest/userguide/oidc-map-token-to-schema.html
 */
export function cedarToken(contract: Contract, { groups, decimals = [] }: CedarSettings = {}): CedarToken {
  const attributes = new Map<string, CedarAttribute>();
  const uncarried: Uncarried[] = [];
  for (const { scopes, client } of Object.values(contract.issuers)) {
    attributes.set(scopes, { type: 'Set<String>', isRequired: false });
    for (const name of client) attributes.set(name, { type: 'String', isRequired: false });
  }
  // A token that the policy leaves alone has no marker.
  if (contract.marker) attributes.set(contract.marker.claim, { type: 'String', isRequired: false });
  const apis = Object.values(contract.apis);
  for (const [claim, names] of namesInTokens(contract)) {
    const all = apis.flatMap(({ claims }) => claims[claim] ?? []);
    const type = decimals.includes(claim) ? 'decimal' : cedarTypeOf(all[0]?.type ?? '');
    if (type === undefined) {
      uncarried.push({ claim, why: `its type is ${all[0]?.type}` });
      continue;
    }
    const isRequired =
      claim !== groups && names.size === 1 && all.length === apis.length && all.every(isInEveryToken);
    for (const name of names) {
      const other = attributes.get(name);
      if (!isCedarName(name))
        uncarried.push({
          claim,
          name,
          why: `its name in tokens, \`${name}\`, means something else in Cedar's JSON`,
        });
      else if (other !== undefined && other.type !== type)
        uncarried.push({
          claim,
          name,
          why: `another claim of type ${other.type} has the name \`${name}\` in tokens`,
        });
      else attributes.set(name, { type, isRequired: isRequired && other === undefined });
    }
  }
  return { attributes: new Map([...attributes].sort(([a], [b]) => (a < b ? -1 : 1))), uncarried };
}

/** The names that each claim has in tokens. */
export function namesInTokens({ apis }: Contract): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  for (const { claims } of Object.values(apis))
    for (const [claim, { names }] of Object.entries(claims)) {
      const own = found.get(claim) ?? new Set();
      for (const name of Object.values(names)) own.add(name);
      found.set(claim, own);
    }
  return found;
}

function isInEveryToken({ for: carried, clients }: ContractClaim): boolean {
  return clients === undefined && Object.values(carried).every((one) => one === 'always');
}
