import { catalogue, type RuleInfo, rulePage, severitiesOf } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';

/** docs/rules.md, the list of all rules, and a page for each in docs/rules. */
export function rulesPages(): readonly GeneratedFile[] {
  const pages = catalogue.map((rule) => ({
    path: `docs/rules/${rule.id}.md`,
    content: `# ${rule.id} ${rule.slug}\n\n${rulePage(rule)}\n\n[All rules](../rules.md)\n`,
  }));
  return [{ path: 'docs/rules.md', content: `${head}\n${families.map(section).join('\n')}` }, ...pages];
}

const head = `# Rules

These are the rules of \`claimsmith check\`, by the id that each finding shows. Each has a page that says why it is there, with a
bad and a good example, which leave out \`version\` and \`name\`, and the standards that ask for it. \`claimsmith explain TE203\`
prints one. The pages are generated from the rules.

A spec can accept findings until a date, under \`accept\` ([spec.md](spec.md)). The last line of a page says whether that is
limited. Rules with a profile are applied only with \`claimsmith check --profile auditor\` or \`--profile pedantic\`, or if the
spec asks for them: \`profiles: [auditor]\`.
`;

/** Rules by the beginning of their ids. */
const families = [
  { of: /^TE0/, title: 'Reading a spec' },
  { of: /^TE1/, title: 'Names' },
  { of: /^TE2/, title: 'Who relies on what' },
  { of: /^TE3/, title: 'As little as possible' },
  { of: /^TE4/, title: 'Secrets, personal data, sources' },
  { of: /^TE5/, title: 'Age and lifetime' },
  { of: /^TE6/, title: 'Owners, reviews, acceptances' },
  { of: /^TE7/, title: 'Failure' },
  { of: /^TE8/, title: 'Limits of issuers' },
  { of: /^TE9/, title: 'Exports and environments' },
  { of: /^TEA/, title: 'Scopes' },
  { of: /^TEN/, title: 'Machines and agents' },
] as const;

function section({ of, title }: (typeof families)[number]): string {
  const rules = catalogue.filter(({ id }) => of.test(id));
  return rules.length === 0
    ? ''
    : `## ${title}\n\n| rule | severity | asks that |\n|---|---|---|\n${rules.map(row).join('\n')}\n`;
}

function row(rule: RuleInfo): string {
  const { id, slug, title, profile } = rule;
  const when = profile === undefined ? '' : `, ${profile}`;
  return `| [${id}](rules/${id}.md) ${slug} | ${severitiesOf(rule)}${when} | ${title.replaceAll('|', '\\|')} |`;
}
