import type { JsonObject } from './json.ts';

/** A test as the suite stores it, with what cel-go said of it. */
export interface SuiteTest {
  /** `file/section/name` */
  readonly name: string;
  readonly file: string;
  readonly original: JsonObject;
  readonly expr: string;
  /** cel-go's parsed tree in its debug notation; missing where cel-go could not parse. */
  readonly ast: string | undefined;
  /** The same with types; missing where cel-go's checker refused. */
  readonly checkedAst: string | undefined;
  readonly type: string | undefined;
}

interface Rule {
  /** Groups the counts. */
  readonly group: string;
  readonly reason: string;
  readonly applies: (test: SuiteTest) => boolean;
}

const PROTOBUF_FILES = new Set(
  'dynamic enums proto2 proto2_ext proto3 proto3_ext unknowns wrappers'.split(' '),
);
const LARGEST_INT = BigInt(Number.MAX_SAFE_INTEGER);

/** The first rule that applies gives the reason. All rules look at the test's own data, none at what we make of it. */
const rules: readonly Rule[] = [
  {
    group: 'protobuf',
    reason: 'needs protobuf messages, enums or wrappers',
    applies: ({ file, ast = '', original }) =>
      PROTOBUF_FILES.has(file) ||
      /\b(messageType|objectValue|enumValue|wrapper)"|"wellKnown":"ANY"/.test(JSON.stringify(original)) ||
      /\b(TestAllTypes|google\.protobuf)\b/.test(ast) ||
      (/\.protobuf\b|TestAllTypes/.test(String(original['expr'])) && original['container'] !== undefined),
  },
  {
    group: 'uint',
    reason: 'uint is not in the JSON profile',
    applies: ({ ast, expr, original }) =>
      /Constant_Uint64Value|\buint\^?/.test(ast ?? '') ||
      /"(uint64Value|UINT64)"/.test(JSON.stringify(original)) ||
      (ast === undefined && /\b\d+[uU]\b/.test(expr)),
  },
  {
    group: 'bytes',
    reason: 'bytes are not in the JSON profile',
    applies: ({ ast = '', expr, original }) =>
      /Constant_BytesValue|\bbytes\b/.test(ast) ||
      /^\s*([bB][rR]?|[rR][bB])["']/.test(expr) ||
      /"(bytesValue|BYTES)"/.test(JSON.stringify(original)),
  },
  {
    group: 'time zones',
    reason: 'asks for a part of a time in a zone other than UTC, which is refused with what to write instead',
    applies: ({ ast = '' }) => /\.get\w+\(\s*"(?!UTC|-00:00)/.test(ast),
  },
  {
    group: 'namespaces',
    reason: 'containers and qualified identifiers are not in the JSON profile',
    applies: ({ file, original }) =>
      file === 'namespace' ||
      (typeof original['container'] === 'string' && original['container'] !== '') ||
      /"name":"\w+\.[\w.]+","ident"/.test(JSON.stringify(original)),
  },
  {
    group: 'type values',
    reason: 'type() and types as values are not in the JSON profile',
    applies: ({ ast = '', original }) =>
      /(^|\W)type\(/.test(ast) ||
      /\b(bool|int|double|string|list|map|null_type|type)\^#\*expr\.Expr_IdentExpr#/.test(ast) ||
      /"(typeValue|type)":(?!\{)/.test(JSON.stringify(original)) ||
      'type' in original,
  },
  {
    group: 'own functions',
    reason: 'declares functions or type parameters of its own',
    applies: ({ original }) =>
      /"(function|overloads|typeParam|abstractType)":/.test(JSON.stringify(original['typeEnv'] ?? null)),
  },
  {
    group: 'extensions',
    reason: 'needs a function outside the function set (bit operations, cel.block, matches, format, quote)',
    applies: ({ file, expr }) =>
      file === 'block_ext' || /\.(matches|format)\(|\bmatches\(|strings\.quote\(|math\.bit\w+\(/.test(expr),
  },
  {
    group: 'int beyond 2^53',
    reason: 'holds or yields an int outside ±(2^53-1), which is an error here',
    applies: ({ ast = '', expr, original }) => {
      const ints = [
        ...Array.from(ast.matchAll(/(-?\d+)\^#\*expr\.Constant_Int64Value#/g), (match) => match[1]),
        ...Array.from(JSON.stringify(original).matchAll(/"int64Value":"(-?\d+)"/g), (match) => match[1]),
        ...(ast === '' ? Array.from(expr.matchAll(/\b\d{16,}\b/g), (match) => match[0]) : []),
      ];
      return ints.some((text = '0') => {
        const value = BigInt(text);
        return value > LARGEST_INT || value < -LARGEST_INT;
      });
    },
  },
  {
    group: 'map keys',
    reason: 'a value with a map key that is not a string, which JSON cannot carry in or out',
    applies: ({ original }) =>
      /"key":\{"(?!stringValue)|"keyType":\{"primitive":"(INT64|BOOL|DOUBLE)"/.test(JSON.stringify(original)),
  },
  {
    group: 'unchecked',
    reason: 'ill-typed for cel-go too; evaluates only with the checker switched off',
    applies: ({ original, checkedAst }) =>
      original['disableCheck'] === true && checkedAst === undefined && original['value'] !== undefined,
  },
];

export interface Exclusion {
  readonly name: string;
  readonly group: string;
  readonly reason: string;
}

/** Why a test is not of the JSON profile; undefined if it is. */
export function exclusion(test: SuiteTest): Exclusion | undefined {
  const rule = rules.find(({ applies }) => applies(test));
  return rule && { name: test.name, group: rule.group, reason: rule.reason };
}
