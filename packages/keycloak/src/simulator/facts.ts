import { createHash } from 'node:crypto';
import { type Compilation, dependsOnActor, type Fact, type Policy } from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
import { strFromU8, unzipSync } from 'fflate';
import { claimNames } from '../names.ts';
import type { Enrichment } from '../representation.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { type Manifest, manifest } from '../wire.ts';
import * as input from './emulator/input.ts';
import { realmFacts } from './realm-facts.ts';

/** Facts of the files that tokens do not show, with the values of the spec or the other files for comparison. */
export function facts(policy: Policy, { artifacts }: Compilation): readonly Fact[] {
  const settings = settingsOf(policy);
  const json = (file: string): unknown =>
    JSON.parse(artifacts.find(({ path }) => path === file)?.content ?? 'null');
  const said = manifest.parse(json('manifest.json'));
  const enrichment = input.enrichment.parse(json('client-scopes.json'));
  const jar = artifacts.find(({ path }) => path === said.script?.file);
  const script = artifacts.find(({ path }) => path.endsWith('.js'));
  return [
    ...manifestFacts(policy, settings, said, enrichment),
    ...flagFacts(policy, enrichment),
    ...realmFacts(policy, said, enrichment, json('realm.json'), json('user-profile.json')),
    ...(said.script === undefined || jar === undefined
      ? [fact('script', settings.scripts, false)]
      : scriptFacts(policy, settings, said, enrichment, Buffer.from(jar.content, 'base64'), script?.content)),
  ];
}

function fact(at: string, expected: unknown, actual: unknown): Fact {
  return { at, expected, actual };
}

function manifestFacts(
  policy: Policy,
  settings: Settings,
  { requires, ...said }: Manifest,
  { permissions }: Enrichment,
): readonly Fact[] {
  const readsOrganization = contextFields(policy).some((field) => field.startsWith('org.'));
  const roles = permissions.flatMap(({ realmRoles }) => realmRoles);
  const ofClients = permissions.flatMap(({ clientRoles }) =>
    Object.entries(clientRoles).flatMap(([client, names]) => names.map((name) => `${client} ${name}`)),
  );
  const required = Object.entries(requires.clientRoles).flatMap(([client, names]) =>
    names.map((name) => `${client} ${name}`),
  );
  const objects = policy.scopes.filter(({ placeholders }) => placeholders.length > 0);
  return [
    fact('policy', [policy.name, policy.revision], [said.policy, said.revision]),
    fact('realms', settings.realms.toSorted(), said.realms),
    fact('clients', settings.clients, said.clients),
    fact(
      'features',
      [...(settings.scripts ? ['scripts'] : []), ...(readsOrganization ? ['organization'] : [])],
      requires.features,
    ),
    fact('roles of the realm', [...new Set(roles)].sort(), requires.realmRoles),
    fact('roles of clients', [...new Set(ofClients)].sort(), required.toSorted()),
    fact('no service accounts', !settings.serviceAccounts, requires.noServiceAccounts),
    fact(
      'no exchange',
      !settings.scripts && !settings.exchange && dependsOnActor(policy),
      requires.noExchange,
    ),
    fact(
      'scopes that name objects',
      objects.map(({ pattern }) => pattern[0] ?? '').toSorted(),
      said.refusedScopes.toSorted(),
    ),
  ];
}

/**
 * Flags of mappers other than those for tokens: introspection shows the token's content; the script clears userinfo, and
 * adds to it.
 */
function flagFacts({ claims }: Policy, { clientScopes }: Enrichment): readonly Fact[] {
  const shown = claims.filter(({ tokens }) => tokens.includes('userinfo')).map(({ name }) => name);
  return clientScopes.flatMap(({ protocolMappers }) =>
    protocolMappers.flatMap(({ name, protocolMapper, config }) => {
      const { 'access.token.claim': access, 'access.tokenResponse.claim': response = 'false' } = config;
      return [
        fact(`mapper ${name}: introspection`, access, config['introspection.token.claim']),
        fact(`mapper ${name}: lightweight token`, access, config['lightweight.claim']),
        fact(
          `mapper ${name}: userinfo`,
          String(protocolMapper.startsWith('script-') || shown.includes(name)),
          config['userinfo.token.claim'],
        ),
        fact(`mapper ${name}: token response`, 'false', response),
      ];
    }),
  );
}

function scriptFacts(
  policy: Policy,
  settings: Settings,
  { script }: Manifest,
  { clientScopes }: Enrichment,
  jar: Uint8Array,
  copy: string | undefined,
): readonly Fact[] {
  const files = unzipSync(jar);
  const descriptor = files['META-INF/keycloak-scripts.json'];
  const { mappers } = input.scriptDescriptor.parse(
    descriptor === undefined ? {} : JSON.parse(strFromU8(descriptor)),
  );
  const [mapper] = mappers;
  const code = files[mapper?.fileName ?? ''];
  const text = code === undefined ? '' : strFromU8(code);
  const providers = clientScopes.flatMap(({ protocolMappers }) => protocolMappers);
  const scripted = providers
    .map(({ protocolMapper }) => protocolMapper)
    .filter((id) => id.startsWith('script-'));
  const byMapper = providers.map(({ config }) => config['claim.name']?.replaceAll('\\', ''));
  const marker = policy.marker === undefined ? [] : [policy.marker.claim];
  const all = Object.values(claimNames(policy));
  return [
    fact('provider of the script', `script-${mapper?.fileName}`, script?.provider),
    fact('description of the script', mapper?.description, script?.description),
    fact('mapper of the script', [script?.provider], scripted),
    fact('the script to be read', text, copy),
    fact('digest of the script', createHash('sha256').update(jar).digest('hex'), script?.sha256),
    fact('size of the script', jar.length, script?.bytes),
    fact('settings of the script', policy.secrets, script?.settings),
    fact('audience of the script', settings.audience, script?.audience),
    fact(
      'claims of the script',
      all.filter((name) => !byMapper.includes(name)).toSorted(),
      sorted(constant(text, 'own')),
    ),
    fact('names of the policy', [...all, ...marker].sort(), sorted(constant(text, 'all'))),
    fact(
      'what services grant on',
      [
        ...policy.claims.flatMap(({ kind, name }) =>
          kind === 'authoritative' ? [claimNames(policy)[name]] : [],
        ),
        ...marker,
      ].toSorted(),
      sorted(constant(text, 'granting')),
    ),
    fact('name in the log', `${policy.name}@${policy.revision}`, constant(text, 'name')),
    fact('realms of the script', settings.realms.toSorted(), constant(text, 'realms')),
    fact('marker claim', policy.marker?.claim ?? '', constant(text, 'markerClaim')),
    fact('clients of the script', settings.clients ?? null, constant(text, 'clients')),
    fact('service accounts', settings.serviceAccounts, constant(text, 'serviceAccounts')),
    // As docs/keycloak.md has it.
    fact('deadline of the script', 4_000, constant(text, 'deadlineMs')),
    fact(
      'sources on private networks',
      policy.sources.map((source) => source.kind === 'http' && source.private),
      [...text.matchAll(/^ +isPrivate: (true|false)$/gm)].map(([, value]) => value === 'true'),
    ),
  ];
}

/** A constant of the script's last statement. */
function constant(text: string, name: string): unknown {
  const [, value] =
    new RegExp(`^  ${name}: (.*?),?$`, 'm').exec(text.slice(text.lastIndexOf('\nreturn enrich'))) ?? [];
  try {
    return value === undefined ? undefined : JSON.parse(value);
  } catch {
    return value;
  }
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.toSorted() : value;
}
