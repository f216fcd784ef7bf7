import type { Finding } from '../finding.ts';
import type { PolicySource } from '../policy.ts';
import type { Rule } from './rule.ts';

/** Loopback by name or number: the only hosts that may be asked over plain http. */
const loopback = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/i;

export const insecureSourceUrl = {
  id: 'TE408',
  slug: 'insecure-source-url',
  severity: 'error',
  safety: true,
  title: 'A source is asked over https, and its address has no credentials.',
  why: 'Somebody who can change the answer on the network decides the claims. Credentials in an address end up in logs.',
  mend: 'Use `https://`, and send credentials in a header as `${NAME}`.',
  bad: `sources:
  crm: { http: { url: "http://crm.acme.example/" }, returns: { plan: string } }
claims: {}`,
  good: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } }
claims: {}`,
  reference: 'https://cwe.mitre.org/data/definitions/319.html',
  check: ({ sources, source }) =>
    sources.flatMap((asked): readonly Finding[] => {
      const [start, key] = addressOf(asked);
      // An address that begins with a setting is checked at runtime.
      if (start === undefined || start.startsWith('${')) return [];
      const problem = start.startsWith('https://')
        ? /^https:\/\/[^/]*@/.test(start) && 'holds credentials'
        : !loopback.test(start) && 'is not https';
      if (!problem) return [];
      return [
        {
          rule: 'TE408',
          severity: 'error',
          message: `The address of \`${asked.name}\` ${problem}.`,
          range: source.value(['sources', asked.name, asked.kind, key]),
          help: 'Use https, and send credentials in a header as ${NAME}.',
        },
      ];
    }),
} as const satisfies Rule;

/** The beginning of a source's address, and the key that holds it. */
function addressOf(source: PolicySource): readonly [text: string | undefined, key: string] {
  if (source.kind === 'dynamodb') return [source.endpoint, 'endpoint'];
  const [start] = source.kind === 'http' ? source.url : [];
  return [typeof start === 'string' ? start : undefined, 'url'];
}
