import type { ErrorCode, YAMLParseError } from 'yaml';
import { type ReadProblem, unreadable } from './problem.ts';

type Words = readonly [message: string, help?: string];

const quoteIt = 'Put the whole value in single quotes.';
const sameColumn = 'Keys of one mapping begin in the same column.';

/** The errors of the YAML parser in the author's words; other errors keep the parser's words. */
const words: { readonly [code in ErrorCode]?: Words } = {
  ALIAS_PROPS: ['An alias can have neither an anchor nor a tag.'],
  BAD_ALIAS: ['This is not the name of an anchor.', `Text that starts with * or & must be quoted.`],
  BAD_DQ_ESCAPE: [
    'This escape is not valid in double quotes.',
    'In single quotes, a backslash is an ordinary character.',
  ],
  BAD_INDENT: ['The indentation of this line does not match any line above.', sameColumn],
  BAD_SCALAR_START: ['An unquoted value cannot start with this character.', quoteIt],
  BLOCK_AS_IMPLICIT_KEY: [
    'A mapping cannot begin on the line of its key.',
    'Quote a value that contains ": ".',
  ],
  BLOCK_IN_FLOW: ['Between braces or brackets, items are separated by commas, not by lines.'],
  DUPLICATE_KEY: ['This key appears twice in its mapping.'],
  KEY_OVER_1024_CHARS: ['A key is at most 1,024 characters long.'],
  MULTILINE_IMPLICIT_KEY: ['A key cannot span several lines.', 'Is a colon missing after the key above?'],
  MULTIPLE_ANCHORS: ['A value can have only one anchor.'],
  MULTIPLE_DOCS: ['A file may hold only one YAML document.'],
  MULTIPLE_TAGS: ['A value can have only one tag.', 'Text that starts with ! must be quoted.'],
  RESOURCE_EXHAUSTION: ['Mappings and lists are nested too deeply.'],
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
  [/Missing , (?:or : )?between/, 'A comma is missing between two items.'],
  [/Unexpected , in|Unexpected empty item/, 'There is one comma too many.'],
  [/Sequence item without/, 'A dash is missing before this item.'],
  [/Comments must be separated/, 'A comment begins after a space.', 'Text that holds # must be quoted.'],
  [/Tags and anchors/, 'A space is missing here.', 'Text that starts with & or ! must be quoted.'],
  [/[Bb]lock scalar/, 'The lines of this block are not indented in the same way as its first line.'],
  [/same line with key/, 'A list cannot begin on the line of its key.'],
  [/at node end/, 'The value has ended before this; nothing can follow it.', quoteIt],
];

/** The message for an error that the parser itself does not explain. */
export const unexplained = 'This is not allowed here.';

export function syntaxProblem(error: YAMLParseError, text: string): ReadProblem {
  const [, quote] = /closing (["'])quote/.exec(error.message) ?? [];
  if (quote !== undefined) {
    // The parser reports the end of the file; the author needs the beginning.
    const opening = Math.max(0, text.lastIndexOf(quote, error.pos[0] - 1));
    const within =
      quote === "'" ? "a single quote within is written twice: ''" : 'a double quote within is written \\"';
    const help = `End the text with a ${quote}; ${within}.`;
    return unreadable('This quote is never closed.', { start: opening, end: opening + 1 }, help);
  }
  const [, closing] = /(?:must|and) end with a ([}\]])/.exec(error.message) ?? [];
  if (closing !== undefined) return unclosed(closing, error.pos[0], text);
  const special = lineProblem(error, text);
  if (special) return special;
  const [, ...better] = finer.find(([pattern]) => pattern.test(error.message)) ?? [];
  const [message = unexplained, help] = better.length > 0 ? better : (words[error.code] ?? []);
  const [start, end] = error.pos;
  return unreadable(message, { start, end: Math.max(start, end) }, help);
}

/** A brace or bracket that is never closed. The parser reports a later place; the author needs the beginning. */
function unclosed(closing: string, noticed: number, text: string): ReadProblem {
  const opening = closing === '}' ? '{' : '[';
  let depth = 0;
  for (let at = noticed - 1; at >= 0; at--) {
    if (text[at] === closing) depth += 1;
    else if (text[at] === opening && depth === 0) {
      return unreadable(`This ${opening} is never closed.`, { start: at, end: at + 1 });
    } else if (text[at] === opening) depth -= 1;
  }
  return unreadable(`The closing ${closing} is missing.`, { start: noticed, end: noticed });
}

