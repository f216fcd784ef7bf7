import type { Finding } from '../finding.ts';
import { byFile } from './order.ts';

/** Findings with one cause: the first, and the others that the same change fixes. */
export interface FoldedFinding extends Finding {
  readonly others: readonly Finding[];
}

/**
 * One finding for each cause, in the order of their first places. Findings with the same rule, file, issuer, severity
 * and help have the same cause.
 */
export function fold(findings: readonly Finding[]): readonly FoldedFinding[] {
  const groups = new Map<string, Finding[]>();
  for (const finding of byFile(findings)) {
    const key = causeOf(finding) ?? String(groups.size);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [finding]);
    else group.push(finding);
  }
  return [...groups.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, ...sharedHelp(first, others), others }],
  );
}

/** Identifies the cause; undefined if no other finding is known to share it. */
function causeOf({ rule, severity, range, issuer, help, remedy, accepted }: Finding): string | undefined {
  const way = remedy ?? help;
  return way === undefined
    ? undefined
    : JSON.stringify([rule, severity, range?.file, issuer, way, accepted?.place]);
}

function sharedHelp(first: Finding, others: readonly Finding[]): Pick<Finding, 'help'> {
  const isShared = others.every(({ help }) => help === first.help);
  return isShared || first.remedy === undefined ? {} : { help: first.remedy };
}

/** How a finding differs from the first of its cause: the first name in its message that the other lacks. */
export function nameOf(finding: Finding, first: Finding): string | undefined {
  const known = new Set(namesIn(first.message));
  return namesIn(finding.message).find((name) => !known.has(name));
}

function namesIn(message: string): readonly string[] {
  return message.match(/`[^`]+`/g) ?? [];
}
