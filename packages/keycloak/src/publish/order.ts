import { type Change, isMapping, type Order } from '@claimsmith/core';
import { type Subject, scopeKey, subjectOf } from './keys.ts';
import { isList, isOfBase, isScript } from './resources.ts';

/** What the order depends on, beside the changes themselves. */
export interface Circumstances {
  /** Names of client scopes that the realm had. */
  readonly existing: ReadonlySet<string>;
  readonly nobody: string;
  /** Whether the policy script ran in the realm. */
  readonly hasScript: boolean;
}

/*
 * Between two writes, a token must not grant more than before all of them or after all of them. So a value is first taken
 * from those who lose it, then changed, and then given to those who get it:
 *
 * - a client or a role that loses a client scope loses it before the scope's mappers change; one that gets it gets it after
 * - a new client scope is complete and has its roles before a client gets it
 * - a claim that moves from one client scope to another is there twice for a moment, so that it is never missing. With two
 *   writers Keycloak signs the value of one of them. Lists are different: two writers give both lists together. So a list is
 *   missing for a moment
 * - what gives a token its authority comes last and goes first: the audience, the policy script, and the marker, which
 *   says that everything else is in place
 *
 * With a policy script, tokens are dead from the moment its JAR changes until the last client scope has the new revision.
 * So the revisions come last.
 */
const ranks = {
  role: 0,
  attribute: 1,
  closing: 2,
  losing: 3,
  listLeaving: 4,
  newScope: 5,
  mapper: 6,
  permission: 7,
  optional: 8,
  byDefault: 9,
  leaving: 10,
  listComing: 11,
  base: 12,
  baseMapper: 13,
  scope: 14,
  baseScope: 15,
  opening: 16,
  deletedBase: 17,
  deletedScope: 18,
  deletedRole: 19,
} as const;

/** When a change comes. With a policy script, all are in phase 1: its JAR comes first. */
export function orderOf(change: Change, all: readonly Change[], circumstances: Circumstances): Order {
  const phase = willHaveScript(circumstances.hasScript, all) ? 1 : 0;
  return { phase, rank: rankOf(change, all, circumstances) };
}

/** Whether the policy script runs in the realm after the changes. */
function willHaveScript(hasScript: boolean, all: readonly Change[]): boolean {
  const scripts = all.flatMap((change) => [change, ...change.parts]).filter(isOfScript);
  if (scripts.some(({ kind }) => kind !== 'delete')) return true;
  return hasScript && scripts.length === 0;
}

function isOfScript({ before, after }: Change): boolean {
  const image = (after ?? before)?.image;
  return isMapping(image) && isScript(image['provider']);
}

function rankOf(change: Change, all: readonly Change[], circumstances: Circumstances): number {
  const { kind } = change;
  const subject = subjectOf(change);
  switch (subject.kind) {
    case 'role':
      return kind === 'delete' ? ranks.deletedRole : ranks.role;
    case 'attribute':
      return ranks.attribute;
    case 'permission':
      return permissionRank(kind, subject, all, circumstances);
    case 'mapper':
      return mapperRank(change, subject.mapper);
    case 'scope':
      if (kind === 'create') return ranks.newScope;
      if (kind === 'delete') return isBaseLeaving(change) ? ranks.deletedBase : ranks.deletedScope;
      return isNamedBase(subject.scope) ? ranks.baseScope : ranks.scope;
    default:
      return bindingRank(change, subject.scope, all);
  }
}

function isBaseLeaving({ parts }: Change): boolean {
  return parts.some((part) => {
    const subject = subjectOf(part);
    return subject.kind === 'mapper' && isOfBase(mapperOf(subject.mapper, part.before?.image));
  });
}

/** The base scope of a policy without a gate is called after it; the order of the others does not matter. */
function isNamedBase(scope: string): boolean {
  return /^claimsmith\.[^.]+$/.test(scope);
}

/**
 * A client scope without roles is open to all: the role that nobody has comes first and goes last. If the mappers stay as
 * they are, a role may get the scope before another one loses it, so that users with both are never without.
 */
function permissionRank(
  kind: Change['kind'],
  { scope, role }: Extract<Subject, { kind: 'permission' }>,
  all: readonly Change[],
  { existing, nobody }: Circumstances,
): number {
  if (role.name === nobody && role.client === undefined) {
    if (kind === 'delete') return ranks.opening;
    return existing.has(scope) ? ranks.closing : ranks.permission;
  }
  if (kind === 'create') return ranks.permission;
  const isChanging = all.some((change) => {
    const subject = subjectOf(change);
    const isOfScope = 'scope' in subject && subject.scope === scope;
    return isOfScope && subject.kind !== 'scope' && subject.kind !== 'permission';
  });
  return isChanging ? ranks.losing : ranks.leaving;
}

function mapperRank({ kind, before, after }: Change, name: string): number {
  const mapper = mapperOf(name, (after ?? before)?.image);
  const isBase = isOfBase(mapper);
  if (kind === 'delete') return isBase ? ranks.losing : isList(mapper) ? ranks.listLeaving : ranks.leaving;
  if (isBase) return ranks.baseMapper;
  return kind === 'create' && isList(mapper) ? ranks.listComing : ranks.mapper;
}

function bindingRank({ kind, before, after }: Change, scope: string, all: readonly Change[]): number {
  const { isBase, hasLists } = memoOf((after ?? before)?.memo);
  if (kind === 'delete') {
    const isMoving = all.some((change) => change.kind === 'delete' && change.key === scopeKey(scope));
    if (!isMoving || isBase) return ranks.losing;
    return hasLists ? ranks.listLeaving : ranks.leaving;
  }
  if (isBase) return ranks.base;
  if (hasLists) return ranks.listComing;
  const image = after?.image;
  return isMapping(image) && image['as'] === 'optional' ? ranks.optional : ranks.byDefault;
}

function memoOf(memo: unknown): { readonly isBase: boolean; readonly hasLists: boolean } {
  return isMapping(memo)
    ? { isBase: memo['isBase'] === true, hasLists: memo['hasLists'] === true }
    : { isBase: false, hasLists: false };
}

/** A mapper from its image. */
function mapperOf(name: string, image: unknown) {
  const { provider, config } = isMapping(image) ? image : {};
  return {
    name,
    protocolMapper: typeof provider === 'string' ? provider : '',
    config: isMapping(config)
      ? Object.fromEntries(Object.entries(config).map(([key, value]) => [key, String(value)]))
      : {},
  };
}
