import {
  type Change,
  isMapping,
  type Json,
  type Known,
  type Notice,
  type Order,
  type Resource,
  type Wanted,
} from '@claimsmith/core';
import { isSame, isSecret, memberOf } from './same.ts';

/** What must be done at a place, in the order of doing. */
export interface Plan {
  readonly steps: readonly Step[];
  /** With conflicts, nothing is written. */
  readonly notices: readonly Notice[];
}

export interface Step {
  readonly change: Change;
  readonly phase: number;
}

export interface PlanOptions {
  readonly order: (change: Change, all: readonly Change[]) => Order;
  /** Whether resources with a name of ours and without our mark may become ours. Default false. */
  readonly adopt?: boolean;
}

/** Compares what a place has with what it should have. Pure: it only computes. */
export function planOf(resources: readonly Resource[], wanted: Wanted, options: PlanOptions): Plan {
  const now = new Map(resources.map((resource) => [resource.key, resource]));
  const isWanted = new Set(wanted.resources.map(({ key }) => key));
  const flat: Change[] = [];
  const conflicts: Notice[] = [];
  for (const after of wanted.resources) {
    const before = now.get(after.key);
    if (before === undefined) flat.push({ kind: 'create', key: after.key, before, after, parts: [] });
    else if (!isSame(before.image, after.image)) {
      if (before.owner === 'foreign' && options.adopt !== true) conflicts.push(unmarked(before));
      else flat.push({ kind: 'update', key: after.key, before, after, parts: [] });
    }
  }
  for (const before of resources) {
    if (before.owner === 'ours' && !isWanted.has(before.key)) {
      flat.push({ kind: 'delete', key: before.key, before, after: undefined, parts: [] });
    }
  }
  const changes = grouped(flat);
  conflicts.push(...takenAlong(changes, resources));
  return { steps: ordered(changes, options.order), notices: [...conflicts, ...wanted.notices] };
}

/** Whether something forbids to write. */
export function hasConflict({ notices }: Plan): boolean {
  return notices.some(({ severity }) => severity === 'conflict');
}

/** The changes of a plan, those that are made with others included. */
export function allChanges({ steps }: Plan): readonly Change[] {
  return steps.flatMap(({ change }) => [change, ...change.parts]);
}

/** Resources that are made or removed in the request of another one become its parts. */
function grouped(flat: readonly Change[]): readonly Change[] {
  const parts = new Map<string, Change[]>();
  const roots: Change[] = [];
  const kinds = new Map(flat.map((change) => [change.key, change.kind]));
  for (const change of flat) {
    const parent = (change.after ?? change.before)?.parent;
    const isPart = parent !== undefined && change.kind !== 'update' && kinds.get(parent) === change.kind;
    if (isPart) parts.set(parent, [...(parts.get(parent) ?? []), change]);
    else roots.push(change);
  }
  return roots.map((change) => ({ ...change, parts: parts.get(change.key) ?? [] }));
}

function ordered(changes: readonly Change[], order: PlanOptions['order']): readonly Step[] {
  return changes
    .map((change) => ({ change, ...order(change, changes) }))
    .toSorted((a, b) => a.phase - b.phase || a.rank - b.rank)
    .map(({ change, phase }) => ({ change, phase }));
}

function unmarked({ key }: Resource): Notice {
  return {
    severity: 'conflict',
    key,
    message: `${key} exists, differs from what the spec gives, and does not have Claimsmith's mark.`,
    help: 'Rename or remove it, or let `apply --adopt` take it over.',
  };
}

/** What others have put into something of ours would be deleted with it. */
function takenAlong(changes: readonly Change[], resources: readonly Resource[]): readonly Notice[] {
  const deleted = new Set(changes.filter(({ kind }) => kind === 'delete').map(({ key }) => key));
  return resources
    .filter(({ owner, parent }) => owner === 'foreign' && parent !== undefined && deleted.has(parent))
    .map(({ key, parent }) => ({
      severity: 'conflict' as const,
      key,
      message: `${key} is not Claimsmith's, and would be deleted with ${parent}.`,
      help: 'Move it elsewhere, or remove it.',
    }));
}

/**
 * What a place should have so that it is as it was in a snapshot. Secrets stay as they are today: a snapshot does not hold
 * their values.
 */
export function wantedOf(snapshot: readonly Known[], resources: readonly Resource[]): Wanted {
  const now = new Map(resources.map((resource) => [resource.key, resource]));
  const isOurs = ({ key, owner }: Known) =>
    owner === 'ours' ||
    (owner === 'shared' && now.has(key)) ||
    // It was taken over since.
    (owner === 'foreign' && now.get(key)?.owner === 'ours');
  return {
    resources: snapshot.filter(isOurs).map(({ owner: _, ...resource }) => ({
      ...resource,
      image: withSecretsOf(now.get(resource.key)?.image, resource.image),
    })),
    notices: [],
  };
}

/** An image with the secrets of another one, where both have one. */
function withSecretsOf(today: Json | undefined, image: Json): Json {
  if (isSecret(image)) return isSecret(today) ? today : image;
  if (!isMapping(image) || !isMapping(today)) return image;
  const members: readonly (readonly [string, Json | undefined])[] = Object.entries(image);
  return Object.fromEntries(
    members.map(([key, value]) => [
      key,
      value === undefined ? undefined : withSecretsOf(memberOf(today, key), value),
    ]),
  );
}
