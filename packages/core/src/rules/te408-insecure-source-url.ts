import type { Finding } from '../finding.ts';
import type { Rule } from './rule.ts';

/** Loopback by name or number: the only hosts that plain http may go to. */
const loopback = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/i;

export const insecureSourceUrl = {
  id: 'TE408',
  slug: 'insecure-source-url',
  severity: 'error',
  title: 'A source is asked over https, without credentials in its address.',
  why: 'Who can change the answer on its way writes the claims. Addresses end up in logs.',
  reference: 'https://cwe.mitre.org/data/definitions/319.html',
  check: ({ sources, source }) =>
    sources.flatMap(({ name, url }): readonly Finding[] => {
      const [start] = url;
      // An address that begins with a setting is checked when it is asked.
      if (typeof start !== 'string' || start.startsWith('${')) return [];
      const problem = start.startsWith('https://')
        ? /^https:\/\/[^/]*@/.test(start) && 'holds credentials'
        : !loopback.test(start) && 'is not https';
      if (!problem) return [];
      return [
        {
          rule: 'TE408',
          severity: 'error',
          message: `The address of \`${name}\` ${problem}.`,
          range: source.value(['sources', name, 'http', 'url']),
          help: 'Use https, and send credentials in a header as ${NAME}.',
        },
      ];
    }),
} as const satisfies Rule;
