/** `/actions/triggers` and what is bound to them. */
import { z } from 'zod';
import type { StandInAnswer } from '../server.ts';
import { bindingBody, pageBody } from './bodies.ts';
import { passTime } from './drafts.ts';
import { Refusal } from './refusal.ts';
import { bodyAs, type Call, found, pageAs, route } from './route.ts';
import { type Action, type Binding, newId, type Tenant } from './tenant.ts';
import { triggers } from './triggers.ts';

function triggerAt({ segments }: Call): string {
  return found(
    triggers.find(({ id }) => id === segments[0]),
    'That trigger does not exist.',
  ).id;
}

function list(call: Call): StandInAnswer {
  const { tenant } = call;
  const trigger = triggerAt(call);
  const bindings = tenant.bindings.get(trigger) ?? [];
  for (const { action } of bindings) {
    const bound = tenant.actions.get(action);
    if (bound !== undefined) passTime(bound);
  }
  const all = bindings.map((binding) => bindingBody(tenant, trigger, binding));
  return { status: 200, body: pageBody('bindings', all, pageAs(call)) };
}

const bindingList = z.strictObject({
  bindings: z
    .array(
      z.strictObject({
        ref: z.strictObject({
          type: z.enum(['action_id', 'action_name', 'binding_id']),
          value: z.string(),
        }),
        display_name: z.string().min(1).exactOptional(),
      }),
    )
    .exactOptional(),
});

/** The list replaces the one before, and each binding gets a new id. */
function replace(call: Call): StandInAnswer {
  const { tenant } = call;
  const trigger = triggerAt(call);
  const before = tenant.bindings.get(trigger) ?? [];
  const made = (bodyAs(call, bindingList).bindings ?? []).map(({ ref, display_name }): Binding => {
    const action = referenced(tenant, before, ref);
    if (action.supported_triggers.every(({ id }) => id !== trigger)) {
      throw new Refusal(400, 'The action does not support the trigger.');
    }
    assertDeployed(action);
    return {
      id: newId(),
      action: action.id,
      display_name: display_name ?? action.name,
      created_at: tenant.now(),
    };
  });
  tenant.bindings.set(trigger, made);
  return { status: 200, body: { bindings: made.map((binding) => bindingBody(tenant, trigger, binding)) } };
}

function referenced(
  { actions }: Tenant,
  before: readonly Binding[],
  { type, value }: { readonly type: string; readonly value: string },
): Action {
  const isMeant = (action: Action) => {
    if (type === 'action_id') return action.id === value;
    if (type === 'action_name') return action.name === value;
    return before.some(({ id, action: bound }) => id === value && bound === action.id);
  };
  const action = [...actions.values()].find(isMeant);
  if (action === undefined) throw new Refusal(400, 'The binding refers to an action that does not exist.');
  return action;
}

function assertDeployed(action: Action): void {
  const version = action.versions.find(({ id }) => id === action.deployed);
  if (version !== undefined && version.pendingRequests === 0) return;
  throw new Refusal(
    400,
    'Trying to create a binding for an action that has not been deployed yet.',
    'invalid_body',
  );
}

export const bindingRoutes = [
  route('GET /actions/triggers', 'read:actions', () => ({ status: 200, body: { triggers } })),
  route('GET /actions/triggers/:id/bindings', 'read:actions', list),
  route('PATCH /actions/triggers/:id/bindings', 'update:actions', replace),
];
