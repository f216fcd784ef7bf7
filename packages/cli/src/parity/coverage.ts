import type { Policy } from '@claimsmith/core';
import type { Outcome } from '@claimsmith/runtime';
import type { Trial } from '../preview/issue.ts';
import type { PolicyRun } from './policy-run.ts';

/** A scenario and what the policy made of it. */
export interface Run extends Pick<PolicyRun, 'outcomes' | 'asked'> {
  readonly trial: Pick<Trial, 'answers'>;
}

/** How much of a policy the scenarios have tried. */
export interface Coverage {
  /** Things that can become of a policy's parts. */
  readonly cases: number;
  /** Those that no scenario has seen, in the order of the spec. */
  readonly untried: readonly Untried[];
}

/** A thing that can become of a part of the policy, and has not in any scenario. */
export interface Untried {
  readonly part: Part;
  readonly name: string;
  readonly what: string;
}

type Part = Outcome['kind'] | 'source';

/** What can become of a part, and how a run shows that it has. */
interface Case extends Untried {
  readonly seen: (run: Run) => boolean;
}

/** Which claims, conditions, missing values, deny rules, grants and failures no scenario has touched. */
export function coverageOf(policy: Policy, runs: readonly Run[]): Coverage {
  const cases = casesOf(policy);
  const untried = cases
    .filter(({ seen }) => !runs.some(seen))
    .map(({ part, name, what }) => ({ part, name, what }));
  return { cases: cases.length, untried };
}

function casesOf({ claims, deny, scopes, details, sources }: Policy): readonly Case[] {
  return [
    ...sources.flatMap(({ name }) => [source(name, 'answers', true), source(name, 'fails', false)]),
    ...deny.map(({ reason }) => outcome('deny', reason, 'holds', ['denied'])),
    ...claims.flatMap(({ name, value, when, audiences, clients }) => [
      outcome('claim', name, 'is emitted', ['emitted']),
      ...(when || audiences || clients
        ? [outcome('claim', name, whenSkipped(when !== undefined), ['skipped'])]
        : []),
      ...(value ? [outcome('claim', name, 'is missing', ['default', 'omitted', 'denied'])] : []),
    ]),
    ...scopes.flatMap(({ name }) => [
      outcome('scope', name, 'is granted', ['granted']),
      outcome('scope', name, 'is refused', ['refused']),
    ]),
    ...details.flatMap(({ type }) => [
      outcome('detail', type, 'is granted', ['granted']),
      outcome('detail', type, 'is refused', ['refused']),
    ]),
  ];
}

function whenSkipped(hasCondition: boolean): string {
  return hasCondition ? 'is left out by `when`' : 'is left out for its audience or client';
}

function outcome(
  part: Outcome['kind'],
  name: string,
  what: string,
  outcomes: readonly Outcome['outcome'][],
): Case {
  const isSeen = (found: Outcome) =>
    found.kind === part && found.name === name && outcomes.includes(found.outcome);
  return { part, name, what, seen: (run) => run.outcomes.some(isSeen) };
}

function source(name: string, what: string, answered: boolean): Case {
  const isAnswered = ({ answers }: Run['trial']) => answers[name] !== undefined && 'value' in answers[name];
  const seen = ({ asked, trial }: Run) =>
    asked.some((need) => need.source === name) && isAnswered(trial) === answered;
  return { part: 'source', name, what, seen };
}
