/** `/actions/actions`, their versions, and how they are deployed. */
import { z } from 'zod';
import type { StandInAnswer } from '../server.ts';
import { actionBody, deploymentBody, pageBody, versionBody } from './bodies.ts';
import { addVersion, changeDraft, defaultRuntime, draftFields, passTime } from './drafts.ts';
import { invalid, Refusal } from './refusal.ts';
import { bodyAs, type Call, found, pageAs, route } from './route.ts';
import { type Action, newId, type Tenant, type Version } from './tenant.ts';

const noAction = 'That action does not exist.';

function actionAt({ tenant, segments }: Call): Action {
  return found(tenant.actions.get(segments[0] ?? ''), noAction);
}

function versionAt(call: Call): { action: Action; version: Version } {
  const action = actionAt(call);
  const version = action.versions.find(({ id }) => id === call.segments[1]);
  return { action, version: found(version, 'That action version does not exist.') };
}

function list(call: Call): StandInAnswer {
  const { tenant, query } = call;
  const page = pageAs(call);
  const name = query.get('actionName');
  const trigger = query.get('triggerId');
  const deployed = query.get('deployed');
  const isAsked = (action: Action) =>
    // The filter finds parts of names.
    (name === null || action.name.toLowerCase().includes(name.toLowerCase())) &&
    (trigger === null || action.supported_triggers.some(({ id }) => id === trigger)) &&
    (deployed === null || (action.deployed !== undefined) === (deployed === 'true'));
  const asked = [...tenant.actions.values()].filter(isAsked);
  for (const action of asked) passTime(action);
  return {
    status: 200,
    body: pageBody(
      'actions',
      asked.map((action) => actionBody(tenant, action)),
      page,
    ),
  };
}

function create(call: Call): StandInAnswer {
  const { tenant } = call;
  const fields = bodyAs(call, draftFields);
  const { name, supported_triggers, deploy } = fields;
  if (name === undefined || supported_triggers === undefined) {
    throw invalid('name and supported_triggers are required');
  }
  if ([...tenant.actions.values()].some((action) => action.name === name)) {
    throw new Refusal(409, 'An action with that name already exists.');
  }
  const now = tenant.now();
  const action: Action = {
    id: newId(),
    name,
    code: '',
    dependencies: [],
    runtime: defaultRuntime(supported_triggers[0]),
    secrets: [],
    modules: [],
    supported_triggers,
    created_at: now,
    updated_at: now,
    build: ['pending'],
    isDirty: true,
    versions: [],
    deployed: undefined,
    nextNumber: 1,
  };
  changeDraft(tenant, action, fields);
  tenant.actions.set(action.id, action);
  if (deploy === true) {
    addVersion(tenant, action, action, false);
    action.isDirty = false;
  }
  return { status: 201, body: actionBody(tenant, action) };
}

function get(call: Call): StandInAnswer {
  const action = actionAt(call);
  passTime(action);
  return { status: 200, body: actionBody(call.tenant, action) };
}

function update(call: Call): StandInAnswer {
  const action = actionAt(call);
  changeDraft(call.tenant, action, bodyAs(call, draftFields.omit({ deploy: true })));
  return { status: 200, body: actionBody(call.tenant, action) };
}

function remove(call: Call): StandInAnswer {
  const { tenant, query } = call;
  const { id } = actionAt(call);
  const isBound = [...tenant.bindings.values()].flat().some(({ action }) => action === id);
  if (isBound && query.get('force') !== 'true') {
    throw new Refusal(409, 'The action is bound to a trigger and cannot be deleted.');
  }
  forget(tenant, id);
  return { status: 204 };
}

/** Deletes an Action, and all that binds it. */
export function forget(tenant: Tenant, id: string): void {
  for (const [trigger, bindings] of tenant.bindings) {
    tenant.bindings.set(
      trigger,
      bindings.filter(({ action }) => action !== id),
    );
  }
  tenant.actions.delete(id);
}

function deploy(call: Call): StandInAnswer {
  const action = actionAt(call);
  while (call.tenant.options.isPatient === true && action.build.length > 1) passTime(action);
  if (action.build[0] !== 'built') throw new Refusal(400, "A draft must be in the 'built' state.");
  const version = addVersion(call.tenant, action, action);
  action.isDirty = false;
  return { status: 200, body: deploymentBody(call.tenant, action, version) };
}

const deployBody = z.strictObject({ update_draft: z.boolean().exactOptional() });

/** A new version with the content of an older one. The draft stays as it is unless the request says otherwise. */
function deployVersion(call: Call): StandInAnswer {
  const { action, version } = versionAt(call);
  const { update_draft } = bodyAs(call, deployBody);
  const made = addVersion(call.tenant, action, version);
  if (update_draft === true) {
    const { code, dependencies, runtime, secrets, modules } = version;
    Object.assign(action, { code, dependencies, runtime, secrets, modules, build: ['built'] });
  }
  action.isDirty = update_draft !== true && action.code !== version.code;
  return { status: 200, body: deploymentBody(call.tenant, action, made) };
}

function listVersions(call: Call): StandInAnswer {
  const action = actionAt(call);
  passTime(action);
  const all = action.versions.map((version) => versionBody(call.tenant, action, version));
  return { status: 200, body: pageBody('versions', all, pageAs(call)) };
}

function getVersion(call: Call): StandInAnswer {
  const { action, version } = versionAt(call);
  passTime(action);
  return { status: 200, body: versionBody(call.tenant, action, version) };
}

const testBody = z.strictObject({ payload: z.record(z.string(), z.unknown()) });

/** A test run answers 200 also if the Action throws. This one runs nothing. */
function test(call: Call): StandInAnswer {
  actionAt(call);
  bodyAs(call, testBody);
  const stats = {
    ...{ total_request_duration_ms: 1, total_runtime_execution_duration_ms: 1 },
    ...{ runtime_processing_duration_ms: 1, action_duration_ms: 1, runtime_external_call_duration_ms: 0 },
    ...{ boot_duration_ms: 0, network_duration_ms: 0 },
  };
  return { status: 200, body: { payload: { stats } } };
}

export const actionRoutes = [
  route('GET /actions/actions', 'read:actions', list),
  route('POST /actions/actions', 'create:actions', create),
  route('GET /actions/actions/:id', 'read:actions', get),
  route('PATCH /actions/actions/:id', 'update:actions', update),
  route('DELETE /actions/actions/:id', 'delete:actions', remove),
  route('POST /actions/actions/:id/deploy', 'create:actions', deploy),
  route('POST /actions/actions/:id/test', 'create:actions', test),
  route('GET /actions/actions/:id/versions', 'read:actions', listVersions),
  route('GET /actions/actions/:id/versions/:version', 'read:actions', getVersion),
  route('POST /actions/actions/:id/versions/:version/deploy', 'create:actions', deployVersion),
  route('GET /actions/executions/:id', 'read:actions', () => {
    throw new Refusal(404, 'That execution does not exist.');
  }),
];
