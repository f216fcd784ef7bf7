import type { PolicyClaim } from '../policy.ts';
import type { Rule } from './rule.ts';

export const authzInIdToken = {
  id: 'TE201',
  slug: 'authz-in-id-token',
  severity: 'error',
  title: 'An authoritative claim goes only into the access token.',
  why: 'ID tokens and userinfo answers are for the client. A service must grant access only on claims in a token that was made for the service.',
  mend: 'Remove `id` and `userinfo` from `tokens`. If the client wants to show the value, add a descriptive claim for it.',
  bad: `claims:
  roles: { value: user.roles, kind: authoritative, tokens: [access, id] }`,
  good: `claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }
  role_names: { value: user.roles, kind: descriptive, maxItems: 20, tokens: [id] }`,
  reference: 'https://openid.net/specs/openid-connect-core-1_0.html#IDToken',
  check: ({ claims, source }) =>
    claims
      .filter((claim) => claim.kind === 'authoritative' && claim.tokens.some((token) => token !== 'access'))
      .map((claim) => {
        const { name, tokens } = claim;
        const where = tokens.includes('id') ? 'the ID token' : 'the userinfo answer';
        return {
          rule: 'TE201',
          severity: 'error',
          message: `\`${name}\` is authoritative, but goes into ${where}.`,
          range: source.value(['claims', name, 'tokens']),
          help: helpFor(claim),
          remedy:
            'Write `tokens: [access]`, and add claims for what the client needs: `{ value: claims.…, tokens: [id], kind: descriptive }`. Their `as` can give them the same names.',
        };
      }),
} as const satisfies Rule;

function helpFor({ name, tokens }: PolicyClaim): string {
  if (!tokens.includes('access'))
    return 'If only the client needs it, make it descriptive. If services grant access on it, write `tokens: [access]`.';
  const others = tokens.filter((token) => token !== 'access').join(', ');
  const value = /^[A-Za-z_]\w*$/.test(name) ? `claims.${name}` : `claims["${name}"]`;
  return `Write \`tokens: [access]\`. If the client needs the value, add a claim for it: \`{ value: '${value}', tokens: [${others}], kind: descriptive }\`. Its \`as\` can give it the same name.`;
}
