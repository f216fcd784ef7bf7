import { type Expr, pathOf, type Type } from '@claimsmith/cel';
import type { Finding } from '../finding.ts';
import { outcomesOf } from '../names-read.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
import type { Rule } from './rule.ts';

export const wholeObjectCopied = {
  id: 'TE302',
  slug: 'whole-object-copied',
  besideErrors: true,
  severity: 'error',
  also: ['warning'],
  title: 'A policy picks single fields, never whole records, or maps and values of any content.',
  why: 'A field that somebody adds to the record later would appear in tokens. The same is true of a declared `map(dyn)` or `dyn`: it may hold anything tomorrow; then the finding is a warning.',
  mend: 'Pick the fields that services need, and declare their types. Only warnings can be accepted.',
  bad: `sources:
  crm: { http: { url: "https://crm.acme.example/{user.id}" }, returns: { person: dyn } }
claims:
  person: { value: crm.person, kind: descriptive }`,
  good: `sources:
  crm: { http: { url: "https://crm.acme.example/{user.id}" }, returns: { person: dyn } }
claims:
  tier: { value: crm.person.tier, kind: descriptive }`,
  standards: ['purpose', 'tokenPrivacy'],
  lookups: true,
  check: (policy) => policy.claims.flatMap((claim) => openValues(policy, claim)),
} as const satisfies Rule;

function openValues(policy: Policy, { name, value }: PolicyClaim): readonly Finding[] {
  if (value === undefined) return [];
  const open = outcomesOf(value.root).flatMap((expr) => openField(policy, expr, value.typeOf) ?? []);
  const [first] = open;
  if (first === undefined) return [];
  return [
    {
      rule: 'TE302',
      severity: 'warning',
      message: `\`${name}\` takes over all of \`${first}\`, which is declared to hold anything.`,
      range: policy.source.value(['claims', name, 'value']),
      help: `Pick a field of it, as in \`${first}.<name>\`, or declare its fields.`,
    },
  ];
}

/** The path of a declared field that may hold anything, if an expression is that field as a whole. */
function openField(
  { context, sources }: Policy,
  expr: Expr,
  typeOf: (expr: Expr) => Type,
): string | undefined {
  const path = pathOf(expr);
  if (path === undefined || !holdsAnything(typeOf(expr))) return undefined;
  const [root = '', ...rest] = path;
  const source = sources.find(({ name }) => name === root);
  // A whole map of the context is an error already.
  if (source === undefined && path.length <= 2) return undefined;
  const declared = source?.returns ?? recordAt(context, root);
  return isDeclared(declared, rest) ? path.join('.') : undefined;
}

function recordAt(type: Type, name: string): Type | undefined {
  return type.kind === 'record' && Object.hasOwn(type.fields, name) ? type.fields[name]?.type : undefined;
}

/** Whether a path names a declared field, and not something inside a map or a value of any type. */
function isDeclared(type: Type | undefined, path: readonly string[]): boolean {
  const [name, ...rest] = path;
  if (type === undefined || name === undefined) return type !== undefined;
  return type.kind === 'record' && isDeclared(recordAt(type, name), rest);
}

function holdsAnything(type: Type): boolean {
  switch (type.kind) {
    case 'dyn':
      return true;
    case 'list':
      return holdsAnything(type.element);
    case 'map':
    case 'optional':
      return holdsAnything(type.value);
    default:
      return false;
  }
}
