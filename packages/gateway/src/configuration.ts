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
  redisUrl,
  refuseVariables,
  settingNames,
  settingsFor,
  sharedCacheOf,
  text,
  whole,
} from '@claimsmith/server';
import * as z from 'zod/mini';

/** The configuration of a gateway from its environment, with defaults. */
export interface Configuration {
  /** The `contract.json` that `claimsmith build` wrote. */
  readonly contractFile: string;
  /** The `gateway.yaml`. */
  readonly rulesFile: string;
  readonly host: string;
  readonly port: number;
  /** Undefined: operators use `port` too. */
  readonly opsPort: number | undefined;
  /** The key of internal tokens, in PEM, and a further one. */
  readonly signingKey: string | undefined;
  readonly nextKey: string | undefined;
  /** The `lookups.mjs` that `claimsmith build` wrote. */
  readonly lookupsFile: string | undefined;
  /** A cache of answers of sources that several servers share. */
  readonly sharedCache: SharedCacheOptions | undefined;
  /**
   * The values of the `${NAME}`s of look-ups, read again at each call.
   *
   * @throws ServerError `configuration` that names all missing ones
   */
  settingsFor(names: readonly string[]): Readonly<Record<string, string>>;
  /** A file with entries, as `claimsmith revoke` writes it. */
  readonly denylistFile: string | undefined;
  readonly denylistRedisUrl: string | undefined;
  readonly logLevel: LogLevel;
  readonly lingerMs: number;
  readonly limits: HttpLimits;
  /** The files that the configuration was read from; a change of one is a change of the gateway. */
  readonly files: readonly string[];
}

const secrets = ['SIGNING_KEY', 'SIGNING_KEY_NEXT', 'DENYLIST_REDIS_URL', ...cacheSecrets] as const;

const variables = z.object({
  CONTRACT: text,
  RULES: text,
  HOST: z._default(text, '127.0.0.1'),
  PORT: z._default(whole(0, 65_535), '8080'),
  OPS_PORT: z.optional(whole(0, 65_535)),
  SIGNING_KEY: z.optional(text),
  SIGNING_KEY_NEXT: z.optional(text),
  LOOKUPS: z.optional(text),
  DENYLIST: z.optional(text),
  DENYLIST_REDIS_URL: z.optional(redisUrl),
  ...cacheVariables,
  CLAIMSMITH_SETTINGS: settingNames,
  LOG_LEVEL: z._default(z.enum(logLevels, `must be one of ${logLevels.join(', ')}`), 'info'),
  LINGER_MS: z._default(whole(0, 8_000), '2000'),
  MAX_CONNECTIONS: z._default(whole(1, 1_000_000), String(defaultLimits.connections)),
});

/** The names of all variables that the gateway reads itself. */
export const variableNames: readonly string[] = [...Object.keys(variables.shape), 'CONFIG_FILE'];

/** Required variables, with the message if they are missing. */
const needed: Readonly<Record<string, string>> = {
  CONTRACT: 'is required: the path of the contract.json that `claimsmith build` wrote',
  RULES: 'is required: the path of your gateway.yaml',
};

/**
 * Reads the gateway's settings from variables, and from the JSON file in `CONFIG_FILE`, if set: an object with the same
 * names. A variable overrides the file.
 *
 * @throws ServerError `configuration` with all problems, one per line, without any value
 */
export function readConfiguration(environment: Environment): Configuration {
  const { data, values, problems, given } = readVariables(environment, { variables, secrets, needed });
  const sharedCache = sharedCacheOf(values, problems);
  if (data === undefined || problems.length > 0) return refuseVariables(problems);
  const listed = data.CLAIMSMITH_SETTINGS.split(/[\s,]+/);
  const secretFiles = [...secrets, ...listed].map((name) => given(`${name}_FILE`));
  const named = [data.CONTRACT, data.RULES, data.LOOKUPS, data.DENYLIST, environment['CONFIG_FILE']];
  const files = [...named, ...secretFiles];
  return {
    contractFile: data.CONTRACT,
    rulesFile: data.RULES,
    host: data.HOST,
    port: Number(data.PORT),
    opsPort: data.OPS_PORT === undefined ? undefined : Number(data.OPS_PORT),
    signingKey: data.SIGNING_KEY,
    nextKey: data.SIGNING_KEY_NEXT,
    lookupsFile: data.LOOKUPS,
    sharedCache,
    settingsFor: (names) => settingsFor(names, listed, variableNames, given),
    denylistFile: data.DENYLIST,
    denylistRedisUrl: data.DENYLIST_REDIS_URL,
    logLevel: data.LOG_LEVEL,
    lingerMs: Number(data.LINGER_MS),
    limits: { ...defaultLimits, connections: Number(data.MAX_CONNECTIONS) },
    files: [...new Set(files.flatMap((file) => (file ? [file] : [])))],
  };
}
