import { SETTINGS, type Type } from '@claimsmith/cel';
import { fieldAt, own, type Policy, settingKeysOf } from '@claimsmith/core';
import { js, propertyKey } from '@claimsmith/core/program';
import { profileAttributes } from '../../plan/native/user.ts';
import { attributeName, isOfSeveral, roleOwners, type Settings } from '../../settings.ts';

/** JavaScript that finds a field of the identity context, with the functions of platform/. */
type Reading = string | ((settings: Settings) => string);

/** By field, without attributes, because each of them has its own type. */
const readings: Readonly<Record<string, Reading>> = {
  'user.id': 'text(user.getId())',
  'user.username': 'text(user.getUsername())',
  'user.email': 'text(user.getEmail())',
  'user.email_verified': 'truth(user.isEmailVerified())',
  'user.name': 'fullName()',
  'user.given_name': 'text(user.getFirstName())',
  'user.family_name': 'text(user.getLastName())',
  ...Object.fromEntries(
    Object.entries(profileAttributes).map(([field, name]) => [
      `user.${field}`,
      `one(attributes(${js(name)}), text)`,
    ]),
  ),
  'user.created_at': 'isoTime(user.getCreatedTimestamp())',
  'user.roles': (settings) => {
    const owners = roleOwners(settings);
    if (isOfSeveral(settings)) return `rolesOfClients([${owners.map(js).join(', ')}])`;
    return owners[0] === undefined ? 'realmRoles()' : `clientRoles(${js(owners[0])})`;
  },
  'user.groups': ({ groups }) => (groups === 'paths' ? 'groupPaths()' : 'groupNames()'),
  'user.identities': 'identities()',
  'org.id': 'ofOrganization(function (found) { return text(found.getId()); })',
  'org.name': 'ofOrganization(function (found) { return text(found.getAlias()); })',
  'org.display_name': 'ofOrganization(function (found) { return text(found.getName()); })',
  'org.metadata': 'ofOrganization(function (found) { return recordOf(found.getAttributes(), sortedTexts); })',
  'tenant.id': 'text(realm.getName())',
  'client.id': 'text(client().getClientId())',
  'client.name': 'text(client().getName())',
  'client.metadata': 'recordOf(client().getAttributes(), text)',
  'workload.id': "workload('jwt.credential.sub')",
  'workload.attester': "workload('jwt.credential.issuer')",
  'request.grant_type': "parameter('grant_type')",
  'request.scopes': 'requestedScopes()',
  'request.audience': ({ audience }) => (audience === undefined ? 'null' : js(audience)),
  'request.authorization_details': 'authorizationDetails()',
  'request.ip': 'text(keycloakSession.getContext().getConnection().getRemoteAddr())',
  'request.user_agent': "header('User-Agent')",
  'request.params': 'parameters()',
  'session.id': 'text(userSession.getId())',
  'session.auth_time': "number(userSession.getNote('AUTH_TIME'))",
  'session.idp': "text(userSession.getNote('identity_provider'))",
  'session.acr': 'text(token.getAcr())',
  actor: 'actor()',
  now: 'Date.now()',
  subject_type: "isServiceAccount() ? 'machine' : 'human'",
};

