import { compile, formatType } from '@claimsmith/cel';
import { afterAll, describe, expect, it } from 'vitest';
import { reportFigure } from '../../../tools/figures.ts';
import { type Case, loadSuite } from './conformance/suite.ts';
import { loadCheckerSuite } from './types/checker-suite.ts';
import { debugTree, withoutReferences } from './types/debug-tree.ts';

/** Where we mean to differ from cel-go, and why. What is not in here agrees, and what is in here differs. */
const INTENDED: Readonly<Record<string, string>> = {
  'comparisons/gt_literal/gt_null_unsupported': 'refused: it would fail every time',
  'comparisons/gte_literal/gte_null_unsupported': 'refused: it would fail every time',
  'comparisons/lt_literal/lt_null_unsupported': 'refused: it would fail every time',
  'comparisons/lte_literal/lte_null_unsupported': 'refused: it would fail every time',
  'fields/qualified_identifier_resolution/map_key_float': 'refused: it would fail every time',
  'fields/qualified_identifier_resolution/map_key_null': 'refused: it would fail every time',
  'fields/qualified_identifier_resolution/map_value_repeat_key': 'refused: it would fail every time',
  'fields/map_has/has_empty': 'the keys of {} are strings, unless something says otherwise',
  'optionals/optionals/ternary_optional_hasValue':
    'the keys of {} are strings, unless something says otherwise',
  'optionals/optionals/optional_chaining_5': 'the keys of {} are strings, unless something says otherwise',
  'optionals/optionals/optional_chaining_6': 'the keys of {} are strings, unless something says otherwise',
  'optionals/optionals/none_optMap_hasValue': 'cel-go checks the copies of the target apart from each other',
  'parse/repeat/unary_neg': 'the last sign belongs to the literal',
  'timestamps/timestamp_range/from_string_under': 'refused: it would fail every time',
  'timestamps/timestamp_range/from_string_over': 'refused: it would fail every time',
  'timestamps/duration_range/from_string_under': 'refused: it would fail every time',
  'timestamps/duration_range/from_string_over': 'refused: it would fail every time',
  'timestamps/duration_range/add_under': 'refused: it would fail every time',
  'timestamps/duration_range/add_over': 'refused: it would fail every time',
  'timestamps/duration_range/sub_under': 'refused: it would fail every time',
  'timestamps/duration_range/sub_over': 'refused: it would fail every time',
  'math_ext/ceil/dyn_error': 'refused: it would fail every time',
  'math_ext/floor/dyn_error': 'refused: it would fail every time',
  'math_ext/round/dyn_error': 'refused: it would fail every time',
  'math_ext/trunc/dyn_error': 'refused: it would fail every time',
  'type_deductions/legacy_nullable_types/null_assignable_to_abstract_parameter_candidate':
    'null is not an optional; cel-go gives null here, its own test expects optional_type(int)',
};

const checked = loadSuite().cases.filter(({ test }) => test.checkedAst !== undefined);

describe('types as cel-go deduces them', () => {
  let agreed = 0;

  it.each(checked.map((one) => [one.test.name, one] as const))('%s', (name, one) => {
    const found = difference(one);
    if (Object.hasOwn(INTENDED, name)) {
      expect(found).toBeDefined();
      return;
    }
    expect(found).toBeUndefined();
    agreed += 1;
  });

  it('is intended only for tests there are', () => {
    const names = new Set(checked.map(({ test }) => test.name));
    expect(Object.keys(INTENDED).filter((name) => !names.has(name))).toEqual([]);
  });

  afterAll(() => {
    reportFigure(
      '1-conformance-types',
      `types: ${agreed} of ${checked.length} trees have the type cel-go gives at every node ` +
        `(${Object.keys(INTENDED).length} differ, listed with the reason)`,
    );
  });
});

describe("the tests of cel-go's checker", () => {
  const { cases, total } = loadCheckerSuite();
  let agreed = 0;

  it.each(cases.map((one) => [one.source, one] as const))(
    '%s',
    (_, { source, environment, checkedAst, type }) => {
      const compiled = compile(source, environment);
      if (checkedAst === undefined) {
        expect(compiled.ok).toBe(false);
      } else {
        if (!compiled.ok) throw new Error(compiled.problems.map(({ message }) => message).join('; '));
        expect(formatType(compiled.expression.type)).toBe(type);
        expect(debugTree(compiled.expression)).toBe(withoutReferences(checkedAst));
      }
      agreed += 1;
    },
  );

  afterAll(() => {
    reportFigure(
      '1-conformance-checker',
      `checker: ${agreed} of ${cases.length} tests of the JSON profile agree (${total} in all)`,
    );
  });
});

/** How our result type or the first inner node differs; undefined if the whole tree agrees. */
function difference({ source, environment, test, deducedType }: Case): string | undefined {
  const compiled = compile(source, environment);
  if (!compiled.ok) return `refused: ${compiled.problems.map(({ message }) => message).join('; ')}`;
  const type = formatType(compiled.expression.type);
  const expectedType = deducedType ? formatType(deducedType) : test.type;
  if (type !== expectedType) return `type ${type}, cel-go ${expectedType}`;
  const ours = debugTree(compiled.expression).split('\n');
  const theirs = withoutReferences(test.checkedAst ?? '').split('\n');
  const at = Array.from({ length: Math.max(ours.length, theirs.length) }).findIndex(
    (_, line) => ours[line] !== theirs[line],
  );
  return at < 0 ? undefined : `node ${ours[at]?.trim()}, cel-go ${theirs[at]?.trim()}`;
}
