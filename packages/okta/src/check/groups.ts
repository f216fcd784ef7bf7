import { children, type Expr, listRead, operationOf, pathOf } from '@claimsmith/cel';
import type { Finding, Policy } from '@claimsmith/core';
import { everyone } from '../limits.ts';
import { fedFields } from '../plan/feeders.ts';
import { escaped } from '../plan/filter-parser.ts';
import { anyGroup, groupReaders, letsThrough } from '../plan/groups-pattern.ts';
import type { Settings } from '../settings.ts';
import { isGroups } from '../supplies.ts';

/** Tests for the group that contains every user. `user.groups` leaves it out, because other issuers do not have it. */
export function checkEveryone(
  { applies, claims, deny, scopes, source }: Policy,
  settings: Settings,
): readonly Finding[] {
  const parts = [
    { when: applies?.when, path: ['applies'], title: 'The condition `applies`' },
    ...deny.map((rule) => ({
      when: rule.when,
      path: [...rule.path, 'when'],
      title: rule.challenge === undefined ? 'A deny rule' : 'A challenge',
    })),
    ...claims.flatMap(({ name, value, when }) => [
      { when: value, path: ['claims', name, 'value'], title: `The claim \`${name}\`` },
      { when, path: ['claims', name, 'when'], title: `The condition of \`${name}\`` },
    ]),
    ...scopes.map(({ name, path, grant }) => ({ when: grant, path, title: `The scope \`${name}\`` })),
  ];
  return parts
    .filter(({ when }) => when !== undefined && looksForEveryone(when.root, settings))
    .map(({ path, title }) => ({
      rule: 'TE828',
      severity: 'error',
      message: `${title} tests for the group \`${everyone}\`, but \`user.groups\` leaves that group out, because every user of Okta is in it.`,
      range: source.value(path),
      help: 'Remove the test, or test another group.',
    }));
}

/** `"Everyone" in user.groups`, and `user.groups.exists(g, g == "Everyone")` */
function looksForEveryone(expr: Expr, settings: Settings): boolean {
  const isNamed = (one: Expr): boolean =>
    (one.kind === 'literal' && one.value === everyone) || children(one).some(isNamed);
  const isOfGroups = (one: Expr) => isGroups(pathOf(listRead(one))?.join('.') ?? '', settings);
  const operation = operationOf(expr);
  if (operation?.kind === 'in' && isNamed(operation.item) && isOfGroups(operation.container)) return true;
  if (expr.kind === 'macro' && isOfGroups(expr.target) && isNamed(expr.body)) return true;
  return children(expr).some((child) => looksForEveryone(child, settings));
}

/** Groups that the policy tests but `groups` filters out: a deny rule for such a group would never be true. */
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
        message: `${capital(name)} looks for ${sought}, but \`groups\` ${test.kind === 'is' ? 'filters it out' : 'may filter some of them out'}.`,
        range,
        help: `Add the alternative \`${escaped(test.text)}${test.kind === 'is' ? '' : '.*'}\` to \`groups\`, or remove \`groups\`: the hook gets only groups that the policy looks for anyway.`,
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
      message: `${capital(open.join(' and '))} ${open.length === 1 ? 'depends' : 'depend'} on all groups, but \`groups\` filters some of them out.`,
      range,
      help: 'Make sure that the policy does not need the groups that are filtered out, above all not to deny. Or test groups by name.',
    },
  ];
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
