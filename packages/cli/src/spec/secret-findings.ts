import { type Finding, rangeAt, withAcceptances } from '@claimsmith/core';
import type { Loaded } from './load.ts';

/**
 * Secrets in the text of a spec, comments included, that have the shape of a token of a known service, as far as no other
 * finding reports them. No secret goes into a finding.
 */
export async function secretFindings({
  text,
  source,
  policy,
  findings,
  file,
}: Loaded): Promise<readonly Finding[]> {
  if (source === undefined) return [];
  const [{ lintSource }, { creator: rule }] = await Promise.all([
    import('@secretlint/core'),
    import('@secretlint/secretlint-rule-preset-recommend'),
  ]);
  const { messages } = await lintSource({
    source: { filePath: file.name, content: source.text, contentType: 'text' },
    options: { config: { rules: [{ id: '@secretlint/secretlint-rule-preset-recommend', rule }] } },
  });
  const known = new Set(findings.filter((one) => one.rule === 'TE401').map(({ range }) => range?.start.line));
  const found = messages.flatMap(({ ruleId, range: [start, end] }): readonly Finding[] => {
    const range = rangeAt(source, policy?.spec, start, end);
    // A setting stands in its place, which is not a secret.
    if (known.has(range.start.line) || text.slice(start, end).includes('${')) return [];
    const service = ruleId.replace(/^.*secretlint-rule-/, '');
    return [
      {
        rule: 'TE401',
        severity: 'error',
        message: `This text (a secret of ${service}, by its shape) looks like a secret in plain text.`,
        range,
        help: 'Write ${NAME} instead, and supply the value where you deploy. If the secret is real, revoke it.',
      },
    ];
  });
  return withAcceptances(found, policy?.acceptances ?? []);
}
