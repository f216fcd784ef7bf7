import { jsonBytes } from '../token-size.ts';
import type { Rule } from './rule.ts';

/** The part of the names in a token that may be repeated, and the bytes below which nobody cares. */
const mostShare = 0.5;
const leastBytes = 200;

export const namespaceOverhead = {
  id: 'TE108',
  slug: 'namespace-overhead',
  severity: 'info',
  profile: 'pedantic',
  title: 'A long namespace is not repeated in many claims.',
  why: 'Each claim repeats it in each token, and each request carries the token.',
  mend: 'Choose a shorter namespace, or put the values into one claim that is an object.',
  bad: `claims:
  https://claims.identity.payments.acme.example/a: { value: org.id, kind: descriptive }
  https://claims.identity.payments.acme.example/b: { value: org.id, kind: descriptive }
  https://claims.identity.payments.acme.example/c: { value: org.id, kind: descriptive }
  https://claims.identity.payments.acme.example/d: { value: org.id, kind: descriptive }
  https://claims.identity.payments.acme.example/e: { value: org.id, kind: descriptive }
  https://claims.identity.payments.acme.example/f: { value: org.id, kind: descriptive }`,
  good: `claims:
  https://acme.example/a: { value: org.id, kind: descriptive }
  https://acme.example/b: { value: org.id, kind: descriptive }`,
  standards: ['claimNames'],
  check: ({ claims, source }) => {
    const spaces = new Map<string, string[]>();
    for (const { name } of claims) {
      const [space] = /^[a-z]+:.*[/#:](?=[^/#:])/i.exec(name) ?? [];
      if (space !== undefined) spaces.set(space, [...(spaces.get(space) ?? []), name]);
    }
    const bytesOfNames = claims.reduce((sum, { name }) => sum + jsonBytes(name), 0);
    return [...spaces].flatMap(([space, [first = '', ...others]]) => {
      const repeated = others.length * space.length;
      if (repeated < leastBytes || repeated < bytesOfNames * mostShare) return [];
      return [
        {
          rule: 'TE108',
          severity: 'info' as const,
          message: `\`${space}\` stands ${others.length + 1} times in each token: ${Math.ceil((repeated * 4) / 3)} bytes more than once.`,
          range: source.key(['claims', first]),
          help: 'Choose a shorter namespace, or put the values into one claim.',
        },
      ];
    });
  },
} as const satisfies Rule;
