import { afterAll, describe, expect, it } from 'vitest';
import { reportFigure } from '../../../tools/figures.ts';
import { countByGroup, exclusionList } from './conformance/report.ts';
import { type Case, loadSuite, readExpected } from './conformance/suite.ts';
import { difference } from './conformance/typed.ts';
import { build, type Unit } from './support/program.ts';

const suite = loadSuite();
const valued = suite.cases.filter(({ expected }) => expected.kind !== 'type');
const { units } = build(valued);
/** Expected errors that our checker finds before anything runs: name -> the problems' codes. */
const foundByChecker: string[] = [];
let passed = 0;

/** Says how the outcome differs from what the suite expects; undefined if it does not. */
function verdict({ expected, test, bindings }: Case, unit: Unit): string | undefined {
  if (!unit.ok) {
    const found = unit.problems.map(({ code, message }) => `${code}: ${message}`).join('; ');
    if (expected.kind !== 'error') return `refused (${found})`;
    if (unit.problems.some(({ code }) => code === 'syntax')) return `not even parsed (${found})`;
    foundByChecker.push(`${test.name} (${unit.problems.map(({ code }) => code).join(', ')})`);
    return undefined;
  }
  const outcome = unit.run(bindings);
  if (outcome.kind === 'crash') return `crashed: ${String(outcome.thrown)}`;
  if (expected.kind === 'error')
    return outcome.kind === 'error' ? undefined : 'gave a value, expected an error';
  if (expected.kind !== 'value') return undefined;
  if (outcome.kind === 'error') return `failed with ${outcome.code} at ${outcome.at}`;
  return difference(outcome.value, expected.value, unit.expression.type);
}

describe('cel-spec v0.25.1, JSON profile', () => {
  const files = new Set(valued.map(({ test }) => test.file));
  for (const file of files) {
    describe(file, () => {
      for (const [index, one] of valued.entries()) {
        if (one.test.file !== file) continue;
        it(`${one.test.name}: ${one.source.replaceAll(/\s+/g, ' ')}`, () => {
          const unit = units[index];
          if (!unit) throw new Error('no outcome');
          expect(verdict(one, unit)).toBeUndefined();
          passed += 1;
        });
      }
    });
  }

  afterAll(() => {
    const excluded = countByGroup(suite.excluded);
    reportFigure(
      '1-conformance',
      `conformance: ${passed} of ${valued.length} tests of the JSON profile pass ` +
        `(${suite.cases.length - valued.length} are for the checker alone; ` +
        `${suite.excluded.length} of ${suite.total} excluded: ${excluded})`,
    );
  });
});

describe('what is excluded', () => {
  it('is listed by name and reason (vitest -u writes the list)', async () => {
    const { excluded, total } = suite;
    await expect(exclusionList(excluded, total)).toMatchFileSnapshot('./golden/excluded.md');
  });

  it('is refused or right, never wrong', () => {
    // Selection by rule may leave out what works here all the same; what it must not hide is a different answer.
    const closed = suite.excluded.filter(
      ({ test }) => !('typeEnv' in test.original || 'bindings' in test.original),
    );
    const { units } = build(
      closed.map(({ test }) => ({ source: test.expr, environment: { variables: {} } })),
    );
    const wrong = closed.flatMap(({ test, group }, index) => {
      const unit = units[index];
      if (!unit?.ok) return [];
      const expected = readExpected(test.original);
      const outcome = unit.run({});
      if (outcome.kind === 'error') return [];
      const agrees =
        outcome.kind === 'value' &&
        expected?.kind === 'value' &&
        difference(outcome.value, expected.value, unit.expression.type) === undefined;
      return agrees ? [] : [`${test.name} (${group}): ${test.expr}`];
    });
    // Base64 is of texts here, because there are no bytes.
    expect(wrong.filter((text) => !text.startsWith('encoders_ext/'))).toEqual([]);
  });

  it('errors that the checker finds before evaluation are listed by name (vitest -u writes the list)', async () => {
    await expect(`${foundByChecker.toSorted().join('\n')}\n`).toMatchFileSnapshot(
      './golden/checker-errors.txt',
    );
  });
});
