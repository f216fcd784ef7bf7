import {
  type Compilation,
  isError,
  type Notice,
  observeNotices,
  type Wanted,
  type WantedResource,
} from '@claimsmith/core';
import { settingsOf } from '../settings.ts';
import { manifest } from '../wire.ts';
import { archiveOf } from './archive.ts';
import { othersIn, sizeProblem, type Values, variableNames } from './environment.ts';
import { type FunctionImage, jsonOf, triggerImageOf } from './images.ts';
import { aliasArn, descriptionOf, functionKey, markedFor, permissionKey, triggerKey } from './names.ts';
import { permissionOf } from './permission.ts';
import { triggerResource, unknownSettings } from './pool.ts';
import type { FunctionState, Site } from './state.ts';
import type { UserPool } from './wire.ts';

/** What was read of a place, as far as it decides what the place should have. */
export interface Found {
  readonly site: Site;
  readonly pool: UserPool;
  readonly state: FunctionState | undefined;
  readonly values: Values;
}

/** What a place should have. Pure but for the archive, which it keeps for the write. */
export function wantedOf(found: Found, compilation: Compilation | undefined): Wanted {
  if (compilation === undefined) return { resources: [], notices: [] };
  if (compilation.findings.some(isError)) throw new RangeError('A policy with errors cannot be published');
  const { site, pool } = found;
  const { policy, entry, functionName } = site;
  const text = compilation.artifacts.find(({ path }) => path === 'manifest.json')?.content ?? '';
  const { function: built, trigger, clients } = manifest.parse(JSON.parse(text));
  const archive = archiveOf(compilation);
  site.archives.set(archive.sha256, archive);
  const image: FunctionImage = {
    description: descriptionOf(policy, entry.userPoolId),
    runtime: built.runtime,
    handler: built.handler,
    role: entry.role,
    memoryMb: entry.memoryMb,
    timeoutSeconds: built.timeoutSeconds,
    environment: environmentOf(found),
    code: archive.sha256,
    live: true,
  };
  const wantedTrigger = { function: aliasArn(pool.Arn, functionName), version: trigger.lambdaVersion };
  const resources: readonly WantedResource[] = [
    { key: functionKey(functionName), image: jsonOf(image) },
    { key: permissionKey(entry.userPoolId), image: { ...permissionOf(pool.Arn) } },
    { key: triggerKey(entry.userPoolId), image: wantedTrigger, isBinding: true },
  ];
  return {
    resources,
    notices: [
      ...found.values.problems.map((message): Notice => ({ severity: 'conflict', message })),
      ...sizeNotices(found),
      ...otherPoolNotices(found),
      ...poolNotices(found, wantedTrigger),
      ...renameNotices(found, wantedTrigger.function),
      ...reservedNotices(found),
      ...lifetimeNotices(clients.accessTokenLifetimeSeconds),
      ...observeNotices('Cognito', settingsOf(policy).observe),
    ],
  };
}

function environmentOf({ site, values }: Found): FunctionImage['environment'] {
  const digest = (name: string) => values.values.get(name)?.digest ?? 'missing';
  return Object.fromEntries(variableNames(site.policy).map((name) => [name, { $secret: digest(name) }]));
}

function sizeNotices({ site, state, values }: Found): readonly Notice[] {
  const own = [...values.values].map(([name, secret]) => [name, secret.reveal()] as const);
  const message = sizeProblem({ ...othersIn(state?.latest, site.variables), ...Object.fromEntries(own) });
  return message === undefined ? [] : [{ severity: 'conflict', message }];
}

/** Two user pools with one function would overwrite each other's. */
function otherPoolNotices({ site, state }: Found): readonly Notice[] {
  const { policy, entry, functionName } = site;
  const marked = state && (markedFor(state.runs.Description) ?? markedFor(state.latest.Description));
  if (marked === undefined || (marked.policy === policy.name && marked.pool === entry.userPoolId)) return [];
  return [
    {
      severity: 'conflict',
      key: functionKey(functionName),
      message: `The function ${functionName} is that of the policy ${marked.policy} for the user pool ${marked.pool}.`,
      help: 'Give this user pool a function of its own, with `functionName` in the environment.',
    },
  ];
}

function poolNotices({ site, pool }: Found, wanted: { readonly function: string; readonly version: string }) {
  const now = triggerImageOf(triggerResource(pool, wanted.function)?.image);
  const isSame = now?.function === wanted.function && now.version === wanted.version;
  const unknown = unknownSettings(pool);
  const notices: Notice[] = [];
  if (!isSame && unknown.length > 0) {
    notices.push({
      severity: 'conflict',
      key: triggerKey(site.entry.userPoolId),
      message: `Cognito would reset settings of the user pool that this version of Claimsmith does not know: ${unknown.join(', ')}.`,
      help: `Update Claimsmith, or set the trigger in the console, to ${wanted.function} with ${wanted.version}.`,
    });
  }
  if (pool.UserPoolTier === 'LITE' && wanted.version !== 'V1_0') {
    notices.push({
      // Some old user pools of this plan have V2_0.
      severity: wanted.version === 'V2_0' ? 'warning' : 'conflict',
      key: triggerKey(site.entry.userPoolId),
      message: `The user pool has the feature plan Lite, which does not have ${wanted.version} of the trigger.`,
      help: 'Choose the plan Essentials or Plus in the console, or `version: V1_0` in the spec.',
    });
  }
  if (now?.function === wanted.function && !isSame && [now.version, wanted.version].includes('V1_0')) {
    notices.push({
      severity: 'warning',
      key: triggerKey(site.entry.userPoolId),
      message: `Between ${now.version} and ${wanted.version}, the function does not answer for some seconds, and nobody gets a token.`,
      help: 'Apply at a quiet time.',
    });
  }
  return notices;
}

/** With another name in the environment, the function of the last release is not ours to see any more. */
function renameNotices({ site: { access, entry } }: Found, wanted: string): readonly Notice[] {
  const key = triggerKey(entry.userPoolId);
  const last = access.known(entry.userPoolId, key);
  const arn = last?.owner === 'ours' ? triggerImageOf(last.image)?.function : undefined;
  if (arn === undefined || arn === wanted) return [];
  return [
    {
      severity: 'warning',
      key,
      message: `The last release made the function ${arn}. It stays, because the environment names another one.`,
      help: 'Delete it in the console after the apply, or name it with `functionName` again.',
    },
  ];
}

function reservedNotices({ site: { policy } }: Found): readonly Notice[] {
  const names = variableNames(policy);
  return policy.secrets
    .filter((name) => !names.includes(name))
    .map((name) => ({ severity: 'note', message: `Lambda sets \${${name}} itself.` }));
}

/** App clients belong to others: UpdateUserPoolClient resets what a request leaves out, too. */
function lifetimeNotices(seconds: number | undefined): readonly Notice[] {
  if (seconds === undefined) return [];
  return [
    {
      severity: 'note',
      message: `The spec limits access tokens to ${seconds} seconds, which each app client sets itself.`,
      help: 'Set the access token expiration of each app client in the console.',
    },
  ];
}
