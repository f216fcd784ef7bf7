import { expect, it } from 'vitest';
import { loadSuite } from '../packages/cel/test/conformance/suite.ts';
import { build, type Source } from '../packages/cel/test/support/program.ts';
import { reportFigure } from './figures.ts';
import { environment, randomData } from './fuzz/environment.ts';
import { render } from './fuzz/expression.ts';
import { randomExpression } from './fuzz/generate.ts';
import { seeded } from './fuzz/random.ts';
import { batchScript, findNashorn, runInNashorn, runInV8 } from './nashorn.ts';

const FUZZ_CASES = 500;
const FUZZ_SEED = 20_251;

interface Called extends Source {
  readonly argument: unknown;
}

it('Nashorn gives what V8 gives: conformance and random expressions', { timeout: 600_000 }, (context) => {
  const nashorn = findNashorn();
  if (!nashorn.ok) {
    if (process.env['CI'] === 'true') throw new Error(`cannot run Nashorn: ${nashorn.reason}`);
    reportFigure('3-nashorn', `nashorn: skipped, ${nashorn.reason}`);
    context.skip(nashorn.reason);
    return;
  }
  const cases = [...conformanceCases(), ...randomCases()];
  const { units, text } = build(cases);
  const called = cases.flatMap((one, index) => (units[index]?.ok ? [{ ...one, name: `f${index}` }] : []));
  const script = batchScript(text, called);
  const expected = runInV8(script);
  const actual = runInNashorn(nashorn.classPath, script);
  expect(actual).toHaveLength(called.length);
  const differences = called.flatMap(({ source }, index) =>
    actual[index] === expected[index] ? [] : [`${source}: Nashorn ${actual[index]}, V8 ${expected[index]}`],
  );
  reportFigure(
    '3-nashorn',
    `nashorn: ${called.length - differences.length} of ${called.length} expressions give what V8 gives`,
  );
  expect(differences).toEqual([]);
  expect(expected.filter((line) => line.startsWith('crash'))).toEqual([]);
});

function conformanceCases(): Called[] {
  return loadSuite()
    .cases.filter(({ expected }) => expected.kind !== 'type')
    .map(({ source, environment: variables, bindings }) => ({
      source,
      environment: variables,
      argument: bindings,
    }));
}

function randomCases(): Called[] {
  const random = seeded(FUZZ_SEED);
  return Array.from({ length: FUZZ_CASES }, () => ({
    source: render(randomExpression(random).node),
    environment,
    argument: randomData(random),
  }));
}
