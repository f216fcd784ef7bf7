import {
  type Environment,
  type Expression,
  type Field,
  formatType,
  holdsOpaque,
  isOpaque,
  pathOf,
  type Type,
} from '@claimsmith/cel';
import { orderClaims } from './claim-order.ts';
import { fieldAt } from './context.ts';
import { literalFits, literalType } from './declared-type.ts';
import { delegatedOf, readsActor } from './delegated.ts';
import type { Path } from './finding.ts';
import { outcomesOf } from './names-read.ts';
import type { PolicyClaim } from './policy.ts';
import { bool, dyn, guard, read, type Work, watch } from './policy-work.ts';
import { assertKinds } from './scopes.ts';
import type { ClaimSpec } from './spec/schema.ts';

/** The claims of a spec, each after those that it reads. */
export function createClaims(work: Work): readonly PolicyClaim[] {
  const specs = work.spec.claims;
  const texts = Object.entries(specs).map(
    ([name, { value, when }]) => [name, [value, when].filter((text) => text !== undefined)] as const,
  );
  const { order, cycles } = orderClaims(Object.fromEntries(texts));
  for (const cycle of cycles) reportClaimCycle(work, cycle);
  const circular = new Set(cycles.flat());
  for (const name of circular) work.faults.add('claims', name);
  const claims: PolicyClaim[] = [];
  // One record grows; a copy for each claim would take quadratic time.
  const fields: Record<string, Field> = {};
  for (const name of work.faults.in('claims')) fields[name] = { type: dyn };
  const variables = { ...work.variables, claims: { kind: 'record', name: 'claims', fields } as const };
  for (const name of order) {
    const spec = specs[name];
    if (spec === undefined) continue;
    const create = () => createClaim(work, name, spec, variables, circular.has(name));
    const claim = watch(work, 'claims', name, create);
    fields[name] = { type: claim.type };
    claims.push(claim);
  }
  return claims;
}

function reportClaimCycle(work: Work, cycle: readonly string[]): void {
  const [first = ''] = cycle;
  work.reader.report({
    rule: 'TE005',
    severity: 'error',
    message:
      cycle.length === 2
        ? `Claim \`${first}\` reads itself.`
        : `Claims read each other in a cycle: ${cycle.join(' → ')}.`,
    range: work.source.key(['claims', first]),
    help:
      cycle.length === 2
        ? 'Compute it without reading itself.'
        : 'Compute the shared part in another claim that both read, or repeat the expression.',
  });
}

/**
 * Refuses whole maps of the context and whole rows, because the author does not choose their content. Declared
 * attributes of a user or an organization are allowed.
 */
function refuseWhole(work: Work, path: Path, { root, type }: Expression): void {
  const range = work.source.value(path);
  const refuse = (message: string, help: string) =>
    work.reader.report({ rule: 'TE302', severity: 'error', message, range, help });
  if (holdsRecord(type)) {
    refuse(
      'This claim holds whole rows; a policy picks single fields.',
      'Pick one field: `….map(r, r.<field>)`.',
    );
    return;
  }
  const whole = outcomesOf(root)
    .map((expr) => pathOf(expr))
    .find((read) => read !== undefined && isWholeMap(work, read));
  if (whole === undefined) return;
  const name = whole.join('.');
  refuse(
    `\`${name}\` is a whole map, which may hold any keys.`,
    `Pick the keys you need: \`${name}.<key>\`.`,
  );
}

function isWholeMap({ context }: Work, path: readonly string[]): boolean {
  return path.length <= 2 && fieldAt(context, path)?.kind === 'map';
}

/** Tokens have times as text or as seconds, and addresses as text; the author says which. */
function refuseOpaque(work: Work, path: Path, { type, source }: Expression): void {
  if (!holdsOpaque(type)) return;
  const text = source.length > 40 ? '…' : source;
  const isPlain = isOpaque(unwrapped(type));
  const orSeconds: Readonly<Record<string, string>> = {
    timestamp: `, or \`int(${text})\` for seconds since 1970`,
    duration: `, or \`(${text}).getSeconds()\``,
  };
  work.reader.report({
    rule: 'TE004',
    severity: 'error',
    message: `A token cannot carry a value of type ${formatType(type)}.`,
    range: work.source.value(path),
    help: isPlain
      ? `Write \`string(${text})\` for text${orSeconds[unwrapped(type).kind] ?? ''}.`
      : 'Convert each: `string(…)` for text, or `int(…)` for the seconds of a timestamp.',
  });
}

