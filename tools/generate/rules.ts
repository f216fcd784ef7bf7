import { catalogue, rulePage } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';

/** docs/rules.md: every rule by id. */
export function rulesPage(): GeneratedFile {
  const sections = catalogue.map((rule) => `## ${rule.id} ${rule.slug}\n\n${rulePage(rule)}\n`);
  return {
    path: 'docs/rules.md',
    content: `# Rules\n\nWhat \`claimsmith check\` looks for, by the id that stands in each finding. Made from the rules themselves;\n\`claimsmith explain TE203\` prints one of them. The examples leave out \`version\` and \`name\`.\n\n${sections.join('\n')}`,
  };
}
