import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { SerializedIncrementalTestSuite } from '@bufbuild/cel-spec/testdata/tests.js';
import type { Environment, Type } from '@claimsmith/cel';
import { isObject, type Json, type JsonObject, objectAt, objectsAt } from './json.ts';
import { type Exclusion, exclusion, type SuiteTest } from './select.ts';
import { readType, readValue, type Typed, toJson } from './typed.ts';

/** A conformance test of the JSON profile as plain data. */
export interface Case {
  readonly test: SuiteTest;
  readonly source: string;
  readonly environment: Environment;
  readonly bindings: Readonly<Record<string, Json>>;
  /** `type` is a test for the checker alone. */
  readonly expected: { readonly kind: 'value'; readonly value: Typed } | { readonly kind: 'error' | 'type' };
  readonly deducedType: Type | undefined;
}

export interface ExcludedTest extends Exclusion {
  readonly test: SuiteTest;
}

export interface Suite {
  readonly total: number;
  readonly cases: readonly Case[];
  readonly excluded: readonly ExcludedTest[];
}

/** cel-spec v0.25.1: the cases of the JSON profile, and every other test with the reason why it does not apply. */
export function loadSuite(): Suite {
  const all = flatten(tests, []);
  const cases: Case[] = [];
  const excluded: ExcludedTest[] = [];
  for (const test of all) {
    const reason = exclusion(test);
    if (reason) excluded.push({ ...reason, test });
    else cases.push(toCase(test));
  }
  return { total: all.length, cases, excluded };
}

function flatten(suite: SerializedIncrementalTestSuite, path: readonly string[]): SuiteTest[] {
  const here = (suite.tests ?? []).map(
    ({ original, ast, checkedAst, type }): SuiteTest => ({
      name: [...path, original.name].join('/'),
      file: path[0] ?? '',
      original,
      expr: original.expr,
      ast,
      checkedAst,
      type,
    }),
  );
  return [...here, ...(suite.suites ?? []).flatMap((child) => flatten(child, [...path, child.name]))];
}

/** Throws for what the rules of selection should have excluded: an unknown kind of test is not passed over. */
function toCase(test: SuiteTest): Case {
  const { original } = test;
  const variables: Record<string, Type> = {};
  for (const declaration of objectsAt(original, 'typeEnv')) {
    const type = readType(objectAt(objectAt(declaration, 'ident'), 'type'));
    if (!type) throw new Error(`${test.name}: a variable's type is outside the profile`);
    variables[String(declaration['name'])] = type;
  }
  const bindings: Record<string, Json> = {};
  for (const [name, binding] of Object.entries(objectAt(original, 'bindings'))) {
    const value = isObject(binding) ? readValue(objectAt(binding, 'value')) : undefined;
    if (!value) throw new Error(`${test.name}: a binding is outside the profile`);
    bindings[name] = toJson(value);
    variables[name] ??= { kind: 'dyn' };
  }
  const expected = readExpected(original);
  if (!expected) throw new Error(`${test.name}: the expected value is outside the profile`);
  const deduced = objectAt(original, 'typedResult')['deducedType'];
  return {
    test,
    source: test.expr,
    environment: { variables },
    bindings,
    expected,
    deducedType: isObject(deduced) ? readType(deduced) : undefined,
  };
}

/** Undefined if the expected value is not of the JSON profile. */
export function readExpected(original: JsonObject): Case['expected'] | undefined {
  if (original['checkOnly'] === true) return { kind: 'type' };
  if (original['evalError'] !== undefined || original['anyEvalErrors'] !== undefined)
    return { kind: 'error' };
  // The suite's format: a test that names no result expects true.
  const proto = original['value'] ?? objectAt(original, 'typedResult')['result'] ?? { boolValue: true };
  const value = isObject(proto) ? readValue(proto) : undefined;
  return value && { kind: 'value', value };
}
