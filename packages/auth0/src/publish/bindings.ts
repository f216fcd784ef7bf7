import { type Change, type Json, type Resource, TargetError } from '@claimsmith/core';
import { z } from 'zod';
import { type ActionId, actionTriggers } from '../limits.ts';
import type { BindingEntry, Client } from './client.ts';
import { bindingKey } from './names.ts';
import type { Binding } from './wire.ts';

/** How our Action is bound to a trigger. */
export interface BindingImage {
  readonly display_name: string;
  /** Whether it asks for a factor only after the policy has decided: then nobody is asked. */
  readonly too_late?: true | undefined;
}

const bindingImage = z.strictObject({ display_name: z.string(), too_late: z.literal(true).optional() });

/**
 * The binding of our Action as a resource; undefined if it is not bound. The other bindings, and our place among them, belong
 * to others: a list is written as a whole, so each write must keep them.
 *
 * @param sibling the id of our other Action at the trigger, which has a resource of its own
 */
export function bindingResource(
  id: ActionId,
  all: readonly Binding[],
  action: Pick<Resource, 'id' | 'owner'> | undefined,
  sibling: string | undefined,
): Resource | undefined {
  const list = all.filter((binding) => binding.action.id !== sibling);
  const ours = list.filter((binding) => binding.action.id === action?.id);
  if (action === undefined || ours.length === 0) return undefined;
  return {
    key: bindingKey(id),
    owner: action.owner,
    // Bound twice, it runs twice: the plan shows both names, and brings it back to one.
    image: {
      display_name: ours.map(({ display_name }) => display_name).join(', '),
      ...(isTooLate(id, all.map(entryOf), action.id, sibling) ? { too_late: true } : {}),
    },
    rest: list
      .map((binding, index): Json => {
        if (binding.action.id !== action.id) return [binding.action.id, binding.display_name];
        return list.findIndex((other) => other.action.id === action.id) === index ? 'ours' : 'ours again';
      })
      .filter((entry) => entry !== 'ours again'),
    isBinding: true,
  };
}

/** An Action that asks for a factor must run before the one that decides on claims. */
function isTooLate(
  id: ActionId,
  list: readonly BindingEntry[],
  action: string | undefined,
  sibling: string | undefined,
): boolean {
  if (id !== 'post-login-challenge' || sibling === undefined) return false;
  const place = (wanted: string | undefined) => list.findIndex((entry) => entry.action === wanted);
  return place(sibling) !== -1 && place(sibling) < place(action);
}

/**
 * Binds, renames or unbinds our Action. A new binding comes last, so that no other Action overwrites its claims; one that
 * asks for a factor comes before our other one.
 */
export async function writeBinding(
  client: Client,
  id: ActionId,
  change: Change,
  { action, sibling }: { readonly action: string; readonly sibling: string | undefined },
): Promise<void> {
  const trigger = actionTriggers[id];
  const before = (await client.bindings(trigger)).map(entryOf);
  const entry =
    change.after === undefined
      ? undefined
      : { action, display_name: parsed(change.after.image).display_name };
  const list = inOrder(id, withOurs(before, action, entry), action, sibling);
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

/** Our entry before our other one, if it must be. */
function inOrder(
  id: ActionId,
  list: readonly BindingEntry[],
  action: string,
  sibling: string | undefined,
): readonly BindingEntry[] {
  if (!isTooLate(id, list, action, sibling)) return list;
  const rest = others(list, action);
  const place = rest.findIndex((entry) => entry.action === sibling);
  return [...rest.slice(0, place), ...list.filter((entry) => entry.action === action), ...rest.slice(place)];
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
