import { compile, type Environment, type Expression, formatType, type Type } from '@claimsmith/cel';
import { constantVariables } from './constants.ts';
import { asRead, literalType } from './declared-type.ts';
import { readsIn } from './expressions.ts';
import type { Path } from './finding.ts';
import type { Policy, PolicyClaim } from './policy.ts';
import { createScopes } from './scopes.ts';
import type { Spec } from './spec/schema.ts';

/** An expression of a spec, and a way to get the policy with another expression in its place. */
export interface Slot {
  /** Where it stands in the spec. */
  readonly path: Path;
  readonly expression: Expression;
  /** Undefined if `text` does not compile, or is of another type. */
  replace(text: string): Policy | undefined;
}

/** Every expression of a policy that decides something, in the order of evaluation. */
export function slotsOf(policy: Policy): readonly Slot[] {
  const { constants } = policy;
  const variables = variablesOf(policy);
  const claims = { ...variables, claims: claimsType(policy) };
  return [
    ...policy.deny.map(({ when, reason }, index): Slot => {
      const rule = (one: Expression) => ({ reason, when: one, reads: readsIn(policy, one) });
      const put = (one: Expression) => ({ ...policy, deny: policy.deny.with(index, rule(one)) });
      return slot(['deny', index, 'when'], when, { variables, constants }, put);
    }),
    ...policy.claims.flatMap((claim, index) =>
      (['when', 'value'] as const).flatMap((part): readonly Slot[] => {
        const expression = claim[part];
        if (expression === undefined) return [];
        const put = (one: Expression) => ({
          ...policy,
          claims: policy.claims.with(index, withReads(policy, { ...claim, [part]: one })),
        });
        return [slot(['claims', claim.name, part], expression, { variables: claims, constants }, put)];
      }),
    ),
    ...scopeSlots(policy, claims),
    ...policy.details.map((detail, index): Slot => {
      const { type, fields, grant } = detail;
      const put = (one: Expression) => ({
        ...policy,
        details: policy.details.with(index, { ...detail, grant: one, reads: readsIn(policy, one) }),
      });
      return slot(
        ['authorizationDetails', type, 'grant'],
        grant,
        { variables: { ...claims, detail: fields }, constants },
        put,
      );
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

function slot(
  path: Path,
  expression: Expression,
  environment: Environment,
  put: (expression: Expression) => Policy,
): Slot {
  return {
    path,
    expression,
    replace(text) {
      const compiled = compile(text, environment);
      if (!compiled.ok || formatType(compiled.expression.type) !== formatType(expression.type))
        return undefined;
      return put(compiled.expression);
    },
  };
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
