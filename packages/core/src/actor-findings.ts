import type { Concern, Finding } from './finding.ts';
import type { Lack } from './issuer.ts';
import { partNames } from './loss/losses.ts';
import type { Policy } from './policy.ts';

/** How to report parts about delegated tokens at an issuer whose tokens name no actor. */
interface ActorTelling {
  /** The issuer's name. */
  readonly title: string;
  readonly help: string;
}

/**
 * Reports the parts of a policy that `delegated: false` keeps out of delegated tokens, for an issuer that does not say
 * who acts for a user. A token that is exchanged there counts as the user's own. Conditions that read the actor are
 * reported as conditions on any field that the issuer does not supply.
 */
export function actorFindings(policy: Policy, { title, help }: ActorTelling): readonly Finding[] {
  const sections: readonly (readonly ['claims' | 'scopes' | 'authorizationDetails', Concern['part']])[] = [
    ['claims', 'claim'],
    ['scopes', 'scope'],
    ['authorizationDetails', 'detail'],
  ];
  return sections.flatMap(([section, part]) =>
    Object.entries(policy.spec[section] ?? {})
      .filter(([, { delegated }]) => delegated === false)
      .map(
        ([name]): Finding => ({
          rule: 'TE839',
          severity: 'warning',
          message: `The ${partNames[part]} \`${name}\` is not for delegated tokens, but no token of ${title} names an actor: it is also in exchanged tokens.`,
          range: policy.source.value([section, name, 'delegated']),
          help,
          about: { part, name, fields: ['actor'] },
        }),
      ),
  );
}

/**
 * What an issuer lacks at a login, for conditions on the actor: somebody may act for the user there by an exchange of
 * tokens, which the issuer does not say.
 */
export function withUnseenActor({ absent, lost, ...lack }: Lack): Lack {
  if (!absent.includes('actor')) return { absent, lost, ...lack };
  return { absent: absent.filter((field) => field !== 'actor'), lost: [...lost, 'actor'], ...lack };
}
