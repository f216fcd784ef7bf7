import type { Finding, Policy } from '@claimsmith/core';
import { codes, type Export } from '@claimsmith/core/export';
import { nobodyOf } from '../compile/enrichment.ts';
import { clientScopeMappings, scopeMappings } from '../compile/realm/scope-mappings.ts';
import type { Enrichment } from '../representation.ts';
import { settingsOf } from '../settings.ts';
import { builtOf } from './built.ts';
import { leftToYou } from './left-to-you.ts';

/**
 * One file for each realm, for keycloak-config-cli. Files that it must not read are in the folder `about`.
 *
 * @see https://github.com/adorsys/keycloak-config-cli
 */
export const configCliExport: Export = {
  write: (policy, compilation) => {
    const built = builtOf(policy, compilation);
    const { manifest, enrichment, forPeople } = built;
    return {
      title: 'keycloak-config-cli',
      usage: usage(policy),
      about: about(built.manifest.realms),
      pagePath: 'about/README.md',
      files: [
        ...manifest.realms.map((realm) => ({
          path: `${realm}.json`,
          content: asciiJson(realmFile(policy, realm, enrichment)),
        })),
        { path: 'about/import.env', content: environment(policy) },
        ...forPeople.map((artifact) => ({ ...artifact, path: `about/${artifact.path}` })),
      ],
      findings: [
        ...leftToYou(policy, built),
        ...deletions(policy, enrichment),
        ...oldRoles(policy, enrichment),
      ],
    };
  },
};

/** What the policy adds to a realm. Lists in which others stand are not in it. */
function realmFile(policy: Policy, realm: string, enrichment: Enrichment) {
  const byRealm = scopeMappings(enrichment);
  const byClient = clientScopeMappings(enrichment);
  const isPermitted = enrichment.permissions.length > 0;
  return {
    realm,
    ...(isPermitted ? { roles: { realm: [{ name: nobodyOf(policy) }] } } : {}),
    clientScopes: enrichment.clientScopes,
    ...(byRealm.length === 0 ? {} : { scopeMappings: byRealm }),
    ...(Object.keys(byClient).length === 0 ? {} : { clientScopeMappings: byClient }),
  };
}

/**
 * JSON in which `$` and everything but ASCII is escaped: the tool replaces `$(…)` and `$${javascript:…}` in the text of
 * the file, and reads it as YAML, which takes some characters for line breaks.
 */
function asciiJson(data: unknown): string {
  const text = JSON.stringify(data, undefined, 2);
  const escaped = text.replace(
    /[$\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `${escaped}\n`;
}

/**
 * The tool keeps what the file does not name: by its own defaults it would delete some of it. The key keeps its notes
 * apart from those of other files.
 */
function environment({ name }: Policy): string {
  const kinds = ['CLIENTSCOPE', 'SCOPEMAPPING', 'CLIENTSCOPEMAPPING', 'ROLE', 'CLIENT'];
  const lines = [
    ...kinds.map((kind) => `IMPORT_MANAGED_${kind}=no-delete`),
    `IMPORT_CACHE_KEY=claimsmith-${name}`,
  ];
  return `${lines.join('\n')}\n`;
}

/** What a file with roles deletes, unless the tool has the settings of {@link environment}. */
function deletions(policy: Policy, enrichment: Enrichment): readonly Finding[] {
  if (settingsOf(policy).ownRealm || enrichment.permissions.length === 0) return [];
  const isByClient = Object.keys(clientScopeMappings(enrichment)).length > 0;
  const mappings = isByClient ? ', and takes roles of clients from the client scopes of others' : '';
  return [
    {
      rule: 'TE941',
      severity: 'warning',
      issuer: 'keycloak',
      message: `With its default settings, keycloak-config-cli deletes realm roles that it has made from other files${mappings}.`,
      range: policy.source.value(['issuers', 'keycloak']),
      help: 'Run it with the settings in `about/import.env`, or copy the content of the file into your own file of the realm.',
    },
  ];
}

/** A client scope that clients ask for keeps its name when the roles of its grant change. */
function oldRoles(policy: Policy, { permissions }: Enrichment): readonly Finding[] {
  if (settingsOf(policy).ownRealm) return [];
  const names = permissions
    .map(({ clientScope }) => clientScope)
    .filter((name) => !name.startsWith(`claimsmith.${policy.name}.`));
  if (names.length === 0) return [];
  return [
    {
      rule: 'TE940',
      severity: 'warning',
      issuer: 'keycloak',
      message: `With the settings in \`about/import.env\`, keycloak-config-cli also keeps roles that the policy no longer has for ${codes(names)}.`,
      range: policy.source.value(['issuers', 'keycloak']),
      help: 'When you take a role out of the grant of a scope, take it out of the scope of the client scope by hand.',
    },
  ];
}

function usage({ name }: Policy): string {
  return `Run the tool on the folder with the settings of \`about/import.env\`: then it deletes nothing of others.

\`\`\`sh
docker run --rm --env-file about/import.env -v "$PWD:/config" \\
  -e KEYCLOAK_URL -e KEYCLOAK_USER -e KEYCLOAK_PASSWORD -e IMPORT_FILES_LOCATIONS='/config/*' \\
  adorsys/keycloak-config-cli
\`\`\`

With these settings it also keeps client scopes that a new revision no longer has. All of the policy begin with
\`claimsmith.${name}\`, or have the attribute \`claimsmith.policy\`; delete old ones by hand.

The folder \`about\` is not for the tool. In the files, \`$\` and other characters are escaped, so variable substitution may
be on or off.
`;
}

function about(realms: readonly string[]): string {
  const where =
    realms.length === 1 ? `the realm \`${realms[0]}\`` : `${realms.length} realms, one file for each`;
  return `Client scopes with their mappers, and the roles that permit them, for ${where}. Roles of the realm and of clients
must exist. \`about/user-profile.json\` has the attributes that the policy reads.
`;
}
