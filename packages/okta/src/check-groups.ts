import type { Finding, Policy } from '@claimsmith/core';
import { fedFields } from './feeders.ts';
import { isGroups } from './fields.ts';
import { escaped } from './group-filter.ts';
import { type GroupTest, groupReaders, letsThrough } from './groups-pattern.ts';
import { everyone } from './limits.ts';
import type { Settings } from './settings.ts';

/** Groups that the policy looks for and `groups` leaves out: a rule that denies by one would never be true. */
export function checkGroups(hook: Policy, settings: Settings): readonly Finding[] {
  const { groups } = settings;
  if (groups === undefined || letsThrough(groups, anyGroup)) return [];
  const readers = fedFields(hook, settings)
    .filter((field) => isGroups(field, settings))
    .flatMap((field) => groupReaders(field, hook));
  const range = hook.source.value(['issuers', 'okta', 'groups']);
  const lost = new Map<string, Finding>();
  for (const { name, tests = [] } of readers) {
    for (const test of tests) {
      if (test.text === everyone || letsThrough(groups, test)) continue;
      const sought =
        test.kind === 'is' ? `the group \`${test.text}\`` : `groups that begin with \`${test.text}\``;
      lost.set(`${name} ${sought}`, {
        rule: 'TE828',
        severity: 'error',
        message: `${capital(name)} looks for ${sought}, and \`groups\` does not ${test.kind === 'is' ? 'let it' : 'surely let all of them'} through.`,
        range,
        help: `Give it the alternative \`${escaped(test.text)}${test.kind === 'is' ? '' : '.*'}\`, or leave \`groups\` out: what is fed is narrowed to what the policy looks for anyway.`,
      });
    }
  }
  const open = [...new Set(readers.filter(({ tests }) => tests === undefined).map(({ name }) => name))];
  if (open.length === 0) return [...lost.values()];
  return [
    ...lost.values(),
    {
      rule: 'TE828',
      severity: 'warning',
      message: `To ${open.join(', ')} any group may matter, and those that \`groups\` leaves out are not there for ${open.length === 1 ? 'it' : 'them'}.`,
      range,
      help: 'See that none of them does, above all where a group denies; or test groups by name.',
    },
  ];
}

const anyGroup: GroupTest = { kind: 'begins', text: '' };

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
