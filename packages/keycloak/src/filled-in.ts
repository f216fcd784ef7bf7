import type { Finding, Path, Policy } from '@claimsmith/core';
import { userProfile } from './realm/user-profile.ts';
import { attributeName, type Settings } from './settings.ts';

/**
 * Whether a text in a realm file may become another: `${NAME}` is a variable of the server's environment there, and
 * `${NAME:text}` always becomes something else.
 *
 * @see https://www.keycloak.org/server/importExport#_using_environment_variables_within_the_realm_configuration_files
 */
export function isFilledIn(text: string): boolean {
  return text.includes('${');
}

/** Names that a realm file must hold as they are. Those in conditions and claims have a script for a way out. */
export function filledInFindings(policy: Policy, settings: Settings): readonly Finding[] {
  return namesOf(policy, settings)
    .filter(({ text }) => isFilledIn(text))
    .map(({ text, path }) => ({
      rule: 'TE826',
      severity: 'error',
      message: `Keycloak would fill in \`\${…}\` when it imports a realm: \`${text}\` can not stand in one.`,
      range: policy.source.value(path),
      help: 'Write the name itself: settings of the server are no part of a realm. If it is the name at Keycloak, rename it there.',
    }));
}

interface Named {
  readonly text: string;
  readonly path: Path;
}

function namesOf(policy: Policy, settings: Settings): readonly Named[] {
  const { audience, clients = [], rolesFrom } = settings;
  const at = (...path: Path): Path => ['issuers', 'keycloak', ...path];
  const held = userProfile(policy).attributes.map(({ name }) => name);
  const attributes = Object.keys(policy.spec.user?.attributes ?? {}).flatMap((name): readonly Named[] => {
    const text = attributeName(settings, name);
    if (!held.includes(text)) return [];
    return [{ text, path: text === name ? ['user', 'attributes', name] : at('attributes', name) }];
  });
  return [
    ...(audience === undefined ? [] : [{ text: audience, path: at('audience') }]),
    ...clients.map((text, index) => ({ text, path: at('clients', index) })),
    ...(rolesFrom === 'realm' ? [] : [{ text: rolesFrom.client, path: at('rolesFrom', 'client') }]),
    ...attributes,
    ...(policy.marker === undefined ? [] : [{ text: policy.marker.claim, path: ['marker'] }]),
  ];
}
