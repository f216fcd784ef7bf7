import { deedIn } from './only-asks.ts';
import type { TextProblem } from './request.ts';

/** A query cut where its parameters stand, and what is wrong with it. */
export interface QueryReading {
  /** Text around the parameters: one piece more than there are of them. */
  readonly query: readonly string[];
  /** The parameter at each cut; `start` is where its colon stands. */
  readonly bound: readonly { readonly name: string; readonly start: number; readonly end: number }[];
  readonly problems: readonly QueryProblem[];
}

export interface QueryProblem extends TextProblem {
  readonly rule: 'TE014' | 'TE410';
}

/**
 * What SQL consists of, as far as it takes to tell a parameter from what only looks like one. Where databases
 * disagree about a text, it is refused: what is a comment to one could be the query to another.
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

/** Reads a query: `:name` stands for a parameter, but for those in quotes and comments. */
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
      // What follows an open quote cannot be told apart any more.
      if (problem === notClosed) break;
    }
  }
  const deed = problems.length === 0 ? deedIn(bare) : undefined;
  if (deed !== undefined) {
    const { start, end, what } = deed;
    const message = `A source only asks: \`${what}\` here does more.`;
    const help = 'Begin the query with `select`, and let it read. What changes data has another place.';
    problems.push({ rule: 'TE014', start, end, message, help });
  }
  return { query: [...query, text.slice(from)], bound, problems };
}

type Words = Omit<QueryProblem, 'start' | 'end'>;

const asParameter = 'Write `:id` without quotes, and `params: { id: user.id }` beside the query.';
const placedInQuery: Words = {
  rule: 'TE410',
  message: 'What is put into the text of a query becomes part of it, whatever it holds.',
  help: asParameter,
};
const settingInQuery: Words = {
  rule: 'TE410',
  message: 'A setting would become part of the query, whatever it holds.',
  help: 'Write it out: the query belongs to the spec. Values are bound with `params`.',
};
const severalStatements: Words = {
  rule: 'TE014',
  message: 'A source asks with one statement; another begins here.',
  help: 'Join them into one, or make two sources.',
};
const ambiguousComment: Words = {
  rule: 'TE014',
  message: 'Databases disagree about what of this is a comment.',
  help: 'Write `-- ` with a space after it, or `/* … */` without another inside.',
};
const ambiguousText: Words = {
  rule: 'TE014',
  message: 'Databases disagree about a backslash in quotes, and so about where the text ends.',
  help: 'Bind the text as a parameter.',
};
const notClosed: Words = { rule: 'TE014', message: 'A quote or a comment that begins here is not closed.' };
const foreignParameter: Words = {
  rule: 'TE014',
  message: 'A database may take this for a parameter or a variable.',
  help: 'Write a parameter as `:name`, and an operator by the name of its function.',
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
    const message = `In quotes \`${found}\` is text, no parameter.`;
    const help = "Take the quotes away; a part of a text is joined to it: `'%' || :name`.";
    return { problem: { rule: 'TE014', message, help } as const, index, length: found.length };
  }
  return undefined;
}
