import type { Expression, FunctionSpec } from '@claimsmith/cel';
import type { Policy } from '../policy.ts';
import { propertyAccess } from './text.ts';

/** Variables that the caller supplies, by name, and where the function finds each. */
export type Bound = Readonly<Record<string, string>>;

/** Collects the functions that expressions become, each under a name of its own. */
export interface Functions {
  readonly specs: readonly FunctionSpec[];
  /** The name of the function for `expression`, one for all places with its text. */
  add(role: string, subject: string, expression: Expression, bound?: Bound): string;
  /** A call of that function, where `c`, `s` and `k` are at hand. */
  call(role: string, subject: string, expression: Expression): string;
}

export function createFunctions(policy: Policy): Functions {
  const specs: FunctionSpec[] = [];
  const sourceNames = policy.sources.map(({ name }) => name);
  const taken = new Set<string>();
  const known = new Map<string, FunctionSpec>();
  const bind: Record<string, string> = { tables: 'tables', claims: 'k' };
  for (const name of Object.keys(policy.context.fields)) bind[name] = `c.${name}`;
  for (const { name } of policy.sources) bind[name] = `s${propertyAccess(name)}`;

  function specOf(role: string, subject: string, expression: Expression, bound: Bound = {}): FunctionSpec {
    const text = JSON.stringify([expression.source, bound]);
    const same = known.get(text);
    if (same !== undefined) return same;
    const name = nameOf(role, subject, taken);
    const parameters = parametersOf(expression, sourceNames, Object.keys(bound));
    const spec = {
      name,
      parameters,
      expression,
      bind: { ...bind, ...bound },
      budget: 'c.budget',
      comment: expression.source,
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
  };
}

/** A name for what belongs to `subject`; it is none of `taken`, and is then one of them. */
export function nameOf(role: string, subject: string, taken: Set<string>): string {
  const base = `${role}_${subject.replace(/[^A-Za-z0-9]+/g, '_')}`;
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
  taken.add(name);
  return name;
}

/** The first of (c, s, k, p), up to the last that an expression reads. */
function parametersOf(
  { reads }: Expression,
  sources: readonly string[],
  bound: readonly string[],
): readonly string[] {
  const roots = reads.map(({ path }) => path[0] ?? '');
  if (roots.some((root) => bound.includes(root))) return ['c', 's', 'k', 'p'];
  if (roots.includes('claims')) return ['c', 's', 'k'];
  return roots.some((root) => sources.includes(root)) ? ['c', 's'] : ['c'];
}
