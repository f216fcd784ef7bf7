import { isDeepStrictEqual } from 'node:util';
import { createPolicy, isError, type Verdict } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import fc from 'fast-check';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { impossibleAt } from '../../packages/cli/src/run/carried.ts';
import { expectedAt } from '../../packages/cli/src/run/expectation.ts';
import { issue } from '../../packages/cli/src/run/issue.ts';
import type { Stage, Trial } from '../../packages/cli/src/run/trial.ts';
import { situations, specs } from './spec.ts';

/** A pair in which an issuer would grant more than the policy with all commands in success, or sign what nothing announced. */
export interface Finding {
  readonly issuer: string;
  readonly spec: string;
  readonly context: unknown;
  readonly answers: unknown;
  readonly due: Verdict;
  readonly signed: unknown;
}

export interface Search {
  /** Pairs of a spec and a situation, at each issuer that takes the spec. */
  readonly pairs: number;
  /** Those that cannot come about at the issuer, because somebody acts for the user. */
  readonly impossible: number;
  /** Those in which the issuer signs something else than the policy decides, as announced. */
  readonly announced: number;
  /** Pairs that went through the issuer's built files. */
  readonly simulated: number;
  /** Specs that `check` refuses at an issuer. */
  readonly refused: number;
  readonly found: readonly Finding[];
}

/**
 * Looks for an issuer's token that grants more than the policy though `check` and `test` succeed.
 *
 * @param limits.pairs how many pairs at least
 * @param limits.simulateEvery one pair in so many goes through the built files too
 */
export async function searchWider(limits: {
  readonly seed: number;
  readonly pairs: number;
  readonly simulateEvery: number;
  /** Whether to go on with specs that `check` refuses: there is something to find in these. Default false. */
  readonly isUnchecked?: boolean;
}): Promise<Search> {
  const search = { pairs: 0, impossible: 0, announced: 0, simulated: 0, refused: 0, found: [] as Finding[] };
  for (let batch = 0; search.pairs < limits.pairs; batch++) {
    const seed = limits.seed + batch;
    for (const text of fc.sample(specs, { seed, numRuns: 50 })) {
      for (const stage of stagesOf(text, search, limits.isUnchecked === true)) {
        const sample = fc.sample(situations, { seed: seed + text.length, numRuns: 100 });
        for (const { context, answers } of sample) {
          const trial: Trial = {
            name: 'wider',
            context,
            answers,
            nowSeconds,
            expect: undefined,
          };
          search.pairs++;
          // Whoever acts for a user gets what the built files give, which no finding announces.
          const every = context.actor === undefined ? limits.simulateEvery : limits.simulateEvery / 10;
          const isSimulated = search.pairs % Math.ceil(every) === 0;
          await tryPair(stage, text, trial, search, isSimulated);
        }
      }
    }
  }
  return search;
}

const nowSeconds = 1_767_225_600;

type Counts = { -readonly [K in keyof Search]: Search[K] extends readonly Finding[] ? Finding[] : Search[K] };

async function tryPair(stage: Stage, spec: string, trial: Trial, search: Counts, isSimulated: boolean) {
  const { issuer, policy } = stage;
  const { trigger } = issuer.simulator.eventFrom(trial.context, policy);
  if (impossibleAt(trial.context, issuer, trigger, policy) !== undefined) {
    search.impossible++;
    return;
  }
  const { verdict, due, declared, isGuarded } = expectedAt(stage, trigger, trial);
  const place = { issuer: issuer.id, spec, context: trial.context, answers: trial.answers, due };
  if (declared.length > 0) search.announced++;
  if (!isGuarded && isMore(policy.claims, due, verdict)) search.found.push({ ...place, signed: verdict });
  if (!isSimulated) return;
  search.simulated++;
  const compilation = await issuer.compile(policy);
  const { divergences } = await issue({ ...stage, compilation }, trial);
  if (divergences.length > 0) search.found.push({ ...place, signed: divergences });
}

/** Said once more than in the product, which it is to judge. */
function isMore(claims: Stage['policy']['claims'], due: Verdict, signed: Verdict): boolean {
  if (signed.denied !== undefined) return false;
  if (due.denied !== undefined) return true;
  if (signed.scopes.some((scope) => !due.scopes.includes(scope))) return true;
  return claims.some(({ name, kind }) => {
    const [value, meant] = [signed.access[name], due.access[name]];
    if (kind !== 'authoritative' || value === undefined || isDeepStrictEqual(value, meant)) return false;
    const isPart = Array.isArray(value) && Array.isArray(meant) && value.every((one) => meant.includes(one));
    return !isPart && !(value === false && meant === true);
  });
}

/** The issuers at which `check` finds no error. */
function stagesOf(text: string, search: Counts, isUnchecked: boolean): readonly Stage[] {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const reading = readSpec({ file: 'wider.yaml', text }, settings);
  const created = reading.spec && createPolicy(reading.spec, reading.source);
  const policy = created?.policy;
  if (policy === undefined) {
    const [finding] = [...reading.findings, ...(created?.findings ?? [])].filter(isError);
    // Work without bounds is refused for all issuers alike.
    if (finding?.message.startsWith('May take ') === true) return [];
    throw new Error(`${finding?.rule}: ${finding?.message}\n${text}`);
  }
  const program = evaluateProgram(generateProgram(policy));
  return issuers.flatMap((issuer): readonly Stage[] => {
    const findings = issuer.check(policy);
    if (findings.some(isError) && !isUnchecked) {
      search.refused++;
      return [];
    }
    const compilation = { artifacts: [], findings: [] };
    return [{ issuer, policy, compilation, names: issuer.names(policy), program, findings }];
  });
}
