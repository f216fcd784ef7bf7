import type { Expression } from '@claimsmith/cel';
import type { RawContext } from './context.ts';
import { mappingOf } from './data.ts';
import type { Delegated, Policy } from './policy.ts';
import { expressionsOf } from './policy-expressions.ts';
import { askedWith } from './sources/asked-with.ts';

/** What decides whether a part of a policy is for delegated tokens. */
interface Part {
  /** As the spec says it. */
  readonly said: boolean | undefined;
  /** Whether services may grant something on it. */
  readonly grants: boolean;
  /** Whether it names agents among its subjects. */
  readonly namesAgents: boolean;
  /** Whether it reads the actor, and so decides itself. */
  readonly readsActor: boolean;
}

/** Whether a part is for delegated tokens. Authority is not delegated unless the spec says so. */
export function delegatedOf({ said, grants, namesAgents, readsActor: decides }: Part): Delegated {
  if (said !== undefined) return said ? 'always' : 'never';
  if (!grants || decides) return 'always';
  return namesAgents ? 'agents' : 'never';
}

/** Whether an expression reads who acts for the subject. */
export function readsActor(expression: Expression | undefined): boolean {
  return expression?.reads.some(({ path: [root] }) => root === 'actor') === true;
}

/** Whether tokens of a policy depend on who acts for the subject. */
export function dependsOnActor(policy: Policy): boolean {
  const { claims, scopes, details } = policy;
  if (policy.dependsOnActor !== undefined) return policy.dependsOnActor;
  return (
    [...claims, ...scopes, ...details].some(({ delegated }) => delegated !== 'always') || actorIsRead(policy)
  );
}

/** Whether an expression of a policy, or a question to one of its sources, reads who acts for the subject. */
export function actorIsRead(policy: Policy): boolean {
  return (
    expressionsOf(policy).some(({ expression }) => readsActor(expression)) ||
    policy.sources.flatMap(askedWith).some(readsActor)
  );
}

/** Whether a part is for the token of a situation, as far as its actor decides it. */
export function isFor(delegated: Delegated, { actor, subject_type }: RawContext): boolean {
  const isDirect = Object.keys(mappingOf(actor)).length === 0;
  return isDirect || delegated === 'always' || (delegated === 'agents' && subject_type === 'agent');
}
