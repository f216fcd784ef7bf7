import { type Expr, type Expression, operationOf } from '@claimsmith/cel';
import type { Path, Span, SpecSource } from './finding.ts';
import { partOf } from './loss/evaluate.ts';
import type { Situation } from './loss/known.ts';
import { looksIn, lossesOf } from './loss/losses.ts';
import { hereOf } from './loss/pairs.ts';
import type { Guarded, Guards, Piece, Policy, Subjects } from './policy.ts';
import type { Spec } from './spec/schema.ts';

/** The built-in kinds of subject: the values of `subject_type`. */
export const builtInKinds: readonly string[] = ['human', 'machine', 'agent'];

const people = 'subject_type == "human"';
/** A person without an id does not escape the rule. */
const users = '(subject_type == "human" || has(user.id))';

interface Guard {
  readonly subjects: Subjects;
  readonly behind: (condition: Expression | undefined) => Guarded | undefined;
}

/** The guards that a spec itself says with `subjects`. Kinds that do not exist have been reported. */
export function saidGuards(spec: Spec): Guards {
  const guards = new Map<string, Guard>();
  const add = (path: Path, kinds: readonly string[] = [], each: 'one kind' | 'any kind') => {
    const text = kinds.length === 0 ? undefined : kindsText(spec, kinds, each);
    if (text !== undefined) guards.set(key(path), guardOf({ kinds, because: undefined }, text));
  };
  for (const [name, { subjects }] of Object.entries(spec.claims))
    add(['claims', name, 'when'], subjects, 'one kind');
  for (const section of ['deny', 'challenge'] as const)
    for (const [index, { subjects }] of (spec[section] ?? []).entries())
      add([section, index, 'when'], subjects, 'any kind');
  return guardsOf(guards);
}

function guardOf(subjects: Subjects, text: string): Guard {
  return {
    subjects,
    behind: (condition) => joined([{ guard: text, written: condition && wholeOf(condition) }]),
  };
}

/**
 * The condition for being of one of some kinds; undefined if everybody is.
 *
 * @param each `one kind`: a subject has one kind, the first that is true. `any kind`: a person of a declared kind still
 * counts as `human`, so that a deny rule meets at least the subjects that it names
 */
function kindsText(
  { subjects: declared = {} }: Spec,
  wanted: readonly string[],
  each: 'one kind' | 'any kind',
): string | undefined {
  const builtIn = builtInKinds.filter((kind) => wanted.includes(kind));
  const own = Object.entries(declared);
  const isAll = builtIn.length === builtInKinds.length;
  if (isAll && (each === 'any kind' || own.every(([kind]) => wanted.includes(kind)))) return undefined;
  const [only] = builtIn;
  const last =
    builtIn.length === 0
      ? 'false'
      : isAll
        ? 'true'
        : builtIn.length === 1
          ? `subject_type == "${only}"`
          : `subject_type in [${builtIn.map((kind) => `"${kind}"`).join(', ')}]`;
  if (own.length === 0) return last;
  if (each === 'one kind') {
    const tests = own.map(([kind, condition]) => `${inParentheses(condition)} ? ${wanted.includes(kind)} : `);
    return `(${tests.join('')}${last})`;
  }
  const named = own.filter(([kind]) => wanted.includes(kind));
  const conditions = named.map(([, condition]) => inParentheses(condition));
  const any = [...(builtIn.length === 0 ? [] : [last]), ...conditions];
  return any.length === 1 ? any[0] : `(${any.join(' || ')})`;
}

/**
 * Adds the guards that a spec does not say. A claim or a grant that reads, without a check, what only people have is for
 * people. Such a deny rule is for everybody who has a user. A token never gets more than with `subject_type` in each
 * condition.
 *
 * @returns `said` itself if there are none
 */
export function inferredGuards(policy: Policy, said: Guards): Guards {
  const guards = new Map<string, Guard>();
  // A grant for a kind names its subjects; only the grant for the other kinds does not.
  const scopes = policy.scopes.flatMap(({ others, ...scope }) =>
    others === undefined ? [] : [{ ...scope, others, grant: others, path: ['scopes', scope.name, 'grant'] }],
  );
  const withUser = ruleGuard(policy);
  const { spec, context, sources, applies, claims, deny, details } = policy;
  const judged = { spec, context, sources, applies, claims, deny, scopes, details };
  for (const { part, path, name, read } of lossesOf(judged, nobody('machine'))) {
    if (part === 'policy') continue;
    const at = part === 'claim' ? ['claims', name, 'when'] : path;
    if (saysSubjects(policy.spec, at)) continue;
    if (part !== 'deny') guards.set(key(at), guardOf({ kinds: ['human'], because: read }, people));
    else guards.set(key(at), { subjects: { kinds: ['user'], because: read }, behind: withUser });
  }
  const inferred = guardsOf(guards);
  if (guards.size === 0) return said;
  return {
    subjects: (path) => said.subjects(path) ?? inferred.subjects(path),
    behind: (path, condition) => said.behind(path, condition) ?? inferred.behind(path, condition),
  };
}

