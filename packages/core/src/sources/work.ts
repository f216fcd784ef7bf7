import type { Expression, Type } from '@claimsmith/cel';
import type { Finding, Path, SpecSource } from '../finding.ts';
import type { PolicySource, Reads } from '../policy.ts';
import type { TextProblem } from './request.ts';

/** How to compile the expressions of one source. They can read the context, tables, and other sources. */
export interface SourceWork {
  /** Where the source stands: `['sources', name]`. */
  readonly path: Path;
  readonly source: SpecSource;
  /** Whether enough has been said about it. */
  readonly hasFault: boolean;
  read(path: Path, text: string, expected?: Type): Expression | undefined;
  readPart(path: Path, offset: number, text: string): Expression | undefined;
  report(finding: Finding): void;
  /** The same work where expressions may also read a variable. */
  withVariable(name: string, type: Type): SourceWork;
  /** Whether a name means something else to expressions. */
  isTaken(name: string): boolean;
  readsOf(expressions: readonly Expression[]): Reads;
}

/** The parts of one kind of source, and its expressions. */
export interface Asked<Source extends PolicySource> {
  readonly asked: Omit<Source, Exclude<CommonKey, 'kind'>>;
  readonly expressions: readonly Expression[];
}
type CommonKey = keyof PolicySource;

/** Reports what is wrong with a text of the spec, and returns it. */
export function reportTexts<T extends TextProblem & { readonly rule: string }>(
  work: SourceWork,
  path: Path,
  problems: readonly T[],
): readonly T[] {
  for (const { rule, start, end, message, help } of problems) {
    const way = help === undefined ? {} : { help };
    work.report({ rule, severity: 'error', message, range: work.source.within(path, start, end), ...way });
  }
  return problems;
}
