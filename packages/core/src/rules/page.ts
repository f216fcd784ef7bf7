import type { RuleInfo } from './rule.ts';
import { standards } from './standards.ts';

/** The page of a rule on the web. */
export function ruleUri(id: string): string {
  return `https://github.com/claimsmith/claimsmith/blob/main/docs/rules/${id}.md`;
}

/** What a rule is about, as Markdown without a heading: why, a bad and a good example, how to fix it. */
export function rulePage(rule: RuleInfo): string {
  const { title, why, bad, good, mend } = rule;
  const example = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`${name}:`, `\`\`\`yaml\n${text}\n\`\`\``];
  return [
    `${title} ${why}`,
    ...example('Bad', bad),
    ...example('Good', good),
    mend,
    ...sourcesOf(rule),
    `Severity: ${severitiesOf(rule)}.${reporterOf(rule)}${fixOf(rule)}${acceptanceOf(rule)}`,
  ].join('\n\n');
}

/** `error`, `error or warning`. */
export function severitiesOf({ severity, also = [] }: RuleInfo): string {
  return [severity, ...also].join(' or ');
}

function sourcesOf({ standards: places = [], reference }: RuleInfo): readonly string[] {
  const links = [
    ...places.map((place) => `[${standards[place].title}](${standards[place].url})`),
    ...(reference === undefined ? [] : [`<${reference}>`]),
  ];
  return links.length === 0 ? [] : [`See ${links.join(', ')}.`];
}

function reporterOf({ format, profile }: RuleInfo): string {
  if (profile !== undefined) return ` \`claimsmith check --profile ${profile}\` reports it.`;
  return format === undefined
    ? ''
    : ` \`claimsmith export\` reports it; the examples are for \`--format ${format}\`.`;
}

function fixOf({ fixable }: RuleInfo): string {
  return fixable ? ' `claimsmith check --fix` makes the change.' : '';
}

function acceptanceOf({ unacceptable, safety }: RuleInfo): string {
  if (unacceptable) return ' It cannot be accepted.';
  return safety ? ' Its errors can be accepted for 30 days at most.' : '';
}
