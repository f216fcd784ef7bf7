import type { Expression } from '@claimsmith/cel';
import { type Policy, type PolicyClaim, readsIn } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { runPolicy } from '../run/policy-run.ts';
import type { Trial } from '../run/trial.ts';

/** The result of a policy's condition in one situation. Undefined: it fails. */
export type Judge = (condition: Expression) => boolean | undefined;

/**
 * Evaluates single conditions of a policy: each `when` of its claims and deny rules. The policy's own outcomes do not
 * show whether a claim's value or its condition failed, or which of two deny rules with one reason was true.
 */
export function conditionsOf(policy: Policy): (trial: Pick<Trial, 'context' | 'answers'>) => Judge {
  const conditions = [...policy.claims, ...policy.deny].flatMap(({ when }) => when ?? []);
  const names = new Map(conditions.map((condition, index) => [condition, `condition ${index}`]));
  const probe: Policy = {
    ...policy,
    applies: undefined,
    deny: [],
    scopes: [],
    details: [],
    // Nothing denies, so that every condition is judged.
    claims: [
      ...policy.claims.map((claim): PolicyClaim => ({ ...claim, onMissing: 'omit' })),
      ...[...names].map(([condition, name]) => asClaim(policy, condition, name)),
    ],
  };
  const program = evaluateProgram(generateProgram(probe));
  return (trial) => {
    const { access } = runPolicy(program, probe, trial, trial.context).verdict;
    return (condition) => {
      const value = access[names.get(condition) ?? ''];
      return typeof value === 'boolean' ? value : undefined;
    };
  };
}

function asClaim(policy: Policy, value: Expression, name: string): PolicyClaim {
  return {
    name,
    kind: 'descriptive',
    resolve: 'issuance',
    value,
    constant: undefined,
    type: value.type,
    when: undefined,
    subjects: undefined,
    delegated: 'always',
    tokens: ['access'],
    onMissing: 'omit',
    audiences: undefined,
    clients: undefined,
    maxAgeSeconds: undefined,
    maxItems: undefined,
    maxBytes: undefined,
    as: {},
    reads: readsIn(policy, value),
  };
}
