import { authoritiesOf, type Finding, metadataUses, type Policy } from '@claimsmith/core';

/** Metadata that a policy reads as something other than text, although Auth0 stores only text. */
export function metadataFindings(policy: Policy): readonly Finding[] {
  const authority = authoritiesOf(policy).flatMap(({ fields }) => fields);
  const uses = new Map(metadataUses(policy).map((use) => [`${use.owner}.metadata.${use.name}`, use]));
  return [...uses].map(([field, { owner, name, what, path, range }]) => ({
    rule: 'TE834',
    severity: authority.some((one) => `${one}.`.startsWith(`${owner}.metadata.`)) ? 'error' : 'warning',
    message: `Auth0 stores ${owners[owner]} metadata as text, but the policy reads \`${field}\` as ${what}: at Auth0 it is always missing.`,
    range: policy.source.within(path, range.start, range.end),
    help: `Declare and read it as text: \`${owner}: { metadata: { ${name}: string } }\`. For a list, use text with commas: \`${field}.split(",")\`.`,
  }));
}

const owners = { org: 'organization', client: 'client' } as const;
