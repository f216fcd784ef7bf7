import { fill, visible } from '../output/text.ts';
import type { IssuerDecision } from '../proof/decide.ts';
import type { Page } from './preview.ts';

/** Below a scenario: why Cedar decides otherwise than expected, and what goes wrong in it even where it decides right. */
export function decisionNotes(
  decisions: readonly IssuerDecision[],
  differing: ReadonlySet<string>,
  { paint, width }: Page,
): string[] {
  const notes = new Map<string, { readonly wheres: string[]; readonly isProblem: boolean }>();
  for (const decision of decisions) {
    const { asked, allow, expected, problem, where } = decision;
    const isWrong = allow !== expected || differing.has(where);
    if (problem === undefined && !isWrong) continue;
    const why = `${asked} is ${allow ? 'allowed' : 'denied'}: ${problem ?? reasonOf(decision)}`;
    const note = notes.get(why) ?? { wheres: [], isProblem: problem !== undefined };
    notes.set(why, { ...note, wheres: [...note.wheres, where] });
  }
  return [...notes].flatMap(([why, { wheres, isProblem }]) => {
    const [first = '', ...more] = fill(visible(`${wheres.join(', ')}: ${why}`), Math.max(20, width - 4));
    return [
      `  ${isProblem ? paint.warn('!') : paint.faint('·')} ${first}`,
      ...more.map((line) => `    ${line}`),
    ];
  });
}

function reasonOf({ because, allow, isTokenDenied }: IssuerDecision): string {
  if (isTokenDenied === true) return 'the token is denied';
  if (because.length === 0) return 'no policy permits it';
  const places = because.map(({ file, line }) => `${file}:${line}`).join(', ');
  return `${places} ${allow ? 'permits' : 'forbids'} it`;
}
