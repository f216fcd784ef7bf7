import type { Field, RecordType, Type } from '@claimsmith/cel';

/**
 * An identity context as a scenario writes it. Any part may be missing, and all of it is untrusted. `now` is in
 * milliseconds since 1970.
 */
export type RawContext = Readonly<Record<string, unknown>>;

const string: Type = { kind: 'string' };
const strings: Type = { kind: 'list', element: string };
const stringMap: Type = { kind: 'map', key: string, value: string };
const anyMap: Type = { kind: 'map', key: string, value: { kind: 'dyn' } };

function record(name: string, types: Readonly<Record<string, Type>>, more: RecordType['fields'] = {}): Field {
  const fields = Object.fromEntries(Object.entries(types).map(([key, type]) => [key, { type }]));
  return { type: { kind: 'record', name, fields: { ...fields, ...more } }, always: true };
}

const organization = { id: string, name: string, display_name: string } as const;
const request = {
  grant_type: string,
  scopes: strings,
  audience: string,
  authorization_details: { kind: 'list', element: anyMap },
  acr_values: strings,
  ip: string,
  user_agent: string,
  params: stringMap,
} as const;
const session = { id: string, auth_time: { kind: 'int' }, amr: strings, acr: string, idp: string } as const;
/** Where a request comes from, by its IP address. */
const geo = {
  continent: string,
  country: string,
  subdivision: string,
  city: string,
  time_zone: string,
} as const;

/** The fields that a spec declares. */
interface DeclaredFields {
  /** `user.attributes.<name>`. Default: none. */
  readonly attributes?: RecordType;
  /** `attributes` of each of `user.identities`. Default: none. */
  readonly identity?: RecordType | undefined;
  /** `user.role_attributes.<name>`. Default: none. */
  readonly roles?: RecordType | undefined;
  /** `session.notes.<name>`. Default: none. */
  readonly notes?: RecordType | undefined;
  /** `org.metadata.<name>`. Default: of any name and type. */
  readonly org?: RecordType | undefined;
  /** `client.metadata.<name>`. Default: text of any name. */
  readonly client?: RecordType | undefined;
}

const noFields: RecordType = { kind: 'record', name: 'attributes', fields: {} };

/** An account at an identity provider that is linked to the user. */
function identityType(attributes: RecordType | undefined): RecordType {
  const fields = { provider: { type: string }, connection: { type: string }, id: { type: string } };
  const own = attributes === undefined ? {} : { attributes: { type: attributes, always: true } };
  return { kind: 'record', name: 'user.identities', fields: { ...fields, ...own } };
}

function withMetadata(
  name: string,
  types: Readonly<Record<string, Type>>,
  any: Type,
  declared: RecordType | undefined,
): Field {
  return declared === undefined
    ? record(name, { ...types, metadata: any })
    : record(name, types, { metadata: { type: declared, always: true } });
}

/**
 * The identity context: one model with standard names, filled by each issuer's adapter.
 * A field may have no value in a given issuance; the records that group the fields always exist.
 */
export function contextType({
  attributes = noFields,
  identity,
  roles = noFields,
  notes = noFields,
  org,
  client,
}: DeclaredFields = {}): RecordType {
  const standard = {
    id: string,
    username: string,
    email: string,
    email_verified: { kind: 'bool' },
    name: string,
    given_name: string,
    family_name: string,
    nickname: string,
    picture: string,
    locale: string,
    zoneinfo: string,
    phone_number: string,
    created_at: string,
    logins_count: { kind: 'int' },
    roles: strings,
    groups: strings,
    identities: { kind: 'list', element: identityType(identity) },
  } as const;
  return {
    kind: 'record',
    name: 'context',
    fields: {
      user: record('user', standard, {
        attributes: { type: attributes, always: true },
        role_attributes: { type: roles, always: true },
      }),
      org: withMetadata('org', organization, anyMap, org),
      tenant: record('tenant', { id: string }),
      client: withMetadata('client', { id: string, name: string }, stringMap, client),
      workload: record('workload', { id: string, attester: string }),
      connection: record('connection', { name: string, strategy: string }),
      request: record('request', request, { geo: record('geo', geo) }),
      session: record('session', session, { notes: { type: notes, always: true } }),
      actor: record('actor', { sub: string, chain: strings }),
      subject_type: { type: string },
      now: { type: { kind: 'timestamp' }, always: true },
    },
  };
}

/** The declared type at a dotted path of the context, or undefined. */
export function fieldAt(context: RecordType, path: readonly string[]): Type | undefined {
  let type: Type = context;
  for (const name of path) {
    if (type.kind !== 'record' || !Object.hasOwn(type.fields, name)) return undefined;
    const field: Field | undefined = type.fields[name];
    if (field === undefined) return undefined;
    type = field.type;
  }
  return type;
}
