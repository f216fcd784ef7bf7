import { exact, isoDateTime, unsuitable } from './rows.ts';

type Parse = (text: string) => unknown;

const float: Parse = (text) => {
  const number = Number(text);
  return Number.isFinite(number) ? number : unsuitable;
};
const integer: Parse = (text) => exact(BigInt(text));
const boolean: Parse = (text) => text === 't';

/** By the object identifier of the type or of its array. @see `pg_type.dat` of PostgreSQL */
const types: readonly (readonly [type: number, array: number, parse: Parse])[] = [
  [16, 1000, boolean],
  [17, 1001, () => unsuitable],
  [20, 1016, integer],
  [21, 1005, integer],
  [23, 1007, integer],
  [26, 1028, integer],
  [700, 1021, float],
  [701, 1022, float],
  [114, 199, JSON.parse],
  [3802, 3807, JSON.parse],
  [1114, 1115, isoDateTime],
  [1184, 1185, isoDateTime],
  [18, 1002, String],
  [19, 1003, String],
  [25, 1009, String],
  [1042, 1014, String],
  [1043, 1015, String],
  [1082, 1182, String],
  [1700, 1231, String],
  [2950, 2951, String],
];

const parsers: ReadonlyMap<number, Parse> = new Map(
  types.flatMap(([type, array, parse]): [number, Parse][] => [
    [type, parse],
    [array, (text) => listOf(text, parse)],
  ]),
);

/** How a column is read from the text that PostgreSQL writes of it. */
export function parserOf(type: number): Parse {
  return parsers.get(type) ?? String;
}

/**
 * The elements of `{a,"b c",NULL}`. An array of several dimensions gives lists of lists. Explicit bounds are ignored.
 *
 * @see https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO
 */
function listOf(text: string, parse: Parse): unknown {
  const token = /[{},]|"((?:[^"\\]|\\.)*)"|[^{},"]+/gsy;
  token.lastIndex = text.indexOf('{');
  const outer: unknown[] = [];
  const open: unknown[][] = [outer];
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const [symbol, quoted] = found;
    const list = open.at(-1);
    if (list === undefined) return unsuitable;
    if (symbol === '{') {
      const inner: unknown[] = [];
      list.push(inner);
      open.push(inner);
    } else if (symbol === '}') {
      open.pop();
    } else if (symbol !== ',') {
      const element = quoted === undefined ? symbol : quoted.replace(/\\(.)/gs, '$1');
      const value = quoted === undefined && symbol === 'NULL' ? null : parse(element);
      if (value === unsuitable) return unsuitable;
      list.push(value);
    }
  }
  return outer[0] ?? unsuitable;
}
