/** Words that names are searched for. */
export interface WordList {
  /** Each of one or more words in lower case, with spaces between them: `api key`. It also matches its plural, and words written together: `apikey`. */
  readonly phrases: readonly string[];
  /** Words before a phrase that give it another meaning: `ip` before `address`. */
  readonly unlessAfter?: readonly string[];
  /** Whether a phrase must be the whole name. Default: its end. */
  readonly isWhole?: true;
}

/**
 * Words after a phrase that change nothing. In English the last word says what a thing is: `api_key_id` is an id, and
 * `otp_enabled` says yes or no.
 */
const trailing = new Set(
  'hash hashed value text plain plaintext encrypted base64 b64 hex old new current previous home work private business primary secondary main billing shipping principal line full raw pem der jwk pkcs'.split(
    ' ',
  ),
);

/** The most words of a phrase, written apart. */
const maxWords = 6;

const ascii = /^[ -~]*$/;

/** `recovery_code`, `recoveryCode`, `Recovery-Code2`: `recovery`, `code`. Without accents, in lower case. */
export function wordsOf(name: string): readonly string[] {
  // Most names are written this way, and patterns of Unicode take long to build.
  if (/^[ -@[-~]*$/.test(name)) return name.match(/[a-z]+|[0-9]+/g) ?? [];
  const apart = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/(\p{L})(\p{N})/gu, '$1 $2')
    .replace(/(\p{N})(\p{L})/gu, '$1 $2');
  return apart.split(/[^\p{L}\p{N}]+/u).flatMap((word) => (word === '' ? [] : [folded(word)]));
}

function folded(word: string): string {
  if (ascii.test(word)) return word.toLowerCase();
  return word.replaceAll('ß', 'ss').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** A phrase written together. German also writes `ae` for `ä`. */
function spellingsOf(phrase: string): readonly string[] {
  const together = phrase.replaceAll(' ', '');
  if (ascii.test(together)) return [together];
  const spelt = together.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue');
  return [folded(together), folded(spelt)];
}

/** Finds the words of a list in names. */
export type WordFinder = (name: string) => string | undefined;

/**
 * Makes a finder for a list. It looks for whole words at the end of a name, and gives them as the name has them:
 * `recovery code`.
 */
export function finderOf({ phrases, unlessAfter = [], isWhole }: WordList): WordFinder {
  const known = new Set(phrases.flatMap(spellingsOf));
  const others = new Set(unlessAfter);
  const isKnown = (text: string) =>
    known.has(text) || (text.endsWith('s') && (known.has(text.slice(0, -1)) || known.has(text.slice(0, -2))));
  return (name) => {
    const words = wordsOf(name);
    let end = words.length;
    for (;;) {
      const last = isWhole ? 1 : end;
      for (let start = Math.max(0, end - maxWords); start < last; start++) {
        const found = words.slice(start, end);
        const text = found.join('');
        // Short words that are only together a known one are another word: `p-in`.
        if (!isKnown(text) || (found.length > 1 && text.length < 5)) continue;
        return others.has(words[start - 1] ?? '') ? undefined : found.join(' ');
      }
      const after = words[end - 1];
      if (after === undefined || !(trailing.has(after) || /^\p{N}+$/u.test(after))) return undefined;
      end -= 1;
    }
  };
}

/** The part of a claim's name behind its namespace: `roles` of `https://acme.example/roles`. */
export function bareName(claim: string): string {
  return claim.replace(/^.*[/#:](?=[^/#:])/, '');
}
