import { countText, formatType, MAX_ITEMS, pathOf, type Type } from '@claimsmith/cel';
import type { Rule } from './rule.ts';

export const boundWithoutEffect = {
  id: 'TE012',
  slug: 'bound-without-effect',
  severity: 'error',
  fixable: true,
  title: 'A bound is set only on a value that can exceed it.',
  why: '`maxItems` counts the items of a list, and `maxBytes` limits values without a fixed size. On another type, the bound has no effect.',
  mend: 'Remove the bound, or use the one that fits the type.',
  bad: `claims:
  tenant: { value: org.id, kind: descriptive, maxItems: 5 }`,
  good: `claims:
  tenant: { value: org.id, kind: descriptive, maxBytes: 100 }`,
  lookups: true,
  check: ({ claims, source }) =>
    claims.flatMap(({ name, type, value, maxItems, maxBytes }) => {
      const isRead = value !== undefined && pathOf(value.root) !== undefined;
      const finding = (key: string, help: string) => ({
        rule: 'TE012',
        severity: 'error' as const,
        message: `\`${key}\` has no effect: \`${name}\` is of type ${formatType(type)}.`,
        range: source.key(['claims', name, key]),
        help,
        fix: { remove: ['claims', name, key] },
      });
      if (isRead && maxItems !== undefined && maxItems > MAX_ITEMS)
        return [
          {
            ...finding('maxItems', `Write \`maxItems: ${MAX_ITEMS}\` or less.`),
            message: `\`maxItems\` has no effect: a list of more than ${countText(MAX_ITEMS)} items always counts as missing.`,
          },
        ];
      return [
        ...(maxItems === undefined || hasItems(type)
          ? []
          : [
              finding(
                'maxItems',
                hasSize(type) ? 'Remove it, or limit the value with `maxBytes`.' : 'Remove it.',
              ),
            ]),
        ...(maxBytes === undefined || hasSize(type) ? [] : [finding('maxBytes', 'Remove it.')]),
      ];
    }),
} as const satisfies Rule;

function hasItems({ kind }: Type): boolean {
  return kind === 'list' || kind === 'dyn';
}

/** Numbers and booleans always take a few bytes. */
function hasSize({ kind }: Type): boolean {
  return kind !== 'bool' && kind !== 'int' && kind !== 'double';
}
