/**
 * Why evaluating an expression failed:
 * - `no_such_key`: a field or key has no value, or its parent is not a map
 * - `index_out_of_bounds`: a position beyond the end of a list or string
 * - `no_value`: `value()` of an empty optional
 * - `no_matching_overload`: the type of a value does not fit at run time
 * - `conversion`: a string that is not a number or truth value
 * - `invalid_argument`: such as an e-mail address without @
 * - `overflow`: an integer beyond ±(2^53 - 1)
 * - `divide_by_zero`
 * - `duplicate_key`: a map with the same key twice
 * - `steps`: no steps are left; unlike the others, `||` and `&&` never absorb it
 */
export type ErrorCode =
  | 'no_such_key'
  | 'index_out_of_bounds'
  | 'no_value'
  | 'no_matching_overload'
  | 'conversion'
  | 'invalid_argument'
  | 'overflow'
  | 'divide_by_zero'
  | 'duplicate_key'
  | 'steps';
