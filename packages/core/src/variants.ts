import { compile, type Environment, type Expression, formatType, type Type } from '@claimsmith/cel';
import { constantVariables } from './constants.ts';
import { asRead, literalType } from './declared-type.ts';
import { readsIn } from './expressions.ts';
import type { Path } from './finding.ts';
import type { Policy, PolicyClaim, PolicyRule, Subjects } from './policy.ts';
import { createScopes } from './scopes.ts';
import type { Spec } from './spec/schema.ts';

/** An expression of a spec as its author wrote it, and a way to get the policy with another expression in its place. */
export interface Slot {
  /** Where it stands in the spec. */
  readonly path: Path;
  readonly expression: Expression;
  /** Undefined if `text` does not compile, or is of another type. */
  replace(text: string): Policy | undefined;
}

/** Every expression of a policy that decides something, in the order of evaluation. */
export function slotsOf(policy: Policy): readonly Slot[] {
  const { spec, constants } = policy;
  const variables = variablesOf(policy);
  const claims = { ...variables, claims: claimsType(policy) };
  return [
    ...(policy.applies === undefined
      ? []
      : slot(policy, ['applies'], spec.applies, { variables, constants }, (when) => ({
          ...policy,
          applies: { when, reads: readsIn(policy, when) },
        }))),
    ...policy.deny.flatMap((rule, index) => {
      const put = (when: Expression) => ({
        ...policy,
        deny: policy.deny.with(index, { ...rule, when, reads: readsIn(policy, when) }),
      });
      return slot(policy, [...rule.path, 'when'], writtenRule(spec, rule), { variables, constants }, put);
    }),
    ...policy.claims.flatMap((claim, index) =>
      (['when', 'value'] as const).flatMap((part): readonly Slot[] => {
        const put = (one: Expression) => ({
          ...policy,
          claims: policy.claims.with(index, withReads(policy, { ...claim, [part]: one })),
        });
        const text = spec.claims[claim.name]?.[part];
        return slot(policy, ['claims', claim.name, part], text, { variables: claims, constants }, put);
      }),
    ),
    ...scopeSlots(policy, claims),
    ...policy.details.flatMap((detail, index) => {
      const { type, fields } = detail;
      const put = (grant: Expression) => ({
        ...policy,
        details: policy.details.with(index, { ...detail, grant, reads: readsIn(policy, grant) }),
      });
      const text = spec.authorizationDetails?.[type]?.grant;
      const environment = { variables: { ...claims, detail: asRead(fields) }, constants };
      return slot(policy, ['authorizationDetails', type, 'grant'], text, environment, put);
    }),
  ];
}

/** The condition of a rule as its author wrote it. */
function writtenRule(spec: Spec, { path: [section, index] }: PolicyRule): string | undefined {
  return spec[section === 'challenge' ? 'challenge' : 'deny']?.[Number(index)]?.when;
}

/** A claim or a deny rule that is for some subjects, and the policy in which it is for everybody. */
export interface SubjectSlot {
  readonly path: Path;
  readonly subjects: Subjects;
  readonly everybody: Policy;
}

/** The claims and deny rules of a policy that are for some subjects. */
export function subjectSlotsOf(policy: Policy): readonly SubjectSlot[] {
  const { spec, constants } = policy;
  const variables = variablesOf(policy);
  const claimed = { ...variables, claims: claimsType(policy) };
  const written = (text: string | undefined, names: Variables) => {
    const compiled = text === undefined ? undefined : compile(text, { variables: names, constants });
    return compiled?.ok ? compiled.expression : undefined;
  };
  return [
    ...policy.deny.flatMap((rule, index): readonly SubjectSlot[] => {
      const when = written(writtenRule(spec, rule), variables);
      if (rule.subjects === undefined || when === undefined) return [];
      const changed = { ...rule, when, subjects: undefined, reads: readsIn(policy, when) };
      const everybody = { ...policy, deny: policy.deny.with(index, changed) };
      return [{ path: [...rule.path, 'subjects'], subjects: rule.subjects, everybody }];
    }),
    ...policy.claims.flatMap((claim, index): readonly SubjectSlot[] => {
      if (claim.subjects === undefined) return [];
      const when = written(spec.claims[claim.name]?.when, claimed);
      const changed = withReads(policy, { ...claim, when, subjects: undefined });
      const everybody = { ...policy, claims: policy.claims.with(index, changed) };
      return [{ path: ['claims', claim.name, 'subjects'], subjects: claim.subjects, everybody }];
    }),
  ];
}

