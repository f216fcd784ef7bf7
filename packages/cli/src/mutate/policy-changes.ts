import {
  otherScopes,
  type Path,
  type Policy,
  type PolicyClaim,
  type TokenName,
  tokenNames,
} from '@claimsmith/core';
import type { Literal } from '@claimsmith/core/spec';
import { canBeMissing } from '../proof/can-be-missing.ts';

/** A small change of a policy besides its expressions. */
export interface PolicyChange {
  readonly path: Path;
  /** The original and its replacement, for people. */
  readonly was: string;
  readonly became: string;
  readonly policy: Policy;
}

/** The small changes of a policy's claims, bounds, defaults, tables, scopes and reasons. */
export function policyChanges(policy: Policy): readonly PolicyChange[] {
  return [
    ...policy.claims.flatMap((claim, index) => claimChanges(policy, claim, index)),
    ...reasonChanges(policy),
    ...policy.scopes
      .map((scope, index): PolicyChange => {
        const scopes = policy.scopes.with(index, { ...scope, add: !scope.add });
        const path = ['scopes', scope.name, ...(scope.add ? ['add'] : [])];
        return {
          path,
          was: `add: ${scope.add}`,
          became: `add: ${!scope.add}`,
          policy: { ...policy, scopes },
        };
      })
      .filter((_, index) => {
        const scope = policy.scopes[index];
        return scope?.placeholders.length === 0 && scope.name !== otherScopes;
      }),
    ...delegationChanges(policy),
    ...tableChanges(policy),
  ];
}

/** What the spec says about delegated tokens, turned round. */
function delegationChanges(policy: Policy): readonly PolicyChange[] {
  const { spec, claims, scopes, details } = policy;
  const change = (path: Path, said: boolean | undefined, turned: Partial<Policy>): readonly PolicyChange[] =>
    said === undefined
      ? []
      : [
          {
            path: [...path, 'delegated'],
            was: `delegated: ${said}`,
            became: `delegated: ${!said}`,
            policy: { ...policy, ...turned },
          },
        ];
  const other = (said: boolean | undefined) => (said ? 'never' : 'always');
  return [
    ...claims.flatMap((claim, index) => {
      const said = spec.claims[claim.name]?.delegated;
      const changed = claims.with(index, { ...claim, delegated: other(said) });
      return change(['claims', claim.name], said, { claims: changed });
    }),
    ...scopes.flatMap((scope, index) => {
      const said = spec.scopes?.[scope.name]?.delegated;
      const changed = scopes.with(index, { ...scope, delegated: other(said) });
      return change(['scopes', scope.name], said, { scopes: changed });
    }),
    ...details.flatMap((detail, index) => {
      const said = spec.authorizationDetails?.[detail.type]?.delegated;
      const changed = details.with(index, { ...detail, delegated: other(said) });
      return change(['authorizationDetails', detail.type], said, { details: changed });
    }),
  ];
}

/** Changes of one key of a claim: what it is, and the claim with another. */
type ClaimChange = readonly [key: string, was: string, became: string, claim: PolicyClaim];

function claimChanges(policy: Policy, claim: PolicyClaim, index: number): readonly PolicyChange[] {
  const { name } = claim;
  const isRead = [...policy.claims, ...policy.scopes, ...policy.details].some(({ reads }) =>
    reads.claims.includes(name),
  );
  const made = (found: readonly ClaimChange[]) =>
    found.map(([key, was, became, other]): PolicyChange => {
      const path = ['claims', name, ...key.split('.')];
      return { path, was, became, policy: { ...policy, claims: policy.claims.with(index, other) } };
    });
  const without: PolicyChange = {
    path: ['claims', name],
    was: `the claim ${name}`,
    became: 'claim removed',
    policy: { ...policy, claims: policy.claims.toSpliced(index, 1) },
  };
  return [
    ...(isRead ? [] : [without]),
    ...made([
      ...missingChanges(claim),
      ...boundChanges(claim),
      ...tokenChanges(claim),
      ...restrictions(claim),
      ...(claim.constant === undefined
        ? []
        : otherLiterals(claim.constant).map(
            (constant): ClaimChange => [
              'const',
              shown(claim.constant ?? ''),
              shown(constant),
              { ...claim, constant },
            ],
          )),
    ]),
  ];
}

