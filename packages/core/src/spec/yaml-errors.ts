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

export function syntaxProblem(error: YAMLParseError, text: string): ReadProblem {
  const [message, help] = words[error.code] ?? fromParser(error, text);
  const [start, end] = error.pos;
  return unreadable(message, { start, end: Math.max(start, end) }, help);
}

function fromParser(error: YAMLParseError, text: string): Words {
  const afterQuotes = /["'][ \t]*$/.test(text.slice(Math.max(0, error.pos[0] - 100), error.pos[0]));
  if (error.code === 'UNEXPECTED_TOKEN' && afterQuotes) {
    return ['The value has ended with the quote; nothing can follow it.', quoteIt];
  }
  // Some of its messages quote the text at fault, which may be long.
  const message = (error.message.split(/[:\n]/, 1)[0] ?? '').slice(0, 120);
  return [message.endsWith('.') ? message : `${message}.`];
}
