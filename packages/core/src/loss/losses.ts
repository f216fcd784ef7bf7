import {
  type Expression,
  failureAnalysis,
  operationOf,
  pathOf,
  type Range,
  type Read,
} from '@claimsmith/cel';
import { bareReads } from '../bare-reads.ts';
import type { Concern, Path } from '../finding.ts';
import type { Policy, PolicyClaim, PolicyDetail, PolicySource } from '../policy.ts';
import { expressionsOf } from '../policy-expressions.ts';
import { askedWith } from '../sources/asked-with.ts';
import { type BareRead, type Effect, type Known, type Look, lookAt } from './effect.ts';
import type { Here } from './evaluate.ts';
import { isUnder, knownIn, type Parts, type Situation, type Traces } from './known.ts';
import { anyOf, hereOf, holds, type Pairs, type Truth } from './pairs.ts';

/** The names of the parts, for people. */
export const partNames = {
  policy: 'condition',
  claim: 'claim',
  scope: 'scope',
  deny: 'deny rule',
  detail: 'authorization detail',
} as const satisfies Record<Concern['part'], string>;

/** A part that behaves differently at an issuer because it reads fields that are lost there, also through claims and sources. */
export interface Loss extends Concern {
  /** The place of the expression that reads the missing value. */
  readonly path: Path;
  readonly range: Range;
  /** The dotted path that it reads there. */
  readonly read: string;
  readonly becomes: Becomes;
  /** Whether a token may grant more for it than the policy says. */
  readonly isWider: boolean;
}

export type Becomes =
  /** Evaluation may fail because a value is missing. The policy itself also fails if no issuer has the value. */
  | { readonly kind: 'fails'; readonly isLenient?: boolean }
  /** A condition, a grant or a deny rule. */
  | { readonly kind: 'always' | 'never' }
  | { readonly kind: 'constant'; readonly value: unknown }
  /** Always the value of a part of the expression. */
  | { readonly kind: 'part'; readonly text: string }
  | { readonly kind: 'other' };

/**
 * The parts of a policy that behave differently in a situation, and their outcomes there. If a claim is missing, parts
 * that read it find it absent. If a question lacks a value, its source fails.
 */
export function lossesOf(policy: Parts, situation: Situation): readonly Loss[] {
  const traces: Traces = { claims: new Map(), sources: new Map() };
  const known = knownIn(policy, situation, traces);
  for (const source of policy.sources) traceSource(source, known, traces);
  const found: Loss[] = [];
  if (policy.applies !== undefined) {
    // A token that is left alone is not denied, and one that is not may get claims.
    const isOther = (pairs: Pairs) =>
      holds(pairs, ['true', 'fails'], ['false']) || holds(pairs, ['false', 'fails'], ['true']);
    found.push(...conditionLoss('policy', 'applies', ['applies'], policy.applies.when, known, isOther));
  }
  for (const { path, reason, when } of policy.deny) {
    const isWider = (pairs: Pairs) => holds(pairs, ['true', 'fails'], ['false']);
    found.push(...conditionLoss('deny', reason, [...path, 'when'], when, known, isWider));
  }
  for (const claim of policy.claims) found.push(...claimLoss(claim, known, traces, policy));
  const isWider = (pairs: Pairs) => holds(pairs, ['false', 'fails'], ['true']);
  for (const { name, path, grant } of policy.scopes)
    found.push(...conditionLoss('scope', name, path, grant, known, isWider));
  for (const detail of policy.details) found.push(...detailLoss(detail, situation, known, isWider));
  return found;
}

/** Whether the situation is about agents that the issuer reports as another kind of subject. */
export function isOfAgents({ values, agentsAre }: Situation): boolean {
  return agentsAre !== undefined && values['subject_type'] === 'agent';
}

