/** Longest expression, in UTF-16 code units. The same bound as Google's workload identity federation. */
export const MAX_SOURCE_LENGTH = 2048;

/** Most nodes in one expression's tree. */
export const MAX_NODES = 1000;

/** Deepest nesting of one expression's tree, and of its brackets. */
export const MAX_DEPTH = 50;

/** Deepest nesting of macros inside each other's bodies; a chain such as `filter().map()` is not nested. */
export const MAX_MACRO_NESTING = 3;

/** Items assumed in a list or map whose length is not known when compiling. */
export const LIST_SIZE_HINT = 100;

/** Characters assumed in a string whose length is not known when compiling. */
export const STRING_SIZE_HINT = 32;

/** Largest string (characters) or list (items) that an expression may be estimated to build. */
export const MAX_VALUE_SIZE = 1_000_000;

/** Steps that one issuance may take, in all of its expressions together. */
export const MAX_STEPS = 1_000_000;

/**
 * An expression with this estimate or more for ordinary sizes is refused. An estimate takes the worst texts of a size,
 * which may cost eight times as much as others.
 */
export const REFUSED_STEPS = 8_000_000;

/** Most items in a list, and keys in a map, that are read. */
export const MAX_ITEMS = 5_000;

/** Most characters in a text that is read, as UTF-16 code units. */
export const MAX_CHARACTERS = 4_096;

/** Largest integer that is exact in JSON and in JavaScript: 2^53 - 1. */
export const MAX_INT = Number.MAX_SAFE_INTEGER;
