import { type Expression, type FunctionSpec, namesIn, SETTINGS } from '@claimsmith/cel';
import type { Policy } from '../policy.ts';
import { memberOf, propertyAccess } from './text.ts';

/** The bindings for one expression: a last parameter, and the places of the expression's variables in it. */
export interface Bound {
  readonly parameter: string;
  readonly variables: Readonly<Record<string, string>>;
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
    inlined: (code) => specs.reduce(inlinedIn, code),
  };
}

function inlinedIn(code: string, { name, parameters }: FunctionSpec): string {
  const call = `${name}(${parameters.join(', ')})`;
  const declared = new RegExp(
    `((?:// .*\n)*)function ${call.replace(/[()]/g, '\\$&')} \\{\n  return (.*);\n\\}\n\n`,
  );
  const [whole, comment = '', value = ''] = declared.exec(code) ?? [];
  if (whole === undefined) return code;
  const rest = code.replace(whole, '');
  const [before = '', after, ...more] = rest.split(call);
  if (after === undefined || more.length > 0 || namesIn(before + after).has(name)) return code;
  const line = before.lastIndexOf('\n') + 1;
  const margin = /^ */.exec(before.slice(line))?.[0] ?? '';
  return `${before.slice(0, line)}${comment.replace(/^(?=.)/gm, margin)}${before.slice(line)}${value}${after}`;
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
