import { children, type Expr, parse, pathOf } from '@claimsmith/cel';

/** Names in dependency order, or the cycles that forbid one. */
export interface ReadOrder {
  readonly order: readonly string[];
  /** Each cycle as its names, with the first again at the end. */
  readonly cycles: readonly (readonly string[])[];
}

/**
 * Orders claims so that each comes after those it reads, and otherwise keeps the spec's order.
 *
 * @param texts the expressions of each claim, by name
 */
export function orderClaims(texts: Readonly<Record<string, readonly string[]>>): ReadOrder {
  return orderByReads(
    new Map(
      Object.entries(texts).map(([name, expressions]) => [name, new Set(expressions.flatMap(claimsRead))]),
    ),
  );
}

/** Orders names so that each comes after those it reads, and otherwise keeps the given order. */
export function orderByReads(reads: ReadonlyMap<string, Iterable<string>>): ReadOrder {
  const order: string[] = [];
  const cycles: string[][] = [];
  const done = new Set<string>();
  for (const name of reads.keys()) visit(name);
  return { order, cycles };

  /** Depth first with an explicit stack: a chain may be as long as the spec. */
  function visit(start: string): void {
    const trail: { name: string; pending: string[] }[] = [];
    enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.pending.shift();
      if (next === undefined) {
        order.push(top.name);
        trail.pop();
        continue;
      }
      const at = trail.findIndex((step) => step.name === next);
      if (at >= 0) cycles.push([...trail.slice(at).map((step) => step.name), next]);
      else enter(next);
    }

    function enter(name: string): void {
      if (done.has(name)) return;
      done.add(name);
      trail.push({ name, pending: [...(reads.get(name) ?? [])].filter((other) => reads.has(other)) });
    }
  }
}

function claimsRead(text: string): readonly string[] {
  // Parsing takes long, and most expressions read no claim.
  if (!text.includes('claims')) return [];
  const found: string[] = [];
  const pending: Expr[] = [];
  const { expr } = parse(text);
  if (expr) pending.push(expr);
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const path = pathOf(next);
    if (path?.[0] === 'claims' && path[1] !== undefined) found.push(path[1]);
    pending.push(...children(next));
  }
  return found.reverse();
}
