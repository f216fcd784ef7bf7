import type { Change } from './change.ts';
import type { Decision } from './decisions.ts';

/**
 * - `wider`: shown by a decision, or certain from the text of the spec
 * - `unknown`: neither shown nor ruled out
 * - `narrower`: certain from the text: every change can only take away
 * - `same`: nothing that tokens grant has changed
 */
export type Risk = 'wider' | 'unknown' | 'narrower' | 'same';

/** The risk of a change as a whole, and why. */
export interface Judged {
  readonly risk: Risk;
  /** The parts that are wider, or whose value is another one, each with whether somebody has said so. */
  readonly wider: readonly WiderPart[];
  /** The parts of which nobody can tell. */
  readonly unknown: readonly string[];
}

export interface WiderPart {
  readonly part: string;
  readonly isAllowed: boolean;
}

/**
 * Scenarios are examples: they can show that a change is wider, and never that it is not.
 *
 * @param allowed parts that somebody has said may be wider
 */
export function judged(
  changes: readonly Change[],
  decisions: readonly Decision[],
  allowed: readonly string[],
): Judged {
  const shown = decisions.filter(({ effect }) => effect === 'wider' || effect === 'changed');
  const parts = new Set([
    ...changes.filter(({ effect }) => effect === 'wider' || effect === 'changed').map(({ part }) => part),
    ...shown.flatMap(({ parts }) => parts),
  ]);
  const wider = [...parts].sort().map((part) => ({ part, isAllowed: allowed.includes(part) }));
  const unknown = [
    ...new Set(
      changes.filter(({ effect, part }) => effect === 'unknown' && !parts.has(part)).map(({ part }) => part),
    ),
  ].sort();
  const isWider =
    changes.some(({ effect }) => effect === 'wider') || decisions.some(({ effect }) => effect === 'wider');
  const isUnknown = wider.length > 0 || unknown.length > 0;
  const isNarrower =
    changes.some(({ effect }) => effect === 'narrower') ||
    decisions.some(({ effect }) => effect === 'narrower');
  return {
    risk: isWider ? 'wider' : isUnknown ? 'unknown' : isNarrower ? 'narrower' : 'same',
    wider,
    unknown,
  };
}
