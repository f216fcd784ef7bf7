import { cedarTypeOf } from '../contract/cedar.ts';
import { typeText } from '../contract/contract.ts';
import type { Finding, SourceRange } from '../finding.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { placeOfValue } from './place.ts';
import type { Rule } from './rule.ts';

export const cedarClaims = {
  id: 'TE860',
  slug: 'cedar-claims',
  severity: 'error',
  title: 'Where Cedar decides, it can carry every claim of access tokens.',
  why: 'Cedar has texts, truth values, whole numbers and lists of them. It has no fractions, no null, and no maps or lists of any content. One such claim makes the whole request fail.',
  mend: 'Give the claim a type that Cedar has: whole cents in place of a fraction, a list of texts in place of a map. `cedar` names claims of access tokens.',
  bad: `user: { attributes: { limit: double } }
claims:
  approval_limit: { value: user.attributes.limit, kind: authoritative }
cedar: {}`,
  good: `user: { attributes: { limit: double } }
claims:
  approval_cents: { value: int(user.attributes.limit * 100.0), kind: authoritative }
cedar: {}`,
  reference: 'https://docs.cedarpolicy.com/policies/syntax-datatypes.html',
  check(policy) {
    const { cedar } = policy.spec;
    if (cedar === undefined) return [];
    return [
      ...policy.claims.filter(isInAccessToken).flatMap((claim) => uncarried(policy, claim)),
      ...(cedar.groups === undefined
        ? []
        : wrongName(
            policy,
            cedar.groups,
            ['string', 'list(string)'],
            policy.source.value(['cedar', 'groups']),
          )),
      ...(cedar.decimals ?? []).flatMap((name, index) =>
        wrongName(policy, name, ['string'], policy.source.value(['cedar', 'decimals', index])),
      ),
    ];
  },
} as const satisfies Rule;

function isInAccessToken({ tokens }: PolicyClaim): boolean {
  return tokens.includes('access');
}

function uncarried({ source }: Policy, claim: PolicyClaim): readonly Finding[] {
  const { name } = claim;
  const type = typeText(claim.type);
  if (cedarTypeOf(type) !== undefined) return [];
  return [
    {
      rule: 'TE860',
      severity: 'error',
      message: `Cedar cannot carry \`${name}\`, because its type is ${type}.`,
      range: source.value(placeOfValue(claim)),
      help: wayOut(type),
    },
  ];
}

function wayOut(type: string): string {
  if (type.includes('double'))
    return 'Send whole numbers in a smaller unit, such as `int(amount * 100.0)`, or texts with 1 to 4 digits after the point, and name the claim under `cedar.decimals`.';
  if (type.startsWith('map(')) return 'Send a claim for each key that policies read, or a list of texts.';
  return 'Declare the type of what it reads, such as `list(string)`, so that all its values have that type.';
}

function wrongName(
  { claims }: Policy,
  name: string,
  types: readonly string[],
  range: SourceRange,
): readonly Finding[] {
  const claim = claims.find((one) => one.name === name && isInAccessToken(one));
  if (claim !== undefined && types.includes(typeText(claim.type))) return [];
  const which = claim === undefined ? 'no claim of access tokens' : `of type ${typeText(claim.type)}`;
  return [
    {
      rule: 'TE860',
      severity: 'error',
      message: `\`${name}\` is ${which}, and \`cedar\` needs one of type ${types.join(' or ')} here.`,
      range,
      help: 'Name a claim by its name in the spec.',
    },
  ];
}
