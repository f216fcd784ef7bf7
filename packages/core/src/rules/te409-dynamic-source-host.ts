import type { Rule } from './rule.ts';

export const dynamicSourceHost = {
  id: 'TE409',
  slug: 'dynamic-source-host',
  severity: 'error',
  safety: true,
  title: "A source's host is fixed.",
  why: 'With a placeholder in the host, somebody who controls the value chooses the server that is asked and that gets the credentials.',
  mend: 'Write the host itself, and put the placeholder into the path.',
  bad: `sources:
  crm: { http: { url: "https://{org.id}.acme.example/" }, returns: { plan: string } }
claims: {}`,
  good: `sources:
  crm: { http: { url: "https://crm.acme.example/{org.id}" }, returns: { plan: string } }
claims: {}`,
  reference: 'https://cwe.mitre.org/data/definitions/918.html',
  lookups: true,
  check: ({ sources, source }) =>
    sources
      .filter((asked) => {
        const [start, ...rest] = asked.kind === 'http' ? asked.url : [];
        if (rest.length === 0) return false;
        // The first literal piece must reach past the host: scheme://host/ or ${SETTING}/ or a query.
        return (
          typeof start !== 'string' || !/^([a-z][a-z0-9+.-]*:\/\/[^/?#]+|\$\{[^}]*\}[^/?#]*)[/?]/.test(start)
        );
      })
      .map(({ name }) => ({
        rule: 'TE409',
        severity: 'error',
        message: `A placeholder in the address of \`${name}\` can change the host that is asked.`,
        range: source.value(['sources', name, 'http', 'url']),
        help: 'Write the scheme, the host and a slash before the first placeholder.',
      })),
} as const satisfies Rule;
