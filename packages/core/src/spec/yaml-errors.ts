import type { ErrorCode, YAMLParseError } from 'yaml';
import { type ReadProblem, unreadable } from './problem.ts';

type Words = readonly [message: string, help?: string];

const quoteIt = 'Put the whole value in single quotes.';

/** What the errors of the YAML parser mean to the author; the others keep the words of the parser. */
const words: { readonly [code in ErrorCode]?: Words } = {
  ALIAS_PROPS: ['An alias can have neither an anchor nor a tag.'],
  BAD_ALIAS: ['This is not the name of an anchor.', `Text that starts with * or & must be quoted.`],
  BAD_DQ_ESCAPE: [
    'Double-quoted text does not know this escape.',
    'Single quotes take a backslash as it is.',
  ],
  BAD_INDENT: ['The indentation of this line fits none of the lines above.'],
  BAD_SCALAR_START: ['An unquoted value can’t start with this character.', quoteIt],
  BLOCK_AS_IMPLICIT_KEY: [
    'A mapping can’t begin on the line of its key.',
    'Quote a value that contains ": ".',
  ],
  BLOCK_IN_FLOW: ['Between braces or brackets, items are separated by commas, not by lines.'],
  DUPLICATE_KEY: ['This key stands twice in its mapping.'],
  KEY_OVER_1024_CHARS: ['A key is at most 1,024 characters long.'],
  MULTILINE_IMPLICIT_KEY: ['A key can’t go over several lines.', 'Is a colon missing after the key above?'],
  MULTIPLE_ANCHORS: ['A value can have one anchor only.'],
  MULTIPLE_DOCS: ['A file holds one YAML document.'],
  MULTIPLE_TAGS: ['A value can have one tag only.', 'Text that starts with ! must be quoted.'],
  RESOURCE_EXHAUSTION: ['Mappings and lists are nested too deep.'],
  TAB_AS_INDENT: ['A tab can’t indent YAML.', 'Use spaces.'],
  TAG_RESOLVE_FAILED: ['YAML tags are refused.', 'Text that starts with ! must be quoted.'],
};

/** The parser has one code for many mistakes; its text tells them apart. The first that matches counts. */
const finer: readonly (readonly [RegExp, ...Words])[] = [
  [
    /map keys need to be followed/,
    'A colon is missing after this key.',
    'A key ends with a colon and a space.',
  ],
  [/Missing space after :/, 'A space is missing after the colon.'],
  [/(?:must|and) end with a \}/, 'The closing } is missing.'],
  [/(?:must|and) end with a \]/, 'The closing ] is missing.'],
  [/Missing , (?:or : )?between/, 'A comma is missing between two items.'],
  [/Unexpected , in|Unexpected empty item/, 'There is a comma too many.'],
  [/Sequence item without/, 'A dash is missing before this item.'],
  [/Comments must be separated/, 'A comment begins after a space.', 'Text that holds # must be quoted.'],
  [/Tags and anchors/, 'A space is missing here.', 'Text that starts with & or ! must be quoted.'],
  [/[Bb]lock scalar/, 'The lines of this block are not indented as its first line and its header say.'],
  [/same line with key/, 'A list can’t begin on the line of its key.'],
  [
    /at node end/,
    'The value has ended before this; nothing can follow it.',
    `${quoteIt} Between two items stands a comma.`,
  ],
];

export function syntaxProblem(error: YAMLParseError, text: string): ReadProblem {
  const [, quote] = /closing (["'])quote/.exec(error.message) ?? [];
  if (quote !== undefined) {
    // The parser notices at the end of the file; the author looks for the beginning.
    const opening = Math.max(0, text.lastIndexOf(quote, error.pos[0] - 1));
    return unreadable('This quote is never closed.', { start: opening, end: opening + 1 });
  }
  const [, ...better] = finer.find(([pattern]) => pattern.test(error.message)) ?? [];
  const [message = 'This can’t stand here.', help] = better.length > 0 ? better : (words[error.code] ?? []);
  const [start, end] = error.pos;
  return unreadable(message, { start, end: Math.max(start, end) }, help);
}

/**
 * A first key that stands further right than a key below it. The parser ends the document where the indentation
 * does, and calls every line from there on wrong, but the one that is.
 */
export function indentedStart(text: string): ReadProblem | undefined {
  const [, before = '', indent = ''] =
    /^(\ufeff?(?:[ \t]*(?:#.*)?\r?\n|---[ \t]*\r?\n)*)( +)[\w$"']/.exec(text) ?? [];
  const start = before.length;
  const keys = [...text.slice(start).matchAll(/^( *)[\w$"'][^\s:]*:(?:\s|$)/gm)];
  if (!keys.some(([, spaces = '']) => spaces.length < indent.length)) return undefined;
  return unreadable(
    'This line stands further right than keys below it.',
    { start, end: start + indent.length },
    'Remove the spaces before it: keys of one mapping begin in the same column.',
  );
}