/** What happens if the value is missing. */
function missingChanges(claim: PolicyClaim): readonly ClaimChange[] {
  if (!canBeMissing(claim) && claim.when?.canFail !== true) return [];
  const { onMissing } = claim;
  const fallback = typeof onMissing === 'string' ? undefined : onMissing.default;
  const text = (outcome: string) => `onMissing: ${outcome}`;
  const was = typeof onMissing === 'string' ? onMissing : `{ default: ${shown(onMissing.default)} }`;
  const others = (['deny', 'omit'] as const).filter((outcome) => outcome !== onMissing);
  return [
    ...others.map(
      (outcome): ClaimChange => ['onMissing', text(was), text(outcome), { ...claim, onMissing: outcome }],
    ),
    ...(fallback === undefined ? [] : otherLiterals(fallback)).map(
      (other): ClaimChange => [
        'onMissing.default',
        `default: ${shown(fallback ?? '')}`,
        `default: ${shown(other)}`,
        { ...claim, onMissing: { default: other } },
      ],
    ),
  ];
}

function boundChanges(claim: PolicyClaim): readonly ClaimChange[] {
  return (['maxItems', 'maxBytes'] as const).flatMap((bound) => {
    const limit = claim[bound];
    if (limit === undefined) return [];
    return [limit - 1, limit + 1].map(
      (other): ClaimChange => [
        bound,
        `${bound}: ${limit}`,
        `${bound}: ${other}`,
        { ...claim, [bound]: other },
      ],
    );
  });
}

function tokenChanges(claim: PolicyClaim): readonly ClaimChange[] {
  if (claim.resolve === 'request') return [];
  const names = claim.tokens.includes('userinfo') ? tokenNames : (['access', 'id'] as const);
  let all: readonly (readonly TokenName[])[] = [[]];
  for (const name of names) all = [...all, ...all.map((list) => [...list, name])];
  const text = (tokens: readonly string[]) => `tokens: [${tokens.join(', ')}]`;
  const isSame = (tokens: readonly string[]) =>
    tokens.length === claim.tokens.length && claim.tokens.every((token) => tokens.includes(token));
  return all
    .filter((tokens) => tokens.length > 0 && !isSame(tokens))
    .map((tokens): ClaimChange => ['tokens', text(claim.tokens), text(tokens), { ...claim, tokens }]);
}

/** The subjects that a claim is for: one kind less, or all. */
function restrictions(claim: PolicyClaim): readonly ClaimChange[] {
  return (['audiences', 'clients'] as const).flatMap((key): readonly ClaimChange[] => {
    const list = claim[key];
    if (list === undefined) return [];
    const text = (names: readonly string[]) => `${key}: [${names.join(', ')}]`;
    const fewer = list.map((_, index) => list.toSpliced(index, 1));
    return [
      [key, text(list), `no ${key}`, { ...claim, [key]: undefined }],
      ...fewer.map((names): ClaimChange => [key, text(list), text(names), { ...claim, [key]: names }]),
    ];
  });
}

function reasonChanges(policy: Policy): readonly PolicyChange[] {
  return policy.deny.map((rule, index) => {
    const became = `${rule.reason}_x`;
    return {
      path: [...rule.path, 'reason'],
      was: rule.reason,
      became,
      policy: { ...policy, deny: policy.deny.with(index, { ...rule, reason: became }) },
    };
  });
}

/** One change for each distinct value of a table, in all its entries: scenarios do not have to test every key. */
function tableChanges(policy: Policy): readonly PolicyChange[] {
  return Object.entries(policy.spec.tables ?? {}).flatMap(([name, table]) => {
    const values = new Set(Object.values(table).map(shown));
    return [...values].flatMap((was) => {
      const entries = Object.entries(table).filter(([, value]) => shown(value) === was);
      const [first] = entries;
      if (first === undefined) return [];
      return otherLiterals(first[1]).map((value): PolicyChange => {
        const changed = Object.fromEntries(entries.map(([key]) => [key, value]));
        const tables = { ...policy.spec.tables, [name]: { ...table, ...changed } };
        const path = ['tables', name, first[0]];
        return { path, was, became: shown(value), policy: { ...policy, spec: { ...policy.spec, tables } } };
      });
    });
  });
}

/** Other values of a literal's type. */
function otherLiterals(value: Literal): readonly Literal[] {
  if (typeof value === 'string') return [`${value}x`];
  if (typeof value === 'number') return [value + 1];
  if (typeof value === 'boolean') return [!value];
  if (Array.isArray(value)) {
    const [first = ''] = value;
    return value.length === 0 ? [['x']] : [[...otherLiterals(first), ...value.slice(1)], value.slice(1)];
  }
  const [entry] = Object.entries(value);
  if (entry === undefined) return [{ x: 'x' }];
  return otherLiterals(entry[1]).map((other) => ({ ...value, [entry[0]]: other }));
}

function shown(value: Literal): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
