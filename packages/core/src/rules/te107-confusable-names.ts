import type { Finding, Path } from '../finding.ts';
import type { Rule } from './rule.ts';

export const confusableNames = {
  id: 'TE107',
  slug: 'confusable-names',
  severity: 'warning',
  title: 'No two names look alike.',
  why: 'Names are case-sensitive, so a service that reads `Tenant` does not see `tenant`. With letters of two alphabets in one word, a reviewer approves another name than the token has.',
  mend: 'Rename one of them, and write each word in one alphabet.',
  bad: `claims:
  Tenant: { value: org.id, kind: descriptive }
  tenant: { value: org.name, kind: descriptive }`,
  good: `claims:
  tenant: { value: org.id, kind: descriptive }
  tenant_name: { value: org.name, kind: descriptive }`,
  reference: 'https://www.unicode.org/reports/tr39/#Mixed_Script_Detection',
  standards: ['claimNames', 'homoglyphs'],
  check: ({ spec, source }) =>
    (['claims', 'scopes'] as const).flatMap((section) => {
      const names = Object.keys(spec[section] ?? {});
      const alike = new Map<string, string[]>();
      for (const name of names) alike.set(caseless(name), [...(alike.get(caseless(name)) ?? []), name]);
      const finding = (path: Path, message: string, help: string): Finding => ({
        rule: 'TE107',
        severity: 'warning',
        message,
        range: source.key(path),
        help,
      });
      return names.flatMap((name): readonly Finding[] => {
        const scripts = scriptsIn(name);
        if (scripts !== undefined) {
          const message = `\`${name}\` has ${scripts.join(' and ')} letters in one word.`;
          return [finding([section, name], message, 'Write the word in one alphabet.')];
        }
        const others = (alike.get(caseless(name)) ?? []).filter((other) => other !== name);
        if (others.length === 0) return [];
        const [other = ''] = others;
        const what =
          name.toLowerCase() === other.toLowerCase()
            ? 'only in upper and lower case'
            : 'only in letters that many programs take for the same';
        const message = `\`${name}\` differs from \`${other}\` ${what}.`;
        return [finding([section, name], message, 'Rename one of them.')];
      });
    }),
} as const satisfies Rule;

function caseless(name: string): string {
  return name.normalize('NFKC').toLowerCase().toUpperCase();
}

/** Alphabets with letters that look like those of another one. */
const alphabets = ['Latin', 'Cyrillic', 'Greek', 'Armenian', 'Cherokee'];

/** The alphabets of the first word that mixes them. */
function scriptsIn(name: string): readonly string[] | undefined {
  // ASCII has one alphabet.
  if (/^[ -~]*$/.test(name)) return undefined;
  for (const word of name.split(/[^\p{L}\p{M}]+/u)) {
    const found = alphabets.filter((alphabet) => new RegExp(`\\p{Script=${alphabet}}`, 'u').test(word));
    if (found.length > 1) return found;
  }
  return undefined;
}
