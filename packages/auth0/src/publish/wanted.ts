import {
  type Compilation,
  isError,
  type Notice,
  observeNotices,
  type Policy,
  type Wanted,
  type WantedResource,
} from '@claimsmith/core';
import { actionIds, actionsLimit, ownApi } from '../limits.ts';
import { hasMark } from '../mark.ts';
import { actionName, fileOf } from '../names.ts';
import { lifetimeMsOf, settingsOf } from '../settings.ts';
import { manifest } from '../wire.ts';
import { type ActionImage, jsonOf, parseActionImage } from './images.ts';
import { lifetimesOf, limitedTo } from './lifetime.ts';
import { actionKey, actionOfName, apiKey, bindingKey, triggerText } from './names.ts';
import { missingFor } from './permissions.ts';
import type { Action, Api } from './wire.ts';

/** What was read of a tenant, as far as it decides what the tenant should have. */
export interface Tenant {
  readonly policy: Policy;
  readonly host: string;
  readonly actions: readonly Action[];
  /** The identifier of the API whose lifetime is set. */
  readonly managedApi: string | undefined;
  /** The API; undefined: none is named, or the tenant does not have it. */
  readonly api: Api | undefined;
  /** By name, the digests of the policy's settings, or why there is no value. */
  readonly secrets: ReadonlyMap<string, { readonly digest: string } | { readonly problem: string }>;
  /** By key, the secrets that an earlier release has set. */
  readonly knownSecrets: (key: string) => readonly string[];
  readonly permissions: readonly string[] | undefined;
}

/** What a tenant should have. Pure. */
export function wantedOf(tenant: Tenant, compilation: Compilation | undefined): Wanted {
  if (compilation === undefined) return { resources: [], notices: permissionNotices(tenant) };
  if (compilation.findings.some(isError)) throw new RangeError('A policy with errors cannot be published');
  const contentOf = (file: string) => compilation.artifacts.find(({ path }) => path === file)?.content ?? '';
  const { actions } = manifest.parse(JSON.parse(contentOf('manifest.json')));
  const resources = actions.flatMap((entry): WantedResource[] => {
    const { name, trigger, runtime, file, secrets, dependencies } = entry;
    const image: ActionImage = {
      trigger: triggerText(trigger.id, trigger.version),
      runtime,
      dependencies: Object.fromEntries(dependencies.map((each) => [each.name, each.version])),
      secrets: Object.fromEntries(secrets.map((secret) => [secret, { $secret: digestOf(tenant, secret) }])),
      code: { $code: contentOf(file) },
      deployed: true,
    };
    const id = actionIds.find((one) => fileOf(one) === file);
    return [
      { key: actionKey(name), image: jsonOf(image) },
      ...(id === undefined
        ? []
        : [{ key: bindingKey(id), image: { display_name: name }, isBinding: true } as const]),
    ];
  });
  return {
    resources: [...resources, ...apiWanted(tenant)],
    notices: [
      ...secretNotices(tenant),
      ...resources.flatMap(({ key, image }) => strangerNotices(tenant, key, image)),
      ...copyNotices(tenant),
      ...countNotices(tenant, actions.length),
      ...apiNotices(tenant),
      ...permissionNotices(tenant),
      ...observeNotices('Auth0', settingsOf(tenant.policy).observe),
    ],
  };
}

function digestOf({ secrets }: Tenant, name: string): string {
  const secret = secrets.get(name);
  return secret !== undefined && 'digest' in secret ? secret.digest : 'missing';
}

function secretNotices({ secrets }: Tenant): readonly Notice[] {
  return [...secrets].flatMap(([, secret]) =>
    'problem' in secret ? [{ severity: 'conflict', message: secret.problem } as const] : [],
  );
}

/** Secrets that somebody else has set would be lost, because the list is replaced, and nobody could restore them. */
function strangerNotices(tenant: Tenant, key: string, image: WantedResource['image']): readonly Notice[] {
  const action = tenant.actions.find(({ name }) => actionKey(name) === key);
  if (action === undefined) return [];
  const wanted = Object.keys(parseActionImage(image).secrets);
  const known = [...wanted, ...tenant.knownSecrets(key)];
  const strange = action.secrets.map(({ name }) => name).filter((name) => !known.includes(name));
  if (strange.length === 0) return [];
  return [
    {
      severity: 'conflict',
      key,
      message: `${key} has secrets that neither the spec nor the journal knows: ${strange.join(', ')}. They would be lost.`,
      help: 'Remove them in the dashboard, or let the spec read them.',
    },
  ];
}

/** A copy of our Action under another name is left alone. */
function copyNotices({ policy, actions }: Tenant): readonly Notice[] {
  const names = actionIds.map((action) => actionName(policy, action));
  return actions
    .filter(({ name }) => !names.includes(name))
    .filter(({ code }) => actionIds.some((action) => hasMark(code, policy.name, action)))
    .map(({ name }) => ({
      severity: 'warning',
      message: `The Action ${name} holds this policy under another name. It is left alone.`,
      help: 'If it is an old copy, unbind and delete it in the dashboard.',
    }));
}

/** Not a conflict, because a tenant may have a higher limit. */
function countNotices({ policy, actions }: Tenant, wanted: number): readonly Notice[] {
  const there = actions.filter(({ name }) => actionOfName(policy, name) !== undefined).length;
  const count = actions.length - there + wanted;
  if (count <= actionsLimit) return [];
  const message = `The tenant would have ${count} Actions. Most tenants may have ${actionsLimit}.`;
  return [{ severity: 'warning', message, help: 'Delete Actions that are not used any more.' }];
}

function apiWanted({ policy, api }: Tenant): readonly WantedResource[] {
  const lifetimeMs = lifetimeMsOf(policy);
  if (lifetimeMs === undefined || api === undefined) return [];
  return [{ key: apiKey(api.identifier), image: { ...limitedTo(lifetimeMs / 1000, lifetimesOf(api)) } }];
}

function apiNotices({ policy, managedApi, host, api }: Tenant): readonly Notice[] {
  const lifetimeMs = lifetimeMsOf(policy);
  if (lifetimeMs === undefined) return [];
  if (managedApi === undefined) {
    const message = `The spec limits tokens to ${lifetimeMs / 1000} seconds, and the environment names no API to set it at.`;
    return [
      { severity: 'note', message, help: 'Name it under `api`, or set its token lifetime in the dashboard.' },
    ];
  }
  if (api === undefined) {
    const message = `${host} has no API with the identifier ${managedApi}.`;
    return [{ severity: 'conflict', message, help: 'Create it in the dashboard, or correct `api`.' }];
  }
  if (api.is_system !== true && ownApi(managedApi) === undefined) return [];
  const message = `${managedApi} is an API of Auth0, whose lifetime cannot be set.`;
  return [{ severity: 'conflict', message, help: 'Name your own API under `api`.' }];
}

/** To plan, reading is enough. */
function permissionNotices({ managedApi, permissions }: Tenant): readonly Notice[] {
  const missing = missingFor(managedApi, permissions);
  if (missing.length === 0) return [];
  const message = `The credential cannot apply: it lacks ${missing.join(', ')}.`;
  return [
    { severity: 'note', message, help: 'To plan, it has enough. To apply, use one with these permissions.' },
  ];
}
