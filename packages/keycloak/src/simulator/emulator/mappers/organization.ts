import type { Value } from '../draft.ts';
import { type Config, everywhere, type Mapper } from '../mapper.ts';
import type { Situation } from '../situation.ts';
import { writeClaim } from '../write-claim.ts';

/** The organizations that the request's scopes name: one alias, a list of aliases, or an object by alias. */
export const organizationMembership: Mapper = {
  priority: 0,
  kinds: everywhere,
  write(draft, config, { organizations, notes }) {
    const isMultivalued = (config['multivalued'] ?? 'true') === 'true';
    const value = isMultivalued ? all(config, organizations) : organizations[0]?.alias;
    const type = isObject(config) && isMultivalued ? 'JSON' : (config['jsonType.label'] ?? 'String');
    const name = config['claim.name'] ?? 'organization';
    if (!isMultivalued && organizations.length > 1) {
      notes.push(`${name}: Keycloak signs only one of several organizations, in an undefined order.`);
    }
    writeClaim(
      draft,
      value,
      { ...config, 'claim.name': name, 'jsonType.label': type, multivalued: String(isMultivalued) },
      notes,
    );
  },
};

function all(config: Config, organizations: Situation['organizations']): Value | undefined {
  if (organizations.length === 0) return undefined;
  if (!isObject(config)) return organizations.map(({ alias = '' }) => alias);
  return new Map(
    organizations.map(({ alias = '', id = '', attributes }): [string, Value] => {
      const members = new Map<string, Value>();
      if (isTrue(config['addOrganizationAttributes'])) {
        for (const [name, values] of Object.entries(attributes)) members.set(name, values);
      }
      if (isTrue(config['addOrganizationId'])) members.set('id', id);
      return [alias, members];
    }),
  );
}

function isObject(config: Config): boolean {
  return (
    config['jsonType.label'] === 'JSON' ||
    isTrue(config['addOrganizationAttributes']) ||
    isTrue(config['addOrganizationId'])
  );
}

function isTrue(flag: string | undefined): boolean {
  return flag?.toLowerCase() === 'true';
}
