import type { Finding } from '../finding.ts';
import type { Issuer } from '../issuer.ts';
import type { Policy } from '../policy.ts';
import { issuerLookups, type TokenFacts } from './issuer-lookups.ts';
import { fieldIn } from './token-fields.ts';

/** Reports claims that services cannot look up from the tokens of an issuer. */
export function lookupFindings(
  policy: Policy,
  issuer: TokenFacts & Pick<Issuer, 'title'>,
): readonly Finding[] {
  return [...issuerLookups(policy, issuer).request].flatMap(([name, { unknown }]): readonly Finding[] => {
    const [field] = unknown;
    if (field === undefined) return [];
    const fields = unknown.map((one) => `\`${one}\``).join(', ');
    const isKind = field === 'subject_type';
    const carrier = policy.claims.find(
      (claim) => claim.tokens.includes('access') && fieldIn(claim) === field,
    );
    return [
      {
        rule: 'TE845',
        severity: 'error',
        message: isKind
          ? `Services cannot look up \`${name}\`: tokens of ${issuer.title} do not tell agents from other subjects.`
          : `Services cannot look up \`${name}\`: tokens of ${issuer.title} do not say ${fields} of every subject that it is for.`,
        range: policy.source.key(['claims', name]),
        help: isKind
          ? 'Put the kind into tokens: `subject: { value: subject_type, kind: descriptive }`.'
          : `Put it into tokens, for the same subjects: \`${field.replaceAll('.', '_')}: { value: ${field}, … }\`. Or read a field that they have, such as \`user.id\`.${
              carrier === undefined
                ? ''
                : ` \`${carrier.name}\` is not enough: all of them must have it, and always with the whole value, so without \`when\`, \`audiences\`, \`clients\` and a default, and with \`onMissing: deny\` if it has a bound.`
            }`,
      },
    ];
  });
}
