import type { Issuer, Policy, Supply, SupplyOrigin } from '@claimsmith/core';

/** Where a claim's value comes from at one trigger of an issuer, in a few words. */
export function originOf(policy: Policy, issuer: Issuer, trigger: string, name: string): string {
  if (policy.marker?.claim === name) return 'policy marker';
  const claim = policy.claims.find((claim) => claim.name === name);
  if (claim === undefined) return '';
  if (claim.value === undefined) return 'constant';
  const { reads } = claim;
  const paths = (claim.value.reads ?? []).map(({ path }) => path.join('.'));
  // `reads` also counts what `when` reads; the value comes from what `value` reads.
  const fields = reads.fields.filter((field) => paths.some((path) => isWithin(path, field)));
  const others = paths.filter(
    (path) => isWithin(path, 'claims') || reads.sources.some((name) => isWithin(path, name)),
  );
  const origins = [...fields.map((field) => fieldOrigin(issuer, trigger, field)), ...others];
  return origins.length === 0 ? 'constant' : [...new Set(origins)].join(', ');
}

function isWithin(path: string, prefix: string): boolean {
  return path === prefix || path.startsWith(`${prefix}.`);
}

/** The vendor's path, without its note; `explain` prints that too. */
function fieldOrigin(issuer: Issuer, trigger: string, field: string): string {
  const origin = originsOf(issuer, field)?.[trigger];
  return origin !== undefined && 'path' in origin ? origin.path : field;
}

/** By trigger, the vendor's name of a field of the identity context; undefined if the issuer cannot supply it. */
export function supplyOf(issuer: Issuer, field: string): Readonly<Record<string, string>> | undefined {
  const origins = originsOf(issuer, field);
  return (
    origins &&
    Object.fromEntries(Object.entries(origins).map(([trigger, origin]) => [trigger, textOf(origin)]))
  );
}

function textOf(origin: SupplyOrigin): string {
  if ('words' in origin) return origin.words;
  return origin.note === undefined ? origin.path : `${origin.path}, ${origin.note}`;
}

function originsOf(issuer: Issuer, field: string): Supply['from'] | undefined {
  const exact = issuer.model.supplies.find((supply) => supply.field === field);
  if (exact !== undefined) return exact.from;
  // `user.attributes` stands for every declared attribute, `org.metadata` for each of its keys.
  const general = issuer.model.supplies.find((supply) => field.startsWith(`${supply.field}.`));
  if (general === undefined) return undefined;
  const rest = field.slice(general.field.length);
  const below = (origin: SupplyOrigin) =>
    'path' in origin ? { ...origin, path: `${origin.path}${rest}` } : origin;
  return Object.fromEntries(Object.entries(general.from).map(([trigger, from]) => [trigger, below(from)]));
}
