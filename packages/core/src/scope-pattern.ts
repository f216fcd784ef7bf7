/** A scope name cut at its placeholders; the first and the last piece of `pattern` are literal, maybe empty. */
export interface ScopePattern {
  readonly pattern: readonly string[];
  readonly placeholders: readonly string[];
}

/**
 * Parses `account.read.{account}`. A placeholder stands for 1 to 128 scope characters and ends at the first occurrence
 * of the text that follows it, so a name matches in one way or not at all.
 *
 * @returns the pattern, or a sentence that says what is wrong with it
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 */
export function scopePattern(name: string): ScopePattern | string {
  const pattern: string[] = [];
  const placeholders: string[] = [];
  let rest = name;
  for (let open = rest.indexOf('{'); open >= 0; open = rest.indexOf('{')) {
    const close = rest.indexOf('}', open);
    const placeholder = rest.slice(open + 1, close);
    if (close < 0 || !/^[a-z][a-z0-9_]*$/i.test(placeholder))
      return 'A placeholder is a name in braces: `{account}`.';
    if (placeholders.includes(placeholder))
      return `The placeholder \`${placeholder}\` stands twice in this scope.`;
    if (placeholders.length > 0 && open === 0) return 'Two placeholders need some text between them.';
    pattern.push(rest.slice(0, open));
    placeholders.push(placeholder);
    rest = rest.slice(close + 1);
  }
  pattern.push(rest);
  if (placeholders.length > 0 && pattern[0] === '')
    return 'A scope with a placeholder must begin with fixed text.';
  // RFC 6749 §3.3: 1*( %x21 / %x23-5B / %x5D-7E )
  if (!pattern.every((piece) => /^[\x21\x23-\x5b\x5d-\x7e]*$/.test(piece)) || name === '') {
    return 'A scope is made of printable ASCII without space, quote and backslash.';
  }
  return { pattern, placeholders };
}
