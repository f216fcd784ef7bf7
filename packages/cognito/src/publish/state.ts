import { createHash } from 'node:crypto';
import type { Access, Json, Policy, Resource } from '@claimsmith/core';
import type { Archive } from './archive.ts';
import type { Client } from './client.ts';
import type { Entry } from './entry.ts';
import { digestsOf, othersIn, variablesOf } from './environment.ts';
import { type FunctionImage, type FunctionMemo, jsonOf } from './images.ts';
import { functionKey, hasMark } from './names.ts';
import type { Alias, FunctionConfiguration } from './wire.ts';

/** What everything about one place needs. */
export interface Site {
  readonly policy: Policy;
  readonly entry: Entry;
  readonly access: Access;
  readonly client: Client;
  readonly functionName: string;
  /** Archives that this run has made or found in the journal, by their hash. */
  readonly archives: Map<string, Archive>;
  /** Variables of the function that are ours: of the policy of today, of the last release, or of one that is restored. */
  readonly variables: Set<string>;
}

/** A function as it was read. */
export interface FunctionState {
  /** `$LATEST`. */
  readonly latest: FunctionConfiguration;
  readonly alias: Alias | undefined;
  /** What the alias runs; without an alias, `$LATEST`. */
  readonly runs: FunctionConfiguration;
}

/** Undefined if the function does not exist. */
export async function readFunction({ client }: Site): Promise<FunctionState | undefined> {
  const latest = await client.configuration();
  if (latest === undefined) return undefined;
  const alias = await client.alias();
  const runs =
    alias === undefined || alias.FunctionVersion === '$LATEST'
      ? undefined
      : await client.configuration(alias.FunctionVersion);
  return { latest, alias, runs: runs ?? latest };
}

/** A function as a resource. */
export async function functionResource(site: Site, state: FunctionState): Promise<Resource> {
  const { policy, entry, functionName } = site;
  const { latest, alias, runs } = state;
  const image = await imageOf(site, runs, alias);
  const isOurs = [runs, latest].some(({ Description }) =>
    hasMark(Description, policy.name, entry.userPoolId),
  );
  const key = functionKey(functionName);
  return {
    key,
    owner: isOurs ? 'ours' : 'foreign',
    id: runs.FunctionArn,
    image: jsonOf(image),
    memo: memoOf(site, runs, alias),
    rest: hashesOf(othersIn(latest, site.variables)),
  };
}

export async function imageOf(
  site: Site,
  runs: FunctionConfiguration,
  alias: Alias | undefined,
): Promise<FunctionImage> {
  const traffic = alias?.RoutingConfig?.AdditionalVersionWeights ?? {};
  return {
    description: runs.Description,
    runtime: runs.Runtime,
    handler: runs.Handler,
    role: runs.Role,
    memoryMb: runs.MemorySize,
    timeoutSeconds: runs.Timeout,
    environment: await digestsOf(variablesOf(runs), site.variables, site.access),
    code: runs.CodeSha256,
    // A version that is not published can change under the alias.
    live: alias !== undefined && alias.FunctionVersion !== '$LATEST',
    ...(Object.keys(traffic).length === 0 ? {} : { traffic }),
  };
}

/** A journal keeps an archive several times, so a larger one, which has a driver, is not kept. */
const keptCharacters = 100_000;

function memoOf(site: Site, runs: FunctionConfiguration, alias: Alias | undefined): FunctionMemo {
  const archive = site.archives.get(runs.CodeSha256);
  return {
    ...(alias === undefined ? {} : { version: alias.FunctionVersion }),
    ...(archive === undefined || archive.zip.length > keptCharacters ? {} : { archive: archive.zip }),
  };
}

/** Variables to be compared, whose values are not needed. */
function hashesOf(variables: Readonly<Record<string, string>>): Json {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  return Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, hash(value)]));
}
