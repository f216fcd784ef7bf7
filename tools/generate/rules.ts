import { catalogue } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';

/** docs/rules.md: every rule by id. */
export function rulesPage(): GeneratedFile {
  const sections = catalogue.map(
    ({ id, slug, severity, also, title, why, reference }) =>
      `## ${id} ${slug}\n\n${title}\n\n${why}${reference ? ` See <${reference}>.` : ''} Severity: ${[severity, ...(also ?? [])].join(' or ')}.\n`,
  );
  return {
    path: 'docs/rules.md',
    content: `# Rules\n\nWhat \`claimsmith check\` looks for, by the id that stands in each finding. Made from the rules themselves.\n\n${sections.join('\n')}`,
  };
}
