import type { RuleInfo } from './rule.ts';

/** What a rule is about, as Markdown without a heading: why, a bad and a good example, how to fix it. */
export function rulePage(rule: RuleInfo): string {
  const { title, why, bad, good, mend, severity, also = [], reference } = rule;
  const example = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`${name}:`, `\`\`\`yaml\n${text}\n\`\`\``];
  const see = reference === undefined ? '' : ` See <${reference}>.`;
  return [
    `${title} ${why}`,
    ...example('Bad', bad),
    ...example('Good', good),
    `${mend}${see}`,
    `Severity: ${[severity, ...also].join(' or ')}.${reporterOf(rule)}${acceptanceOf(rule)}`,
  ].join('\n\n');
}

function reporterOf({ format }: RuleInfo): string {
  return format === undefined
    ? ''
    : ` \`claimsmith export\` reports it; the examples are for \`--format ${format}\`.`;
}

function acceptanceOf({ unacceptable, safety }: RuleInfo): string {
  if (unacceptable) return ' It cannot be accepted.';
  return safety ? ' Its errors can be accepted for 30 days at most.' : '';
}
