import type { Artifact } from '@claimsmith/core';

/** A small change of a built file. */
export interface Mutant {
  readonly file: string;
  /** `rules.accessTokenLifetimeMinutes` in JSON; the line and the literal in JavaScript. */
  readonly at: string;
  readonly content: string;
}

/** Every mutant of a file: each value of JSON, and each literal of JavaScript that was written for the policy. */
export function mutantsOf(
  { path, content }: Artifact,
  isShared: (line: string) => boolean,
): readonly Mutant[] {
  if (path.endsWith('.json')) return jsonMutants(path, content);
  return /\.m?js$/.test(path) ? scriptMutants(path, content, isShared) : [];
}

type Step = string | number;

function jsonMutants(file: string, content: string): readonly Mutant[] {
  const root: unknown = JSON.parse(content);
  return leavesOf(root, []).flatMap(({ path, changed }) => {
    const at = path.join('.');
    const text = `${JSON.stringify(replaced(root, path, changed), undefined, 2)}\n`;
    return [{ file, at: changed === undefined ? `${at} (left out)` : at, content: text }];
  });
}

interface Leaf {
  readonly path: readonly Step[];
  /** Undefined: taken out of its list. */
  readonly changed: unknown;
}

function leavesOf(value: unknown, path: readonly Step[]): readonly Leaf[] {
  if (Array.isArray(value)) {
    const inside = value.flatMap((item, index) => [
      { path: [...path, index], changed: undefined },
      ...leavesOf(item, [...path, index]),
    ]);
    return inside;
  }
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) => leavesOf(inner, [...path, key]));
  return [{ path, changed: other(value) }];
}

/** Another value of the same type. */
function other(value: unknown): unknown {
  if (typeof value === 'number') return otherNumber(value);
  if (typeof value === 'boolean') return !value;
  // Text that stands for a switch is switched.
  if (value === 'true' || value === 'false') return value === 'true' ? 'false' : 'true';
  return `${String(value)}x`;
}

function replaced(value: unknown, [step, ...rest]: readonly Step[], changed: unknown): unknown {
  if (step === undefined) return changed;
  if (Array.isArray(value))
    return rest.length === 0 && changed === undefined
      ? value.toSpliced(Number(step), 1)
      : value.with(Number(step), replaced(value[Number(step)], rest, changed));
  if (typeof value !== 'object' || value === null) return value;
  return { ...value, [step]: replaced(Reflect.get(value, step), rest, changed) };
}

/** Comments, and literals: texts, regular expressions that stand where a value may, numbers, booleans. */
const tokens =
  /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|(?<=[(=:,!&|?]\s*)\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+\/\w*|\b\d[\w.]*|\b(?:true|false)\b/g;

function scriptMutants(
  file: string,
  content: string,
  isShared: (line: string) => boolean,
): readonly Mutant[] {
  return [...content.matchAll(tokens)].flatMap(({ 0: token, index }) => {
    if (token.startsWith('/*') || token.startsWith('//')) return [];
    const start = content.lastIndexOf('\n', index) + 1;
    const end = content.indexOf('\n', index);
    const line = content.slice(start, end);
    if (isShared(line.trim())) return [];
    const number = content.slice(0, index).split('\n').length;
    const changed = content.slice(0, index) + otherLiteral(token) + content.slice(index + token.length);
    return [{ file, at: `${number}: ${line.trim()} [${token}]`, content: changed }];
  });
}

/** Larger, so that nothing is shorter or stricter than before. */
function otherNumber(value: number): number {
  return value === 0 ? 99_999 : value * 10 + 1;
}

function otherLiteral(token: string): string {
  if (token === 'true' || token === 'false') return token === 'true' ? 'false' : 'true';
  if (/^\d/.test(token)) return String(otherNumber(Number(token)));
  // In front of what ends it; a backslash before would take that for a part.
  return `${token[0]}x${token.slice(1)}`;
}
