import { tests } from '@bufbuild/cel-spec/testdata/checking.js';
import type { Environment, Type } from '@claimsmith/cel';
import { exclusion, type SuiteTest } from '../conformance/select.ts';

/** One of the tests of cel-go's own checker. */
export interface CheckerCase {
  readonly source: string;
  readonly environment: Environment;
  /** cel-go's tree with types; undefined if its checker refuses. */
  readonly checkedAst: string | undefined;
  readonly type: string | undefined;
}

/** The tests within the profile. They come without their environment; the checked trees tell the variables' types. */
export function loadCheckerSuite(): { readonly total: number; readonly cases: readonly CheckerCase[] } {
  const all = tests.tests ?? [];
  const cases = all.flatMap(({ original, ast, checkedAst, type, error = '' }): CheckerCase[] => {
    const test: SuiteTest = {
      name: original.expr,
      file: 'checking',
      original,
      expr: original.expr,
      ast,
      checkedAst,
      type,
    };
    // Refused for optional syntax, which that run of cel-go had switched off; or it calls functions of its own.
    if (exclusion(test) || error.includes('unsupported syntax') || /\b(fg_s|fi_s_s)\(/.test(test.expr))
      return [];
    const variables = variablesOf(checkedAst ?? '');
    return variables ? [{ source: test.expr, environment: { variables }, checkedAst, type }] : [];
  });
  return { total: all.length, cases };
}

/** `x~list(int)^x` says that x is a list of ints; undefined if a type is outside the profile. */
function variablesOf(checkedAst: string): Record<string, Type> | undefined {
  const variables: Record<string, Type> = {};
  for (const [, name = '', text = ''] of checkedAst.matchAll(/(\w+)~([^\n^]+)\^\1(?!\w)/g)) {
    const type = readTypeText(text);
    if (!type) return undefined;
    variables[name] = type;
  }
  return variables;
}

function readTypeText(text: string): Type | undefined {
  const list = /^list\((.*)\)$/.exec(text);
  if (list) {
    const element = readTypeText(list[1] ?? '');
    return element && { kind: 'list', element };
  }
  const map = /^map\(string, (.*)\)$/.exec(text);
  if (map) {
    const value = readTypeText(map[1] ?? '');
    return value && { kind: 'map', key: { kind: 'string' }, value };
  }
  switch (text) {
    case 'null':
    case 'bool':
    case 'int':
    case 'double':
    case 'string':
    case 'dyn':
      return { kind: text };
    default:
      return undefined;
  }
}
