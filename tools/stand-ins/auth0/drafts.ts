/** How a draft of an Action, or of a module, changes. */
import { z } from 'zod';
import { invalid, Refusal } from './refusal.ts';
import {
  type Action,
  type Content,
  isBroken,
  newId,
  type Secret,
  type Tenant,
  type Version,
} from './tenant.ts';
import { triggers } from './triggers.ts';

const dependency = z.strictObject({
  name: z.string().min(1),
  version: z.string().min(1),
  registry_url: z.string().exactOptional(),
});
export const secretEntry = z.strictObject({
  name: z.string().min(1).max(128),
  value: z.string().max(4_096).exactOptional(),
  updated_at: z.string().exactOptional(),
});
export const dependencies = z.array(dependency).max(10);
export const secrets = z.array(secretEntry).max(30);

/** What a request may set of a draft. */
export const draftFields = z.strictObject({
  name: z.string().min(1).exactOptional(),
  supported_triggers: z
    .array(z.strictObject({ id: z.string(), version: z.string().exactOptional() }))
    .length(1)
    .exactOptional(),
  code: z.string().max(100_000).exactOptional(),
  dependencies: dependencies.exactOptional(),
  runtime: z
    .string()
    .regex(/^node\d+(-actions)?$/)
    .exactOptional(),
  secrets: secrets.exactOptional(),
  modules: z
    .array(z.strictObject({ module_id: z.string(), module_version_id: z.string() }))
    .max(3)
    .exactOptional(),
  deploy: z.boolean().exactOptional(),
});
export type DraftFields = z.output<typeof draftFields>;

/** The list of secrets after a request: it replaces the one before, and an entry without a value keeps the old value. */
export function replaced(
  before: readonly Secret[],
  entries: readonly z.output<typeof secretEntry>[],
  now: string,
): readonly Secret[] {
  const made = entries.map(({ name, value }) => {
    const known = before.find((secret) => secret.name === name);
    if (value !== undefined) return { name, value, updated_at: now };
    if (known !== undefined) return known;
    throw invalid(`The secret ${name} needs a value`);
  });
  const rank = ({ name }: Secret) => {
    const index = before.findIndex((secret) => secret.name === name);
    return index === -1 ? before.length : index;
  };
  return made.toSorted((a, b) => rank(a) - rank(b));
}

export function changeDraft(tenant: Tenant, action: Action, fields: DraftFields): void {
  const [trigger] = fields.supported_triggers ?? [];
  if (trigger !== undefined) assertTrigger(trigger.id, trigger.version);
  for (const { module_id, module_version_id } of fields.modules ?? []) {
    const versions = tenant.modules.get(module_id)?.versions ?? [];
    if (!versions.some(({ id }) => id === module_version_id)) {
      throw new Refusal(400, 'The module or its version does not exist.');
    }
  }
  const now = tenant.now();
  if (fields.name !== undefined) action.name = fields.name;
  if (fields.supported_triggers !== undefined) action.supported_triggers = fields.supported_triggers;
  if (fields.code !== undefined) action.code = fields.code;
  if (fields.dependencies !== undefined) action.dependencies = fields.dependencies;
  if (fields.runtime !== undefined) action.runtime = fields.runtime;
  if (fields.secrets !== undefined) action.secrets = replaced(action.secrets, fields.secrets, now);
  if (fields.modules !== undefined) action.modules = fields.modules;
  action.updated_at = now;
  action.isDirty = true;
  action.build = buildOf(tenant, action);
}

/**
 * A build installs the packages. It takes a while if there are any, and fails after three attempts if one of them cannot be
 * installed. Whether the code can be parsed plays no part.
 */
function buildOf(tenant: Tenant, { dependencies: packages }: Content): string[] {
  const slow = Array.from({ length: tenant.options.slowReads ?? 0 }, () => 'building');
  if (packages.some((one) => isBroken(tenant, one))) {
    return ['pending', 'building', 'retrying', 'building', 'retrying', 'building', 'failed'];
  }
  return ['pending', ...(packages.length > 0 ? ['building'] : []), ...slow, 'built'];
}

/** A read finds the build further on. Where the packages came from is forgotten when it is done. */
export function passTime(action: Action): void {
  if (action.build.length > 1) action.build.shift();
  const [state] = action.build;
  if (state === 'built') {
    action.dependencies = action.dependencies.map(({ name, version }) => ({ name, version }));
  }
  const deployed = action.versions.find(({ id }) => id === action.deployed);
  if (deployed === undefined) return;
  if (deployed.pendingRequests > 0) deployed.pendingRequests--;
  if (deployed.built_at === undefined && state === 'built') deployed.built_at = deployed.updated_at;
}

const versionsLimit = 50;

/** A new version of the Action, which is the deployed one. The oldest of more than 50 is lost. */
export function addVersion(tenant: Tenant, action: Action, content: Content, isBuilt = true): Version {
  const now = tenant.now();
  const { code, runtime, dependencies: packages, modules, supported_triggers } = content;
  const version: Version = {
    ...{ code, runtime, dependencies: packages, modules, supported_triggers, secrets: content.secrets },
    id: newId(),
    number: action.nextNumber++,
    created_at: now,
    updated_at: tenant.now(),
    built_at: isBuilt ? now : undefined,
    // A read that comes next finds it deployed; a write that comes next does not.
    pendingRequests: isBuilt ? 1 + (tenant.options.slowReads ?? 0) : 0,
  };
  action.versions = [version, ...action.versions].slice(0, versionsLimit);
  action.deployed = version.id;
  return version;
}

function assertTrigger(id: string, version: string | undefined): void {
  if (triggers.some((trigger) => trigger.id === id && (version ?? trigger.version) === trigger.version))
    return;
  throw invalid(`No trigger ${id} ${version ?? ''}`);
}

export function defaultRuntime(
  reference: { readonly id: string; readonly version?: string } | undefined,
): string {
  const trigger = triggers.find(
    ({ id, version }) => id === reference?.id && (reference.version ?? version) === version,
  );
  return trigger?.default_runtime ?? 'node22';
}
