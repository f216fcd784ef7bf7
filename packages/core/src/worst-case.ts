import {
  type Cost,
  costOf,
  type Expression,
  type Extent,
  extentOf,
  listOf,
  MAX_CHARACTERS,
  MAX_ITEMS,
  type Sizes,
  type Type,
  text,
} from '@claimsmith/cel';
import type { Path } from './finding.ts';
import { otherScopes } from './other-scopes.ts';
import type { Policy, PolicyClaim } from './policy.ts';
import type { Literal } from './spec/schema.ts';

/** The assumed largest number of characters in one field of a login, in all its parts together. */
export const MAX_FIELD_CHARACTERS = 64_000;

/** The assumed largest number of requested scopes of one pattern, and of authorization details of one type. */
const ASKED = 50;

/** An expression of a policy, and its steps in the worst case. */
export interface Worst {
  readonly path: Path;
  readonly expression: Expression;
  readonly steps: number;
  /** The same for smaller parts, or smaller answers of sources. */
  readonly below: (assumed: ReadonlyMap<string, number>, limits: ReadonlyMap<string, number>) => number;
}

/** The steps of each expression of a policy for the largest allowed inputs. */
export function worstCases(policy: Policy): readonly Worst[] {
  const claims = new Map<string, Extent>();
  const sizes = (limits: ReadonlyMap<string, number> = new Map()): Sizes => ({
    items: MAX_ITEMS,
    characters: MAX_CHARACTERS,
    total: MAX_FIELD_CHARACTERS,
    at: (path, type) => extentAt(policy, claims, limits, path, type),
  });
  /** An expression has one cost: the claims that it reads come before it. */
  const costs = new Map<Expression, Cost>();
  const atWorst = (expression: Expression): Cost => {
    const cost = costs.get(expression) ?? costOf(expression, sizes());
    costs.set(expression, cost);
    return cost;
  };
  const worst = (path: Path, expression: Expression, steps: (cost: Cost) => number): Worst => ({
    path,
    expression,
    steps: steps(atWorst(expression)),
    below: (assumed, limits) => steps(costOf(expression, sizes(limits), assumed)),
  });
  const all: Worst[] = [];
  for (const claim of policy.claims) {
    const path = ['claims', claim.name];
    if (claim.when) all.push(worst([...path, 'when'], claim.when, ({ steps }) => steps));
    if (claim.value === undefined) continue;
    // What goes into a token is looked through.
    all.push(
      worst([...path, 'value'], claim.value, (cost) => cost.steps + bounded(claim, cost.extent).total / 4),
    );
    claims.set(claim.name, bounded(claim, atWorst(claim.value).extent));
  }
  if (policy.applies) all.push(worst(['applies'], policy.applies.when, ({ steps }) => steps));
  for (const { path, when } of policy.deny) all.push(worst([...path, 'when'], when, ({ steps }) => steps));
  for (const { name, path, grant, placeholders } of policy.scopes) {
    const isMany = placeholders.length > 0 || name === otherScopes;
    all.push(worst(path, grant, ({ steps }) => steps * (isMany ? ASKED : 1)));
  }
  for (const { type, grant } of policy.details)
    all.push(worst(['authorizationDetails', type, 'grant'], grant, ({ steps }) => steps * ASKED));
  return all;
}

/** The largest value within a claim's own bounds. */
function bounded({ maxItems, maxBytes }: PolicyClaim, { length, total, inner }: Extent): Extent {
  const isList = inner !== undefined;
  const most = Math.min(total, maxBytes ?? total);
  return {
    length: Math.min(length, isList ? (maxItems ?? length) : most),
    total: Math.min(most, isList && maxItems !== undefined ? 3 + maxItems * inner.total : most),
    inner,
  };
}

function extentAt(
  { sources, spec }: Policy,
  claims: ReadonlyMap<string, Extent>,
  limits: ReadonlyMap<string, number>,
  path: readonly string[],
  type: Type,
): Extent | undefined {
  const [root = '', name = ''] = path;
  if (root === 'claims') return claims.get(name);
  if (root === 'tables') return literalAt(spec.tables ?? {}, path.slice(1));
  const source = sources.find((each) => each.name === root);
  if (source === undefined) return undefined;
  const total = (limits.get(root) ?? source.limitBytes) * (source.each?.maxItems ?? 1);
  return extentOf(type, { items: MAX_ITEMS, characters: MAX_CHARACTERS, total });
}

function literalAt(tables: Literal, path: readonly string[]): Extent {
  const found = path.reduce<Literal | undefined>(
    (value, name) =>
      typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, name)
        ? Reflect.get(value, name)
        : undefined,
    tables,
  );
  return literalExtent(found ?? '');
}

function literalExtent(value: Literal): Extent {
  if (typeof value === 'string') return text(value.length);
  if (typeof value !== 'object') return text(0);
  const parts = Object.values(value).map(literalExtent);
  const inner = text(Math.max(0, ...parts.map(({ length }) => length)));
  const total = parts.reduce((sum, part) => sum + part.total, 3);
  return listOf(
    parts.length,
    parts.length === 0 ? undefined : { ...inner, total: Math.max(...parts.map((part) => part.total)) },
    total,
  );
}
