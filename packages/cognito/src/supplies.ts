import { SETTINGS, type Type } from '@claimsmith/cel';
import {
  fieldAt,
  isUnder,
  type Lack,
  type Policy,
  type RawContext,
  type Supply,
  type SupplyOrigin,
  settingKeysOf,
} from '@claimsmith/core';
import { contextFields, js, type Origins } from '@claimsmith/core/program';
import { placeOf, type Settings, settingsOf } from './settings.ts';

/** How the function finds a field: JavaScript over `event`, with the functions of platform/event.ts. */
interface Reading {
  readonly field: string;
  readonly code: string | undefined;
  readonly from: SupplyOrigin;
  /** Whether machines have it too. */
  readonly isShared?: true;
}

const attributesPath = 'event.request.userAttributes';

/** Fields that are a standard attribute of the user. */
const standard = [
  'email',
  'email_verified',
  'name',
  'given_name',
  'family_name',
  'nickname',
  'picture',
  'locale',
  'zoneinfo',
  'phone_number',
];

const readings: readonly Reading[] = [
  {
    field: 'user.id',
    code: "attributeOf(event, 'sub')",
    from: { path: `${attributesPath}.sub` },
  },
  { field: 'user.username', code: 'userName(event)', from: { path: 'event.userName' } },
  ...standard.map((name) => {
    const text = `attributeOf(event, '${name}')`;
    return {
      field: `user.${name}`,
      code: name === 'email_verified' ? `parsedText(${text})` : text,
      from: { path: `${attributesPath}.${name}` },
    };
  }),
  {
    field: 'user.groups',
    code: 'groupsOf(event)',
    from: { path: 'event.request.groupConfiguration.groupsToOverride' },
  },
  {
    field: 'user.identities',
    code: 'identitiesOf(event)',
    from: { path: `${attributesPath}.identities` },
  },
  {
    field: 'user.attributes',
    code: undefined,
    from: { words: 'the attribute custom:<name>, or where the spec says' },
  },
  { field: 'tenant.id', code: 'event.userPoolId', from: { path: 'event.userPoolId' }, isShared: true },
  {
    field: 'client.id',
    code: 'event.callerContext?.clientId',
    from: { path: 'event.callerContext.clientId' },
    isShared: true,
  },
  {
    field: 'request.grant_type',
    code: 'grantType(event)',
    from: { words: 'from event.triggerSource' },
    isShared: true,
  },
  {
    field: 'request.scopes',
    code: 'scopesOf(event)',
    from: { path: 'event.request.scopes' },
    isShared: true,
  },
  {
    field: 'request.audience',
    code: undefined,
    from: { words: 'the audience of the settings' },
    isShared: true,
  },
  {
    field: 'request.params',
    code: 'paramsOf(event)',
    from: { path: 'event.request.clientMetadata' },
    isShared: true,
  },
  { field: 'now', code: 'Date.now()', from: { words: "the function's clock" }, isShared: true },
  {
    field: 'subject_type',
    code: 'subjectType(event)',
    from: { words: 'from event.triggerSource' },
    isShared: true,
  },
];

/** Fields that only the settings can find an attribute for. */
export const suppliable: readonly string[] = [
  'user.roles',
  'user.created_at',
  'user.logins_count',
  'org.id',
  'org.name',
  'org.display_name',
  'connection.name',
  'connection.strategy',
];

/** Client metadata is in events of logins without a browser. */
const untold: Supply['untold'] = {
  why: 'Cognito passes client metadata only with client credentials, and at logins without a browser.',
  isUntold: (context) => !hasMetadata(context),
};

/** Whether Cognito passes client metadata in a situation. */
export function hasMetadata({ request }: RawContext): boolean {
  const { grant_type } = Object(request);
  return grant_type === 'password' || grant_type === 'client_credentials';
}

const listed: SupplyOrigin = { words: 'as appClients says' };

export const supplies: readonly Supply[] = [
  ...readings.map(({ field, from, isShared }): Supply => {
    const supply = {
      field,
      from: isShared ? { login: from, 'client-credentials': from } : { login: from },
    };
    if (field === 'request.params') return { ...supply, untold };
    return field === 'user.groups' || field === 'user.identities' ? { ...supply, always: true } : supply;
  }),
  ...suppliable.map((field) => {
    const login = { words: 'as supply says' };
    return {
      field,
      from: field.startsWith('org.') ? { login, 'client-credentials': listed } : { login },
    };
  }),
  ...['client.name', 'client.metadata'].map((field) => ({
    field,
    from: { login: listed, 'client-credentials': listed },
  })),
];

/** Fields that Cognito never has. */
const unknown: readonly string[] = [
  'user.role_attributes',
  'org.metadata',
  'workload',
  'connection.name',
  'connection.strategy',
  'session',
  'request.acr_values',
  'request.ip',
  'request.user_agent',
  'request.geo',
];

/** No client can ask for authorization details, and Cognito exchanges no tokens. */
const never = ['request.authorization_details', 'actor'];

