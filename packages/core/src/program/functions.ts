import { type Expression, type FunctionSpec, namesIn, SETTINGS } from '@claimsmith/cel';
import type { Policy } from '../policy.ts';
import { memberOf, propertyAccess } from './text.ts';

/** The bindings for one expression: a last parameter, and the places of the expression's variables in it. */
export interface Bound {
  readonly parameter: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Whether the variables are texts of at most 128 characters. */
  readonly areShort?: boolean;
}

/** Collects the functions that expressions become, each under a unique name. */
export interface Functions {
  readonly specs: readonly FunctionSpec[];
  /** The name of the function for `expression`; places with the same text share it. */
  add(role: string, subject: string, expression: Expression, bound?: Bound): string;
  /** A call of that function, for code that has `context`, `sources` and `claims`. */
  call(role: string, subject: string, expression: Expression): string;
  /** Code with the functions in it: one that is only called, once, and has no statements, is written where it is called. */
  inlined(code: string): string;
}

export function createFunctions(policy: Policy): Functions {
  const specs: FunctionSpec[] = [];
  const sourceNames = policy.sources.map(({ name }) => name);
  const taken = new Set<string>();
  const known = new Map<string, FunctionSpec>();
  const bind: Record<string, string> = {
    tables: 'tables',
    claims: 'claims',
    [SETTINGS]: `context.${SETTINGS}`,
  };
  for (const name of Object.keys(policy.context.fields)) bind[name] = `context.${memberOf(name)}`;
  for (const { name } of policy.sources) bind[name] = `sources${propertyAccess(name)}`;

  function specOf(role: string, subject: string, expression: Expression, bound?: Bound): FunctionSpec {
    const text = JSON.stringify([expression.source, bound]);
    const same = known.get(text);
    if (same !== undefined) return same;
    const name = nameOf(role, subject, taken);
    const parameters = parametersOf(expression, sourceNames, bound);
    const spec = {
      name,
      parameters,
      expression,
      bind: { ...bind, ...bound?.variables },
      short: bound?.areShort ? Object.keys(bound.variables) : [],
      budget: 'context.budget',
      comment: expression.source,
      // A decision tells the code of an error alone.
      tellsPlaces: false,
    };
    known.set(text, spec);
    specs.push(spec);
    return spec;
  }

  return {
    specs,
    add: (...place) => specOf(...place).name,
    call(...place) {
      const { name, parameters } = specOf(...place);
      return `${name}(${parameters.join(', ')})`;
    },
    inlined: (code) => inlinedIn(code, specs),
  };
}

/** A function as it is declared: with comments, and with nothing but an expression. */
const declaration = /((?:\/\/ .*\n)*)function ([\w$]+)\(([\w$, ]*)\) \{\n {2}return (.*);\n\}\n\n/g;
const calling = /(?<![\w$])([A-Za-z_$][\w$]*)\([\w$, ]*\)/g;

function inlinedIn(code: string, specs: readonly FunctionSpec[]): string {
  const names = namesIn(code);
  const texts = new Map<string, number>();
  for (const [text] of code.matchAll(calling)) texts.set(text, (texts.get(text) ?? 0) + 1);
  // Its declaration, and one call.
  const isInlined = ({ name, parameters }: FunctionSpec) =>
    names.get(name) === 2 && texts.get(`${name}(${parameters.join(', ')})`) === 2;
  const wanted = new Set(specs.filter(isInlined).map(({ name }) => name));
  const inlined = new Map<string, { readonly comment: string; readonly value: string }>();
  const rest = code.replace(declaration, (whole, comment: string, name: string, _, value: string) => {
    if (!wanted.has(name)) return whole;
    inlined.set(name, { comment, value });
    return '';
  });
  return rest.replace(/^.*$/gm, (line) => {
    const called = [...line.matchAll(calling)].flatMap(([, name = '']) => inlined.get(name) ?? []);
    if (called.length === 0) return line;
    const margin = /^ */.exec(line)?.[0] ?? '';
    const comments = called.map(({ comment }) => comment.replace(/^(?=.)/gm, margin)).join('');
    return comments + line.replace(calling, (call, name: string) => inlined.get(name)?.value ?? call);
  });
}

/** A new name for `subject` that is not in `taken`; it is added there. */
export function nameOf(role: string, subject: string, taken: Set<string>): string {
  const base = `${role}_${subject.replace(/[^A-Za-z0-9]+/g, '_')}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

/**
 * The arguments: context, sources' records, earlier claims, bound values; those after the last one read are left out.
 */
function parametersOf(
  { reads }: Expression,
  sources: readonly string[],
  bound: Bound | undefined,
): readonly string[] {
  const roots = reads.map(({ path }) => path[0] ?? '');
  if (bound && roots.some((root) => Object.hasOwn(bound.variables, root)))
    return ['context', 'sources', 'claims', bound.parameter];
  if (roots.includes('claims')) return ['context', 'sources', 'claims'];
  return roots.some((root) => sources.includes(root)) ? ['context', 'sources'] : ['context'];
}
