import type { Issuer, Policy, PolicyClaim } from '@claimsmith/core';

/** Where a claim's value comes from at one trigger of an issuer, in a few words. */
export function originOf(policy: Policy, issuer: Issuer, trigger: string, name: string): string {
  if (policy.marker?.claim === name) return 'policy marker';
  const claim = policy.claims.find((claim) => claim.name === name);
  if (claim === undefined) return '';
  if (claim.value === undefined) return 'constant';
  return [
    ...claim.reads.fields.map((field) => fieldOrigin(issuer, trigger, field)),
    ...sourceReads(claim),
    ...claim.reads.claims.map((other) => `claims.${other}`),
  ].join(', ');
}

function fieldOrigin(issuer: Issuer, trigger: string, field: string): string {
  const from = supplyOf(issuer, field)?.[trigger];
  return from === undefined || from === field ? field : `${field} ← ${from}`;
}

/** By trigger, the vendor's name of a field of the identity context; undefined where the issuer can't supply it. */
export function supplyOf(issuer: Issuer, field: string): Readonly<Record<string, string>> | undefined {
  const exact = issuer.supplies.find((supply) => supply.field === field);
  if (exact !== undefined) return exact.from;
  // `user.attributes` stands for every declared attribute, `org.metadata` for each of its keys.
  const general = issuer.supplies.find((supply) => field.startsWith(`${supply.field}.`));
  if (general === undefined) return undefined;
  const rest = field.slice(general.field.length);
  return Object.fromEntries(
    Object.entries(general.from).map(([trigger, from]) => [
      trigger,
      from.replace(/(\.<[^>]*>|\.\*)?$/, rest),
    ]),
  );
}

/** `entitlements.plan` for each field of a source's answer that the claim's expressions read. */
function sourceReads(claim: PolicyClaim): readonly string[] {
  const paths = (claim.value?.reads ?? [])
    .filter(({ path: [first] }) => first !== undefined && claim.reads.sources.includes(first))
    .map(({ path }) => path.join('.'));
  const named = new Set(paths.map((path) => path.split('.')[0]));
  return [...new Set([...paths, ...claim.reads.sources.filter((source) => !named.has(source))])];
}
