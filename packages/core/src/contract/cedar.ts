/** Names that mean something else to readers of Cedar's JSON. */
const escapes = ['__entity', '__extn', '__expr'];

/**
 * The type in Cedar of a claim's type, as the contract writes it; undefined: Cedar cannot carry it. It has no fractions,
 * no null, and no lists or records of any content.
 *
 * @see https://docs.cedarpolicy.com/policies/syntax-datatypes.html
 */
export function cedarTypeOf(type: string): string | undefined {
  const element = /^list\((.*)\)$/s.exec(type)?.[1];
  if (element === undefined) return { string: 'String', bool: 'Bool', int: 'Long' }[type];
  const inner = cedarTypeOf(element);
  return inner && `Set<${inner}>`;
}

/** Whether Cedar can read a claim of this name. */
export function isCedarName(name: string): boolean {
  return !escapes.includes(name);
}
