import type { Rule } from './rule.ts';

export const dynamicSourceHost = {
  id: 'TE409',
  slug: 'dynamic-source-host',
  severity: 'error',
  title: "A source's host is fixed.",
  why: 'A placeholder in the host lets who controls the value choose whom we ask, and to whom we send the secret.',
  reference: 'https://cwe.mitre.org/data/definitions/918.html',
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
        message: `A placeholder of \`${name}\` can change the host that is asked.`,
        range: source.value(['sources', name, 'http', 'url']),
        help: 'Write scheme and host out, and a slash after them, before the first placeholder.',
      })),
} as const satisfies Rule;
