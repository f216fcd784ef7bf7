import type { Constant, Environment } from '@claimsmith/cel';
import { expect, test } from 'vitest';
import { build, type Outcome } from '../../packages/cel/test/support/program.ts';
import { environment, randomData } from './environment.ts';
import { render } from './expression.ts';
import { randomExpression } from './generate.ts';
import { seeded } from './random.ts';

/** More where it counts; enough to notice a break elsewhere. */
const count = process.env['CI'] === 'true' ? 20_000 : 1_000;
/** The variables that become constants, one more at a time. */
const names = ['b', 's', 'n', 'words', 'd'] as const;

/** Constants that the generated code cannot read any more. */
function constantsOf(data: Readonly<Record<string, unknown>>, some: readonly string[]): Environment {
  // The data has the declared types.
  const constants = Object.fromEntries(some.map((name) => [name, data[name] as Constant]));
  return { ...environment, constants };
}

function shown(outcome: Outcome): unknown {
  if (outcome.kind === 'crash') throw outcome.thrown;
  return outcome.kind === 'value' ? { value: outcome.value } : 'error';
}

test('a constant folded into an expression never changes what it gives', () => {
  const random = seeded(Number(process.env['PROPERTY_SEED'] ?? 20_261_130));
  const cases = Array.from({ length: count }, (_, index) => {
    const { node } = randomExpression(random);
    const condition = random.pick(['b', '!b', 's == "a"', 's in ["a", "b"]', 'n > 1', 'd <= 1.5']);
    const other = render(randomExpression(random).node);
    const source = random.chance(0.5)
      ? render(node)
      : random.pick([
          `${condition} ? dyn(${render(node)}) : dyn(${other})`,
          `${condition} && (${render(node)}) == (${other})`,
          `(${render(node)}) == (${other}) || ${condition}`,
        ]);
    const data = randomData(random);
    return { source, data, names: names.slice(0, 1 + (index % names.length)) };
  });
  const whole = build(cases.map(({ source }) => ({ source, environment }))).units;
  const folded = build(
    cases.map(({ source, data, names: some }) => ({ source, environment: constantsOf(data, some) })),
  ).units;
  let compared = 0;
  let folds = 0;
  let refused = 0;
  for (const [index, { source, data, names: some }] of cases.entries()) {
    const before = whole[index];
    const after = folded[index];
    if (before?.ok !== true || after === undefined) continue;
    const meant = shown(before.run(data));
    const rest = Object.fromEntries(
      Object.entries(data).filter(([name]) => !some.some((one) => one === name)),
    );
    // A constant that a part cannot take is an error for the author, even if that part may never run.
    if (!after.ok) {
      refused += 1;
      continue;
    }
    const given = shown(after.run(rest));
    expect({ source, data, some, given }).toEqual({ source, data, some, given: meant });
    compared += 1;
    if (after.expression.reads.length < before.expression.reads.length) folds += 1;
  }
  // A run that compares nothing proves nothing.
  expect(compared).toBeGreaterThan(count / 2);
  expect(folds).toBeGreaterThan(count / 10);
  expect(refused).toBeLessThan(count / 20);
}, 120_000);