function scopeSlots(policy: Policy, claims: Variables): readonly Slot[] {
  const { spec } = policy;
  const slots = Object.entries(spec.scopes ?? {}).flatMap(([name, { grant, subjects }]) => [
    ...(grant === undefined ? [] : [{ path: ['scopes', name, 'grant'], text: grant, of: [name] }]),
    ...Object.entries(subjects ?? {}).map(([kind, text]) => ({
      path: ['scopes', name, 'subjects', kind],
      text,
      of: [name],
    })),
  ]);
  const kinds = Object.entries(spec.subjects ?? {}).map(([kind, text]) => {
    const of = Object.keys(spec.scopes ?? {}).filter((name) => spec.scopes?.[name]?.subjects);
    return { path: ['subjects', kind], text, of };
  });
  return [...kinds, ...slots].flatMap(({ path, text, of }): readonly Slot[] => {
    const bound = of.flatMap(
      (name) => policy.scopes.find((scope) => scope.name === name)?.placeholders ?? [],
    );
    const variables = { ...claims, ...Object.fromEntries(bound.map((each) => [each, string])) };
    const compiled = compile(text, { variables, constants: policy.constants });
    if (!compiled.ok) return [];
    const replace = (changed: string) => {
      const isOne = compile(changed, { variables, constants: policy.constants });
      return isOne.ok && isOne.expression.type.kind === 'bool'
        ? withScopes(policy, claims, specWith(spec, path, changed), of)
        : undefined;
    };
    return [{ path, expression: compiled.expression, replace }];
  });
}

const string: Type = { kind: 'string' };

function specWith(spec: Spec, [section, name = '', part, kind = '']: readonly string[], text: string): Spec {
  if (section === 'subjects') return { ...spec, subjects: { ...spec.subjects, [name]: text } };
  const scope = spec.scopes?.[name];
  const changed =
    part === 'grant'
      ? { ...scope, grant: text }
      : { ...scope, subjects: { ...scope?.subjects, [kind]: text } };
  return { ...spec, scopes: { ...spec.scopes, [name]: changed } };
}

/** The policy with some of its scopes replaced. */
function withScopes(
  policy: Policy,
  claims: Variables,
  spec: Spec,
  names: readonly string[],
): Policy | undefined {
  const some = Object.entries(spec.scopes ?? {}).filter(([name]) => names.includes(name));
  const made = createScopes({
    spec: { ...spec, scopes: Object.fromEntries(some) },
    source: policy.source,
    hasFault: () => false,
    isTaken: () => false,
    report: () => undefined,
    read: (_, text, bound = {}) => {
      const compiled = compile(text, { variables: { ...claims, ...bound }, constants: policy.constants });
      return compiled.ok ? compiled.expression : undefined;
    },
    guard: (path, condition, bound) =>
      guarded(policy, path, condition, {
        variables: { ...claims, ...bound },
        constants: policy.constants,
      }),
    readsOf: (expressions) => readsIn(policy, ...expressions),
  });
  if (made.length < some.length) return undefined;
  return {
    ...policy,
    spec,
    scopes: policy.scopes.map((scope) => made.find(({ name }) => name === scope.name) ?? scope),
  };
}

type Variables = Readonly<Record<string, Type>>;

/** @param text as the author wrote it; undefined: there is none */
function slot(
  policy: Policy,
  path: Path,
  text: string | undefined,
  environment: Environment,
  put: (expression: Expression) => Policy,
): readonly Slot[] {
  const written = text === undefined ? undefined : compile(text, environment);
  if (!written?.ok) return [];
  const { expression } = written;
  return [
    {
      path,
      expression,
      replace(changed) {
        const compiled = compile(changed, environment);
        if (!compiled.ok || formatType(compiled.expression.type) !== formatType(expression.type))
          return undefined;
        const whole = guarded(policy, path, compiled.expression, environment);
        return whole && put(whole);
      },
    },
  ];
}

function guarded(
  { guards }: Policy,
  path: Path,
  condition: Expression,
  environment: Environment,
): Expression | undefined {
  const behind = guards.behind(path, condition);
  if (behind === undefined) return condition;
  const compiled = compile(behind.text, environment);
  return compiled.ok ? compiled.expression : undefined;
}

function variablesOf({ spec, context, sources }: Policy): Variables {
  const tables = Object.entries(spec.tables ?? {}).map(
    ([name, table]) => [name, { type: literalType(table), always: true }] as const,
  );
  return {
    ...Object.fromEntries(Object.entries(asRead(context).fields).map(([name, { type }]) => [name, type])),
    ...constantVariables(spec),
    tables: { kind: 'record', name: 'tables', fields: Object.fromEntries(tables) },
    ...Object.fromEntries(sources.map(({ name, returns }) => [name, asRead(returns)])),
  };
}

function claimsType({ claims }: Policy): Type {
  const fields = claims.map(({ name, type }) => [name, { type }] as const);
  return { kind: 'record', name: 'claims', fields: Object.fromEntries(fields) };
}

function withReads(policy: Policy, claim: PolicyClaim): PolicyClaim {
  return { ...claim, reads: readsIn(policy, claim.value, claim.when) };
}
