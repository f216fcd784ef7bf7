export type { Expr, LiteralType, MacroName, Problem, ProblemCode, Range } from './ast.ts';
export { type Compiled, compile, costOf, type Expression, sizedParts } from './compile.ts';
export type { Cost } from './cost.ts';
export { countText } from './count-text.ts';
export { type Extent, extentOf, listOf, type Sizes, text } from './extent.ts';
export { failureAnalysis } from './failure.ts';
export { FUNCTIONS } from './functions.ts';
export type { FunctionSpec } from './generate/emitter.ts';
export type { ErrorCode } from './generate/errors.ts';
export { generate, generateFunctions } from './generate/generate.ts';
export { HELPER_NAMES, type HelperName, helpers } from './generate/helpers.ts';
export { type Library, linked, namesIn, type Piece } from './generate/link.ts';
export {
  LIST_SIZE_HINT,
  MAX_CHARACTERS,
  MAX_DEPTH,
  MAX_ITEMS,
  MAX_MACRO_NESTING,
  MAX_NODES,
  MAX_SOURCE_LENGTH,
  MAX_STEPS,
  STRING_SIZE_HINT,
} from './limits.ts';
export { SETTINGS } from './macros.ts';
export type { FunctionDeclaration, Overload } from './overloads.ts';
export { parse } from './parser.ts';
export type { Read } from './reads.ts';
export { stepsOf } from './steps.ts';
export { suggest } from './suggest.ts';
export { parseDuration, parseTimestamp, type Time } from './times.ts';
export {
  type Arithmetic,
  constantText,
  constantTexts,
  isVariable,
  listRead,
  type Operation,
  operationOf,
  type PathOptions,
  pathOf,
  type Relation,
  writtenName,
} from './tree.ts';
export {
  type Constant,
  type DynType,
  type Environment,
  type Field,
  formatType,
  holdsOpaque,
  isOpaque,
  type RecordType,
  type TextForm,
  type Type,
} from './types.ts';
export { children, namesBoundBy } from './visit.ts';
