import { formatPath, type Path, type Span } from '../finding.ts';
import { maxDepth, maxValues } from './limits.ts';
import type { Locator } from './locate.ts';
import { problem, type ReadProblem, tooDeep, unreadable } from './problem.ts';
import { readRules } from './rule-ids.ts';

export interface PlainData {
  readonly data: unknown;
  readonly problems: readonly ReadProblem[];
  readonly refused: readonly Path[];
}

/** The state while copying one spec. */
interface Copying {
  readonly locate: Locator;
  readonly problems: ReadProblem[];
  readonly refused: Path[];
  values: number;
}

/** Copies a script's data as a file could express it: without functions, class instances, cycles or prototype names. */
export function plainData(data: unknown, locate: Locator): PlainData {
  const work: Copying = { locate, problems: [], refused: [], values: 0 };
  try {
    return { data: copy(work, data, []), problems: work.problems, refused: work.refused };
  } catch {
    // A getter or a proxy of the script threw.
    return {
      data: undefined,
      problems: [unreadable('The spec cannot be read as data.', placeOf(work, []))],
      refused: [[]],
    };
  }
}

function placeOf({ locate }: Copying, path: Path): Span {
  for (let length = path.length; length > 0; length -= 1) {
    const span = locate.value(path.slice(0, length));
    if (span) return span;
  }
  return locate.value([]) ?? { start: 0, end: 0 };
}

function refuse({ problems, refused }: Copying, found: ReadProblem, path: Path): undefined {
  problems.push(found);
  refused.push(path);
}

function copy(work: Copying, value: unknown, path: Path): unknown {
  work.values += 1;
  if (work.values === maxValues + 1)
    refuse(work, unreadable(`The spec holds more than ${maxValues} values.`, placeOf(work, path)), path);
  if (work.values > maxValues) return undefined;
  const no = (reason: string) =>
    refuse(work, problem(readRules.wrongValue, reason, placeOf(work, path)), path);
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || value === undefined)
    return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value))
      return no('A number must be finite, because JSON, and so a token, cannot hold others.');
    return value === 0 ? 0 : value;
  }
  if (typeof value !== 'object') return no(`${subject(path)} is a ${typeof value}; a spec holds plain data.`);
  if (path.length >= maxDepth) return refuse(work, tooDeep(placeOf(work, path)), path);
  if (Array.isArray(value))
    return Array.from(value, (item: unknown, index) => copy(work, item, [...path, index]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype) {
    return no(`${subject(path)} is an object of a class; a spec holds plain data.`);
  }
  return copyObject(work, value, path);
}

function copyObject(work: Copying, value: object, path: Path): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [name, item] of Object.entries(value)) {
    const at = [...path, name];
    if (name in {}) {
      const message = `\`${name}\` cannot be used as a name, because every JavaScript object has a property of that name.`;
      const span = work.locate.key(at) ?? placeOf(work, path);
      work.problems.push(problem(readRules.unsafeName, message, span, 'Choose another name.'));
    } else if (item !== undefined) result[name] = copy(work, item, at);
  }
  return result;
}

function subject(path: Path): string {
  return path.length === 0 ? 'The spec' : `\`${formatPath(path)}\``;
}
