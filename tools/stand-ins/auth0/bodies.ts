/** What the stand-in keeps, as Auth0 answers it. */
import type {
  Action,
  Binding,
  Content,
  Module,
  ModuleReference,
  ModuleVersion,
  Plain,
  Secret,
  Tenant,
  Version,
} from './tenant.ts';

export function actionBody(tenant: Tenant, action: Action): Plain {
  const { id, name, created_at, updated_at, isDirty } = action;
  return {
    id,
    name,
    supported_triggers: action.supported_triggers,
    created_at,
    updated_at,
    code: action.code,
    dependencies: action.dependencies,
    runtime: action.runtime,
    status: action.build[0],
    secrets: action.secrets.map(secretBody),
    ...modulesBody(tenant, action.modules),
    ...deployedBodies(tenant, action),
    all_changes_deployed: action.deployed !== undefined && !isDirty,
  };
}

/** What versions and bindings say about their Action. Its `all_changes_deployed` is always false there. */
function summary({ id, name, supported_triggers, created_at, updated_at }: Action): Plain {
  return { id, name, supported_triggers, created_at, updated_at };
}

function deployedBodies(tenant: Tenant, action: Action): Plain {
  const version = action.versions.find(({ id }) => id === action.deployed);
  if (version === undefined) return {};
  const { id, code, runtime, number, created_at, updated_at, built_at } = version;
  return {
    current_version: {
      id,
      code,
      runtime,
      status: built_at === undefined ? 'PENDING' : 'BUILT',
      number,
      ...(built_at === undefined ? {} : { build_time: built_at }),
      created_at,
      updated_at,
    },
    deployed_version: contentBody(tenant, action, version),
  };
}

function contentBody(tenant: Tenant, action: Action, version: Version): Plain {
  const { id, number, built_at, created_at, updated_at } = version;
  return {
    ...draftBody(version),
    id,
    deployed: id === action.deployed && version.pendingRequests === 0,
    number,
    ...(built_at === undefined ? {} : { built_at }),
    secrets: version.secrets.map(secretBody),
    ...modulesBody(tenant, version.modules),
    status: built_at === undefined ? 'pending' : 'built',
    created_at,
    updated_at,
    runtime: version.runtime,
    supported_triggers: version.supported_triggers,
  };
}

const draftBody = ({ code, dependencies }: Content): Plain => ({ code, dependencies });

export function versionBody(tenant: Tenant, action: Action, version: Version): Plain {
  return {
    ...contentBody(tenant, action, version),
    action: { ...summary(action), all_changes_deployed: false },
  };
}

/** The answer to a deployment: it has begun, and says that nothing is deployed yet. */
export function deploymentBody(tenant: Tenant, action: Action, version: Version): Plain {
  const { built_at: _, ...body } = versionBody(tenant, action, version);
  return { ...body, deployed: false, status: 'built', updated_at: version.created_at };
}

export function bindingBody(tenant: Tenant, trigger: string, binding: Binding): Plain {
  const { id, action: actionId, display_name, created_at } = binding;
  const action = tenant.actions.get(actionId);
  return {
    id,
    trigger_id: trigger,
    action: action && {
      ...summary(action),
      ...deployedBodies(tenant, action),
      all_changes_deployed: false,
    },
    created_at,
    updated_at: created_at,
    display_name,
  };
}

const secretBody = ({ name, updated_at }: Secret): Plain => ({ name, updated_at });

function modulesBody({ modules }: Tenant, references: readonly ModuleReference[]): Plain {
  if (references.length === 0) return {};
  return {
    modules: references.map(({ module_id, module_version_id }) => {
      const module = modules.get(module_id);
      const version = module?.versions.find(({ id }) => id === module_version_id);
      return {
        module_id,
        module_name: module?.name,
        module_version_id,
        module_version_number: version?.version_number,
      };
    }),
  };
}

export function moduleBody(tenant: Tenant, module: Module): Plain {
  const { id, name, code, dependencies, created_at, updated_at, versions } = module;
  const latest = versions[0];
  return {
    id,
    name,
    code,
    dependencies,
    secrets: module.secrets.map(secretBody),
    all_changes_published: latest !== undefined && !module.isDirty,
    actions_using_module_total: actionsUsing(tenant, id).length,
    created_at,
    updated_at,
    ...(latest && {
      latest_version: {
        id: latest.id,
        version_number: latest.version_number,
        code: latest.code,
        dependencies: latest.dependencies,
        secrets: latest.secrets.map(secretBody),
      },
    }),
  };
}

export function moduleVersionBody(module: Module, version: ModuleVersion): Plain {
  const { id, version_number, code, dependencies, created_at } = version;
  const secrets = version.secrets.map(secretBody);
  return { id, module_id: module.id, version_number, code, secrets, dependencies, created_at };
}

/** The Actions that use a module, deployed or not, with the version that they use. */
export function actionsUsing({ actions }: Tenant, module: string): { action: Action; version: string }[] {
  return [...actions.values()].flatMap((action) => {
    const all = [...action.modules, ...action.versions.flatMap(({ modules }) => modules)];
    const used = all.find(({ module_id }) => module_id === module);
    return used === undefined ? [] : [{ action, version: used.module_version_id }];
  });
}

/** A page of a list. Auth0's Actions leave out what is zero. */
export function pageBody(
  name: string,
  all: readonly Plain[],
  { page, per_page }: Page,
  zeros: 'left out' | 'kept' = 'left out',
): Plain {
  const items = all.slice(page * per_page, (page + 1) * per_page);
  const total = items.length === 0 ? 0 : all.length;
  const isKept = (value: number) => zeros === 'kept' || value !== 0;
  return {
    [name]: items,
    ...(isKept(total) ? { total } : {}),
    ...(isKept(page) ? { page } : {}),
    per_page,
  };
}

export interface Page {
  readonly page: number;
  readonly per_page: number;
}
