import { createPolicy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import type { Answers } from '@claimsmith/runtime';

/** One size of one thing, with what a decision then costs. */
export interface GrowthRow {
  readonly what: string;
  readonly size: number;
  readonly us: number;
  /** Against the smallest of its kind. */
  readonly ratio: number;
}

/**
 * How the cost of a decision grows with claims, with the groups that a user is in, and with sources that are asked
 * (their answers at hand). Sizes take turns; the median of their rounds counts.
 */
export function benchGrowth(): readonly GrowthRow[] {
  return [
    ...growth('claims', [10, 100, 1_000], (size) => subject(claimsSpec(size), login(20), {})),
    ...growth('groups', [10, 100, 1_000], (size) => subject(claimsSpec(10), login(size), {})),
    ...growth('sources', [0, 1, 2, 3, 4, 5], (size) => subject(sourcesSpec(size), login(20), answers(size))),
  ];
}

type Decide = () => void;

function growth(
  what: string,
  sizes: readonly number[],
  subjectOf: (size: number) => Decide,
): readonly GrowthRow[] {
  const subjects = sizes.map(subjectOf);
  const times = subjects.map((): number[] => []);
  for (let round = 0; round < 15; round++) {
    for (const [index, decide] of subjects.entries()) times[index]?.push(timeOf(decide));
  }
  const medians = times.map((list) => list.slice(5).toSorted((a, b) => a - b)[5] ?? 0);
  return sizes.map((size, index) => {
    const us = medians[index] ?? 0;
    return { what, size, us, ratio: us / (medians[0] ?? us) };
  });
}

/** Microseconds of one call. */
function timeOf(decide: Decide): number {
  const start = performance.now();
  let calls = 0;
  while (performance.now() - start < 20) {
    for (let i = 0; i < 20; i++) decide();
    calls += 20;
  }
  return ((performance.now() - start) * 1_000) / calls;
}

function subject(text: string, raw: unknown, given: Answers): Decide {
  const { spec, source } = readSpec({ file: 'growth.yaml', text }, {});
  const policy = spec && createPolicy(spec, source).policy;
  if (policy === undefined) throw new Error('the growth spec is not a policy');
  const program = evaluateProgram(generateProgram(policy));
  const run = () => {
    const context = program.context(raw);
    program.needs(context, {});
    return program.decide(context, given);
  };
  if (run().denied !== undefined) throw new Error('the growth spec denies');
  return run;
}

/** A third each of a field, a condition over groups, and a list cut to what concerns an API. */
function claimsSpec(count: number): string {
  const kinds = [
    'user.attributes.country',
    'user.groups.exists(g, g == "group-7") ? "yes" : "no"',
    'user.groups.filter(g, g.startsWith("group-1"))',
  ];
  const claims = Array.from(
    { length: count },
    (_, index) => `  claim_${index}: { value: '${kinds[index % kinds.length]}', kind: descriptive }`,
  );
  return `version: 1\nname: growth\nuser: { attributes: { country: string } }\nclaims:\n${claims.join('\n')}\n`;
}

function sourcesSpec(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  const sources = numbers.map(
    (n) =>
      `  s${n}: { http: { url: 'https://s${n}.bench.example/{user.id}' }, returns: { plan: string, features: list(string) } }`,
  );
  const claims = numbers.map((n) => `  plan_${n}: { value: s${n}.plan, kind: authoritative }`);
  return `version: 1\nname: growth\nuser: { attributes: { country: string } }
${count > 0 ? `sources:\n${sources.join('\n')}\n` : ''}claims:
  country: { value: user.attributes.country, kind: authoritative }
${claims.join('\n')}\n`;
}

function answers(count: number): Answers {
  const answer = { value: { plan: 'gold', features: ['a', 'b', 'c'] }, ageSeconds: 1 };
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`s${n}`, answer]));
}

function login(groups: number): unknown {
  return {
    user: {
      id: 'u1',
      groups: Array.from({ length: groups }, (_, index) => `group-${index}`),
      attributes: { country: 'DE' },
    },
    request: { scopes: ['openid'] },
    subject_type: 'human',
  };
}
