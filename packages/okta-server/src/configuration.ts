import type { Authentication, HookPolicy } from '@claimsmith/okta/hook';
import type { SharedCacheOptions } from '@claimsmith/runtime/server';
import {
  cacheSecrets,
  cacheVariables,
  defaultLimits,
  type Environment,
  type HttpLimits,
  type LogLevel,
  logLevels,
  readVariables,
  refuseVariables,
  settingNames,
  settingsFor,
  sharedCacheOf,
  text,
  url,
  whole,
} from '@claimsmith/server';
import * as z from 'zod/mini';
import type { LogExportOptions } from './log-export.ts';

/** The configuration of a hook server from its environment, with defaults. */
export interface Configuration {
  readonly policyFile: string;
  readonly host: string;
  readonly port: number;
  /** Undefined: operators use `port` too. */
  readonly opsPort: number | undefined;
  readonly path: string;
  readonly authentication: Authentication;
  readonly sharedCache: SharedCacheOptions | undefined;
  /** Undefined: `AUDIT_FILE=off`. */
  readonly audit: { readonly file: string; readonly isSynced: boolean } | undefined;
  /** Where records of issuances go as logs of OpenTelemetry. Undefined: nowhere. */
  readonly logExport: Pick<LogExportOptions, 'url' | 'headers'> | undefined;
  readonly logLevel: LogLevel;
  readonly lingerMs: number;
  readonly limits: HttpLimits;
  /**
   * The values of the `${NAME}`s of a policy, read again at each call.
   *
   * @throws ServerError `configuration` that names all missing ones
   */
  settingsFor(policy: HookPolicy): Readonly<Record<string, string>>;
}

const secrets = [
  'HOOK_SECRET',
  'HOOK_SECRET_NEXT',
  ...cacheSecrets,
  'OTEL_EXPORTER_OTLP_LOGS_HEADERS',
] as const;

const path = z.string().check(z.regex(/^\/[\w./~-]*$/, 'must be a path that starts with /'));
const secret = z
  .string()
  .check(
    z.regex(
      /^[\x21-\x7e][\x20-\x7e]{14,4094}[\x21-\x7e]$/,
      'must be 16 to 4,096 printable ASCII characters without spaces at the ends',
    ),
  );

