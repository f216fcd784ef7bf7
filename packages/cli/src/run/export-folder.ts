import { isMapping, type Policy } from '@claimsmith/core';
import type { Output } from '../output/folder.ts';
import type { IssuerPart } from './exported.ts';

/** The folder of a format: the files of all issuers, the files that they share, and a page about it. */
export function exportFolder(
  policy: Policy,
  parts: readonly IssuerPart[],
): Pick<Output, 'artifacts' | 'kept' | 'busy'> {
  const shared = new Map<string, Mapping>();
  for (const { exported } of parts) {
    for (const [path, data] of Object.entries(exported.shared ?? {}))
      shared.set(path, merged(shared.get(path) ?? {}, { ...data }));
  }
  return {
    artifacts: [
      { path: parts[0]?.exported.pagePath ?? 'README.md', content: page(policy, parts) },
      ...[...shared].map(([path, data]) => ({ path, content: `${JSON.stringify(data, undefined, 2)}\n` })),
      ...parts.flatMap(({ exported }) => exported.files),
    ],
    kept: [...new Set(parts.flatMap(({ exported }) => exported.kept ?? []))],
    busy: [...new Set(parts.flatMap(({ exported }) => exported.busy ?? []))],
  };
}

type Mapping = Readonly<Record<string, unknown>>;

/** Two objects key by key, at every depth. */
function merged(left: Mapping, right: Mapping): Mapping {
  const result: Record<string, unknown> = { ...left };
  for (const [key, value] of Object.entries(right)) {
    const other = Object.hasOwn(result, key) ? result[key] : undefined;
    result[key] = isMapping(other) && isMapping(value) ? merged(other, value) : value;
  }
  return result;
}

function page({ name, revision }: Policy, parts: readonly IssuerPart[]): string {
  const [first] = parts;
  const sections = parts.map(({ issuer, exported }) => {
    const steps = exported.findings
      .filter(({ accepted }) => accepted === undefined)
      .map(({ message, help }) => `- ${message}${help === undefined ? '' : ` ${help}`}`);
    const left = steps.length === 0 ? '' : `\n### What this folder leaves to you\n\n${steps.join('\n')}\n`;
    return `## ${issuer.title}\n\n${exported.about.trimEnd()}\n${left}`;
  });
  return `# ${name}@${revision} for ${first?.exported.title}

Written by \`claimsmith export\` from an enrichment spec. Edit the spec, and export again.

${first?.exported.usage.trimEnd()}

${sections.join('\n')}`;
}
