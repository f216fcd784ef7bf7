import { pathsCarriedBy, wordInPath } from '../names-read.ts';
import { isCredentialParameter, secretIn } from '../words/secrets.ts';
import type { Rule } from './rule.ts';

export const secretFieldMapped = {
  id: 'TE402',
  slug: 'secret-field-mapped',
  severity: 'error',
  safety: true,
  title: 'No claim carries a secret.',
  why: 'Everybody who handles a token can read it: a signature protects it against changes, not against readers. With a password, an API key or a recovery code from a token, others can act as the user.',
  mend: 'Let the service that needs the secret ask for it in the place where it is kept. If it is not a secret, rename the field.',
  bad: `user: { attributes: { api_key: string } }
claims:
  key: { value: user.attributes.api_key, kind: descriptive }`,
  good: `user: { attributes: { api_key_id: string } }
claims:
  key_id: { value: user.attributes.api_key_id, kind: descriptive }`,
  standards: ['secretLeakage', 'exposedCredentials'],
  lookups: true,
  check: ({ claims, source }) =>
    claims.flatMap(({ name, value }) => {
      if (value === undefined) return [];
      const found = pathsCarriedBy(value).flatMap((path) => {
        const word = wordInPath(path, secretIn);
        // TE403 reports these.
        return word === undefined || isCredentialParameter(path) ? [] : [{ path: path.join('.'), word }];
      });
      const [first] = found;
      if (first === undefined) return [];
      return [
        {
          rule: 'TE402',
          severity: 'error' as const,
          message: `\`${name}\` carries \`${first.path}\`, which is a secret by its name (\`${first.word}\`): whoever has the token can read it.`,
          range: source.value(['claims', name, 'value']),
          help: 'Remove the claim. If the field holds no secret, rename it.',
        },
      ];
    }),
} as const satisfies Rule;
