/** A character after a backslash means itself, and Java's dot does not match a line break. */
const escaped = /\\([^\n\r\u0085\u2028\u2029])/gu;
const firstComponent = /^((?:\\[^\n\r\u0085\u2028\u2029]|[^\\.])+?)\./u;

/**
 * The names in a mapper's `claim.name`: split at dots, except after a backslash, which makes the next character
 * ordinary. A dot at the beginning does not split.
 */
export function splitClaimPath(claimName: string): readonly string[] {
  const components: string[] = [];
  let rest = claimName;
  for (let found = firstComponent.exec(rest); found !== null; found = firstComponent.exec(rest)) {
    components.push((found[1] ?? '').replace(escaped, '$1'));
    rest = rest.slice(found[0].length);
  }
  if (rest !== '') components.push(rest.replace(escaped, '$1'));
  return components;
}
