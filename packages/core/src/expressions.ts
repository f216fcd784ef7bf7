import {
  type Compiled,
  compile,
  type Environment,
  type Expression,
  type Problem,
  type Range,
  type RecordType,
  type Type,
} from '@claimsmith/cel';
import { bidiControl } from './bidi.ts';
import type { Finding, Path, SpecSource } from './finding.ts';
import { withIdioms } from './idioms.ts';
import type { Constants, Policy, Reads } from './policy.ts';

/** Compiles the expressions of one spec and collects their problems. */
export interface ExpressionReader {
  /** The expression at `path`, or undefined after reporting why not. */
  read(
    path: Path,
    text: string,
    variables: Environment['variables'],
    expected?: Type,
  ): Expression | undefined;
  /** The same for a part of the text at `path` that begins at `offset`. */
  readPart(
    path: Path,
    offset: number,
    text: string,
    variables: Environment['variables'],
  ): Expression | undefined;
  report(finding: Finding): void;
  /** The same, with what is compiled already, and without a report of problems. */
  silent(): ExpressionReader;
}

/** @param onRead is called with each expression of the spec, and the offset at which it begins in its text */
export function expressionReader(
  source: SpecSource,
  findings: Finding[],
  constants: Constants,
  onRead: (path: Path, offset: number, expression: Expression) => void,
  compileOnce = expressionCache(constants),
): ExpressionReader {
  function compileAt(path: Path, offset: number, text: string, variables: Environment['variables']) {
    const unseen = /[^\P{Cc}\t\n\r]/u.exec(text) ?? bidiControl.exec(text);
    if (unseen !== null) {
      const at = offset + unseen.index;
      findings.push(unseenFinding(unseen[0], source.within(path, at, at + 1)));
      return undefined;
    }
    const compiled = compileOnce(text, variables);
    if (compiled.ok) {
      onRead(path, offset, compiled.expression);
      return compiled.expression;
    }
    for (const problem of withIdioms(compiled.problems, text)) {
      findings.push(
        expressionFinding(
          withWayOut(problem, path, text),
          source.within(path, offset + problem.range.start, offset + problem.range.end),
        ),
      );
    }
    return undefined;
  }
  return {
    read(path, text, variables, expected) {
      const expression = compileAt(path, 0, text, variables);
      if (expression === undefined || expected === undefined || fits(expression.type, expected))
        return expression;
      findings.push({
        rule: 'TE004',
        severity: 'error',
        message: `Expected an expression of type ${expected.kind}, found ${expression.type.kind}.`,
        range: source.value(path),
        ...conditionHelp(expression, expected),
      });
      return undefined;
    },
    readPart: compileAt,
    report: (finding) => findings.push(finding),
    silent: () => expressionReader(source, [], constants, () => undefined, compileOnce),
  };
}

/**
 * Compiles each text once: many claims have the same condition. Each claim may read other claims, so it has its own
 * environment.
 */
function expressionCache(
  constants: Constants,
): (text: string, variables: Environment['variables']) => Compiled {
  const known = new WeakMap<Environment['variables'], Map<string, Compiled>>();
  return (text, variables) => {
    if (text.includes('claims')) return compile(text, { variables, constants });
    const byText = known.get(variables) ?? new Map<string, Compiled>();
    known.set(variables, byText);
    const compiled = byText.get(text) ?? compile(text, { variables, constants });
    byText.set(text, compiled);
    return compiled;
  };
}

function unseenFinding(character: string, range: Finding['range']): Finding {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0');
  return {
    rule: 'TE004',
    severity: 'error',
    message: `The character U+${code.toUpperCase()} is invisible, or changes the order in which text is shown.`,
    range,
    help: `Remove it; in a text of the expression write it as \`\\u${code}\`.`,
  };
}

function expressionFinding(problem: Problem, range: Finding['range']): Finding {
  return {
    rule: 'TE004',
    severity: 'error',
    message: sentence(problem.message),
    range,
    ...(problem.help === undefined ? {} : { help: sentence(problem.help) }),
  };
}

