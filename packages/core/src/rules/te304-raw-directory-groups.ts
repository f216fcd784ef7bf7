import { pathOf } from '@claimsmith/cel';
import { outcomesOf } from '../names-read.ts';
import type { Rule } from './rule.ts';

export const rawDirectoryGroups = {
  id: 'TE304',
  slug: 'raw-directory-groups',
  severity: 'warning',
  profile: 'pedantic',
  title: 'A claim has the roles of an API, and not all groups of the directory.',
  why: 'Groups also say who a person is and works with, and each API would have to know the directory.',
  mend: 'Pick the groups that mean something to the API: `user.groups.filter(g, g.startsWith("orders:"))`.',
  bad: `claims:
  teams: { value: user.groups, maxItems: 20, kind: authoritative }`,
  good: `claims:
  teams: { value: 'user.groups.filter(g, g.startsWith("orders:"))', maxItems: 20, kind: authoritative }`,
  standards: ['restrictedTokens', 'leastPrivilege'],
  check: ({ claims, source }) =>
    claims
      .filter(
        ({ value }) =>
          value !== undefined &&
          outcomesOf(value.root).some((one) => pathOf(one)?.join('.') === 'user.groups'),
      )
      .map(({ name }) => ({
        rule: 'TE304',
        severity: 'warning',
        message: `\`${name}\` takes over all groups of the directory.`,
        range: source.value(['claims', name, 'value']),
        help: 'Pick the groups that mean something to the API.',
      })),
} as const satisfies Rule;
