import type { Finding, Path } from '../finding.ts';
import type { PolicySource } from '../policy.ts';
import type { Rule } from './rule.ts';

/** Loopback by name or number: the only hosts that may be asked over plain http. */
const loopback = /^http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?(\/|$)/i;

export const insecureSourceUrl = {
  id: 'TE408',
  slug: 'insecure-source-url',
  severity: 'error',
  fixable: true,
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
  lookups: true,
  check: ({ sources, source }) =>
    sources.flatMap((asked) =>
      addressesOf(asked).flatMap(({ start, path, what }): readonly Finding[] => {
        // An address that begins with a setting is checked at runtime.
        if (start === undefined || start.startsWith('${')) return [];
        const problem = start.startsWith('https://')
          ? /^https:\/\/[^/]*@/.test(start) && 'holds credentials'
          : !loopback.test(start) && 'is not https';
        if (!problem) return [];
        const at = ['sources', asked.name, asked.kind, ...path];
        // With a port of http, the server does not speak https there.
        const isPlain = /^http:\/\/[^/:]*$/.test(start.split('/', 3).join('/')) && !start.includes('@');
        return [
          {
            rule: 'TE408',
            severity: 'error',
            message: `The ${what} of \`${asked.name}\` ${problem}.`,
            range: source.value(at),
            help: 'Use https, and send credentials in a header as ${NAME}.',
            ...(isPlain ? { fix: { over: source.within(at, 0, 'http'.length), text: 'https' } } : {}),
          },
        ];
      }),
    ),
} as const satisfies Rule;

/** The beginning of each address that is asked for a source, and where it stands. */
function addressesOf(source: PolicySource): readonly {
  readonly start: string | undefined;
  readonly path: Path;
  readonly what: string;
}[] {
  if (source.kind === 'dynamodb') return [{ start: source.endpoint, path: ['endpoint'], what: 'address' }];
  if (source.kind === 'sql') return [];
  const [start] = source.url;
  const token = {
    start: source.oauth2?.tokenUrl,
    path: ['auth', 'oauth2', 'tokenUrl'],
    what: 'token address',
  };
  return [{ start: typeof start === 'string' ? start : undefined, path: ['url'], what: 'address' }, token];
}