/** Fields that no event of a trigger holds. */
export function lacks(policy: Policy, trigger: string): Lack {
  const settings = settingsOf(policy);
  const { supply, audience, version } = settings;
  const isLogin = trigger === 'login';
  const isSupplied = (field: string) =>
    isListed(field, settings, isLogin) || (isLogin && Object.hasOwn(supply, field));
  const lost = [...unknown, ...suppliable, 'client.name', 'client.metadata'].filter(
    (field) => !isSupplied(field),
  );
  const absent = isLogin ? [...never, 'workload'] : [...never, 'user', 'session', 'connection'];
  const all = [
    ...lost,
    // The attribute of a user says nothing about a machine's tenant.
    ...(!isLogin && Object.hasOwn(supply, 'tenant.id') ? ['tenant.id'] : []),
    ...(audience === undefined ? ['request.audience'] : []),
    ...(version === 'V1_0' ? ['request.scopes'] : []),
  ];
  return {
    absent,
    lost: [...new Set(all)].filter((field) => !isUnder(absent, field)),
    agentsAre: isLogin ? 'human' : 'machine',
  };
}

/** Whether the settings say it of app clients. An organization there is that of machines. */
export function isListed(field: string, { appClients }: Settings, isLogin: boolean): boolean {
  const [group, name = ''] = field.split('.');
  return Object.values(appClients).some((client) => {
    if (group === 'org') return !isLogin && Object.hasOwn(client.org ?? {}, name);
    return group === 'client' && Object.hasOwn(client, name);
  });
}

/** The attribute that holds a field; undefined if it is not in one. */
export function attributeBehind(field: string, settings: Settings): string | undefined {
  const [, name] = /^user\.attributes\.(.+)$/s.exec(field) ?? [];
  if (name !== undefined) return placeOf(name, settings);
  const supplied = Object.hasOwn(settings.supply, field) ? settings.supply[field] : undefined;
  if (supplied !== undefined) return supplied === 'groups' ? undefined : supplied;
  const [, own] = /^user\.(.+)$/.exec(field) ?? [];
  if (field === 'user.id') return 'sub';
  return own !== undefined && standard.includes(own) ? own : undefined;
}

/** Whether a field is the list of the user's groups. */
export function isGroups(field: string, { supply }: Settings): boolean {
  return field === 'user.groups' || supply[field] === 'groups';
}

/** Fields as the spec declares them: a read below an attribute is a read of the attribute. */
export function declaredFields(policy: Policy): readonly string[] {
  const declared = fieldAt(policy.context, ['user', 'attributes']);
  const names = declared?.kind === 'record' ? Object.keys(declared.fields) : [];
  const all = contextFields(policy).map((field) => {
    const name = names.find((one) => isUnder([`user.attributes.${one}`], field));
    return name === undefined ? field : `user.attributes.${name}`;
  });
  return [...new Set(all)];
}

/** The declared type of a field that {@link declaredFields} names. */
export function typeOf({ context }: Policy, field: string): Type | undefined {
  const [, name] = /^user\.attributes\.(.+)$/s.exec(field) ?? [];
  return fieldAt(context, name === undefined ? field.split('.') : ['user', 'attributes', name]);
}

/** JavaScript over `event` that finds the fields that a policy reads. */
export function originsOf(policy: Policy): Origins {
  const settings = settingsOf(policy);
  const fields = declaredFields(policy).flatMap((field) => {
    const reading = readings.find((one) => isUnder([one.field], field));
    // Declared metadata is read as a whole, and then field by field.
    const known = field.startsWith('client.metadata.') ? 'client.metadata' : field;
    const own = ownCode(policy, known, settings);
    if (own !== undefined) return [[known, own] as const];
    return reading?.code === undefined ? [] : [[reading.field, reading.code] as const];
  });
  const keys = settingKeysOf(policy).length === 0 ? {} : { [SETTINGS]: 'settings.values' };
  return { parameter: 'event', fields: { ...Object.fromEntries(fields), ...keys } };
}

/** JavaScript for a field for which the settings, or the spec, say where it is. */
function ownCode(policy: Policy, field: string, settings: Settings): string | undefined {
  const { audience, version } = settings;
  // Only this version of the trigger runs for machines.
  if (field === 'subject_type' && version !== 'V3_0') return "'human'";
  if (field === 'request.audience') return audience === undefined ? undefined : js(audience);
  if (isGroups(field, settings)) return 'groupsOf(event)';
  const held = heldCode(policy, field, settings);
  const isOfMachines = field.startsWith('org.') && isListed(field, settings, false);
  if (!isOfMachines && !isListed(field, settings, true)) return held;
  const path = js(field.split('.'));
  return isOfMachines
    ? `(isMachine(event) ? listedOf(appClients, event, ${path}) : ${held})`
    : `listedOf(appClients, event, ${path})`;
}

/** The same for a field in an attribute of the user. */
function heldCode(policy: Policy, field: string, settings: Settings): string | undefined {
  if (!field.startsWith('user.attributes.') && !Object.hasOwn(settings.supply, field)) return undefined;
  const text = `attributeOf(event, ${js(attributeBehind(field, settings) ?? '')})`;
  return typeOf(policy, field)?.kind === 'string' ? text : `parsedText(${text})`;
}
