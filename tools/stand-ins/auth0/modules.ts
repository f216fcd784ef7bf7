/** `/actions/modules`: code that Actions share. */
import { z } from 'zod';
import type { StandInAnswer } from '../server.ts';
import { actionsUsing, moduleBody, moduleVersionBody, pageBody } from './bodies.ts';
import { dependencies, replaced, secrets } from './drafts.ts';
import { invalid, Refusal } from './refusal.ts';
import { bodyAs, type Call, found, pageAs, route } from './route.ts';
import { type Module, newId } from './tenant.ts';

const moduleFields = z.strictObject({
  name: z.string().min(1).exactOptional(),
  code: z.string().exactOptional(),
  dependencies: dependencies.exactOptional(),
  secrets: secrets.exactOptional(),
  api_version: z.string().exactOptional(),
});

function moduleAt({ tenant, segments }: Call): Module {
  return found(tenant.modules.get(segments[0] ?? ''), 'That action module does not exist.');
}

function list(call: Call): StandInAnswer {
  const all = [...call.tenant.modules.values()].map((module) => moduleBody(call.tenant, module));
  return { status: 200, body: pageBody('modules', all, pageAs(call), 'kept') };
}

function create(call: Call): StandInAnswer {
  const { tenant } = call;
  const { name, code, dependencies: packages = [], secrets: entries = [] } = bodyAs(call, moduleFields);
  if (name === undefined || code === undefined) throw invalid('name and code are required');
  if ([...tenant.modules.values()].some((module) => module.name === name)) {
    throw new Refusal(409, 'A module with that name already exists.');
  }
  const now = tenant.now();
  const module: Module = {
    ...{ id: newId(), name, code, dependencies: packages, secrets: replaced([], entries, now) },
    ...{ created_at: now, updated_at: now, versions: [], isDirty: true },
  };
  tenant.modules.set(module.id, module);
  return { status: 201, body: moduleBody(tenant, module) };
}

function update(call: Call): StandInAnswer {
  const module = moduleAt(call);
  const fields = bodyAs(call, moduleFields.omit({ name: true }));
  const now = call.tenant.now();
  if (fields.code !== undefined) module.code = fields.code;
  if (fields.dependencies !== undefined) module.dependencies = fields.dependencies;
  if (fields.secrets !== undefined) module.secrets = replaced(module.secrets, fields.secrets, now);
  module.updated_at = now;
  module.isDirty = true;
  return { status: 200, body: moduleBody(call.tenant, module) };
}

function remove(call: Call): StandInAnswer {
  const { id } = moduleAt(call);
  if (actionsUsing(call.tenant, id).length > 0) throw new Refusal(412, 'The module is used by actions.');
  call.tenant.modules.delete(id);
  return { status: 204 };
}

/** Publishes the module: its draft becomes a version. */
function publish(call: Call): StandInAnswer {
  const module = moduleAt(call);
  const { code, dependencies: packages } = module;
  const version = {
    ...{ id: newId(), version_number: (module.versions[0]?.version_number ?? 0) + 1, code },
    ...{ dependencies: packages, secrets: module.secrets, created_at: call.tenant.now() },
  };
  module.versions = [version, ...module.versions];
  module.isDirty = false;
  return { status: 200, body: moduleVersionBody(module, version) };
}

function listVersions(call: Call): StandInAnswer {
  const module = moduleAt(call);
  const all = module.versions.map((version) => moduleVersionBody(module, version));
  return { status: 200, body: pageBody('versions', all, pageAs(call), 'kept') };
}

function versionAt(module: Module, wanted: string | undefined) {
  const version = module.versions.find(({ id }) => id === wanted);
  return found(version, 'That action module version does not exist.');
}

function getVersion(call: Call): StandInAnswer {
  const module = moduleAt(call);
  return { status: 200, body: moduleVersionBody(module, versionAt(module, call.segments[1])) };
}

const rollbackBody = z.strictObject({ module_version_id: z.string() });

/** The draft takes the content of an older version. */
function rollback(call: Call): StandInAnswer {
  const module = moduleAt(call);
  const version = versionAt(module, bodyAs(call, rollbackBody).module_version_id);
  const { code, dependencies: packages } = version;
  Object.assign(module, { code, dependencies: packages, secrets: version.secrets, isDirty: true });
  module.updated_at = call.tenant.now();
  return { status: 200, body: moduleBody(call.tenant, module) };
}

function listActions(call: Call): StandInAnswer {
  const module = moduleAt(call);
  const all = actionsUsing(call.tenant, module.id).map(({ action, version }) => ({
    action_id: action.id,
    action_name: action.name,
    module_version_id: version,
    module_version_number: module.versions.find(({ id }) => id === version)?.version_number,
  }));
  return { status: 200, body: pageBody('actions', all, pageAs(call)) };
}

export const moduleRoutes = [
  route('GET /actions/modules', 'read:actions', list),
  route('POST /actions/modules', 'create:actions', create),
  route('GET /actions/modules/:id', 'read:actions', (call) => ({
    status: 200,
    body: moduleBody(call.tenant, moduleAt(call)),
  })),
  route('PATCH /actions/modules/:id', 'update:actions', update),
  route('DELETE /actions/modules/:id', 'delete:actions', remove),
  route('GET /actions/modules/:id/actions', 'read:actions', listActions),
  route('POST /actions/modules/:id/rollback', 'create:actions', rollback),
  route('GET /actions/modules/:id/versions', 'read:actions', listVersions),
  route('POST /actions/modules/:id/versions', 'create:actions', publish),
  route('GET /actions/modules/:id/versions/:version', 'read:actions', getVersion),
];
