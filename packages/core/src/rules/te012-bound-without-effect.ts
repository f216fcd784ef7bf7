import { formatType, MAX_ITEMS, pathOf, type Type } from '@claimsmith/cel';
import type { Rule } from './rule.ts';

export const boundWithoutEffect = {
  id: 'TE012',
  slug: 'bound-without-effect',
  severity: 'error',
  title: 'A bound stands where it can be exceeded.',
  why: '`maxItems` counts the items of a list, and `maxBytes` limits values without a fixed size. On another type the bound limits nothing, and its author relies on it.',
  mend: 'Remove the bound, or use the one that fits the type.',
  bad: `claims:
  tenant: { value: org.id, kind: descriptive, maxItems: 5 }`,
  good: `claims:
  tenant: { value: org.id, kind: descriptive, maxBytes: 100 }`,
  check: ({ claims, source }) =>
    claims.flatMap(({ name, type, value, maxItems, maxBytes }) => {
      const isRead = value !== undefined && pathOf(value.root) !== undefined;
      const finding = (key: string, help: string) => ({
        rule: 'TE012',
        severity: 'error' as const,
        message: `\`${key}\` bounds nothing: \`${name}\` is of type ${formatType(type)}.`,
        range: source.key(['claims', name, key]),
        help,
      });
      if (isRead && maxItems !== undefined && maxItems > MAX_ITEMS)
        return [
          {
            ...finding('maxItems', `Write \`maxItems: ${MAX_ITEMS}\` or less.`),
            message: `\`maxItems\` bounds nothing: a list of more than ${MAX_ITEMS.toLocaleString('en')} items is not read, and counts as missing.`,
          },
        ];
      return [
        ...(maxItems === undefined || hasItems(type)
          ? []
          : [
              finding(
                'maxItems',
                hasSize(type) ? 'Drop it, or bound the value with `maxBytes`.' : 'Drop it.',
              ),
            ]),
        ...(maxBytes === undefined || hasSize(type) ? [] : [finding('maxBytes', 'Drop it.')]),
      ];
    }),
} as const satisfies Rule;

function hasItems({ kind }: Type): boolean {
  return kind === 'list' || kind === 'dyn';
}

/** Numbers and booleans take a few bytes, whatever their value. */
function hasSize({ kind }: Type): boolean {
  return kind !== 'bool' && kind !== 'int' && kind !== 'double';
}
