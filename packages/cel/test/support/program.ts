import {
  compile,
  type Environment,
  type Expression,
  generate,
  MAX_STEPS,
  type Problem,
} from '@claimsmith/cel';

/** An expression to compile, under the environment it is checked against. */
export interface Source {
  readonly source: string;
  readonly environment: Environment;
}

export type Outcome =
  | { readonly kind: 'value'; readonly value: unknown }
  | { readonly kind: 'error'; readonly code: string; readonly at: number }
  /** Threw something else than a `CelError`: always a defect. */
  | { readonly kind: 'crash'; readonly thrown: unknown };

export type Unit =
  | { readonly ok: true; readonly expression: Expression; readonly run: (variables: unknown) => Outcome }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export interface Program {
  /** One per source, in order. */
  readonly units: readonly Unit[];
  /** The ES5 text of all that compiled; function `f<n>` is the n-th source. */
  readonly text: string;
}

/** Compiles many expressions into one generated program, so that the engine is entered once. */
export function build(sources: readonly Source[]): Program {
  const compiled = sources.map(({ source, environment }) => compile(source, environment));
  const specs = compiled.flatMap((result, index) =>
    result.ok ? [functionSpec(`f${index}`, result.expression, sources[index]?.environment)] : [],
  );
  const text = generate(specs);
  const functions = load(
    text,
    specs.map(({ name }) => name),
  );
  const units = compiled.map((result, index): Unit => {
    if (!result.ok) return result;
    const body = functions[`f${index}`];
    if (!body) throw new Error(`f${index} was not generated`);
    return {
      ok: true,
      expression: result.expression,
      run: (variables) => outcomeOf(() => body(variables, { left: MAX_STEPS })),
    };
  });
  return { units, text };
}

/** The variables come as one object, `v`. */
function functionSpec(name: string, expression: Expression, environment: Environment | undefined) {
  const bind: Record<string, string> = {};
  for (const variable of Object.keys(environment?.variables ?? {}))
    bind[variable] = `v[${JSON.stringify(variable)}]`;
  return { name, parameters: ['v', 'budget'], expression, bind, budget: 'budget' };
}

type GeneratedFunction = (variables: unknown, budget: { left: number }) => unknown;

function load(text: string, names: readonly string[]): Readonly<Record<string, GeneratedFunction>> {
  const exported = names.map((name) => `${name}: ${name}`).join(', ');
  return new Function(`${text}\nreturn { ${exported} };`)();
}

function outcomeOf(call: () => unknown): Outcome {
  try {
    return { kind: 'value', value: call() };
  } catch (thrown) {
    return isCelError(thrown)
      ? { kind: 'error', code: thrown.code, at: thrown.at }
      : { kind: 'crash', thrown };
  }
}

function isCelError(thrown: unknown): thrown is { readonly code: string; readonly at: number } {
  return (
    typeof thrown === 'object' &&
    thrown !== null &&
    !(thrown instanceof Error) &&
    'code' in thrown &&
    typeof thrown.code === 'string' &&
    'at' in thrown &&
    typeof thrown.at === 'number'
  );
}
