import type { Path } from './finding.ts';
import type { Policy } from './policy.ts';

/** A part of a policy that grants, or refuses. */
export interface Authority {
  /** For people, with its name: the deny rule, the grant, the authoritative claim. */
  readonly title: string;
  readonly path: Path;
  /** Fields of the context that it rests on, through claims and the addresses of sources too. */
  readonly fields: readonly string[];
}

/** What of a policy decides whom something is granted or refused: authoritative claims, grants, and deny rules. */
export function authoritiesOf(policy: Policy): readonly Authority[] {
  const { claims, scopes, details, deny, sources } = policy;
  const fieldsOf = fieldsBehind(policy);
  return [
    ...claims
      .filter(({ kind }) => kind === 'authoritative')
      .map(({ name, reads }) => ({
        title: `The authoritative claim \`${name}\``,
        path: ['claims', name],
        fields: fieldsOf(reads),
      })),
    ...scopes.map(({ name, path, reads }) => ({
      title: `The grant of \`${name}\``,
      path,
      fields: fieldsOf(reads),
    })),
    ...details.map(({ type, reads }) => ({
      title: `The grant of \`${type}\``,
      path: ['authorizationDetails', type, 'grant'],
      fields: fieldsOf(reads),
    })),
    ...deny.map(({ reason, when }, index) => {
      const paths = when.reads.map(({ path }) => path);
      const asked = sources.map(({ name }) => name).filter((name) => paths.some(([root]) => root === name));
      return {
        title: `The deny rule \`${reason}\``,
        path: ['deny', index, 'when'],
        fields: fieldsOf({ fields: paths.map((path) => path.join('.')), sources: asked, claims: [] }),
      };
    }),
  ];
}

type Reads = Policy['claims'][number]['reads'];

function fieldsBehind({ claims, sources }: Policy): (reads: Reads) => readonly string[] {
  const ofSources = new Map(sources.map(({ name, reads }) => [name, reads.fields]));
  const ofClaims = new Map<string, readonly string[]>();
  const fieldsOf = (reads: Reads) => [
    ...new Set([
      ...reads.fields,
      ...reads.sources.flatMap((name) => ofSources.get(name) ?? []),
      ...reads.claims.flatMap((name) => ofClaims.get(name) ?? []),
    ]),
  ];
  // They come in dependency order: what a claim reads is known by then.
  for (const { name, reads } of claims) ofClaims.set(name, fieldsOf(reads));
  return fieldsOf;
}
