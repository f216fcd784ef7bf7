import type { Finding } from '../finding.ts';
import type { Rule } from './rule.ts';

export const expressionAsConstant = {
  id: 'TE016',
  slug: 'expression-as-constant',
  severity: 'warning',
  title: 'A constant is not the text of an expression.',
  why: 'With `const: user.email` every token carries the words `user.email` instead of the address.',
  mend: 'Write the expression under `value`. If you mean the text itself, choose another text.',
  bad: `claims:
  email: { const: user.email, kind: descriptive }`,
  good: `claims:
  email: { value: user.email, kind: descriptive }`,
  lookups: true,
  check: ({ claims, context, sources, source }) => {
    const roots = ['claims', 'tables', ...Object.keys(context.fields), ...sources.map(({ name }) => name)];
    return claims.flatMap(({ name, constant, onMissing }): readonly Finding[] => {
      const fallback = typeof onMissing === 'object' ? onMissing.default : undefined;
      const suspect = [
        { text: constant, path: ['const'] },
        { text: fallback, path: ['onMissing', 'default'] },
      ].filter(({ text }) => typeof text === 'string' && isPath(text, roots));
      return suspect.map(({ path }) => ({
        rule: 'TE016',
        severity: 'warning',
        message: `\`${path.join('.')}\` of \`${name}\` looks like an expression, but it is used as text.`,
        range: source.value(['claims', name, ...path]),
        help:
          path[0] === 'const'
            ? 'To evaluate it, write it under `value:`.'
            : 'To evaluate it, write the alternative in `value:`, as in `a.?b.orValue(…)`.',
      }));
    });
  },
} as const satisfies Rule;

/** `user.roles`, `claims.plan`, `directory.rows[0].role`. */
function isPath(text: string, roots: readonly string[]): boolean {
  const [, root = ''] = /^(\w+)(?:\.\w+|\[[^\]]*\])+$/.exec(text.trim()) ?? [];
  return roots.includes(root);
}
