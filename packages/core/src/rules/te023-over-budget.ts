import { countText, MAX_CHARACTERS, MAX_ITEMS, MAX_STEPS, sizedParts } from '@claimsmith/cel';
import type { Finding } from '../finding.ts';
import type { Policy } from '../policy.ts';
import { MAX_FIELD_CHARACTERS, type Worst, worstCases } from '../worst-case.ts';
import type { Rule } from './rule.ts';

const count = (value: number): string => countText(Math.round(value));

export const overBudget = {
  id: 'TE023',
  slug: 'over-budget',
  severity: 'warning',
  title: `A policy takes at most ${count(MAX_STEPS)} steps, even for the largest values.`,
  why: `An issuance that takes more steps is denied, so that nobody can keep an issuer busy. \`check\` assumes lists of ${count(MAX_ITEMS)} items, texts of ${count(MAX_CHARACTERS)} characters, ${count(MAX_FIELD_CHARACTERS)} characters in one field, and answers of a source up to its \`limit\`.`,
  mend: 'Check sizes first, as in `size(x) <= 100 && …`, shorten values with `slice` and `substring`, limit claims with `maxItems` and `maxBytes`, or lower the `limit` of a source.',
  bad: `claims:
  member: { value: 'sets.contains(user.roles, user.groups)', kind: descriptive }`,
  good: `claims:
  member: { value: 'size(user.groups) <= 50 && sets.contains(user.roles, user.groups)', kind: descriptive }`,
  lookups: true,
  check: (policy) => {
    const all = worstCases(policy);
    const total = all.reduce((sum, { steps }) => sum + steps, 0);
    if (total <= MAX_STEPS) return [];
    const alone = all.filter(({ steps }) => steps > MAX_STEPS);
    const [first] = [...all].sort((a, b) => b.steps - a.steps);
    // If no part is too much by itself, report the largest.
    const blamed = alone.length > 0 || first === undefined ? alone : [first];
    return blamed.map((worst, i) =>
      findingOf(policy, worst, alone.length > 0 ? worst.steps : total, i < searchedHelps),
    );
  },
} as const satisfies Rule;

/** The search for help is slow, so it covers only this many findings and parts. */
const searchedHelps = 5;
const searchedParts = 12;

function findingOf(policy: Policy, worst: Worst, steps: number, isSearched: boolean): Finding {
  const all = steps === worst.steps ? 'This expression' : 'The policy, and this part most of all,';
  return {
    rule: 'TE023',
    severity: 'warning',
    message: `${all} may take ${count(steps)} steps for the largest allowed lists and texts. An issuance that takes more than ${count(MAX_STEPS)} steps is denied.`,
    range: policy.source.value(worst.path),
    help: isSearched ? helpOf(policy, worst, MAX_STEPS - (steps - worst.steps)) : generalHelp,
  };
}

/** The most generous sizes come first. */
const SIZES = [1_000, 300, 100, 30, 10];
const LIMITS = [16_000, 4_000, 1_000];

/** How to reduce an expression to this many steps: limit the sizes of some parts, or of the answers of sources. */
function helpOf(policy: Policy, worst: Worst, steps: number): string {
  const read = policy.sources.filter(({ name }) =>
    worst.expression.reads.some(({ path }) => path[0] === name),
  );
  const { free, variables } = sizedParts(worst.expression);
  const all = [...variables, ...free];
  // Checking the size of what is computed computes it too, so what it is computed from comes first.
  const simple = all.filter((part) => !all.some((other) => other !== part && part.includes(other)));
  for (const parts of [simple, all].map((some) => some.slice(0, searchedParts))) {
    for (const size of SIZES) {
      for (const limit of [undefined, ...(read.length > 0 ? LIMITS : [])]) {
        const smaller = read.filter(({ limitBytes }) => limit !== undefined && limitBytes > limit);
        if (limit !== undefined && smaller.length === 0) continue;
        const limits = new Map(smaller.map(({ name }) => [name, limit ?? 0]));
        const asked = enough(worst, parts, limits, size, steps);
        if (asked !== undefined) return sentence(asked, new Set(variables), size, [...limits]);
      }
    }
  }
  return generalHelp;
}

const generalHelp =
  'Split it into several claims, and limit each: claims with `maxItems` and `maxBytes`, lists with `slice`.';

/** The fewest parts that are enough when they are that small. */
function enough(
  { below }: Worst,
  parts: readonly string[],
  limits: ReadonlyMap<string, number>,
  size: number,
  steps: number,
): readonly string[] | undefined {
  const asked = new Map<string, number>();
  for (let rounds = 0; rounds <= 3; rounds++) {
    if (below(asked, limits) <= steps) return [...asked.keys()];
    const costs = parts
      .filter((part) => !asked.has(part))
      .map((part) => ({ part, cost: below(new Map([...asked, [part, size]]), limits) }));
    const [best] = costs.sort((a, b) => a.cost - b.cost);
    if (best === undefined) return undefined;
    asked.set(best.part, size);
  }
  return undefined;
}

function sentence(
  asked: readonly string[],
  variables: ReadonlySet<string>,
  size: number,
  limits: readonly (readonly [string, number])[],
): string {
  const tests = (parts: readonly string[]) => parts.map((part) => `size(${part}) <= ${size}`).join(' && ');
  const first = tests(asked.filter((part) => !variables.has(part)));
  const inside = tests(asked.filter((part) => variables.has(part)));
  const ways = [
    ...limits.map(([name, limit]) => `give the source \`${name}\` a \`limit\` of ${limit / 1_000}kB`),
    ...(first === '' ? [] : [`check sizes first: \`${first} && …\` or \`${first} ? … : …\``]),
    ...(inside === '' ? [] : [`check the sizes of elements where they are used: \`${inside} && …\``]),
  ];
  const all = ways.join(', and ');
  return `${all.charAt(0).toUpperCase()}${all.slice(1)}.`;
}