/** `contextOf()`: the fields of the identity context that the policy reads. */
export function contextText(policy: Policy, fields: Iterable<string>, settings: Settings): string {
  const groups = new Map<string, string[]>();
  const member = (group: string, text: string) => groups.set(group, [...(groups.get(group) ?? []), text]);
  const wanted = [...fields];
  const attributes = declaredRead(policy, 'user.attributes', wanted);
  const metadata = declaredRead(policy, 'org.metadata', wanted);
  const ofClient = declaredRead(policy, 'client.metadata', wanted);
  for (const [field, reading] of Object.entries(readings)) {
    const isRead = wanted.some((path) => `${path}.`.startsWith(`${field}.`));
    if (field === 'user.identities' && policy.spec.user?.identities !== undefined) continue;
    const isDeclared = { 'org.metadata': metadata.length > 0, 'client.metadata': ofClient.length > 0 };
    if (!isRead || own(isDeclared, field) === true) continue;
    const [group = '', name] = field.split('.');
    const text = typeof reading === 'string' ? reading : reading(settings);
    member(group, name === undefined ? text : `${name}: ${text}`);
  }
  if (attributes.length > 0) {
    const held = (name: string) => `attributes(${js(attributeName(settings, name))})`;
    member('user', `attributes: ${recordText(attributes, held)}`);
  }
  const ofRoles = declaredRead(policy, 'user.role_attributes', wanted);
  if (ofRoles.length > 0)
    member('user', `role_attributes: ${recordText(ofRoles, (name) => `roleAttributes(${js(name)})`)}`);
  if (metadata.length > 0) {
    const record = recordText(metadata, (name) => `organizationAttribute(found, ${js(name)})`);
    member('org', `metadata: ofOrganization(function (found) { return ${record}; })`);
  }
  if (ofClient.length > 0)
    member('client', `metadata: ${singleTexts(ofClient, (name) => `client().getAttribute(${name})`)}`);
  const notes = declaredRead(policy, 'session.notes', wanted);
  if (notes.length > 0)
    member('session', `notes: ${singleTexts(notes, (name) => `userSession.getNote(${name})`)}`);
  const parts = [...groups].map(([group, texts]) =>
    Object.hasOwn(readings, group)
      ? `  ${group}: ${texts.join()}`
      : `  ${group}: {\n    ${texts.join(',\n    ')}\n  }`,
  );
  const keys = settingKeysOf(policy);
  if (keys.length > 0) parts.push(`  ${SETTINGS}: keysNamed(${js([...keys])})`);
  return `/* What the policy reads. */\nfunction contextOf() {\n  return {\n${parts.join(',\n').replace(/^/gm, '  ')}\n  };\n}`;
}

/** Records whose fields a spec declares. */
export type DeclaredRecord =
  | 'user.attributes'
  | 'user.role_attributes'
  | 'org.metadata'
  | 'client.metadata'
  | 'session.notes';

/** The declared names and types of such a record that are read, by their names in the spec. */
export function declaredRead(
  { context }: Policy,
  record: DeclaredRecord,
  fields: readonly string[],
): readonly (readonly [name: string, type: Type])[] {
  const declared = fieldAt(context, record.split('.'));
  if (declared?.kind !== 'record') return [];
  return Object.entries(declared.fields).flatMap(([name, { type }]) => {
    const isRead = fields.some((path) => `${path}.`.startsWith(`${record}.${name}.`));
    return isRead ? [[name, type] as const] : [];
  });
}

/** @param held what gives the texts behind a name */
function recordText(
  declared: readonly (readonly [name: string, type: Type])[],
  held: (name: string) => string,
): string {
  const members = declared.map(([name, type]) => `${propertyKey(name)}: ${valueText(held(name), type)}`);
  return `{\n      ${members.join(',\n      ')}\n    }`;
}

/** A record of which Keycloak holds each value as one text. */
function singleTexts(
  declared: readonly (readonly [name: string, type: Type])[],
  held: (name: string) => string,
): string {
  const members = declared.map(([name, type]) => {
    const reader = readerOf(type);
    const found = held(js(name));
    return `${propertyKey(name)}: ${reader}(${reader === 'parsed' ? `text(${found})` : found})`;
  });
  return `{\n      ${members.join(',\n      ')}\n    }`;
}

/** How the texts of an attribute become a value of its declared type. */
function valueText(held: string, type: Type): string {
  return type.kind === 'list'
    ? `many(${held}, ${readerOf(type.element)})`
    : `one(${held}, ${readerOf(type)})`;
}

function readerOf(type: Type): string {
  switch (type.kind) {
    case 'string':
      return 'text';
    case 'bool':
      return 'truth';
    case 'int':
      return 'number';
    default:
      return 'parsed';
  }
}
