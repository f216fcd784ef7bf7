import type { DetailedError } from '@cedar-policy/cedar-wasm/nodejs';
import type { Finding } from '@claimsmith/core';
import type { TextFile } from '@claimsmith/core/spec';
import type { JoinedTexts } from './statements.ts';

/** What Cedar says of texts, each at its place. */
export function findingsOf(
  errors: readonly DetailedError[],
  texts: JoinedTexts | undefined,
  file: TextFile,
): readonly Finding[] {
  return errors.map((error) => {
    const [place] = error.sourceLocations ?? [];
    const range = place && texts?.rangeOf(place.start, place.end);
    const start = { line: 1, column: 1, offset: 0 };
    const message = sentence(error.message);
    // A policy that never applies permits or forbids nothing, so it is not what its author meant.
    const isImpossible = message.startsWith('Policy is impossible');
    const help = error.help ?? place?.label ?? (isImpossible ? neverApplies : undefined);
    const isMild = error.severity === 'warning' || error.severity === 'advice';
    return {
      rule: 'TE020',
      severity: isMild && !isImpossible ? 'warning' : 'error',
      message,
      range: range ?? { file: file.file, start, end: start },
      ...(help !== undefined && { help: sentence(help) }),
    };
  });
}

const neverApplies =
  'Look for a misspelt attribute after `has`, and for conditions that contradict each other; or remove the policy.';

/** Cedar's messages are phrases. */
export function sentence(phrase: string): string {
  const text = phrase.trim().replace(/^for policy `[^`]*`, /, '');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;
}
