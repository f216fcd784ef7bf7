import { createHmac } from 'node:crypto';
import { own } from '@claimsmith/core';
/** `Java.type`: the classes that policy scripts use. */
import { collectorStatics, itemsOf, javaList, javaMap } from './collections.ts';
import { bytesModel, bytesOf, httpClasses, type Wire } from './http.ts';
import type { UserModel } from './model.ts';
import { uriModel } from './net.ts';
import { JavaException, javaClass, javaLong, javaObject, javaText, NoStandIn, textOf } from './objects.ts';
import { runInTransaction } from './sessions.ts';
import { parsedValue } from './values.ts';

export interface Machine {
  readonly wire: Wire;
  /** Environment variables. */
  readonly settings: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Takes a line of the server's log. */
  log(line: string): void;
}

export function javaTypes(machine: Machine, model: UserModel): ReadonlyMap<string, unknown> {
  const { helpers } = model;
  const logger = Object.fromEntries(
    ['trace', 'debug', 'info', 'warn', 'error'].map((level) => [
      level,
      (line: unknown) => machine.log(textOf(line)),
    ]),
  );
  return new Map<string, unknown>([
    ...httpClasses(machine.wire),
    ...collectionClasses,
    ['java.lang.Object', javaClass('java.lang.Object')],
    ['java.lang.String', javaClass('java.lang.String', {}, (text) => Object(textOf(text)))],
    ['java.lang.Integer', javaClass('java.lang.Integer', { valueOf: Number, parseInt: Number })],
    ['java.lang.Boolean', javaClass('java.lang.Boolean', { TRUE: true, FALSE: false, valueOf: isTrue })],
    [
      'java.lang.Long',
      javaClass('java.lang.Long', {
        valueOf: (value: unknown) => javaLong(Number(value)),
        parseLong: Number,
      }),
    ],
    [
      'java.lang.System',
      javaClass('java.lang.System', {
        getenv: (name: unknown) => envOf(machine, name),
        currentTimeMillis: () => javaLong(machine.now()),
      }),
    ],
    ['java.net.URI', javaClass('java.net.URI', {}, (address) => uriModel(textOf(address)))],
    [
      'java.util.Base64',
      javaClass('java.util.Base64', {
        getUrlDecoder: () => base64Decoder,
        getUrlEncoder: () => base64Encoder,
      }),
    ],
    ...cryptoClasses,
    ['java.nio.charset.StandardCharsets', javaClass('StandardCharsets', { UTF_8: utf8 })],
    ['java.nio.ByteBuffer', javaClass('java.nio.ByteBuffer', { wrap: (bytes: unknown) => bytes })],
    ['org.jboss.logging.Logger', javaClass('Logger', { getLogger: () => javaObject('Logger', logger) })],
    [
      'org.keycloak.util.JsonSerialization',
      javaClass('JsonSerialization', { readValue, writeValueAsString }),
    ],
    [
      'org.keycloak.models.utils.KeycloakModelUtils',
      javaClass('KeycloakModelUtils', {
        resolveAttribute: helpers.resolveAttribute,
        runJobInTransaction: (factory: unknown, job: unknown) => runInTransaction(factory, job),
      }),
    ],
    [
      'org.keycloak.models.utils.RoleUtils',
      javaClass('RoleUtils', { getDeepUserRoleMappings: helpers.getDeepUserRoleMappings }),
    ],
    [
      'org.keycloak.models.utils.ModelToRepresentation',
      javaClass('ModelToRepresentation', { buildGroupPath: helpers.buildGroupPath }),
    ],
    ['org.keycloak.models.KeycloakTransaction', javaClass('org.keycloak.models.KeycloakTransaction')],
    ['org.keycloak.representations.AccessToken', javaClass('org.keycloak.representations.AccessToken')],
    ['org.keycloak.representations.IDToken', javaClass('org.keycloak.representations.IDToken')],
    ...providerNames.map((name) => [name, javaClass(name)] as const),
  ]);
}

function isTrue(value: unknown): boolean {
  return value === true || textOf(value).toLowerCase() === 'true';
}

const listTypes = ['ArrayList', 'LinkedList', 'Vector'];
const setTypes = ['HashSet', 'LinkedHashSet', 'TreeSet'];
const mapTypes = ['HashMap', 'LinkedHashMap', 'TreeMap'];

