import { authoritiesOf, type Finding, metadataUses, type Policy } from '@claimsmith/core';

/** Organization metadata that a policy reads as something other than text, although Auth0 stores only text. */
export function metadataFindings(policy: Policy): readonly Finding[] {
  const isAuthority = authoritiesOf(policy).some(({ fields }) =>
    fields.some((field) => field === 'org.metadata' || field.startsWith('org.metadata.')),
  );
  const uses = new Map(metadataUses(policy).map((use) => [use.name, use]));
  return [...uses.values()].map(({ name, what, path, range }) => ({
    rule: 'TE834',
    severity: isAuthority ? 'error' : 'warning',
    message: `Auth0 stores organization metadata as text, but the policy reads \`org.metadata.${name}\` as ${what}: at Auth0 it is always missing.`,
    range: policy.source.within(path, range.start, range.end),
    help: `Declare and read it as text: \`org: { metadata: { ${name}: string } }\`. For a list, use text with commas: \`org.metadata.${name}.split(",")\`.`,
  }));
}
