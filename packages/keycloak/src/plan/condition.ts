import {
  constantText,
  constantTexts,
  type Expr,
  type Expression,
  isVariable,
  listRead,
  operationOf,
  pathOf,
} from '@claimsmith/cel';
import { isOfSeveral, type Settings } from '../settings.ts';
import { isFilledIn } from './filled-in.ts';
import { dotted } from './paths.ts';

/** When a claim is emitted, as client scopes express it: all parts must be true. */
export interface Condition {
  /** The user has one of these roles. */
  readonly roles?: readonly string[];
  /** The client asks for this scope. */
  readonly requested?: string;
  /** The token is for one of these clients. */
  readonly clients?: readonly string[];
}

/** A condition; `true` for always, `false` for never; undefined if client scopes cannot express it. */
export type Said = Condition | boolean | undefined;

/** A boolean expression as client scopes express it. At Keycloak, such an expression cannot fail. */
export function conditionOf(expression: Expression | undefined, settings: Settings): Said {
  return expression === undefined ? true : said(expression.root, true, settings);
}

/** The condition under which an expression is false, if client scopes can express it. */
export function unless({ root }: Expression, settings: Settings): Said {
  return said(root, false, settings);
}

/** A condition on names; undefined if Keycloak would replace a part of a name when it imports a realm. */
export function sayable(condition: Condition): Condition | undefined {
  const { roles = [], requested = '', clients = [] } = condition;
  return [...roles, requested, ...clients].some(isFilledIn) ? undefined : condition;
}

/** Both conditions. Two of one kind cannot be combined: a scope's roles and clients are alternatives. */
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

/** The condition under which an expression is `wanted`. Client scopes can express only what is true, not what is false. */
function said(expr: Expr, wanted: boolean, settings: Settings): Said {
  if (expr.kind === 'literal') return typeof expr.value === 'boolean' ? expr.value === wanted : undefined;
  // The condition of a client scope names the roles of one owner.
  if (expr.kind === 'macro') return isOfSeveral(settings) ? undefined : holds(someRole(expr), wanted);
  // Everybody with a token is a user of the realm, service accounts too.
  if (expr.kind === 'select' && expr.test && pathOf(expr)?.join('.') === 'user.id') return wanted;
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'not':
      return said(operation.operand, !wanted, settings);
    case 'and':
    case 'or': {
      const join = (operation.kind === 'and') === wanted ? both : either;
      return join(said(operation.left, wanted, settings), said(operation.right, wanted, settings));
    }
    case 'compare': {
      const { symbol, left, right } = operation;
      if (symbol !== '==' && symbol !== '!=') return undefined;
      return holds(equal(left, right, settings), (symbol === '==') === wanted);
    }
    case 'in':
      return holds(contained(operation.item, operation.container, settings), wanted);
    default:
      return undefined;
  }
}

function holds(condition: Said, wanted: boolean): Said {
  if (typeof condition === 'boolean') return condition === wanted;
  return wanted && condition !== undefined ? sayable(condition) : undefined;
}

function equal(a: Expr, b: Expr, settings: Settings): Said {
  const [tested, constant] = a.kind === 'literal' ? [b, a] : [a, b];
  const text = constantText(constant);
  return text === undefined ? undefined : oneOf(tested, [text], settings);
}

/** That a text of the context is one of some. */
function oneOf(tested: Expr, texts: readonly string[], settings: Settings): Said {
  switch (dotted(tested)) {
    case 'client.id':
      return texts.length > 0 && { clients: texts };
    case 'subject_type':
      // It is known only if `serviceAccounts` is false.
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
  const text = constantText(element);
  if (text === undefined) return undefined;
  switch (dotted(listRead(list))) {
    case 'user.roles':
      return isOfSeveral(settings) ? undefined : { roles: [text] };
    case 'request.scopes':
      return { requested: text };
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

/** The texts that make a test of one variable true; undefined if it tests something else. */
export function alternatives(expr: Expr, variable: string): readonly string[] | undefined {
  const operation = operationOf(expr);
  switch (operation?.kind) {
    case 'or': {
      const a = alternatives(operation.left, variable);
      const b = alternatives(operation.right, variable);
      return a && b && [...a, ...b];
    }
    case 'in':
      return isVariable(operation.item, variable) ? textsOf(operation.container) : undefined;
    case 'compare': {
      if (operation.symbol !== '==') return undefined;
      const { left, right } = operation;
      const [name, constant] = isVariable(left, variable) ? [left, right] : [right, left];
      const text = isVariable(name, variable) ? constantText(constant) : undefined;
      return text === undefined ? undefined : [text];
    }
    default:
      return undefined;
  }
}

function textsOf(list: Expr): readonly string[] | undefined {
  const texts = constantTexts(list);
  return texts && [...new Set(texts)].sort();
}