/** A token that is not about a person, and has no user. */
function nobody(subject: 'machine' | 'agent'): Situation {
  return {
    where: '',
    values: { subject_type: subject },
    absent: ['user', 'session', 'connection'],
    lost: [],
  };
}

/**
 * The guard of deny rules that nobody limits. It covers the alternatives of a rule that need a user. A rule that has an
 * alternative which may fail or be true without a user is left as it is, so that it still denies.
 */
function ruleGuard(policy: Policy): Guard['behind'] {
  const looks = (['machine', 'agent'] as const).map((kind) => looksIn(policy, nobody(kind)));
  return (condition) => {
    if (condition === undefined) return undefined;
    const alternatives = alternativesOf(condition, { start: 0, end: condition.source.length }).map((part) => {
      const found = looks.map((look) => look(partOf(condition, part.root)));
      const needsUser = found.some(({ bare }) => bare !== undefined);
      const mayHold = found.some(({ effect }) => hereOf(effect.pairs).includes('true'));
      return { part, needsUser, isOpen: needsUser && mayHold };
    });
    if (alternatives.some(({ isOpen }) => isOpen)) return undefined;
    return joined(
      alternatives.every(({ needsUser }) => needsUser)
        ? [{ guard: users, written: wholeOf(condition) }]
        : alternatives.map(({ part, needsUser }) => ({
            guard: needsUser ? users : undefined,
            written: part,
          })),
    );
  };
}

/** A part of a text, and what it means. */
interface Written extends Span {
  readonly source: string;
  readonly root: Expr;
}

function wholeOf({ source, root }: Expression): Written {
  return { source, root, start: 0, end: source.length };
}

/** The operands of `||` at the top of a condition, as far as they are not in parentheses. */
function alternativesOf(
  { source, root }: Pick<Expression, 'source' | 'root'>,
  span: Span,
): readonly Written[] {
  const operation = operationOf(root);
  const isBare = source.slice(span.start, root.range.start).trim() === '';
  if (operation?.kind !== 'or' || root.kind !== 'call' || !isBare) return [{ source, root, ...span }];
  const { start, end } = root.nameRange;
  return [
    ...alternativesOf({ source, root: operation.left }, { start: span.start, end: start }),
    ...alternativesOf({ source, root: operation.right }, { start: end, end: span.end }),
  ];
}

function saysSubjects(spec: Spec, [section, name]: Path): boolean {
  if (section === 'claims') return spec.claims[String(name)]?.subjects !== undefined;
  if (section !== 'deny' && section !== 'challenge') return false;
  return spec[section]?.[Number(name)]?.subjects !== undefined;
}

/** Alternatives, each behind its guard, in one text. */
function joined(
  alternatives: readonly { readonly guard: string | undefined; readonly written: Written | undefined }[],
): Guarded {
  const pieces: Piece[] = [];
  let text = '';
  for (const [index, { guard, written }] of alternatives.entries()) {
    if (index > 0) text += ' || ';
    if (guard !== undefined) text += written === undefined ? guard : `${guard} && `;
    if (written === undefined) continue;
    const said = written.source.slice(written.start, written.end);
    const isLoose = alternatives.length > 1 || bindsLoosely(said) || said.includes('//');
    const start = text.length + (isLoose ? 1 : 0);
    text += isLoose ? inParentheses(said) : said;
    pieces.push({ start, end: start + said.length, from: written.start });
  }
  return { text, pieces };
}

/** By the text, because a tree lacks what a constant rules out: `issuer == "a" || user.vip` is a single read at issuer `b`. */
function bindsLoosely(text: string): boolean {
  return /\|\||(?<![.[{])\?/.test(text);
}

/** The end is on a line of its own if the text may end in a comment. */
function inParentheses(text: string): string {
  return text.includes('//') ? `(${text}\n)` : `(${text})`;
}

/** A source that finds the author's texts in guarded conditions. */
export function behindGuards(written: SpecSource, guarded: GuardedTexts): SpecSource {
  return {
    ...written,
    within(path, start, end) {
      const pieces = guarded.at(path);
      if (pieces === undefined) return written.within(path, start, end);
      const piece = pieces.find((one) => start >= one.start && end <= one.end);
      if (piece !== undefined)
        return written.within(path, piece.from + start - piece.start, piece.from + end - piece.start);
      const isGuard = !pieces.some((one) => start < one.end && end > one.start);
      return isGuard ? written.key([...path.slice(0, -1), 'subjects']) : written.value(path);
    },
  };
}

/** Where guarded conditions have the author's texts. */
export interface GuardedTexts {
  at(path: Path): readonly Piece[] | undefined;
  add(path: Path, pieces: readonly Piece[]): void;
}

export function guardedTexts(): GuardedTexts {
  const texts = new Map<string, readonly Piece[]>();
  return { at: (path) => texts.get(key(path)), add: (path, pieces) => void texts.set(key(path), pieces) };
}

function guardsOf(guards: ReadonlyMap<string, Guard>): Guards {
  return {
    subjects: (path) => guards.get(key(path))?.subjects,
    behind: (path, condition) => guards.get(key(path))?.behind(condition),
  };
}

function key(path: Path): string {
  return JSON.stringify(path);
}
