import { type HelperName, helperCall } from './generate/helpers.ts';
import { type FunctionDeclaration, partial, same, total } from './overloads.ts';

/** `math.greatest` and `math.least`: of one number, two, or a list. More numbers are parsed as a list. */
function extreme(name: 'greatest' | 'least', pair: HelperName): FunctionDeclaration {
  const full = `math.${name}`;
  return {
    name: full,
    summary: `The ${name} of one or more numbers, or of a list of numbers; an error for an empty list.`,
    overloads: [
      total(`${full}(int) -> int`, same),
      total(`${full}(double) -> double`, same),
      total(`${full}(int, int) -> int`, pair),
      partial(`${full}(double, double) -> double`, pair),
      partial(`${full}(int, double) -> dyn`, pair),
      partial(`${full}(double, int) -> dyn`, pair),
      partial(`${full}(list(int)) -> int`, name),
      partial(`${full}(list(double)) -> double`, name),
    ],
    anyNumber: true,
    dynamic: (args, site) => {
      if (args.length === 2) return helperCall(site, name, [`[${args.map(({ code }) => code).join(', ')}]`]);
      return helperCall(site, `${name}Any`, args);
    },
  };
}

function ofDouble(
  name: string,
  summary: string,
  helper: HelperName,
  result: 'double' | 'bool' = 'double',
): FunctionDeclaration {
  return { name: `math.${name}`, summary, overloads: [total(`math.${name}(double) -> ${result}`, helper)] };
}

function ofNumber(name: 'abs' | 'sign', summary: string, dynamic: HelperName): FunctionDeclaration {
  const overloads = ['int', 'double'].map((type) => total(`math.${name}(${type}) -> ${type}`, name));
  return { name: `math.${name}`, summary, overloads, dynamic };
}

/** Functions of numbers. */
export const MATH_FUNCTIONS: readonly FunctionDeclaration[] = [
  extreme('greatest', 'greater'),
  extreme('least', 'lesser'),
  ofNumber('abs', 'The number without its sign.', 'absAny'),
  ofNumber('sign', 'The sign of a number: 1, 0 or -1.', 'signAny'),
  ofDouble('ceil', 'The smallest whole number that is not smaller, as a double.', 'ceil'),
  ofDouble('floor', 'The largest whole number that is not larger, as a double.', 'floor'),
  ofDouble('round', 'The nearest whole number, as a double; halves are rounded away from zero.', 'round'),
  ofDouble('trunc', 'The number without its fraction, as a double.', 'trunc'),
  ofDouble(
    'isNaN',
    'Whether it is the result of an undefined operation, such as 0.0 / 0.0.',
    'isNotNumber',
    'bool',
  ),
  ofDouble('isInf', 'Whether it is infinite.', 'isInfinite', 'bool'),
  ofDouble('isFinite', 'Whether it is neither infinite nor undefined.', 'hasLimit', 'bool'),
];