/** Collections that scripts make. A hash set of theirs keeps the order in which it was filled. */
const collectionClasses: readonly (readonly [string, unknown])[] = [
  ...[...listTypes, ...setTypes].map((name) => {
    const isSet = setTypes.includes(name);
    const make = (content?: unknown) => {
      const items = typeof content === 'object' ? itemsOf(content) : [];
      return javaList(name === 'TreeSet' ? [...items].sort() : items, isSet);
    };
    return [`java.util.${name}`, javaClass(`java.util.${name}`, {}, make)] as const;
  }),
  ...mapTypes.map(
    (name) => [`java.util.${name}`, javaClass(`java.util.${name}`, {}, () => javaMap(new Map()))] as const,
  ),
  ['java.util.Arrays', javaClass('java.util.Arrays', { asList: (...items: unknown[]) => javaList(items) })],
  [
    'java.util.Collections',
    javaClass('java.util.Collections', {
      emptyList: () => javaList([]),
      singletonList: (item: unknown) => javaList([item]),
      emptyMap: () => javaMap(new Map()),
    }),
  ],
  ['java.util.stream.Collectors', javaClass('java.util.stream.Collectors', collectorStatics)],
];

export const organizationProvider = 'org.keycloak.organization.OrganizationProvider';
export const httpClientProvider = 'org.keycloak.connections.httpclient.HttpClientProvider';
export const executorsProvider = 'org.keycloak.executors.ExecutorsProvider';
const providerNames = [organizationProvider, httpClientProvider, executorsProvider];

function envOf({ settings }: Machine, name: unknown): string | null {
  return javaText(own(settings, textOf(name)));
}

/** Jackson's reading of JSON into plain objects. */
function readValue(json: unknown): object | null {
  if (typeof json !== 'string') throw new NoStandIn('JsonSerialization.readValue of no text');
  const value: unknown = JSON.parse(json);
  return value === null ? null : { [parsedValue]: value };
}

/** Jackson's writing of a claim. */
function writeValueAsString(value: unknown): string {
  const isClaim = typeof value === 'object' && value !== null && parsedValue in value;
  return JSON.stringify(isClaim ? Reflect.get(value, parsedValue) : value);
}

/** `Java.extend`: a class whose objects have the methods of one object. */
export function extendedType(_type: unknown, methods: unknown): unknown {
  return javaClass('an extension', {}, () => Object(methods));
}

const base64Decoder = javaObject('Base64.Decoder', {
  decode: (text: unknown) => bytesModel(Buffer.from(textOf(text), 'base64url')),
});

const base64Encoder = javaObject('Base64.Encoder', {
  encodeToString: (bytes: unknown) => javaText(Buffer.from(bytesOf(bytes)).toString('base64url')),
});

const secretKeys = new WeakMap<object, Uint8Array>();

function secretKey(bytes: unknown, offset: unknown, length: unknown): object {
  const key = javaObject('SecretKeySpec', {});
  secretKeys.set(key, bytesOf(bytes).subarray(Number(offset), Number(offset) + Number(length)));
  return key;
}

function macOf(algorithm: unknown): object {
  if (textOf(algorithm) !== 'HmacSHA256') throw new NoStandIn(`Mac ${textOf(algorithm)}`);
  let hmac = createHmac('sha256', '');
  return javaObject('Mac', {
    init(key: unknown) {
      const bytes = typeof key === 'object' && key !== null ? secretKeys.get(key) : undefined;
      hmac = createHmac('sha256', bytes ?? '');
    },
    update: (buffer: unknown) => void hmac.update(contents.get(Object(buffer)) ?? ''),
    doFinal: () => bytesModel(hmac.digest()),
  });
}

const cryptoClasses: readonly (readonly [string, unknown])[] = [
  ['java.util.UUID', javaClass('java.util.UUID', { randomUUID: () => javaText(crypto.randomUUID()) })],
  ['javax.crypto.Mac', javaClass('javax.crypto.Mac', { getInstance: macOf })],
  ['javax.crypto.spec.SecretKeySpec', javaClass('SecretKeySpec', {}, secretKey)],
];

/** What is in a `ByteBuffer`. */
const contents = new WeakMap<object, Uint8Array>();

/** As in Java, the array may be longer than its content. */
function encoded(characters: unknown): object {
  const bytes = Buffer.from(textOf(characters));
  const buffer = javaObject('ByteBuffer', {
    array: () => bytesModel(Buffer.concat([bytes, Buffer.alloc(3)])),
    limit: () => bytes.length,
  });
  contents.set(buffer, bytes);
  return buffer;
}

const utf8 = javaObject('UTF_8', {
  encode: encoded,
  newDecoder: () =>
    javaObject('CharsetDecoder', {
      decode: (bytes: unknown) => {
        try {
          return javaText(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(bytes)));
        } catch {
          throw new JavaException('java.nio.charset.CharacterCodingException', 'java.io.IOException');
        }
      },
    }),
});
