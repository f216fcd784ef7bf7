import type { Finding } from '../finding.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { identityIn, privateIn } from '../words/personal.ts';
import { type PersonalValue, personalValueOf } from '../words/values.ts';
import { isAccountedFor, wordOf } from './personal-claims.ts';
import { placeOfValue } from './place.ts';

/** The claims that a scenario's tokens have, by their names in the spec. */
export interface SampleTokens {
  readonly scenario: string;
  readonly claims: readonly Readonly<Record<string, unknown>>[];
}

/**
 * Claims that carry personal data by the shape of their values in scenarios, though no name says so. TE404 is about
 * accounts, cards and birth dates; TE202, in the profile `pedantic`, about addresses and numbers to reach a person. No value
 * is in a message.
 */
export function personalValueFindings(policy: Policy, samples: readonly SampleTokens[]): readonly Finding[] {
  return policy.claims.flatMap((claim): readonly Finding[] => {
    if (isAccountedFor(policy.spec.claims[claim.name] ?? {})) return [];
    for (const { scenario, claims } of samples)
      for (const one of claims) {
        const shape = Object.hasOwn(one, claim.name) ? shapeIn(one[claim.name]) : undefined;
        const rule = shape && ruleFor(shape, policy, claim);
        if (shape === undefined || rule === undefined) continue;
        return [
          {
            rule,
            severity: 'warning',
            message: `\`${claim.name}\` carries personal data (in the scenario \`${scenario}\` it holds ${/^[ei]/i.test(shape) ? 'an' : 'a'} ${shape}), but lacks \`purpose\` or \`consumers\`.`,
            range: policy.source.value(placeOfValue(claim)),
            help: 'Carry only what services need to know, or write `purpose` and `consumers`.',
          },
        ];
      }
    return [];
  });
}

/** The rule that a value of this shape breaks, unless `check` reports the claim by a name. */
function ruleFor(shape: PersonalValue, { spec }: Policy, claim: PolicyClaim): string | undefined {
  const isReach = shape === 'e-mail address' || shape === 'phone number';
  if (!isReach) return wordOf(claim, privateIn) === undefined ? 'TE404' : undefined;
  const isAsked = spec.profiles?.includes('pedantic') && claim.tokens.includes('access');
  return isAsked && wordOf(claim, identityIn) === undefined ? 'TE202' : undefined;
}

/** The shape of the first personal value in a claim, which may be a list or a mapping. */
function shapeIn(value: unknown): PersonalValue | undefined {
  if (typeof value !== 'object' || value === null) return personalValueOf(value);
  for (const part of Object.values(value)) {
    const shape = shapeIn(part);
    if (shape !== undefined) return shape;
  }
  return undefined;
}
