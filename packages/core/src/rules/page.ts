import type { RuleInfo } from './rule.ts';

/** What a rule is about, as Markdown without a heading: why, a bad and a good example, how to mend it. */
export function rulePage({ title, why, bad, good, mend, severity, also = [], reference }: RuleInfo): string {
  const example = (name: string, text: string | undefined) =>
    text === undefined ? [] : [`${name}:`, `\`\`\`yaml\n${text}\n\`\`\``];
  const see = reference === undefined ? '' : ` See <${reference}>.`;
  return [
    `${title} ${why}`,
    ...example('Bad', bad),
    ...example('Good', good),
    `${mend}${see}`,
    `Severity: ${[severity, ...also].join(' or ')}.`,
  ].join('\n\n');
}
