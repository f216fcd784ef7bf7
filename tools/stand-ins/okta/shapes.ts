/*
 * What requests may hold, as far as the stand-in knows it: stricter than Okta, so that our own requests are right beyond
 * doubt. A property that is not listed is refused, unless the stored object has it already.
 */
import { invalid } from './errors.ts';

export type Body = Record<string, unknown>;

/** Returns what is wrong with a value; undefined: nothing. */
type Check = (value: unknown, stored: unknown, at: string) => string | undefined;

export interface Fields {
  readonly required?: readonly string[];
  readonly fields: Readonly<Record<string, Check>>;
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const text =
  (least = 0, most = 10_000, pattern = /^/): Check =>
  (value, _, at) =>
    typeof value === 'string' && value.length >= least && value.length <= most && pattern.test(value)
      ? undefined
      : `${at} is not a text of ${least} to ${most} characters`;
const flag: Check = (value, _, at) => (typeof value === 'boolean' ? undefined : `${at} is not a boolean`);
const whole =
  (least: number, most: number): Check =>
  (value, _, at) =>
    Number.isInteger(value) && Number(value) >= least && Number(value) <= most
      ? undefined
      : `${at} is not a whole number from ${least} to ${most}`;
const oneOf =
  (...texts: readonly string[]): Check =>
  (value, _, at) =>
    typeof value === 'string' && texts.includes(value)
      ? undefined
      : `${at} is not one of ${texts.join(', ')}`;
const listOf =
  (item: Check, least = 0, most = 1_000): Check =>
  (value, _, at) => {
    if (!Array.isArray(value) || value.length < least || value.length > most) return `${at} is not a list`;
    return value.map((one, i) => item(one, undefined, `${at}[${i}]`)).find((wrong) => wrong !== undefined);
  };
const nullable =
  (check: Check): Check =>
  (value, stored, at) =>
    value === null ? undefined : check(value, stored, at);
const anything: Check = () => undefined;
const object =
  ({ required = [], fields }: Fields): Check =>
  (value, stored, at) => {
    if (!isBody(value)) return `${at} is not an object`;
    const known = isBody(stored) ? stored : {};
    const missing = required.find((name) => value[name] === undefined);
    if (missing !== undefined) return `${at}.${missing} is missing`;
    for (const [name, part] of Object.entries(value)) {
      const check = Object.hasOwn(fields, name) ? fields[name] : undefined;
      if (check === undefined && !Object.hasOwn(known, name)) return `${at}.${name} is unknown`;
      const wrong = check?.(part, known[name], `${at}.${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };

const status = oneOf('ACTIVE', 'INACTIVE');
/** What the server sets itself: it may come back in a request, and has no effect. */
const readOnly = {
  id: text(),
  created: text(),
  lastUpdated: text(),
  system: flag,
  _links: anything,
  status,
};

const hookConfig = object({
  required: ['uri'],
  fields: {
    // Okta takes https alone. A hook on this machine is let in, for tests.
    uri: text(1, 1_024, /^(https:\/\/|http:\/\/(127\.0\.0\.1|localhost)[:/])/),
    method: oneOf('POST'),
    headers: listOf(object({ required: ['key', 'value'], fields: { key: text(1), value: text() } })),
    authScheme: nullable(
      object({
        required: ['type', 'key', 'value'],
        fields: { type: oneOf('HEADER'), key: text(1), value: text(1) },
      }),
    ),
    authType: oneOf('client_secret_post', 'private_key_jwt'),
    clientId: text(1),
    clientSecret: text(1),
    tokenUrl: text(1, 1_024, /^https?:\/\//),
    scope: text(1),
    hookKeyId: text(1),
  },
});

const channel = object({
  required: ['type', 'version', 'config'],
  fields: { type: oneOf('HTTP', 'OAUTH'), version: oneOf('1.0.0'), config: hookConfig },
});

export const hookTypes: readonly string[] = [
  'com.okta.oauth2.tokens.transform',
  'com.okta.saml.tokens.transform',
  'com.okta.import.transform',
  'com.okta.user.pre-registration',
  'com.okta.user.credential.password.import',
  'com.okta.telephony.provider',
];

const hookFields = { name: text(1, 255), version: text(1, 20), channel, status };
const claim: Fields = {
  required: ['name', 'claimType', 'valueType'],
  fields: {
    ...readOnly,
    name: text(1, 255),
    claimType: oneOf('RESOURCE', 'IDENTITY'),
    valueType: oneOf('EXPRESSION', 'GROUPS', 'SYSTEM'),
    value: text(1, 1_024),
    group_filter_type: oneOf('STARTS_WITH', 'EQUALS', 'CONTAINS', 'REGEX'),
    conditions: object({ fields: { scopes: listOf(text(1)) } }),
    alwaysIncludeInToken: flag,
  },
};
const scope: Fields = {
  required: ['name'],
  fields: {
    ...readOnly,
    name: text(1, 255, /^[^\s"\\]+$/),
    displayName: text(),
    description: text(),
    consent: oneOf('IMPLICIT', 'REQUIRED', 'FLEXIBLE'),
    metadataPublish: oneOf('ALL_CLIENTS', 'NO_CLIENTS'),
    default: flag,
    optional: flag,
  },
};
const server: Fields = {
  required: ['name', 'audiences'],
  fields: {
    ...readOnly,
    name: text(1, 100),
    description: text(),
    audiences: listOf(text(1), 1, 1),
    issuer: text(),
    issuerMode: oneOf('ORG_URL', 'CUSTOM_URL', 'DYNAMIC'),
    default: flag,
    credentials: object({
      fields: {
        signing: object({
          fields: {
            rotationMode: oneOf('AUTO', 'MANUAL'),
            kid: text(),
            lastRotated: text(),
            nextRotation: text(),
          },
        }),
      },
    }),
  },
};
const policy: Fields = {
  required: ['type', 'name', 'conditions'],
  fields: {
    ...readOnly,
    type: oneOf('OAUTH_AUTHORIZATION_POLICY'),
    name: text(1, 100),
    description: text(),
    priority: whole(1, 1_000),
    conditions: object({
      required: ['clients'],
      fields: { clients: object({ required: ['include'], fields: { include: listOf(text(1)) } }) },
    }),
  },
};
const people = object({
  fields: { include: listOf(text(1)), exclude: listOf(text(1)) },
});
const rule: Fields = {
  required: ['type', 'name', 'conditions'],
  fields: {
    ...readOnly,
    type: oneOf('RESOURCE_ACCESS'),
    name: text(1, 100),
    priority: whole(1, 1_000),
    conditions: object({
      fields: {
        people: object({ fields: { users: people, groups: people } }),
        grantTypes: object({ fields: { include: listOf(text(1)) } }),
        scopes: object({ fields: { include: listOf(text(1)) } }),
      },
    }),
    actions: object({
      fields: {
        token: object({
          fields: {
            accessTokenLifetimeMinutes: whole(5, 1_440),
            refreshTokenLifetimeMinutes: whole(0, 2_628_000),
            refreshTokenWindowMinutes: whole(10, 2_628_000),
            inlineHook: nullable(object({ required: ['id'], fields: { id: text(1) } })),
          },
        }),
      },
    }),
  },
};
const attribute = object({
  required: ['title', 'type'],
  fields: {
    title: text(1),
    description: text(),
    type: oneOf('string', 'boolean', 'integer', 'number', 'array'),
    items: object({
      required: ['type'],
      fields: { type: oneOf('string', 'integer', 'number'), enum: anything, oneOf: anything },
    }),
    mutability: oneOf('READ_WRITE', 'READ_ONLY', 'IMMUTABLE', 'WRITE_ONLY'),
    scope: oneOf('NONE', 'SELF'),
    required: flag,
    unique: anything,
    minLength: whole(0, 10_000),
    maxLength: whole(0, 10_000),
    pattern: text(),
    format: text(),
    enum: anything,
    oneOf: anything,
    externalName: text(),
    externalNamespace: text(),
    permissions: listOf(
      object({
        required: ['principal', 'action'],
        fields: { principal: oneOf('SELF'), action: oneOf('HIDE', 'READ_ONLY', 'READ_WRITE') },
      }),
    ),
    master: object({ required: ['type'], fields: { type: text(1), priority: anything } }),
  },
});
const definition = object({
  fields: {
    id: text(),
    type: oneOf('object'),
    required: listOf(text(1)),
    properties: (value, _, at) => {
      if (!isBody(value)) return `${at} is not an object`;
      return Object.entries(value)
        .map(([name, one]) => nullable(attribute)(one, undefined, `${at}.${name}`))
        .find((wrong) => wrong !== undefined);
    },
  },
});

/** The bodies of requests, by what they are about. */
export const requests = {
  hookCreate: {
    required: ['name', 'type', 'version', 'channel'],
    fields: { ...hookFields, type: oneOf(...hookTypes) },
  },
  hookReplace: {
    required: ['name', 'version', 'channel'],
    fields: { ...hookFields, type: oneOf(...hookTypes) },
  },
  hookKey: { required: ['name'], fields: { name: text(1, 255) } },
  claim,
  scope,
  server,
  policy,
  rule,
  federatedClaim: {
    fields: { id: text(), created: text(), lastUpdated: text(), name: text(1), expression: text(1) },
  },
  userSchema: {
    required: ['definitions'],
    fields: { definitions: object({ fields: { custom: definition, base: definition } }) },
  },
} as const satisfies Readonly<Record<string, Fields>>;

/** @throws {Refusal} if the body is not one of these */
export function checked(body: unknown, fields: Fields, stored?: unknown): Body {
  const wrong = object(fields)(body, stored, 'body');
  if (wrong !== undefined || !isBody(body)) throw invalid(wrong ?? 'body', `${wrong}`);
  return body;
}
