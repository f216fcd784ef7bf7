import type { Fix, Severity, Span } from '../finding.ts';
import { maxDepth } from './limits.ts';
import { readRules } from './rule-ids.ts';

/** Something wrong at a place in a text, before it is tied to a file. */
export interface ReadProblem {
  readonly rule: string;
  /** Default `error`. */
  readonly severity?: Severity;
  readonly message: string;
  readonly span: Span;
  readonly help?: string;
  readonly fix?: Fix;
}

export function problem(rule: string, message: string, span: Span, help?: string): ReadProblem {
  return { rule, message, span, ...(help === undefined ? {} : { help }) };
}

export function unreadable(message: string, span: Span, help?: string): ReadProblem {
  return problem(readRules.unreadable, message, span, help);
}

export function tooDeep(span: Span): ReadProblem {
  return unreadable(`Mappings and lists are nested deeper than ${maxDepth} levels.`, span);
}
