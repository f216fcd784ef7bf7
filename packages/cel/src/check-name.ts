import type { Expr, Range } from './ast.ts';
import { type Checker, isBound, listed, type Scope } from './checker.ts';
import { suggest } from './suggest.ts';
import type { Term } from './terms.ts';

/** The type of a name: a macro's variable, or a variable of the environment. */
export function checkName(checker: Checker, name: string, range: Range, scope: Scope | undefined): Term {
  const bound: string[] = [];
  for (let inner = scope; inner !== undefined; inner = inner.outer) {
    if (inner.name === name) {
      if (!isGlobal(checker, range)) return inner.type;
      return checker.report(
        'unsupported',
        `\`${name}\` is a macro's variable here`,
        range,
        'give it another name',
      );
    }
    bound.push(inner.name);
  }
  const { variables } = checker.environment;
  const declared = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (declared !== undefined) return declared;
  return checker.report('unknown_name', `unknown name \`${name}\``, range, nameMeant(checker, name, bound));
}

/** `event.user`, `sources.directory`: a field after an unknown name may be the intended name. */
export function isNeedlessRoot(
  checker: Checker,
  { operand, field }: Expr & { readonly kind: 'select' },
  scope: Scope | undefined,
): boolean {
  if (operand.kind !== 'ident' || isGlobal(checker, operand.range) || isBound(operand.name, scope))
    return false;
  const { variables } = checker.environment;
  return !Object.hasOwn(variables, operand.name) && Object.hasOwn(variables, field);
}

/** `.user`: the dot in front means that no macro's variable is intended. */
function isGlobal({ source }: Checker, { start }: Range): boolean {
  return source.charAt(start) === '.';
}

/** Suggests `user.email` for `email`, or else similar names, or else all names. */
function nameMeant({ environment }: Checker, name: string, bound: readonly string[]): string | undefined {
  const variables = Object.entries(environment.variables);
  const inside = variables.flatMap(([root, type]) =>
    type.kind === 'record' && Object.hasOwn(type.fields, name) ? [`\`${root}.${name}\``] : [],
  );
  const near = suggest(name, [...bound, ...variables.map(([root]) => root)]);
  if (near !== undefined && inside.length === 0) return `did you mean \`${near}\`?`;
  if (inside.length > 0) return `did you mean ${inside.join(' or ')}?`;
  return listed('there is', [...bound, ...variables.map(([root]) => root)]);
}
