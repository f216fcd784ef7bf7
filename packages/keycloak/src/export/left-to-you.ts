import type { Finding, Policy } from '@claimsmith/core';
import { codes } from '@claimsmith/core/export';
import type { Built } from './built.ts';

/** What tools that add to a realm cannot say, or must not, because their lists would replace those of others. */
export function leftToYou(policy: Policy, { manifest, enrichment }: Built): readonly Finding[] {
  const { requires, script, clients } = manifest;
  const { defaultScopes, optionalScopes } = enrichment;
  const whose =
    clients === undefined ? 'each client of the realm, or to its default client scopes' : codes(clients);
  const names = [...defaultScopes, ...optionalScopes, ...scopesOfClients(enrichment)];
  const steps = [
    ...(script === undefined
      ? []
      : [
          {
            message: `The folder does not deploy the policy script \`${script.file}\`, and the script accepts only client scopes of its own revision.`,
            help: 'Copy the JAR to `providers/` of the server, restart it with `--features=scripts`, and apply right after that: until then, its tokens are worthless.',
          },
        ]),
    ...(requires.attributes.length === 0
      ? []
      : [
          {
            message: `The folder does not declare the user attributes ${codes(requires.attributes)}, because the user profile is replaced as a whole. Keycloak drops attributes that are not in it.`,
            help: 'Add them from `user-profile.json` to the user profile of the realm, editable by administrators only.',
          },
        ]),
    {
      message: `The folder does not attach the client scopes ${codes(names)}, because the lists of a client and of a realm are replaced as a whole.`,
      help: `Add them to ${whose} when the roles are there: \`${defaultScopes[0] ?? names[0]}\` last.`,
    },
    ...(requires.accessTokenLifespan === undefined
      ? []
      : [
          {
            message: `The folder does not set the lifetime of access tokens, because it is one for the whole realm. The policy wants ${requires.accessTokenLifespan} seconds.`,
            help: 'Set it where you manage the realm or the clients.',
          },
        ]),
  ];
  const range = policy.source.value(['issuers', 'keycloak']);
  return steps.map((step) => ({ rule: 'TE940', severity: 'warning', issuer: 'keycloak', range, ...step }));
}

function scopesOfClients({ clientScopesByClient }: Built['enrichment']): readonly string[] {
  return [...new Set(Object.values(clientScopesByClient).flat())];
}
