import { readsActor } from './delegated.ts';
import type { Concern, Finding, Path } from './finding.ts';
import { isUnder } from './loss/known.ts';
import { partNames } from './loss/losses.ts';
import type { Policy } from './policy.ts';

/** How to report parts about delegated tokens at an issuer whose tokens name no actor. */
interface ActorTelling {
  /** The issuer's name. */
  readonly title: string;
  readonly help: string;
  /** Findings about fields without a value: what they report needs no other finding. */
  readonly reported: readonly Finding[];
}

/**
 * Reports the parts of a policy that say something about delegated tokens, for an issuer that does not say who acts for a
 * user. A token that is exchanged there counts as the user's own.
 */
export function actorFindings(policy: Policy, { title, help, reported }: ActorTelling): readonly Finding[] {
  const isReported = ({ part, name }: Pick<Concern, 'part' | 'name'>) =>
    reported.some(({ about }) => about?.part === part && about.name === name && about.fields.some(isOfActor));
  return partsAboutActors(policy)
    .filter((part) => !isReported(part))
    .map(({ part, name, path, says }): Finding => {
      const mustNarrow = part === 'deny' || says === 'delegated';
      const what =
        part === 'deny'
          ? 'it does not deny an exchanged token for that'
          : says === 'delegated'
            ? 'it is also in exchanged tokens'
            : 'nobody acts there';
      const subject = `The ${partNames[part]} \`${name}\``;
      const reads =
        says === 'delegated' ? 'is not for delegated tokens, but' : 'depends on who acts for the user, but';
      return {
        rule: 'TE839',
        severity: mustNarrow ? 'warning' : 'info',
        message: `${subject} ${reads} no token of ${title} names an actor: ${what}.`,
        range: policy.source.value(path),
        help,
        about: { part, name, fields: ['actor'] },
      };
    });
}

function isOfActor(field: string): boolean {
  return isUnder(['actor'], field);
}

interface Part extends Pick<Concern, 'part' | 'name'> {
  readonly path: Path;
  /** `delegated`: by that key. */
  readonly says: 'actor' | 'delegated';
}

function partsAboutActors({ spec, claims, scopes, details, deny }: Policy): readonly Part[] {
  const narrowed = (
    section: 'claims' | 'scopes' | 'authorizationDetails',
    part: Part['part'],
    name: string,
  ) =>
    spec[section]?.[name]?.delegated === false
      ? [{ part, name, path: [section, name, 'delegated'], says: 'delegated' as const }]
      : [];
  const reading = (part: Part['part'], name: string, path: Path, isRead: boolean) =>
    isRead ? [{ part, name, path, says: 'actor' as const }] : [];
  return [
    ...deny.flatMap(({ reason, when }, index) =>
      reading('deny', reason, ['deny', index, 'when'], readsActor(when)),
    ),
    ...claims.flatMap(({ name, value, when }) => {
      const path = ['claims', name, readsActor(value) ? 'value' : 'when'];
      return [
        ...narrowed('claims', 'claim', name),
        ...reading('claim', name, path, readsActor(value) || readsActor(when)),
      ];
    }),
    ...scopes.flatMap(({ name, path, grant }) => [
      ...narrowed('scopes', 'scope', name),
      ...reading('scope', name, path, readsActor(grant)),
    ]),
    ...details.flatMap(({ type, grant }) => [
      ...narrowed('authorizationDetails', 'detail', type),
      ...reading('detail', type, ['authorizationDetails', type, 'grant'], readsActor(grant)),
    ]),
  ];
}