function holdsRecord(type: Type): boolean {
  if (type.kind === 'list') return holdsRecord(type.element);
  if (type.kind === 'map' || type.kind === 'optional') return holdsRecord(type.value);
  return type.kind === 'record';
}

/**
 * A claim that does not compile lacks the failed part and has type `dyn`, so that claims which read it do not fail too.
 */
function createClaim(
  work: Work,
  name: string,
  spec: ClaimSpec,
  variables: Environment['variables'],
  isCircular: boolean,
): PolicyClaim {
  const path: Path = ['claims', name];
  assertKinds(work, [...path, 'subjects'], spec.subjects);
  const isOne = (spec.value === undefined) !== (spec.const === undefined);
  const isFaulty = work.faults.has('claims', name);
  if (!isOne && !isFaulty) reportChoice(work, name, spec);
  const part = (key: 'value' | 'when', expected?: Type): Expression | undefined => {
    const text = spec[key];
    return isCircular || text === undefined
      ? undefined
      : read(work, [...path, key], text, text.includes('claims') ? variables : work.variables, expected);
  };
  const value = part('value');
  const said = part('when', bool);
  const isLost = spec.when !== undefined && said === undefined;
  const when = isLost || isCircular ? undefined : guard(work, [...path, 'when'], said, variables);
  if (value !== undefined) {
    refuseWhole(work, [...path, 'value'], value);
    refuseOpaque(work, [...path, 'value'], value);
  }
  const constant = isOne ? spec.const : undefined;
  const type: Type =
    constant !== undefined && !isFaulty ? literalType(constant) : value ? unwrapped(value.type) : dyn;
  const onMissing = spec.onMissing ?? (spec.kind === 'authoritative' ? 'deny' : 'omit');
  if (typeof onMissing === 'object' && !literalFits(onMissing.default, type)) reportDefault(work, name, type);
  return {
    name,
    kind: spec.kind,
    resolve: spec.resolve ?? 'issuance',
    // Without the condition it was written for, a value says nothing.
    value: isLost ? undefined : value,
    constant,
    type,
    when,
    subjects: work.guards.subjects([...path, 'when']),
    delegated: delegatedOf({
      said: spec.delegated,
      grants: spec.kind === 'authoritative',
      namesAgents: spec.subjects?.includes('agent') === true,
      readsActor: readsActor(value) || readsActor(said),
    }),
    tokens: spec.resolve === 'request' ? [] : (spec.tokens ?? ['access']),
    onMissing,
    audiences: spec.audiences,
    clients: spec.clients,
    maxAgeSeconds: spec.maxAge === undefined ? undefined : spec.maxAge / 1000,
    maxItems: spec.maxItems,
    maxBytes: spec.maxBytes,
    as: spec.as ?? {},
    reads: work.readsOf([value, when]),
  };
}

function reportChoice(work: Work, name: string, { value }: ClaimSpec): void {
  const both = value !== undefined;
  work.reader.report({
    rule: 'TE006',
    severity: 'error',
    message: `Claim \`${name}\` has ${both ? 'both' : 'neither'} \`value\` ${both ? 'and' : 'nor'} \`const\`.`,
    range: work.source.key(['claims', name]),
    help: 'Write exactly one of them: `value` for an expression, `const` for a constant.',
  });
}

function reportDefault(work: Work, name: string, type: Type): void {
  work.reader.report({
    rule: 'TE007',
    severity: 'error',
    message: `The default of \`${name}\` does not have the claim's type, ${formatType(type)}.`,
    range: work.source.value(['claims', name, 'onMissing', 'default']),
    help: 'Give a default of that type: services must get the same type with and without a value.',
  });
}

/** A claim whose value is an optional has the optional's content; an empty one is a missing value. */
function unwrapped(type: Type): Type {
  return type.kind === 'optional' ? unwrapped(type.value) : type;
}
