import { catalogue, rulePage } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';

/** docs/rules.md: every rule by id. */
export function rulesPage(): GeneratedFile {
  const sections = catalogue.map((rule) => `## ${rule.id} ${rule.slug}\n\n${rulePage(rule)}\n`);
  return {
    path: 'docs/rules.md',
    content: `# Rules\n\nThese are the rules of \`claimsmith check\`, by the id that each finding shows. The page is generated from the rules;\n\`claimsmith explain TE203\` prints one of them. The examples leave out \`version\` and \`name\`.\n\nA spec can accept findings until a date, under \`accept\` ([spec.md](spec.md)). The last line of a rule says whether that is\nlimited.\n\n${sections.join('\n')}`,
  };
}
