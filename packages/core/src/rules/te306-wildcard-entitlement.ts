import { constantText, type Expr } from '@claimsmith/cel';
import type { Finding, Path } from '../finding.ts';
import { outcomesOf } from '../names-read.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import { privilegedIn } from '../words/authority.ts';
import { bareName } from '../words/word-list.ts';
import type { Rule } from './rule.ts';
import { textsIn } from './texts.ts';

export const wildcardEntitlement = {
  id: 'TE306',
  slug: 'wildcard-entitlement',
  severity: 'warning',
  title: 'An authoritative claim names what it allows, and not everything.',
  why: 'A wildcard also allows what is added later. A default such as `admin` gives everybody the most that there is.',
  mend: 'Write the permissions that services need. Let a default be the least.',
  bad: `claims:
  permissions: { const: ["admin:*"], kind: authoritative }`,
  good: `claims:
  permissions: { const: ["orders:read"], kind: authoritative }`,
  standards: ['overprivileged', 'leastPrivilege'],
  lookups: true,
  check: (policy) =>
    policy.claims.flatMap((claim) => [...wildcards(policy, claim), ...defaults(policy, claim)]),
} as const satisfies Rule;

/** `*`, `admin:*`, `orders/*`, `Mail.ReadWrite.All`. */
const wildcard = /^(?:\*|.*[:./_-]\*|[\w.-]+\.All)$/;

function wildcards(policy: Policy, { kind, name, value, constant }: PolicyClaim): readonly Finding[] {
  if (kind !== 'authoritative') return [];
  const path = ['claims', name];
  const constants = textsIn(constant, [...path, 'const']).map(({ text }) => ({
    text,
    path: [...path, 'const'],
  }));
  const outcomes = value === undefined ? [] : outcomesOf(value.root);
  const inValue = outcomes.flatMap((outcome) => textsAt(policy, outcome, [...path, 'value']));
  const found = [...constants, ...inValue].filter(({ text }) => wildcard.test(text));
  const places = new Map(found.map((one) => [one.path.join('\n'), one]));
  return [...places.values()].map(({ text, path: at }) => ({
    rule: 'TE306',
    severity: 'warning',
    message: `\`${text}\` in the authoritative claim \`${name}\` allows everything, also what is added later.`,
    range: policy.source.value(at),
    help: 'Name the permissions that services need.',
  }));
}

/** The texts that an outcome of an expression may be: its own, or those of a table. */
function textsAt(
  { spec }: Policy,
  expr: Expr,
  path: Path,
): readonly { readonly path: Path; readonly text: string }[] {
  const text = constantText(expr);
  if (text !== undefined) return [{ path, text }];
  const table = tableOf(expr);
  return table === undefined ? [] : textsIn(spec.tables?.[table], ['tables', table]);
}

/** The table of `tables.region[user.country]`. */
function tableOf(expr: Expr): string | undefined {
  if (expr.kind !== 'select' && expr.kind !== 'index') return undefined;
  const { operand } = expr;
  if (expr.kind === 'select' && operand.kind === 'ident' && operand.name === 'tables') return expr.field;
  return tableOf(operand);
}

function defaults({ source }: Policy, { name, onMissing }: PolicyClaim): readonly Finding[] {
  if (typeof onMissing !== 'object') return [];
  const path = ['claims', name, 'onMissing', 'default'];
  return textsIn(onMissing.default, path).flatMap(({ text }) => {
    const word = wildcard.test(text) ? text : privilegedIn(bareName(text));
    return word === undefined
      ? []
      : [
          {
            rule: 'TE306',
            severity: 'warning' as const,
            message: `Whoever lacks a value of \`${name}\` gets \`${text}\`: \`${word}\` stands for the most that there is.`,
            range: source.value(path),
            help: 'Let the default be the least, or leave the claim out.',
          },
        ];
  });
}
