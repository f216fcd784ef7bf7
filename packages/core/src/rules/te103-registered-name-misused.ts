import { formatType, type Type } from '@claimsmith/cel';
import type { Finding } from '../finding.ts';
import type { PolicyClaim } from '../policy.ts';
import { oftenMisused, registeredTypes } from '../words/registered.ts';
import type { Rule } from './rule.ts';

export const registeredNameMisused = {
  id: 'TE103',
  slug: 'registered-name-misused',
  severity: 'warning',
  also: ['info'],
  title: 'A claim with a registered name has the registered meaning.',
  why: 'Libraries read `roles`, `groups` and `entitlements` as lists of text, and the claims of OpenID Connect by their types, such as `email_verified` as true or false. With anything else they fail, or find nothing and refuse everybody; to some, the text "false" is true.',
  mend: 'Give it the registered type, or choose another name. With the profile `pedantic`, names are also reported that mean something unexpected in the registry.',
  bad: `claims:
  entitlements: { value: org.name, kind: descriptive }`,
  good: `claims:
  entitlement: { value: org.name, kind: descriptive }`,
  reference: 'https://www.iana.org/assignments/jwt/jwt.xhtml',
  standards: ['authorizationClaims'],
  check: ({ claims, source }, { profiles }) =>
    claims.flatMap((claim): readonly Finding[] => {
      const { name, type } = claim;
      const range = source.key(['claims', name]);
      const list = namesOf(claim).find((one) => listNames.includes(one));
      if (list !== undefined && !isListOfText(type)) {
        return [
          {
            rule: 'TE103',
            severity: 'warning',
            message: `\`${list}\` is registered as a list of text, but this claim is of type ${formatType(type)}.`,
            range,
            help: 'Make it a list of text, or choose another name.',
          },
        ];
      }
      const typed = namesOf(claim).find((one) => Object.hasOwn(registeredTypes, one));
      const wanted = typed === undefined ? undefined : registeredTypes[typed];
      if (typed !== undefined && wanted !== undefined && !wanted.kinds.includes(type.kind))
        return [
          {
            rule: 'TE103',
            severity: 'warning',
            message: `\`${typed}\` is registered as ${wanted.text}, but this claim is of type ${formatType(type)}.`,
            range,
            help: `Make it ${wanted.text}, or choose another name.`,
          },
        ];
      const meaning =
        profiles.includes('pedantic') && Object.hasOwn(oftenMisused, name) && oftenMisused[name];
      return meaning
        ? [
            {
              rule: 'TE103',
              severity: 'info',
              message: `\`${name}\` is registered as ${meaning}.`,
              range,
              help: 'If the claim means something else, choose another name, such as one with your namespace.',
            },
          ]
        : [];
    }),
} as const satisfies Rule;

const listNames: readonly string[] = ['roles', 'groups', 'entitlements'];

/** The name in the spec, and those at issuers. */
function namesOf({ name, as }: PolicyClaim): readonly string[] {
  return [name, ...Object.values(as).filter((alias) => alias !== undefined)];
}

function isListOfText(type: Type): boolean {
  if (type.kind === 'dyn') return true;
  return type.kind === 'list' && (type.element.kind === 'string' || type.element.kind === 'dyn');
}
