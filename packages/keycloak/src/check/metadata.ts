import type { Read } from '@claimsmith/cel';
import { authoritiesOf, expressionsOf, type Finding, type Policy } from '@claimsmith/core';

/**
 * Reports organization metadata without a declared type: at other issuers it may be a text, at Keycloak it is a list.
 */
export function metadataFindings(policy: Policy): readonly Finding[] {
  if (policy.spec.org?.metadata !== undefined) return [];
  const found = expressionsOf(policy).flatMap(({ path, expression }) =>
    expression.reads.filter(isMetadata).map((read) => ({ path, read })),
  );
  const [first] = found;
  if (first === undefined) return [];
  const names = [...new Set(found.map(({ read }) => read.path[2] ?? ''))];
  const isAuthority = authoritiesOf(policy).some(({ fields }) => fields.includes('org.metadata'));
  const declared = names.map(
    (name) => `${/^[A-Za-z_]\w*$/.test(name) ? name : JSON.stringify(name)}: string`,
  );
  return [
    {
      rule: 'TE834',
      severity: isAuthority ? 'error' : 'warning',
      message: `${names.map((name) => `\`org.metadata.${name}\``).join(', ')} ${names.length === 1 ? 'has' : 'have'} no declared type. Keycloak supplies a list of texts, even for a single value.`,
      range: policy.source.within(first.path, first.read.range.start, first.read.range.end),
      help: `Declare the type: \`org: { metadata: { ${declared.join(', ')} } }\`, or \`list(string)\` if there may be several values.`,
    },
  ];
}

function isMetadata({ path }: Read): boolean {
  return path[0] === 'org' && path[1] === 'metadata' && path.length > 2;
}