/** The places of the expressions that name agents. */
export function agentsNamed(policy: Policy): ReadonlySet<string> {
  const naming = expressionsOf(policy).filter(({ expression }) => /["']agent["']/.test(expression.source));
  return new Set(naming.map(({ path }) => path.join('\n')));
}

/** Looks at conditions that read no claims, in a situation. */
export function looksIn(policy: Policy, situation: Situation): (condition: Expression) => Look {
  const traces: Traces = { claims: new Map(), sources: new Map() };
  const known = knownIn(policy, situation, traces);
  for (const source of policy.sources) traceSource(source, known, traces);
  return (condition) => lookAt(condition, known);
}

/** All possible outcomes of a condition in a situation. */
export function truthsIn(policy: Policy, condition: Expression, situation: Situation): readonly Truth[] {
  const known = knownIn(policy, situation, { claims: new Map(), sources: new Map() });
  return hereOf(lookAt(condition, known).effect.pairs);
}

/** Without requests for details, nothing is checked. Details that an issuer does not supply are not refused. */
function detailLoss(
  { type, grant }: PolicyDetail,
  { absent, lost }: Situation,
  known: Known,
  isWider: (pairs: Pairs) => boolean,
): readonly Loss[] {
  const asked = 'request.authorization_details';
  const path = ['authorizationDetails', type, 'grant'];
  if (isUnder(absent, asked)) return [];
  if (!isUnder(lost, asked)) return conditionLoss('detail', type, path, grant, known, isWider);
  const place = { part: 'detail', name: type, path, range: grant.root.range, read: asked } as const;
  return [{ ...place, fields: [asked], becomes: { kind: 'never' }, isWider: true }];
}

function traceSource(source: PolicySource, known: Known, { sources }: Traces): void {
  if (source.when !== undefined) {
    const { effect } = lookAt(source.when, known);
    const truths = hereOf(effect.pairs);
    if (truths.length > 0 && truths.every((truth) => truth === 'false')) {
      const fields = [...new Set(source.when.reads.flatMap(({ path }) => known.fieldsOf(path)))];
      sources.set(source.name, { status: effect.lost.length > 0 ? 'lost' : 'absent', fields });
      return;
    }
  }
  const looks = askedWith(source).map((part) => lookAt(part, known));
  const bare = looks.flatMap((look) => look.bare ?? []);
  const lost = looks.flatMap(({ effect }) => effect.lost);
  const fields = [...new Set(bare.flatMap(({ path }) => known.fieldsOf(path)))];
  if (bare.some(({ path }) => known.status(path) === 'absent'))
    sources.set(source.name, { status: 'broken', fields });
  else if (bare.length > 0) sources.set(source.name, { status: 'failing', fields });
  else if (lost.length > 0) sources.set(source.name, { status: 'altered', fields: lost });
}

function conditionLoss(
  part: Exclude<Concern['part'], 'claim'>,
  name: string,
  path: Path,
  expression: Expression,
  known: Known,
  isWider: (pairs: Pairs) => boolean,
): readonly Loss[] {
  const { effect, bare } = lookAt(expression, known);
  const read = bare ?? effect.first;
  if (read === undefined) return [];
  const fields = bare === undefined ? effect.lost : known.fieldsOf(bare.path);
  const becomes = bare === undefined ? truthOf(effect.pairs) : failing(bare);
  return [{ part, name, path, ...placeOf(read), fields, becomes, isWider: isWider(effect.pairs) }];
}

function failing({ isLenient }: BareRead): Becomes {
  return { kind: 'fails', isLenient };
}

function placeOf({ path, range }: Read): Pick<Loss, 'read' | 'range'> {
  return { read: path.join('.'), range };
}

function truthOf(pairs: Pairs): Becomes {
  const [only, ...others] = hereOf(pairs);
  if (only === undefined || others.length > 0) return { kind: 'other' };
  return { kind: only === 'fails' ? 'fails' : only === 'true' ? 'always' : 'never' };
}

/** The outcome of a claim: emitted, left out by its condition, or without a value. */
type Fate = 'value' | 'skipped' | 'missing';

function claimLoss(claim: PolicyClaim, known: Known, { claims }: Traces, policy: Parts): readonly Loss[] {
  const { name, value, when } = claim;
  const condition = when && lookAt(when, known);
  const isSkipped = condition !== undefined && !hereOf(condition.effect.pairs).includes('true');
  const whole = value && lookAt(value, known);
  // What is left out by its condition is not evaluated.
  const isFalse = isSkipped && condition.effect.lost.length === 0 && condition.bare === undefined;
  const looks = isFalse ? [] : [condition, isSkipped ? undefined : whole];
  const bare = looks.find((look) => look?.bare !== undefined)?.bare;
  const read = bare ?? looks.find((look) => look?.effect.first !== undefined)?.effect.first;
  const lost = [...new Set(looks.flatMap((look) => look?.effect.lost ?? []))];
  const fields = bare === undefined ? lost : known.fieldsOf(bare.path);
  if (lost.length === 0 && (isSkipped || bare !== undefined)) claims.set(name, { status: 'absent', fields });
  if (read === undefined) return [];
  const fates = fatesOf(claim, condition?.effect, whole?.effect, known, policy);
  if (lost.length > 0) claims.set(name, { status: isGone(claim, fates) ? 'lost' : 'altered', fields: lost });
  const isOfCondition = read === condition?.bare || read === condition?.effect.first;
  const path = ['claims', name, isOfCondition ? 'when' : 'value'];
  const plain = isOfCondition ? truthOf(condition?.effect.pairs ?? 0) : becomesOf(whole?.effect.here);
  const valueHere = isSkipped || whole?.effect.first === undefined ? undefined : whole.effect.here;
  const isWider = lost.length > 0 && isWiderClaim(claim, fates, valueHere);
  const becomes = bare === undefined ? plain : failing(bare);
  return [{ part: 'claim', name, path, ...placeOf(read), fields, becomes, isWider }];
}

/** Whether a claim is in no token of the issuer. */
function isGone({ onMissing }: PolicyClaim, fates: ReturnType<typeof fatesOf>): boolean {
  const hasDefault = typeof onMissing === 'object';
  return fates.every(([, here]) => here === 'skipped' || (here === 'missing' && !hasDefault));
}

function becomesOf(here: Here | undefined): Becomes {
  return here === undefined || here.kind === 'unknown' ? { kind: 'other' } : here;
}

/** The possible outcomes of a claim: pairs of the policy's outcome and the issuer's. */
function fatesOf(
  { value, when, maxItems, maxBytes }: PolicyClaim,
  condition: Effect | undefined,
  whole: Effect | undefined,
  { isUnsure }: Known,
  policy: Parts,
): readonly (readonly [there: Fate, here: Fate])[] {
  const pairs = condition?.pairs ?? anyOf(['true'], ['true']);
  const isHeld = maxItems !== undefined || maxBytes !== undefined || isLoose(value);
  const isAsked = value?.reads.some(({ path }) => isUnsure(path)) === true;
  const canFail = value !== undefined && (isHeld || isAsked || canFailWhere(policy, value, when));
  const valueFates: readonly (readonly [Fate, Fate])[] =
    whole === undefined || whole.lost.length === 0
      ? [['value', 'value'], ...(canFail ? [['missing', 'missing'] as const] : [])]
      : (canFail ? (['value', 'missing'] as const) : (['value'] as const)).flatMap((there) =>
          hereFates(whole.here, canFail).map((here) => [there, here] as const),
        );
  const truths = ['true', 'false', 'fails'] as const;
  return truths.flatMap((there) =>
    truths.flatMap((here) =>
      holds(pairs, [there], [here])
        ? valueFates.map(([a, b]) => [fateOf(there, a), fateOf(here, b)] as const)
        : [],
    ),
  );
}

/** Whether a value may be none, or of a type that no claim can have. */
function isLoose(value: Expression | undefined): boolean {
  return value?.type.kind === 'optional' || value?.type.kind === 'dyn';
}

function hereFates(here: Here, canFail: boolean): readonly Fate[] {
  if (here.kind === 'fails' || (here.kind === 'constant' && here.value === undefined)) return ['missing'];
  return here.kind === 'constant' || !canFail ? ['value'] : ['value', 'missing'];
}

function fateOf(truth: 'true' | 'false' | 'fails', fate: Fate): Fate {
  return truth === 'true' ? fate : truth === 'false' ? 'skipped' : 'missing';
}

/**
 * Whether a value can be missing although its claim's condition is true. Fields that the condition tests with `has` are
 * present, and so are fields that the value itself tests.
 */
function canFailWhere(policy: Parts, value: Expression, when: Expression | undefined): boolean {
  const assured = new Set<string>();
  const gather = (expr: Expression['root']): void => {
    const operation = operationOf(expr);
    if (operation?.kind === 'and') for (const part of [operation.left, operation.right]) gather(part);
    const path = expr.kind === 'select' && expr.test ? pathOf(expr) : undefined;
    if (path !== undefined) assured.add(path.join('\n'));
  };
  if (when !== undefined) gather(when.root);
  const bare = new Set(bareReads(policy, value).map(({ range }) => range.start));
  const isAssured = (expr: Expression['root']) => {
    const path = pathOf(expr);
    if (path === undefined) return false;
    const isField = Object.hasOwn(policy.context.fields, path[0] ?? '') && path.length > 1;
    return assured.has(path.join('\n')) || (isField && !bare.has(expr.range.start));
  };
  return failureAnalysis(value.root, value, isAssured)(value.root);
}

/** @param here the claim's known value at the issuer; undefined if it is the policy's value */
function isWiderClaim(
  { kind, onMissing }: PolicyClaim,
  fates: readonly (readonly [there: Fate, here: Fate])[],
  here: Here | undefined,
): boolean {
  const isLeast =
    here?.kind === 'constant' &&
    (here.value === false || (Array.isArray(here.value) && here.value.length === 0));
  return fates.some(([there, fate]) => {
    if (there === 'missing' && onMissing === 'deny' && fate !== 'missing') return true;
    if (kind !== 'authoritative' || fate !== 'value') return false;
    return there === 'value' ? here !== undefined && !isLeast : true;
  });
}