/** Adds help that CEL cannot give: constants exist, and attributes must be declared. */
function withWayOut(problem: Problem, path: Path, text: string): Problem {
  if (problem.help !== undefined && /^(did you mean|write|use|secrets) /.test(problem.help)) return problem;
  const isValue = path[0] === 'claims' && path[2] === 'value';
  if (isValue && /^[\p{L}\p{N}]+(?:[ _-][\p{L}\p{N}]+)*$/u.test(text.trim())) {
    return { ...problem, help: 'for the text itself write `const:` instead of `value:`' };
  }
  const name = text.slice(problem.range.start, problem.range.end);
  const [, owner, kind] =
    /\b(user|org|client|session)\.(attributes|role_attributes|metadata|notes)\.$/.exec(
      text.slice(0, problem.range.start),
    ) ?? [];
  if (problem.code === 'unknown_field' && owner !== undefined) {
    const declaration =
      kind === 'role_attributes'
        ? `roleAttributes: { ${name}: list(string) }`
        : `${kind}: { ${name}: string }`;
    return { ...problem, help: `declare it: \`${owner}: { ${declaration} }\`` };
  }
  if (problem.code === 'unknown_field' && /\bparams\.$/.test(text.slice(0, problem.range.start)))
    return { ...problem, help: `declare it: \`params: { ${name}: string }\`` };
  return problem;
}

/** How to write a condition for a value that is not a boolean. */
function conditionHelp({ source, type }: Expression, expected: Type): { readonly help?: string } {
  if (expected.kind !== 'bool' || source.length > 60) return {};
  if (type.kind === 'list') return { help: `Test an element: \`"…" in ${source}\`.` };
  return type.kind === 'string' ? { help: `Compare it: \`${source} == "…"\`.` } : {};
}

/** cel's messages are phrases; findings are sentences. A type or a function at the beginning keeps its case. */
function sentence(phrase: string): string {
  const [, code] =
    /^(\w+(?:\(.*?\)+)?) (?:is never in|is not supported|is not called|takes) /.exec(`${phrase} `) ?? [];
  if (code !== undefined) return sentence(`\`${code}\`${phrase.slice(code.length)}`);
  return `${phrase.charAt(0).toUpperCase()}${phrase.slice(1)}${/[.?!]$/.test(phrase) ? '' : '.'}`;
}

function fits(type: Type, expected: Type): boolean {
  return type.kind === expected.kind || type.kind === 'dyn';
}

/** What an expression reads, by origin. */
export function readsOf(
  expressions: readonly (Expression | undefined)[],
  context: RecordType,
  sources: readonly string[],
): Reads {
  const fields = new Set<string>();
  const asked = new Set<string>();
  const claims = new Set<string>();
  for (const expression of expressions) {
    for (const { path } of expression?.reads ?? []) {
      const [root, second] = path;
      if (root === undefined) continue;
      if (root === 'claims') {
        if (second !== undefined) claims.add(second);
      } else if (sources.includes(root)) asked.add(root);
      else if (Object.hasOwn(context.fields, root)) fields.add(leafPath(context, path).join('.'));
    }
  }
  return { fields: [...fields].sort(), sources: [...asked].sort(), claims: [...claims].sort() };
}

/** The same for expressions of a policy. */
export function readsIn(
  { context, sources }: Pick<Policy, 'context' | 'sources'>,
  ...expressions: readonly (Expression | undefined)[]
): Reads {
  return readsOf(
    expressions,
    context,
    sources.map(({ name }) => name),
  );
}

/** Where an expression takes a whole record (`user`, `claims`) instead of fields of it. */
export function wholeRecordReads(
  expression: Expression,
  variables: Environment['variables'],
): readonly { path: readonly string[]; range: Range }[] {
  return expression.reads.filter(({ path }) => typeAlong(variables, path)?.kind === 'record');
}

/** A path cut where the context's records end: what lies below is data. */
export function leafPath(context: RecordType, path: readonly string[]): readonly string[] {
  let type: Type | undefined = context;
  for (const [depth, name] of path.entries()) {
    if (type?.kind !== 'record') return path.slice(0, depth);
    type = type.fields[name]?.type;
  }
  return path;
}

function typeAlong(variables: Environment['variables'], path: readonly string[]): Type | undefined {
  const [root, ...rest] = path;
  let type = root === undefined ? undefined : variables[root];
  for (const name of rest) {
    if (type?.kind !== 'record') return undefined;
    type = type.fields[name]?.type;
  }
  return type;
}
