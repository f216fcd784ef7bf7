import type { ExcludedTest } from './suite.ts';

/** `protobuf 694, uint 264, ...`, largest first. */
export function countByGroup(excluded: readonly ExcludedTest[]): string {
  return [...byGroup(excluded)]
    .toSorted(([, left], [, right]) => right.length - left.length)
    .map(([group, tests]) => `${group} ${tests.length}`)
    .join(', ');
}

/** Every excluded test by name, with its reason, as Markdown for a checked-in file. */
export function exclusionList(excluded: readonly ExcludedTest[], total: number): string {
  const sections = [...byGroup(excluded)].map(([group, tests]) =>
    [`## ${group}: ${tests.length}`, '', `${tests[0]?.reason ?? ''}.`, '', ...tests.map(line)].join('\n'),
  );
  return `${[
    '# Conformance tests outside the JSON profile',
    `cel-spec v0.25.1: ${excluded.length} of ${total} tests are excluded, by the rules in select.ts. Written by \`vitest run -u\`.`,
    ...sections,
  ].join('\n\n')}\n`;
}

function byGroup(excluded: readonly ExcludedTest[]): Map<string, ExcludedTest[]> {
  const groups = new Map<string, ExcludedTest[]>();
  for (const test of excluded) groups.set(test.group, [...(groups.get(test.group) ?? []), test]);
  return groups;
}

const SHOWN_CHARACTERS = 90;

function line({ name, test }: ExcludedTest): string {
  // One line of printable ASCII each: the expressions hold control characters.
  const text = test.expr
    .replaceAll(/[^\x20-\x7e]+/g, ' ')
    .replaceAll('`', "'")
    .trim();
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
  return `- ${name}: \`${shown}\``;
}
