import type { Path } from './finding.ts';
import type { Policy, Reads } from './policy.ts';
import { restsOn } from './rests-on.ts';
import { ruleTitle } from './rule-title.ts';

/** A part of a policy that grants, or refuses. */
export interface Authority {
  /** For people, with its name: the deny rule, the grant, the authoritative claim. */
  readonly title: string;
  readonly path: Path;
  /** The fields of the context that it depends on, also through claims and the addresses of sources. */
  readonly fields: readonly string[];
}

/** The parts of a policy that grant or refuse something: authoritative claims, grants, and deny rules. */
export function authoritiesOf(policy: Policy): readonly Authority[] {
  const { applies, claims, scopes, details, deny } = policy;
  const rests = restsOn(policy);
  const fieldsOf = (reads: Reads) => rests(reads).fields;
  return [
    ...(applies === undefined
      ? []
      : [{ title: 'The condition `applies`', path: ['applies'], fields: fieldsOf(applies.reads) }]),
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
    ...deny.map((rule) => ({
      title: ruleTitle(rule),
      path: [...rule.path, 'when'],
      fields: fieldsOf(rule.reads),
    })),
  ];
}
