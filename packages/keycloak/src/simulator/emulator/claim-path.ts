/** A character after a backslash means itself, and Java's dot does not match a line break. */
const escaped = /\\([^\n\r\u0085\u2028\u2029])/gu;
const firstComponent = /^((?:\\[^\n\r\u0085\u2028\u2029]|[^\\.])+?)\./u;

/**
 * The names that a mapper's `claim.name` leads through: cut at dots, where a backslash takes the meaning from the
 * character after it. A dot with nothing before it cuts nothing.
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
