import { FUNCTIONS, type FunctionDeclaration } from '@claimsmith/cel';
import { expect, it } from 'vitest';
import { reportFigure } from '../figures.ts';
import { findNashorn } from '../nashorn.ts';
import { FORMS } from './bodies.ts';
import { timeInNashorn } from './in-nashorn.ts';
import { search, type Trial } from './search.ts';

/** More where it counts; `npm run fuzz` searches for minutes. */
const TRIALS = process.env['CI'] === 'true' ? 700 : 400;
const TIMEOUT_MS = 300_000;

/** Functions whose work does not hang on what they are given, or that are not calls in generated code. */
const ELSEWHERE = ['!_', '-_', '_-_', '_/_', '_%_', '_!=_', '_<=_', '_>=_', 'dyn', 'or', 'hasValue', 'value'];

function isIn(name: string, form: string): boolean {
  if (name === '@in') return / in \$/.test(form);
  if (name === '_[_]') return /\[\$/.test(form);
  if (name === '_?_:_') return / \? /.test(form);
  const symbol = name.replaceAll('_', '');
  return /^\w/.test(symbol)
    ? new RegExp(`\\b${symbol.replace('.', '\\.')}\\(`).test(form)
    : form.includes(` ${symbol} `);
}

/** Values of one size. */
const FIXED: ReadonlySet<string> = new Set(['int', 'double', 'bool', 'timestamp', 'duration', 'ip', 'cidr']);

/** Whether a function takes nothing that can be large; a constant is read when compiling. */
function isSmall({ name, overloads }: FunctionDeclaration): boolean {
  return (
    /^\w/.test(name) &&
    overloads.every(
      ({ parameters, constants }) =>
        constants?.isRequired === true || parameters.every(({ kind }) => FIXED.has(kind)),
    )
  );
}

it('the search knows every function', () => {
  const missing = FUNCTIONS.filter((declaration) => !isSmall(declaration))
    .map(({ name }) => name)
    .filter(
      (name) =>
        !ELSEWHERE.includes(name) &&
        !name.startsWith('optional.') &&
        !FORMS.some(([, form]) => isIn(name, form)),
    );
  expect(missing).toEqual([]);
});

it(
  'no issuance takes more than its budget, and what would is denied',
  () => {
    const { tried, spent, forms, slowest, issued, underestimated } = search(
      20_261,
      (count) => count >= TRIALS,
    );
    const [first] = slowest;
    if (first === undefined) throw new RangeError('nothing was tried');
    reportFigure('4-worst-case', figure(tried, spent, slowest));
    expect(issued).toEqual([]);
    // A search that spends no budget, or leaves functions out, proves nothing.
    expect(spent).toBeGreaterThan(TRIALS / 20);
    expect(forms).toBeGreaterThan(FORMS.length * 0.8);
    expect(underestimated.map(({ source, steps, estimated }) => ({ source, steps, estimated }))).toEqual([]);
  },
  TIMEOUT_MS,
);

/** The clock is told and not judged: machines differ, and so do their moments. */
function figure(tried: number, spent: number, slowest: readonly Trial[]): string {
  const [first] = slowest;
  const nashorn = findNashorn();
  const times = nashorn.ok ? timeInNashorn(nashorn.classPath, slowest.slice(0, 4)) : [];
  const most = (of: 'firstMs' | 'laterMs') => Math.max(...times.map((time) => time[of])).toFixed(0);
  const there = nashorn.ok
    ? `${most('firstMs')} ms in a new Nashorn, ${most('laterMs')} ms in a warm one`
    : 'no Nashorn here';
  return `worst case: ${first?.ms.toFixed(0)} ms of processor time in V8, ${there}; ${tried} issuances tried, ${spent} denied as over the budget`;
}
