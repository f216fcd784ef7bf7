import type { Rule } from './rule.ts';

export const machineBearer = {
  id: 'TEN06',
  slug: 'machine-bearer',
  severity: 'warning',
  profile: 'auditor',
  title: 'Tokens with authority for machines and agents are bound to a key.',
  why: 'Whoever finds a bearer token of a machine in a log or a build can use it elsewhere.',
  mend: 'Turn on DPoP or mutual TLS for these clients at the issuer, and let services check `cnf`. A spec cannot say so: accept the finding with that as the reason.',
  bad: `claims:
  tenant: { const: acme, kind: authoritative, subjects: [machine] }`,
  good: `claims:
  tenant: { value: org.id, kind: authoritative, subjects: [human] }`,
  standards: ['insecureAuthentication', 'boundTokens'],
  check: ({ claims, source }) =>
    claims
      .filter(
        ({ kind, subjects }) =>
          kind === 'authoritative' &&
          subjects !== undefined &&
          subjects.kinds.some((one) => one === 'machine' || one === 'agent'),
      )
      .map(({ name }) => ({
        rule: 'TEN06',
        severity: 'warning',
        message: `\`${name}\` gives authority to machines or agents, and nothing shows that their tokens are bound to a key.`,
        range: source.key(['claims', name]),
        help: 'Turn on DPoP or mutual TLS for these clients, and accept the finding with that as the reason.',
      })),
} as const satisfies Rule;
