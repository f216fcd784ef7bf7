import type { Expression, Type } from '@claimsmith/cel';
import {
  checkedText,
  fieldAt,
  mappingOf,
  oneAnswer,
  type Path,
  type Policy,
  type PolicyClaim,
  type RawContext,
  readsIn,
  restsOn,
  withLookups,
} from '@claimsmith/core';
import type { Situation } from './situation.ts';
import { type Pool, poolOf, textsOf, valuesOf } from './values.ts';

/** A change of a situation. */
export type Move = (situation: Situation) => Situation;

/**
 * The changes of a situation that may show a difference in a policy, by what they change.
 *
 * @param path the part of the policy to look at; empty for the whole policy
 */
export function movesFor(
  policy: Policy,
  path: Path,
  seeds: readonly Situation[],
): readonly (readonly Move[])[] {
  const whole = withLookups(policy);
  const parts = relatedTo(whole, path);
  const pool = poolOf(
    whole,
    parts.expressions,
    seeds.map(({ context, answers, later }) => [context, answers, later]),
  );
  const fields = [...parts.paths].flatMap((joined) => {
    const steps = joined.split('\n');
    // Below a text that holds JSON there is no place for another value.
    const checked = checkedText(policy.context, steps);
    if (checked)
      return [[null, ...textsOf(checked.text, pool)].map((value): Move => at(checked.path, value))];
    const values = valuesAt(policy, steps, pool);
    return values === undefined ? [] : [values.map((value): Move => at(steps, value))];
  });
  const asksLater = (name: string) => policy.lookups.sources.some((source) => source.name === name);
  const sources = whole.sources
    .filter(({ name }) => parts.sources.has(name))
    .flatMap((source): readonly (readonly Move[])[] => {
      const { name } = source;
      const answers = [
        { fails: 'timeout' } as const,
        ...valuesOf(oneAnswer(source), pool).map((value) => ({ value })),
      ];
      const atLogin = answers.map(
        (answer): Move =>
          (situation) => ({ ...situation, answers: { ...situation.answers, [name]: answer } }),
      );
      const later = answers.map(
        (answer): Move =>
          (situation) => ({ ...situation, later: { ...situation.later, [name]: answer } }),
      );
      return asksLater(name) ? [atLogin, later] : [atLogin];
    });
  return [
    ...fields,
    ...sources,
    scopeMoves(policy, parts.paths.has('request\nscopes'), pool),
    detailMoves(policy, pool),
    ...audienceMoves(whole),
  ].filter((moves) => moves.length > 0);
}

/** What the value of a part depends on: its own expressions, those of claims that it reads, and their sources. */
function relatedTo(policy: Policy, path: Path) {
  const own = ownExpressions(policy, path);
  const behind = restsOn(policy)(readsIn(policy, ...own)).claims;
  const through = policy.claims.filter(({ name }) => behind.includes(name));
  const expressions = [...own, ...through.flatMap(conditionAndValue)];
  const paths = expressions
    .flatMap(({ reads }) => reads.map((read) => read.path))
    .filter(([root = '']) => Object.hasOwn(policy.context.fields, root));
  return {
    expressions,
    paths: new Set(paths.map((steps) => steps.join('\n'))),
    sources: new Set(restsOn({ ...policy, claims: [] })(readsIn(policy, ...expressions)).sources),
  };
}

/** The expressions of the part at a path; all expressions if the path concerns all parts. */
function ownExpressions(
  { applies, claims, deny, scopes, details }: Policy,
  [section, name]: Path,
): readonly Expression[] {
  const isAll = section === undefined || section === 'tables';
  const at = deny.findIndex(({ path }) => path[0] === section && path[1] === name);
  const rules = isAll ? deny : deny.slice(0, at + 1);
  return [
    ...(applies === undefined ? [] : [applies.when]),
    ...claims
      .filter((claim) => isAll || (section === 'claims' && claim.name === String(name)))
      .flatMap(conditionAndValue),
    ...rules.map(({ when }) => when),
    ...scopes
      .filter((one) => isAll || section === 'subjects' || (section === 'scopes' && one.name === name))
      .map(({ grant }) => grant),
    ...details
      .filter(({ type }) => isAll || (section === 'authorizationDetails' && type === name))
      .map(({ grant }) => grant),
  ];
}

function conditionAndValue({ when, value }: PolicyClaim): readonly Expression[] {
  return [when, value].filter((expression) => expression !== undefined);
}

function valuesAt(policy: Policy, steps: readonly string[], pool: Pool): readonly unknown[] | undefined {
  const joined = steps.join('.');
  // Other values must come from scenarios; scopes have separate moves.
  if (joined === 'subject_type' || joined === 'request.scopes') return undefined;
  const type = fieldAt(policy.context, steps);
  if (type?.kind === 'record') return undefined;
  // There is always a time.
  if (joined === 'now') return type && valuesOf(type, pool);
  // Below a map there is text, mostly.
  return [null, ...valuesOf(type ?? { kind: 'string' }, pool)];
}

function at(steps: readonly string[], value: unknown): Move {
  return (situation) => ({ ...situation, context: withValue(situation.context, steps, value) });
}

function withValue(data: RawContext, [step = '', ...rest]: readonly string[], value: unknown): RawContext {
  // A machine has no user and no session, unless a scenario gives them.
  if (
    rest.length > 0 &&
    (step === 'user' || step === 'session') &&
    data[step] == null &&
    data['subject_type'] === 'machine'
  )
    return data;
  const below = data[step];
  const inner = { ...mappingOf(below) };
  return { ...data, [step]: rest.length === 0 ? value : withValue(inner, rest, value) };
}

/** Scopes of the policy, and names near those that it compares with. */
function scopeMoves({ scopes }: Policy, isRead: boolean, pool: Pool): readonly Move[] {
  if (scopes.length === 0 && !isRead) return [];
  const texts = pool.texts.filter((text) => /^[!#-[\]-~]+$/.test(text));
  const names = scopes.flatMap(({ name, pattern, placeholders }) =>
    placeholders.length === 0 ? [name] : texts.slice(0, 16).map((text) => pattern.join(text)),
  );
  const read = isRead ? valuesOf(strings, { ...pool, texts }).filter(Array.isArray) : [];
  const asked = [
    [],
    ['openid'],
    ...names.flatMap((name) => [['openid', name], [name]]),
    ['openid', ...names],
    ...read,
  ];
  return asked.map((list) => at(['request', 'scopes'], list));
}

const strings: Type = { kind: 'list', element: { kind: 'string' } };

function detailMoves({ details }: Policy, pool: Pool): readonly Move[] {
  const asked = details.flatMap(({ type, fields }) =>
    valuesOf(fields, pool).map((value) => [{ type, ...(typeof value === 'object' ? value : {}) }]),
  );
  return details.length === 0
    ? []
    : [[], ...asked].map((value) => at(['request', 'authorization_details'], value));
}

function audienceMoves({ claims }: Policy): readonly (readonly Move[])[] {
  const audiences = new Set(claims.flatMap((claim) => claim.audiences ?? []));
  const clients = new Set(claims.flatMap((claim) => claim.clients ?? []));
  return [
    audiences.size === 0
      ? []
      : [...audiences, 'urn:another'].map((name) => at(['request', 'audience'], name)),
    clients.size === 0 ? [] : [...clients, 'another'].map((name) => at(['client', 'id'], name)),
  ];
}