const variables = z.object({
  POLICY: text,
  HOST: z._default(text, '127.0.0.1'),
  PORT: z._default(whole(0, 65_535), '8080'),
  OPS_PORT: z.optional(whole(0, 65_535)),
  HOOK_PATH: z._default(path, '/okta/token-hook'),
  HOOK_HEADER: z._default(
    z.string().check(z.regex(/^[\w-]+$/, 'must be the name of a header')),
    'authorization',
  ),
  HOOK_SECRET: z.optional(secret),
  HOOK_SECRET_NEXT: z.optional(secret),
  OAUTH_ISSUER: z.optional(url),
  OAUTH_AUDIENCE: z.optional(text),
  OAUTH_CLIENT_ID: z.optional(text),
  OAUTH_SCOPE: z.optional(text),
  OAUTH_JWKS: z.optional(url),
  ...cacheVariables,
  AUDIT_FILE: text,
  AUDIT_SYNC: z._default(z.enum(['true', 'false'], 'must be true or false'), 'false'),
  OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: z.optional(
    url.check(z.regex(/^https?:\/\//, 'must be an address that starts with https:// or http://')),
  ),
  OTEL_EXPORTER_OTLP_LOGS_HEADERS: z.optional(text),
  LOG_LEVEL: z._default(z.enum(logLevels, `must be one of ${logLevels.join(', ')}`), 'info'),
  LINGER_MS: z._default(whole(0, 8_000), '2000'),
  MAX_CONNECTIONS: z._default(whole(1, 1_000_000), String(defaultLimits.connections)),
  CLAIMSMITH_SETTINGS: settingNames,
});

/** The names of all variables that the server reads itself. */
export const variableNames: readonly string[] = [...Object.keys(variables.shape), 'CONFIG_FILE'];

/** Required variables, with the message if they are missing. */
const needed: Readonly<Record<string, string>> = {
  POLICY: 'is required: the path of the policy.mjs that `claimsmith build` wrote',
  AUDIT_FILE: 'is required: the file that gets a line for each issuance, or `off`',
};

const oauth = ['OAUTH_ISSUER', 'OAUTH_AUDIENCE', 'OAUTH_CLIENT_ID', 'OAUTH_SCOPE'] as const;

/**
 * Reads the server's settings from variables, and from the JSON file in `CONFIG_FILE`, if set: an object with the same
 * names. A variable overrides the file.
 *
 * @throws ServerError `configuration` with all problems, one per line, without any value
 */
export function readConfiguration(environment: Environment): Configuration {
  const { data, values, problems, given } = readVariables(environment, { variables, secrets, needed });
  const authentication = authenticationOf(values, problems);
  const sharedCache = sharedCacheOf(values, problems);
  const logExport = logExportOf(values, problems);
  if (data === undefined || authentication === undefined || problems.length > 0)
    return refuseVariables(problems);
  const listed = data.CLAIMSMITH_SETTINGS.split(/[\s,]+/);
  return {
    policyFile: data.POLICY,
    host: data.HOST,
    port: Number(data.PORT),
    opsPort: data.OPS_PORT === undefined ? undefined : Number(data.OPS_PORT),
    path: data.HOOK_PATH,
    authentication,
    sharedCache,
    audit:
      data.AUDIT_FILE === 'off' ? undefined : { file: data.AUDIT_FILE, isSynced: data.AUDIT_SYNC === 'true' },
    logExport,
    logLevel: data.LOG_LEVEL,
    lingerMs: Number(data.LINGER_MS),
    limits: { ...defaultLimits, connections: Number(data.MAX_CONNECTIONS) },
    settingsFor: ({ settings }) => settingsFor(settings, listed, variableNames, given),
  };
}

function authenticationOf(
  values: Readonly<Record<string, string>>,
  problems: string[],
): Authentication | undefined {
  const { HOOK_SECRET: current, HOOK_SECRET_NEXT: next } = values;
  const isOAuth = oauth.some((name) => values[name] !== undefined);
  if (current !== undefined && isOAuth) {
    problems.push('HOOK_SECRET and OAUTH_ISSUER are both set: choose one way for Okta to authenticate');
    return undefined;
  }
  if (current !== undefined) {
    const all = next === undefined ? [current] : [current, next];
    return { kind: 'header', name: values['HOOK_HEADER'] ?? 'authorization', secrets: all };
  }
  if (!isOAuth) {
    problems.push('HOOK_SECRET is required, or HOOK_SECRET_FILE, or the variables OAUTH_…');
    return undefined;
  }
  for (const name of oauth) if (values[name] === undefined) problems.push(`${name} is required`);
  const { OAUTH_ISSUER: issuer = '', OAUTH_AUDIENCE: audience = '' } = values;
  const { OAUTH_CLIENT_ID: clientId = '', OAUTH_SCOPE: scope = '' } = values;
  const jwks = values['OAUTH_JWKS'] ?? `${issuer.replace(/\/$/, '')}/v1/keys`;
  return { kind: 'oauth', issuer, audience, clientId, scope, jwks };
}

/** Headers are written as OpenTelemetry does: `name=value,name=value`, the values percent-encoded. */
function logExportOf(
  values: Readonly<Record<string, string>>,
  problems: string[],
): Configuration['logExport'] {
  const { OTEL_EXPORTER_OTLP_LOGS_ENDPOINT: address, OTEL_EXPORTER_OTLP_LOGS_HEADERS: text = '' } = values;
  if (address === undefined) return undefined;
  try {
    const pairs = text.split(',').filter((pair) => pair.trim() !== '');
    const headers = pairs.map((pair) => {
      const [, name = '', value = ''] = /^\s*([\w-]+)=(.*)$/.exec(pair) ?? [];
      return [name, decodeURIComponent(value.trim())] as const;
    });
    // Refuses names and values that no header can have.
    return { url: address, headers: Object.fromEntries(new Headers(headers.map(([a, b]) => [a, b]))) };
  } catch {
    problems.push('OTEL_EXPORTER_OTLP_LOGS_HEADERS must be name=value pairs, separated by commas');
    return undefined;
  }
}
