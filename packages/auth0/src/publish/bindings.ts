import { type Change, type Json, type Resource, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import type { TriggerId } from '../limits.ts';
import type { BindingEntry, Client } from './client.ts';
import { bindingKey } from './names.ts';
import type { Binding } from './wire.ts';

/** How our Action is bound to a trigger. */
export interface BindingImage {
  readonly display_name: string;
}

const bindingImage = z.strictObject({ display_name: z.string() });

/**
 * The binding of our Action as a resource; undefined if it is not bound. The other bindings, and our place among them, belong
 * to others: a list is written as a whole, so each write must keep them.
 */
export function bindingResource(
  trigger: TriggerId,
  list: readonly Binding[],
  action: Pick<Resource, 'id' | 'owner'> | undefined,
): Resource | undefined {
  const ours = list.filter((binding) => binding.action.id === action?.id);
  if (action === undefined || ours.length === 0) return undefined;
  return {
    key: bindingKey(trigger),
    owner: action.owner,
    // Bound twice, it runs twice: the plan shows both names, and brings it back to one.
    image: { display_name: ours.map(({ display_name }) => display_name).join(', ') },
    rest: list
      .map((binding, index): Json => {
        if (binding.action.id !== action.id) return [binding.action.id, binding.display_name];
        return list.findIndex((other) => other.action.id === action.id) === index ? 'ours' : 'ours again';
      })
      .filter((entry) => entry !== 'ours again'),
    isBinding: true,
  };
}

/** Binds, renames or unbinds our Action. A new binding comes last, so that no other Action overwrites its claims. */
export async function writeBinding(
  client: Client,
  trigger: TriggerId,
  change: Change,
  action: string,
): Promise<void> {
  const before = (await client.bindings(trigger)).map(entryOf);
  const entry = change.after === undefined ? undefined : { action, ...parsed(change.after.image) };
  const list = withOurs(before, action, entry);
  await client.setBindings(trigger, list);
  const after = (await client.bindings(trigger)).map(entryOf);
  if (isSameList(others(before, action), others(after, action))) return;
  const message = `Somebody else changed the bindings of ${trigger} at the same time. Look at them in the dashboard.`;
  throw new TargetError('changed', message);
}

/** The list with our entry at its place, and once. */
function withOurs(
  list: readonly BindingEntry[],
  action: string,
  entry: BindingEntry | undefined,
): readonly BindingEntry[] {
  const first = list.findIndex((each) => each.action === action);
  const rest = others(list, action);
  if (entry === undefined) return rest;
  return first === -1 ? [...rest, entry] : [...rest.slice(0, first), entry, ...rest.slice(first)];
}

const entryOf = ({ action, display_name }: Binding): BindingEntry => ({ action: action.id, display_name });

const others = (list: readonly BindingEntry[], action: string): readonly BindingEntry[] =>
  list.filter((entry) => entry.action !== action);

function isSameList(a: readonly BindingEntry[], b: readonly BindingEntry[]): boolean {
  const text = (list: readonly BindingEntry[]) =>
    JSON.stringify(list.map(({ action, display_name }) => [action, display_name]));
  return text(a) === text(b);
}

function parsed(image: Json): BindingImage {
  const result = bindingImage.safeParse(image);
  if (result.success) return result.data;
  throw new TargetError(
    'refused',
    'The journal describes the binding in a way that this version does not know.',
  );
}
