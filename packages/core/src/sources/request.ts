import { settingPattern, type UrlPiece } from './url-template.ts';

/** A problem in a text: a range in UTF-16 units, and the words for it. */
export interface TextProblem {
  readonly start: number;
  readonly end: number;
  readonly message: string;
  readonly help?: string;
}

/** Every `${` of a text that is not the beginning of a valid `${NAME}`. */
export function settingProblems(text: string, offset = 0): readonly TextProblem[] {
  return [...text.matchAll(/\$\{/g)].flatMap(({ index }) => {
    const rest = text.slice(index);
    if (settingPattern.test(rest)) return [];
    const length = rest.indexOf('}') + 1;
    const message =
      length === 0
        ? 'This `${` is not closed.'
        : 'The name of a setting has only letters, digits and underscores, does not begin with a digit, and has at most 128 characters.';
    return [{ start: offset + index, end: offset + index + (length || 2), message }];
  });
}

/** Why requests to an address would always fail, whatever the values of its placeholders. */
export function addressProblems(pieces: readonly UrlPiece[]): readonly TextProblem[] {
  const problems = pieces.flatMap((piece) =>
    piece.kind === 'text' ? [...settingProblems(piece.text, piece.offset), ...illegal(piece)] : [],
  );
  const address = standIn(pieces);
  // URL reads `https:///path` as a host of that name.
  const isWhole = URL.canParse(address) && /^\w+:\/\/[^/?#]/.test(address);
  if (problems.length > 0 || isWhole) return problems;
  const last = pieces.at(-1);
  const end = last === undefined ? 0 : last.offset + last.text.length;
  const help = 'Write it as https://host/path. The largest port is 65535.';
  return [{ start: 0, end, message: 'This address is not a valid URL.', help }];
}

/** Headers that fetch sets itself, or for which it refuses the whole request. */
const reservedHeaders = [
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
];

/** The headers that cannot be sent, each with a reason. */
export function headerProblems(names: readonly string[]): readonly { header: string; message: string }[] {
  const seen = new Map<string, string>();
  return names.flatMap((header) => {
    const lower = header.toLowerCase();
    const twin = seen.get(lower);
    seen.set(lower, header);
    if (reservedHeaders.includes(lower))
      return [{ header, message: `The HTTP client sets the header \`${lower}\` itself.` }];
    if (twin === undefined) return [];
    return [
      {
        header,
        message: `\`${header}\` and \`${twin}\` are the same header, because header names ignore case.`,
      },
    ];
  });
}

/** Characters that URLs do not allow; clients handle them differently. */
function illegal({ text, offset }: UrlPiece): readonly TextProblem[] {
  const blank = text.replace(/\$\{[^}]*\}?/g, (setting) => 'a'.repeat(setting.length));
  const found = /[^A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]/u.exec(blank);
  if (found === null) return [];
  const start = offset + found.index;
  const help = 'Write it percent-encoded.';
  const message = 'This character is not allowed in an address.';
  return [{ start, end: start + found[0].length, message, help }];
}

/** The address with a harmless value for each setting and placeholder. */
function standIn(pieces: readonly UrlPiece[]): string {
  const parts = pieces.flatMap((piece) =>
    piece.kind === 'expression'
      ? [undefined]
      : piece.text.split(/(\$\{[^}]*\})/).filter((part) => part !== ''),
  );
  let address = '';
  for (const [index, part] of parts.entries()) {
    if (part !== undefined && !part.startsWith('${')) address += part;
    else if (address === '') address = parts[index + 1]?.startsWith('://') ? 'https' : 'https://a';
    else address += /^[a-z]+:\/\/[^/?#]*:\d*$/i.test(address) ? '1' : 'a';
  }
  return address;
}

/** Every host of core has it; core does not use the types of a specific host. */
declare const URL: { canParse(text: string): boolean };