/** A better explanation from the line of the parser's error; undefined if there is none. */
function lineProblem({ code, message, pos: [start] }: YAMLParseError, text: string): ReadProblem | undefined {
  const lineStart = text.lastIndexOf('\n', start - 1) + 1;
  const [line = ''] = /^.*/.exec(text.slice(lineStart)) ?? [];
  const shown = line.trimEnd();
  const [, before = '', name = '', colon = '', value = ''] =
    /^( *(?:- +)?)([\w.$-]+)(:?)(.*)$/.exec(shown) ?? [];
  const end = lineStart + shown.length;
  if (code === 'MULTILINE_IMPLICIT_KEY' && name !== '') {
    const span = { start: lineStart + before.length, end };
    if (colon !== '' && /^\S/.test(value))
      return unreadable('A space is missing after the colon.', span, `Write \`${name}: …\`.`);
    if (colon === '' && value === '')
      return unreadable('A colon is missing after this key.', span, `Write \`${name}:\`.`);
  }
  if (code === 'BLOCK_AS_IMPLICIT_KEY' && /nested mapping/i.test(message)) {
    const stumbledAt = text.slice(start, end);
    if (/^[\w-]+:(?:\s|$)/.test(stumbledAt)) return undefined;
    if (/:(?:\s|$)/.test(stumbledAt))
      return unreadable('An unquoted value cannot contain a colon and a space.', { start, end }, quoteIt);
    // This line is correct: the next line continues its value and contains the colon.
    const next = lineStart + line.length + 1;
    const [indent = ''] = /^ */.exec(text.slice(next)) ?? [];
    const span = { start: next, end: next + indent.length };
    return unreadable('This line is indented further than the key above it.', span, sameColumn);
  }
  const [quote] = /^["']/.exec(value.trimStart()) ?? [];
  if (quote === undefined || !/at node end/.test(message)) return undefined;
  const help =
    quote === "'"
      ? 'Inside single quotes, use double quotes, or write each single quote twice.'
      : `The quotes of an expression do not quote it for YAML: put single quotes around the whole value, '"a" == …'.`;
  return unreadable('The value ends with its closing quote; nothing can follow it.', { start, end }, help);
}

/** One mistake that makes the parser stumble at many places. */
export function commonCause(errors: readonly YAMLParseError[], text: string): ReadProblem | undefined {
  return conflictMarker(text) ?? tabs(errors, text) ?? indentedStart(text);
}

function conflictMarker(text: string): ReadProblem | undefined {
  const marker = /^<{7}(?: .*)?$/m.exec(text);
  if (!marker || !/^={7}$/m.test(text) || !/^>{7}/m.test(text)) return undefined;
  const span = { start: marker.index, end: marker.index + marker[0].length };
  return unreadable('A merge conflict begins here.', span, 'Keep one side of it, and remove the markers.');
}

function tabs(errors: readonly YAMLParseError[], text: string): ReadProblem | undefined {
  const [first, ...more] = errors.filter(({ code }) => code === 'TAB_AS_INDENT');
  if (!first) return undefined;
  const where = more.length === 0 ? '' : `, here and in ${more.length === 1 ? 'a line' : 'lines'} below`;
  const [start] = first.pos;
  const [, blank = ''] = /^[ ]*(\t*)/.exec(text.slice(start)) ?? [];
  const span = { start, end: Math.max(first.pos[1], start + blank.length) };
  return unreadable(
    `A tab cannot indent YAML${where}.`,
    span,
    'Replace each tab with two spaces. Editors have a command for it: “Convert indentation to spaces”.',
  );
}

/**
 * A first key that is indented further than a later key. The parser ends the document at that later key and reports
 * every line after it, but not the wrong first line.
 */
function indentedStart(text: string): ReadProblem | undefined {
  const [, before = '', indent = ''] =
    /^(\ufeff?(?:[ \t]*(?:#.*)?\r?\n|---[ \t]*\r?\n)*)( +)[\w$"']/.exec(text) ?? [];
  const start = before.length;
  const keys = [...text.slice(start).matchAll(/^( *)[\w$"'][^\s:]*:(?:\s|$)/gm)];
  if (!keys.some(([, spaces = '']) => spaces.length < indent.length)) return undefined;
  return unreadable(
    'This line is indented further than keys below it.',
    { start, end: start + indent.length },
    'Remove the spaces before it: keys of one mapping begin in the same column.',
  );
}
