import { deedIn } from './only-asks.ts';
import type { TextProblem } from './request.ts';

/** A query, split at its parameters, and its problems. */
export interface QueryReading {
  /** The text around the parameters: one piece more than parameters. */
  readonly query: readonly string[];
  /** The parameter at each cut; `start` is where its colon stands. */
  readonly bound: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  readonly problems: readonly QueryProblem[];
}

export interface QueryProblem extends TextProblem {
  readonly rule: 'TE014' | 'TE410';
}

/**
 * The tokens of SQL, as far as needed to find parameters. A text that databases read differently is refused: a comment
 * in one database could be a query in another.
 */
const token = new RegExp(
  [
    /(?<quoted>'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\$(?<tag>(?:[A-Za-z_]\w*)?)\$[\s\S]*?\$\k<tag>\$)/,
    /(?<comment>--[^\n]*|\/\*[\s\S]*?\*\/)/,
    /(?<placed>\$?\{[^}]*\}?)/,
    /:(?<parameter>[A-Za-z_]\w*)/,
    /(?<word>::|:=|\d[\w.$]*|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|#>>?|#-)/,
    /(?<space>\s+)/,
    /(?<end>;)/,
    /(?<other>\/\*|@[\w@]|[\s\S])/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'g',
);

/** Reads a query: `:name` is a parameter, except in quotes and comments. */
export function readQuery(text: string, parameters: readonly string[]): QueryReading {
  const query: string[] = [];
  const bound: { name: string; start: number; end: number }[] = [];
  const problems: QueryProblem[] = [];
  let bare = '';
  let from = 0;
  let isOver = false;
  for (const match of text.matchAll(token)) {
    const { quoted, comment, placed, parameter, space, end, other } = match.groups ?? {};
    const start = match.index;
    bare +=
      quoted === undefined && comment === undefined
        ? match[0]
        : match[0].replace(/./gs, quoted === undefined ? ' ' : '"');
    const report = (problem: Omit<QueryProblem, 'start' | 'end'>, offset = 0, length = match[0].length) =>
      problems.push({ ...problem, start: start + offset, end: start + offset + length });
    if (isOver && space === undefined && comment === undefined && end === undefined) {
      report(severalStatements, 0, text.length - start);
      break;
    }
    if (parameter !== undefined) {
      query.push(text.slice(from, start));
      from = start + match[0].length;
      bound.push({ name: parameter, start, end: from });
    } else if (quoted !== undefined) {
      const found = quotedProblem(quoted, parameters);
      if (found) report(found.problem, found.index, found.length);
    } else if (comment !== undefined) {
      if (/^--\S|^\/\*(?:!|[\s\S]*\/\*)/.test(comment)) report(ambiguousComment);
    } else if (placed !== undefined) {
      report(placed.startsWith('$') ? settingInQuery : placedInQuery);
    } else if (end !== undefined) {
      isOver = true;
    } else if (other !== undefined) {
      const problem = otherProblem(other);
      if (problem) report(problem);
      // After an open quote, tokens can no longer be recognized.
      if (problem === notClosed) break;
    }
  }
  const deed = problems.length === 0 ? deedIn(bare) : undefined;
  if (deed !== undefined) {
    const { start, end, what } = deed;
    const message = `A source may only read, but \`${what}\` does more.`;
    const help = 'Begin the query with `select`, and let it only read.';
    problems.push({ rule: 'TE014', start, end, message, help });
  }
  return { query: [...query, text.slice(from)], bound, problems };
}

type Words = Omit<QueryProblem, 'start' | 'end'>;

const asParameter = 'Write `:id` without quotes, and `params: { id: user.id }` beside the query.';
const placedInQuery: Words = {
  rule: 'TE410',
  message: 'A value in the text of a query becomes part of the query, and can change what it does.',
  help: asParameter,
};
const settingInQuery: Words = {
  rule: 'TE410',
  message: 'A setting would become part of the query, and could change what it does.',
  help: 'Write the text itself in the query, and bind values with `params`.',
};
const severalStatements: Words = {
  rule: 'TE014',
  message: 'A query is one statement; another one begins here.',
  help: 'Combine them into one statement, or make two sources.',
};
const ambiguousComment: Words = {
  rule: 'TE014',
  message: 'Databases disagree about which part of this is a comment.',
  help: 'Write `-- ` with a space after it, or `/* … */` without another inside.',
};
const ambiguousText: Words = {
  rule: 'TE014',
  message: 'Databases disagree about backslashes in quotes, and so about where this text ends.',
  help: 'Bind the text as a parameter.',
};
const notClosed: Words = { rule: 'TE014', message: 'This quote or comment is not closed.' };
const foreignParameter: Words = {
  rule: 'TE014',
  message: 'Some databases read this as a parameter or a variable.',
  help: 'Write a parameter as `:name`. For an operator, use the function of the same meaning.',
};

function otherProblem(char: string): Words | undefined {
  if (['"', "'", '`', '/*'].includes(char)) return notClosed;
  if (char === '#') return ambiguousComment;
  return char === '?' || char === '$' || /^@./.test(char) ? foreignParameter : undefined;
}

function quotedProblem(quoted: string, parameters: readonly string[]) {
  const isDollar = quoted.startsWith('$');
  const backslash = isDollar ? -1 : quoted.indexOf('\\');
  if (backslash >= 0) return { problem: ambiguousText, index: backslash, length: 1 };
  const placed = /\$\{[^}]*\}?|\{\s*[A-Za-z_]\w*[.[(][^}]*\}/.exec(quoted);
  if (placed) {
    const problem = placed[0].startsWith('$') ? settingInQuery : placedInQuery;
    return { problem, index: placed.index, length: placed[0].length };
  }
  for (const { 0: found, 1: name = '', index } of quoted.matchAll(/(?<!:):([A-Za-z_]\w*)/g)) {
    if (!parameters.includes(name)) continue;
    const message = `In quotes, \`${found}\` is text and not a parameter.`;
    const help = "Remove the quotes. To use it as part of a text, join it: `'%' || :name`.";
    return { problem: { rule: 'TE014', message, help } as const, index, length: found.length };
  }
  return undefined;
}
