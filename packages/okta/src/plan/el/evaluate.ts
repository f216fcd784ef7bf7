import { expressionLimitCharacters } from '../../limits.ts';
import type { OktaIssuance } from '../../simulator/issuance.ts';
import { ElError } from './el-error.ts';
import { type El, type Operator, parseEl } from './parse.ts';

/**
 * Evaluates an expression as Okta would when it makes a token. It supports the part of the Okta Expression Language
 * that we write. The result is JSON; null if the claim is left out.
 *
 * An attribute without a value is null. An attribute that the schema lacks would fail at Okta, but an issuance does not
 * show the difference; the manifest lists the attributes that the schemas need.
 *
 * @throws ElError if Okta would fail the token request
 * @see https://developer.okta.com/docs/reference/okta-expression-language/
 */
export function evaluateEl(text: string, issuance: OktaIssuance): unknown {
  if (text.length > expressionLimitCharacters) throw new ElError('limit', 'the expression is too long');
  const found = evaluate(parseEl(text), issuance);
  if (isBinding(found)) throw new ElError('type', 'a whole profile is not a value of a claim');
  return found;
}

const bound = Symbol('binding');

/** The names with properties: `user`, `app`, `appuser`, `access`. */
interface Binding {
  readonly [bound]: {
    readonly properties: Readonly<Record<string, unknown>>;
    /** Any other property is null, not an error. */
    readonly isOpen: boolean;
    readonly internal: Readonly<Record<string, unknown>>;
  };
}

function isBinding(found: unknown): found is Binding {
  return typeof found === 'object' && found !== null && Object.hasOwn(found, bound);
}

/** JSON, or a binding. Lists are lists of JSON. */
function evaluate(el: El, issuance: OktaIssuance): unknown {
  switch (el.kind) {
    case 'literal':
      return el.value;
    case 'list':
      return el.elements.map((element) => evaluate(element, issuance));
    case 'name':
      return variable(el.name, issuance);
    case 'property':
      return property(evaluate(el.target, issuance), el.name);
    case 'call':
      return call(el, issuance);
    case 'not':
      return !boolean(evaluate(el.operand, issuance));
    case 'negative':
      return 0 - number(evaluate(el.operand, issuance));
    case 'binary':
      return binary(el.operator, el.left, el.right, issuance);
    case 'ternary':
      return evaluate(boolean(evaluate(el.test, issuance)) ? el.yes : el.no, issuance);
  }
}

function variable(name: string, { user, app, appuser, request }: OktaIssuance): Binding | null {
  switch (name) {
    case 'user':
      return user ? binding(user.profile, true, { id: user.id }) : null;
    case 'appuser':
      return appuser ? binding(appuser, true) : null;
    case 'app':
      return binding({ clientId: app.clientId, profile: binding(app.profile, true) }, false);
    case 'access':
      return binding({ scope: request.scopes }, false);
    default:
      throw new ElError('name', 'unknown variable');
  }
}

function binding(
  properties: Readonly<Record<string, unknown>>,
  isOpen: boolean,
  internal: Readonly<Record<string, unknown>> = {},
): Binding {
  return { [bound]: { properties, isOpen, internal } };
}

function property(target: unknown, name: string): unknown {
  if (!isBinding(target)) throw new ElError('type', 'only profiles have properties; null has none');
  const { properties, isOpen } = target[bound];
  if (Object.hasOwn(properties, name)) return properties[name] ?? null;
  if (!isOpen) throw new ElError('name', 'unknown property');
  return null;
}

function call(el: El & { kind: 'call' }, issuance: OktaIssuance): unknown {
  const args = el.args.map((arg) => evaluate(arg, issuance));
  const isOfArrays = el.target?.kind === 'name' && el.target.name === 'Arrays';
  if (isOfArrays && el.name === 'flatten')
    return args.flatMap((arg) => arg ?? wrong('null is not an element'));
  const [argument] = args;
  if (typeof argument !== 'string' || el.args.length !== 1)
    throw new ElError('type', 'the functions that we use take one text');
  if (el.target === undefined && el.name === 'isMemberOfGroupName') {
    if (issuance.user === undefined) throw new ElError('type', 'nobody is there to be a member');
    return argument === 'Everyone' || issuance.user.groups.includes(argument);
  }
  const target = el.target && evaluate(el.target, issuance);
  if (el.name !== 'getInternalProperty' || !isBinding(target)) throw new ElError('name', 'unknown function');
  const { internal } = target[bound];
  if (!Object.hasOwn(internal, argument)) throw new ElError('name', 'unknown internal property');
  return internal[argument];
}

function wrong(message: string): never {
  throw new ElError('type', message);
}

function binary(operator: Operator, left: El, right: El, issuance: OktaIssuance): unknown {
  const a = evaluate(left, issuance);
  switch (operator) {
    case 'AND':
      return boolean(a) && boolean(evaluate(right, issuance));
    case 'OR':
      return boolean(a) || boolean(evaluate(right, issuance));
    case '==':
      return equal(a, evaluate(right, issuance));
    case '!=':
      return !equal(a, evaluate(right, issuance));
    case '<':
      return number(a) < number(evaluate(right, issuance));
    case '<=':
      return number(a) <= number(evaluate(right, issuance));
    case '>':
      return number(a) > number(evaluate(right, issuance));
    case '>=':
      return number(a) >= number(evaluate(right, issuance));
    case '+':
      return text(a) + text(evaluate(right, issuance));
  }
}

/** Null equals only null. Values of different types are unequal. */
function equal(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a === 'object' || typeof b === 'object')
    throw new ElError('type', 'lists and profiles are not compared');
  return a === b;
}

function boolean(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new ElError('type', 'a condition must be true or false');
  return value;
}

function number(value: unknown): number {
  if (typeof value !== 'number') throw new ElError('type', 'an operand must be a number');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new ElError('type', 'an operand must be text');
  return value;
}
