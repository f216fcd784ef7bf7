import { formatType, type RecordType, type Type } from '@claimsmith/cel';
import { contextType, type Issuer, type SupplyOrigin } from '@claimsmith/core';
import { specJsonSchema } from '@claimsmith/core/spec';
import type { GeneratedFile } from './generated.ts';
import { cell, keyTable } from './key-table.ts';
import { beforeKeys, meanings, opening, type Section, sections } from './spec-prose.ts';

/** docs/spec.md: every key of a spec, and every field of the identity context with where it comes from. */
export function specPage(issuers: readonly Issuer[]): GeneratedFile {
  const settings = Object.fromEntries(issuers.map((issuer) => [issuer.id, issuer.settings]));
  const schema = specJsonSchema(settings);
  const perIssuer = issuers.map(
    ({ id, title }): Section => ({
      path: `issuers.${id}`,
      title: `\`issuers.${id}\``,
      text: `What ${title} also needs to know.`,
    }),
  );
  const tables = [...sections, ...perIssuer].map(
    ({ path, title, text, hasNoTable = false }) =>
      `## ${title}\n\n${text}\n${hasNoTable ? '' : `\n${keyTable(schema, path, { meanings, types })}\n`}`,
  );
  const [first = '', ...more] = tables;
  const context = issuers.map((issuer) => contextTable(issuer));
  return {
    path: 'docs/spec.md',
    content: [opening, first, beforeKeys, ...more, contextText, ...context].join('\n'),
  };
}

const contextText = `## The identity context

These are the fields that expressions read. Each issuer fills them from its own event. A dash means that the issuer cannot
supply the field at that trigger; \`claimsmith check\` reports expressions that read it. Any field may have no value in a given
issuance.

An expression may also read a source (\`entitlements.plan\`), a table (\`tables.region\`) and another claim (\`claims.roles\`).
\`params.region\` is a [parameter](#params), and \`issuer\` the id of the issuer that the policy is built for:
\`issuer == "keycloak" ? params.tenant : org.id\`. Both are constants. At an issuer, the branches for the others are not part of the
policy, so such a branch may read a field that only its own issuer supplies, or a source that only its own issuer can ask. All branches must
have types that fit. Each issuer is
compared with the policy for that issuer, and the revision is the same for all.
The \`grant\` of a scope may read its placeholders, and the \`grant\` of an authorization detail may read \`detail\`.

**Workloads.** \`workload.id\` is what a machine has proven to be in this request, and \`workload.attester\` says who attested it. Keycloak
supplies both to its policy script if the client authenticates with an assertion of another issuer (\`Signed JWT - Federated\`): a SPIFFE
id by the identity provider of the trust domain, or a Kubernetes service account by that of the cluster. They have no value for other
clients and for tokens of people. Compare both: \`workload.attester == "spiffe" && workload.id == "spiffe://acme.example/billing"\`. Auth0,
Okta and Cognito name only the client. There, register one client for each workload and read \`client.id\`.
`;

function contextTable(issuer: Issuer): string {
  const triggers = [...new Set(issuer.model.supplies.flatMap(({ from }) => Object.keys(from)))];
  const rows = contextFields().map(({ path, type }) => {
    const supply = issuer.model.supplies.find(({ field }) => `${path}.`.startsWith(`${field}.`));
    const below = supply === undefined ? '' : path.slice(supply.field.length);
    const cells = triggers.map((trigger) => originWords(supply?.from[trigger], below));
    return `| \`${path}\` | ${type} | ${cells.join(' | ')} |`;
  });
  const head = `| field | type | ${triggers.map((trigger) => `${issuer.title} ${trigger}`).join(' | ')} |`;
  return [head, `|---|---|${'---|'.repeat(triggers.length)}`, ...rows, ''].join('\n');
}

function originWords(from: SupplyOrigin | undefined, below: string): string {
  if (from === undefined) return '–';
  if ('words' in from) return cell(from.words);
  const note = from.note === undefined ? '' : cell(`, ${from.note}`);
  return `\`${from.path}${below}\`${note}`;
}

function typeText(type: Type): string {
  if (type.kind !== 'list' || type.element.kind !== 'record') return formatType(type);
  return `list of { ${Object.keys(type.element.fields).join(', ')} }`;
}

/** By path: what the schema says in too many words. */
const types = {
  'sources.*.returns': 'mapping of types, or one in brackets',
  'user.attributes': 'mapping of types',
  'user.roleAttributes': 'mapping to `list(string)`',
};

export function contextFields(): readonly { readonly path: string; readonly type: string }[] {
  const { fields } = contextType();
  return Object.entries(fields).flatMap(([group, { type }]) => {
    if (type.kind !== 'record') return [{ path: group, type: formatType(type) }];
    return fieldsIn(group, type);
  });
}

function fieldsIn(prefix: string, { fields }: RecordType): ReturnType<typeof contextFields> {
  return Object.entries(fields).flatMap(([name, { type }]) => {
    const path = `${prefix}.${name}`;
    if (type.kind !== 'record') return [{ path, type: typeText(type) }];
    return Object.keys(type.fields).length === 0 ? [{ path, type: 'as declared' }] : fieldsIn(path, type);
  });
}
