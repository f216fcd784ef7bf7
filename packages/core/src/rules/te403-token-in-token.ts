import { pathsCarriedBy } from '../names-read.ts';
import { isCredentialParameter } from '../words/secrets.ts';
import type { Rule } from './rule.ts';

export const tokenInToken = {
  id: 'TE403',
  slug: 'token-in-token',
  severity: 'error',
  safety: true,
  title: 'No claim carries a token or a proof from the request.',
  why: 'A service that gets the token could use the other one, or the proof, at the issuer: it was made for the client alone.',
  mend: 'Carry what the service needs to know of it, such as the subject or the actor, and not the token itself.',
  bad: `claims:
  upstream: { value: request.params.subject_token, kind: descriptive }`,
  good: `claims:
  acting_service: { value: actor.sub, when: has(actor.sub), kind: descriptive }`,
  reference: 'https://www.iana.org/assignments/oauth-parameters/oauth-parameters.xhtml',
  standards: ['secretLeakage', 'exposedCredentials'],
  lookups: true,
  check: ({ claims, source }) =>
    claims.flatMap(({ name, value }) => {
      if (value === undefined) return [];
      const found = pathsCarriedBy(value).find(isCredentialParameter);
      if (found === undefined) return [];
      return [
        {
          rule: 'TE403',
          severity: 'error' as const,
          message: `\`${name}\` carries \`${found.join('.')}\`, with which the client proves something to the issuer.`,
          range: source.value(['claims', name, 'value']),
          help: 'Remove the claim. Read `actor.sub` for who acts for the user.',
        },
      ];
    }),
} as const satisfies Rule;
