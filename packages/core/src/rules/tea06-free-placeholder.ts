import { children, type Expr, namesBoundBy, operationOf, pathOf } from '@claimsmith/cel';
import type { Finding } from '../finding.ts';
import type { PolicyScope } from '../policy.ts';
import type { Rule } from './rule.ts';

export const freePlaceholder = {
  id: 'TEA06',
  slug: 'free-placeholder',
  severity: 'error',
  safety: true,
  title: 'The grant of a dynamic scope compares each placeholder with what the issuer knows.',
  why: 'The client chooses what stands in the place of `{account}`. If the grant does not tie it to the user or the client, everybody can ask for the scope of every object.',
  mend: 'Compare it: `account in user.attributes.accounts`.',
  bad: `claims: {}
scopes:
  account.write.{account}: { grant: account != "" }`,
  good: `user: { attributes: { accounts: list(string) } }
claims: {}
scopes:
  account.write.{account}: { grant: account in user.attributes.accounts }`,
  standards: ['restrictedTokens', 'untrustedInput'],
  check: ({ scopes, source }) =>
    scopes.flatMap((scope) =>
      freePlaceholders(scope).map(
        (name): Finding => ({
          rule: 'TEA06',
          severity: 'error',
          message: `The client chooses \`${name}\` in \`${scope.name}\`, and the grant does not compare it with anything that the issuer knows.`,
          range: source.value(scope.path),
          help: `Compare it, for example \`${name} in user.attributes.…\`.`,
        }),
      ),
    ),
} as const satisfies Rule;

/** What a part of a grant depends on. */
interface Parts {
  readonly placeholders: ReadonlySet<string>;
  /** Whether it depends on something that neither the spec nor the caller says. */
  readonly isKnown: boolean;
  /** Whether it depends on what the caller says. */
  readonly isChosen: boolean;
}

const nothing: Parts = { placeholders: new Set(), isKnown: false, isChosen: false };

function freePlaceholders({ placeholders, grant }: PolicyScope): readonly string[] {
  // What is never granted needs no comparison: `issuer != "okta" && …` at Okta.
  const isNever = grant.root.kind === 'literal' && grant.root.value === false;
  if (placeholders.length === 0 || isNever) return [];
  const tied = new Set<string>();
  const names: ReadonlyMap<string, Parts> = new Map(
    placeholders.map((name) => [name, { ...nothing, placeholders: new Set([name]) }]),
  );
  look(grant.root, names, tied, true);
  return placeholders.filter((name) => !tied.has(name));
}

/**
 * Collects the placeholders that an expression ties to something, and says what it depends on.
 *
 * @param isAsked whether the grant needs the expression to be true, so that a comparison counts. `!=` and what stands
 *   behind `!` only exclude objects
 */
function look(expr: Expr, names: ReadonlyMap<string, Parts>, tied: Set<string>, isAsked: boolean): Parts {
  const path = pathOf(expr);
  if (path !== undefined) return partsOfPath(path, names);
  const operation = operationOf(expr);
  if (operation?.kind === 'not') return look(operation.operand, names, tied, false);
  if (expr.kind === 'macro' || expr.kind === 'bind') {
    const first = look(expr.kind === 'macro' ? expr.target : expr.value, names, tied, isAsked);
    const inner = new Map([...names, ...namesBoundBy(expr).map((name) => [name, first] as const)]);
    const filter = expr.kind === 'macro' && expr.filter ? look(expr.filter, inner, tied, isAsked) : nothing;
    return joined([first, filter, look(expr.body, inner, tied, isAsked)]);
  }
  if (operation?.kind === 'or' && isAsked) {
    const inner = new Set<string>();
    const sides = alternatives(expr).map((side) => {
      const own = new Set<string>();
      const parts = look(side, names, own, true);
      for (const name of own) inner.add(name);
      return { parts, isFree: own.size === 0 && !parts.isKnown };
    });
    // One that holds for every object, whoever asks, undoes the others.
    if (!sides.some(({ isFree }) => isFree)) for (const name of inner) tied.add(name);
    return joined(sides.map(({ parts }) => parts));
  }
  const parts = children(expr).map((child) => look(child, names, tied, isAsked));
  const all = joined(parts);
  if (isAsked && ties(expr, parts)) for (const name of all.placeholders) tied.add(name);
  return all;
}

function alternatives(expr: Expr): readonly Expr[] {
  const operation = operationOf(expr);
  return operation?.kind === 'or'
    ? [...alternatives(operation.left), ...alternatives(operation.right)]
    : [expr];
}

/** Whether an expression can be true only for some objects: those that are equal to, in, or found under, something. */
function ties(expr: Expr, parts: readonly Parts[]): boolean {
  const operation = operationOf(expr);
  const free = parts.filter(({ placeholders }) => placeholders.size > 0);
  const isFirm = parts.some((part) => part.placeholders.size === 0 && (part.isKnown || !part.isChosen));
  if (free.length === 0) return false;
  if (operation?.kind === 'compare') return operation.symbol === '==' && isFirm;
  if (operation?.kind === 'in') return isFirm || free.some(({ isKnown }) => isKnown);
  if (operation !== undefined) return false;
  // A function, or `user.attributes.limits[account]`.
  return expr.kind !== 'list' && expr.kind !== 'map' && parts.some(({ isKnown }) => isKnown);
}

function partsOfPath(path: readonly string[], names: ReadonlyMap<string, Parts>): Parts {
  const [root = '', field] = path;
  const bound = names.get(root);
  if (bound !== undefined) return bound;
  const isChosen = root === 'request' && (field === 'params' || field === 'user_agent' || field === 'scopes');
  return { placeholders: new Set(), isChosen, isKnown: !isChosen && root !== 'tables' && root !== 'params' };
}

function joined(parts: readonly Parts[]): Parts {
  return {
    placeholders: new Set(parts.flatMap(({ placeholders }) => [...placeholders])),
    isKnown: parts.some(({ isKnown }) => isKnown),
    isChosen: parts.some(({ isChosen }) => isChosen),
  };
}
