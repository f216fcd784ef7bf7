import {
  apartFromLookups,
  type Path,
  type Policy,
  type SourceRange,
  slotsOf,
  subjectSlotsOf,
  withLookups,
} from '@claimsmith/core';
import { changed, expressionChanges } from './expression-changes.ts';
import { policyChanges } from './policy-changes.ts';

/** A policy with one small change. */
export interface Mutant {
  /** Where the change is in the spec. */
  readonly path: Path;
  readonly range: SourceRange;
  readonly was: string;
  readonly became: string;
  readonly policy: Policy;
}

/** Every small change of a policy that gives a valid policy, in the order of the spec's text. */
export function mutantsOf(policy: Policy): readonly Mutant[] {
  const whole = withLookups(policy);
  const ofExpressions = slotsOf(whole).flatMap(({ path, expression, replace }) =>
    expressionChanges(expression).flatMap((change): readonly Mutant[] => {
      const mutant = replace(changed(expression.source, change));
      if (mutant === undefined) return [];
      const range = policy.written.within(path, change.start, change.end);
      const was = expression.source.slice(change.start, change.end);
      return [{ path, range, was, became: bare(change.text), policy: mutant }];
    }),
  );
  const ofSubjects = subjectSlotsOf(whole).map(({ path, subjects, everybody }): Mutant => {
    const was = `subjects: [${subjects.kinds.join(', ')}]`;
    return { path, range: policy.source.key(path), was, became: 'for everybody', policy: everybody };
  });
  const others = policyChanges(whole).map((change): Mutant => {
    const last = change.path.at(-1);
    const isKey = change.path.length === 2 || typeof last === 'number';
    return { ...change, range: isKey ? policy.source.key(change.path) : policy.source.value(change.path) };
  });
  return [...ofExpressions, ...ofSubjects, ...others]
    .map((mutant) => ({ ...mutant, policy: apartFromLookups(policy, mutant.policy) }))
    .toSorted((a, b) => a.range.start.offset - b.range.start.offset);
}

/** Without the parentheses that only keep it together. */
function bare(text: string): string {
  let depth = 0;
  for (const [at, character] of [...text].entries()) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    // The first one ends before the text does: it holds only a part.
    if (depth === 0 && at < text.length - 1) return text;
  }
  return text.startsWith('(') ? text.slice(1, -1) : text;
}
