/** A piece of a source's address: literal text, or an expression to be escaped into it; `offset` is where it begins. */
export type UrlPiece =
  | { readonly kind: 'text'; readonly text: string; readonly offset: number }
  | { readonly kind: 'expression'; readonly text: string; readonly offset: number };

/** Splits `https://host/v1/users/{user.id}` at its placeholders. `${NAME}` is a setting and stays literal text. */
export function urlPieces(template: string): readonly UrlPiece[] | { readonly unclosedAt: number } {
  const pieces: UrlPiece[] = [];
  let text = '';
  let offset = 0;
  let i = 0;
  while (i < template.length) {
    if (template.startsWith('${', i)) {
      const end = template.indexOf('}', i);
      if (end < 0) return { unclosedAt: i };
      text += template.slice(i, end + 1);
      i = end + 1;
    } else if (template[i] === '{') {
      const end = closingBrace(template, i);
      if (end < 0) return { unclosedAt: i };
      pieces.push(
        { kind: 'text', text, offset },
        { kind: 'expression', text: template.slice(i + 1, end), offset: i + 1 },
      );
      text = '';
      i = end + 1;
      offset = i;
    } else {
      text += template[i];
      i += 1;
    }
  }
  return [...pieces, { kind: 'text', text, offset }];
}

/** Braces nest in expressions (map literals); quotes hide them. */
function closingBrace(template: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let i = open; i < template.length; i++) {
    const char = template[i];
    if (char === undefined) break;
    if (quote) {
      if (char === '\\') i += 1;
      else if (char === quote) quote = '';
    } else if (char === '"' || char === "'") quote = char;
    else if (char === '{') depth += 1;
    else if (char === '}' && --depth === 0) return i;
  }
  return -1;
}

/** `${NAME}` at the beginning of a text. */
export const settingPattern: RegExp = /^\$\{[A-Za-z_][A-Za-z0-9_]{0,127}\}/;

/** The names in `${NAME}` of a text. */
export function settingsIn(text: string): readonly string[] {
  return [...text.matchAll(/\$\{([^}]*)\}/g)].map((match) => match[1] ?? '');
}
