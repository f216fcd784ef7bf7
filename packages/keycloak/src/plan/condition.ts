import { type Expr, type Expression, listRead } from '@claimsmith/cel';
import type { Settings } from '../settings.ts';
import { isFilledIn } from './filled-in.ts';
import { dotted } from './paths.ts';

/** When a claim is emitted, as far as client scopes can tell: all that is said must hold. */
export interface Condition {
  /** The user has one of these roles. */
  readonly roles?: readonly string[];
  /** The client asks for this scope. */
  readonly requested?: string;
  /** The token is for one of these clients. */
  readonly clients?: readonly string[];
}

/** A condition; or whether it always or never holds; undefined where client scopes cannot say it. */
export type Said = Condition | boolean | undefined;

/** What an expression of type bool comes to in client scopes. No such expression can fail at Keycloak. */
export function conditionOf(expression: Expression | undefined, settings: Settings): Said {
  return expression === undefined ? true : said(expression.root, true, settings);
}

/** The condition under which an expression is false, where client scopes can say that. */
export function unless({ root }: Expression, settings: Settings): Said {
  return said(root, false, settings);
}

/** A condition on names, unless Keycloak would fill in something else for one when it imports a realm. */
export function sayable(condition: Condition): Condition | undefined {
  const { roles = [], requested = '', clients = [] } = condition;
  return [...roles, requested, ...clients].some(isFilledIn) ? undefined : condition;
}

/** Both conditions. Two of one kind cannot be said together: a scope's roles and clients are alternatives. */
export function both(a: Said, b: Said): Said {
  if (a === false || b === false) return false;
  if (a === undefined || b === undefined) return undefined;
  if (a === true) return b;
  if (b === true) return a;
  const fits = (['roles', 'requested', 'clients'] as const).every(
    (key) =>
      a[key] === undefined || b[key] === undefined || JSON.stringify(a[key]) === JSON.stringify(b[key]),
  );
  return fits ? { ...a, ...b } : undefined;
}

function either(a: Said, b: Said): Said {
  if (a === true || b === true) return true;
  if (a === undefined || b === undefined) return undefined;
  if (a === false) return b;
  if (b === false) return a;
  if (isOnly(a, 'roles') && isOnly(b, 'roles')) return { roles: union(a.roles, b.roles) };
  if (isOnly(a, 'clients') && isOnly(b, 'clients')) return { clients: union(a.clients, b.clients) };
  return undefined;
}

function isOnly(condition: Condition, key: keyof Condition): boolean {
  return Object.keys(condition).join() === key;
}

function union(a: readonly string[] = [], b: readonly string[] = []): readonly string[] {
  return [...new Set([...a, ...b])].sort();
}

/** The condition under which an expression is `wanted`. Client scopes can only say what holds, not what does not. */
function said(expr: Expr, wanted: boolean, settings: Settings): Said {
  if (expr.kind === 'literal') return typeof expr.value === 'boolean' ? expr.value === wanted : undefined;
  if (expr.kind === 'macro') return holds(someRole(expr), wanted);
  if (expr.kind !== 'call' || expr.target !== undefined) return undefined;
  const [first, second] = expr.args;
  if (first === undefined) return undefined;
  if (expr.name === '!_') return said(first, !wanted, settings);
  if (second === undefined) return undefined;
  switch (expr.name) {
    case '_&&_':
    case '_||_': {
      const join = (expr.name === '_&&_') === wanted ? both : either;
      return join(said(first, wanted, settings), said(second, wanted, settings));
    }
    case '_==_':
      return holds(equal(first, second, settings), wanted);
    case '_!=_':
      return holds(equal(first, second, settings), !wanted);
    case '@in':
      return holds(contained(first, second, settings), wanted);
    default:
      return undefined;
  }
}

function holds(condition: Said, wanted: boolean): Said {
  if (typeof condition === 'boolean') return condition === wanted;
  return wanted && condition !== undefined ? sayable(condition) : undefined;
}

function equal(a: Expr, b: Expr, settings: Settings): Said {
  const [tested, text] = a.kind === 'literal' ? [b, a] : [a, b];
  if (text.kind !== 'literal' || typeof text.value !== 'string') return undefined;
  return oneOf(tested, [text.value], settings);
}

/** That a text of the context is one of some. */
function oneOf(tested: Expr, texts: readonly string[], settings: Settings): Said {
  switch (dotted(tested)) {
    case 'client.id':
      return texts.length > 0 && { clients: texts };
    case 'subject_type':
      // Only where the settings promise that no machine gets such tokens is it known.
      return settings.serviceAccounts ? undefined : texts.includes('human');
    case 'request.audience':
      return settings.audience === undefined ? undefined : texts.includes(settings.audience);
    default:
      return undefined;
  }
}

function contained(element: Expr, list: Expr, settings: Settings): Said {
  const texts = textsOf(list);
  if (texts !== undefined) return oneOf(element, texts, settings);
  if (element.kind !== 'literal' || typeof element.value !== 'string') return undefined;
  switch (dotted(listRead(list))) {
    case 'user.roles':
      return { roles: [element.value] };
    case 'request.scopes':
      return { requested: element.value };
    default:
      return undefined;
  }
}

/** `user.roles.exists(r, r == "a" || r in ["b", "c"])` */
function someRole(expr: Extract<Expr, { kind: 'macro' }>): Said {
  if (expr.name !== 'exists' || dotted(listRead(expr.target)) !== 'user.roles') return undefined;
  const roles = alternatives(expr.body, expr.variable);
  return roles && (roles.length === 0 ? false : { roles: union(roles) });
}

/** The texts that make a test of one variable true; undefined where it tests something else. */
export function alternatives(expr: Expr, variable: string): readonly string[] | undefined {
  if (expr.kind !== 'call' || expr.target !== undefined) return undefined;
  const [first, second] = expr.args;
  if (first === undefined || second === undefined) return undefined;
  const isVariable = (part: Expr) => part.kind === 'ident' && part.name === variable;
  if (expr.name === '_||_') {
    const a = alternatives(first, variable);
    const b = alternatives(second, variable);
    return a && b && [...a, ...b];
  }
  if (expr.name === '@in') return isVariable(first) ? textsOf(second) : undefined;
  const [name, text] = isVariable(first) ? [first, second] : [second, first];
  return expr.name === '_==_' && isVariable(name) && text.kind === 'literal' && typeof text.value === 'string'
    ? [text.value]
    : undefined;
}

function textsOf(list: Expr): readonly string[] | undefined {
  if (list.kind !== 'list') return undefined;
  const texts = list.elements.flatMap(({ value, optional }) =>
    !optional && value.kind === 'literal' && typeof value.value === 'string' ? [value.value] : [],
  );
  return texts.length === list.elements.length ? [...new Set(texts)].sort() : undefined;
}
