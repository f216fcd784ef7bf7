import type { Finding } from '../finding.ts';
import type { Policy } from '../policy.ts';
import { isOfHost } from '../sources/host-settings.ts';
import type { Rule } from './rule.ts';
import { hmacKey } from './secret-texts.ts';
import { textsIn } from './texts.ts';

export const settingOfTheHost = {
  id: 'TE411',
  slug: 'setting-of-the-host',
  severity: 'error',
  safety: true,
  title: 'A source reads only its own settings, not those of the machine, the server or the audit.',
  why: 'The value of `${NAME}` is sent to the source. Otherwise the author of a spec could have the credentials of the server, the cloud account or the build sent to any address.',
  mend: 'Give the source its own credential with its own name, such as `${CRM_TOKEN}`, and list the name where you deploy: in `CLAIMSMITH_SETTINGS` for the hook server and Keycloak, in the secrets of an Auth0 Action.',
  bad: `sources:
  crm:
    http: { url: "https://crm.acme.example/", headers: { authorization: "Bearer \${AWS_SESSION_TOKEN}" } }
    returns: { plan: string }
claims: {}`,
  good: `sources:
  crm:
    http: { url: "https://crm.acme.example/", headers: { authorization: "Bearer \${CRM_TOKEN}" } }
    returns: { plan: string }
claims: {}`,
  reference: 'https://cwe.mitre.org/data/definitions/526.html',
  lookups: true,
  check: ({ spec, source }) => [
    ...Object.entries(spec.sources ?? {}).flatMap(([name, settings]) =>
      textsIn(settings, ['sources', name]).flatMap(({ path, text }) =>
        [...text.matchAll(/\$\{(\w+)\}/g)]
          .filter(([, setting = '']) => isOfHost(setting) || isAuditKey(spec, setting))
          .map(
            ({ 0: found, 1: setting = '', index }): Finding => ({
              rule: 'TE411',
              severity: 'error',
              message: `\`${setting}\` ${isAuditKey(spec, setting) ? 'is the key of the audit' : 'belongs to the machine or the server'}, and would be sent to the source \`${name}\`.`,
              range: source.within(path, index, index + found.length),
              help: `Give the source its own setting: \`\${${ownName(name)}}\`.`,
            }),
          ),
      ),
    ),
    ...textsIn({ ...spec, sources: undefined }, []).flatMap(({ path, text }) =>
      [...text.matchAll(hmacKey)]
        .filter(([, , setting = '']) => isOfHost(setting))
        .map(
          ({ 0: found, 2: setting = '', index }): Finding => ({
            rule: 'TE411',
            severity: 'error',
            message: `\`${setting}\` belongs to the machine or the server, so a policy cannot use it as a key.`,
            range: source.within(path, index, index + found.length),
            help: 'Give the policy its own key: `${PAIRWISE_KEY}`.',
          }),
        ),
    ),
  ],
} as const satisfies Rule;

function isAuditKey({ audit }: Policy['spec'], setting: string): boolean {
  return audit?.key === `\${${setting}}`;
}

function ownName(source: string): string {
  return `${source.replace(/\W/g, '_').toUpperCase()}_TOKEN`;
}
