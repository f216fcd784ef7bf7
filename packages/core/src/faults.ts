import type { Path } from './finding.ts';
import { withLookups } from './lookups/policy-lookups.ts';
import type { Policy, Reads } from './policy.ts';
import { restsOn } from './rests-on.ts';

/** The parts of a spec that have errors of their own. Errors that follow from them are not reported. */
export interface Faults {
  /** Whether a fault concerns more than one part: a namespace, the keys of an issuer, a malformed section. */
  readonly areEverywhere: boolean;
  /** Whether no part has a fault. */
  areNone(): boolean;
  has(section: Section, name: string): boolean;
  in(section: Section): readonly string[];
  add(section: Section, name: string): void;
}

type Section = 'claims' | 'sources' | 'tables' | 'scopes' | 'authorizationDetails' | 'deny' | 'challenge';

/** Sections whose entries stand for themselves. */
const partial = ['claims', 'sources', 'scopes', 'authorizationDetails', 'deny', 'challenge'];
/** The parts that findings at an issuer do not depend on. */
const apart = ['$schema', 'version', 'name', 'owner'];

export function faultsOf(flaws: readonly Path[]): Faults {
  const names = new Map<string, Set<string>>();
  const namesIn = (section: string) => {
    const known = names.get(section) ?? new Set();
    names.set(section, known);
    return known;
  };
  for (const [section, name] of flaws) {
    if (section !== undefined && name !== undefined) namesIn(String(section)).add(String(name));
  }
  const isApart = ([section, name]: Path) =>
    apart.includes(String(section)) || (name !== undefined && partial.includes(String(section)));
  return {
    areEverywhere: !flaws.every(isApart),
    areNone: () => flaws.length === 0 && [...names.values()].every(({ size }) => size === 0),
    has: (section, name) => namesIn(section).has(name),
    in: (section) => [...namesIn(section)],
    add: (section, name) => void namesIn(section).add(name),
  };
}

/** A policy without the parts that have a fault, and without those that read one. */
export function soundParts(policy: Policy, faults: Faults): Policy {
  if (faults.areNone()) return policy;
  const lost = { claims: new Set(faults.in('claims')), sources: new Set(faults.in('sources')) };
  const rests = restsOn(withLookups(policy));
  const isSound = (reads: Reads) => {
    const { claims, sources } = rests(reads);
    return !claims.some((name) => lost.claims.has(name)) && !sources.some((name) => lost.sources.has(name));
  };
  return {
    ...policy,
    claims: policy.claims.filter(({ name, reads }) => !lost.claims.has(name) && isSound(reads)),
    lookups: {
      claims: policy.lookups.claims.filter(({ name, reads }) => !lost.claims.has(name) && isSound(reads)),
      sources: policy.lookups.sources.filter(({ name, reads }) => !lost.sources.has(name) && isSound(reads)),
    },
    deny: policy.deny.filter(({ reads }) => isSound(reads)),
    scopes: policy.scopes.filter(({ name, reads }) => !faults.has('scopes', name) && isSound(reads)),
    details: policy.details.filter(
      ({ type, reads }) => !faults.has('authorizationDetails', type) && isSound(reads),
    ),
    sources: policy.sources.filter(({ name, reads }) => !lost.sources.has(name) && isSound(reads)),
  };
}
