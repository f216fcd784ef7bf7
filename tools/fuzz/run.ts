import type { Problem } from '@claimsmith/cel';
import { build, type Outcome, type Unit } from '../../packages/cel/test/support/program.ts';
import { agrees } from './compare.ts';
import { defects } from './defects.ts';
import { type Data, environment, randomData } from './environment.ts';
import { type Node, render } from './expression.ts';
import { randomExpression } from './generate.ts';
import { minimise } from './minimise.ts';
import { bufbuild, marcbachmann, type Oracle, type OracleOutcome } from './oracles.ts';
import { type Random, seeded } from './random.ts';

export interface Summary {
  readonly seed: number;
  expressions: number;
  /** Agreed on by at least one oracle, and contradicted by none. */
  values: number;
  errors: number;
  /** Ill-typed or over a limit, and refused by our checker. */
  refused: number;
  /** Neither oracle could say: it does not have the function, or a known defect is in the way. */
  unjudged: number;
  /** Verdicts set aside, by defect. */
  readonly excluded: Map<string, number>;
  readonly differences: Difference[];
  /** Every generated text goes here, if wanted. */
  readonly onProgram: ((text: string, cases: readonly FuzzCase[]) => void) | undefined;
}

export interface FuzzCase {
  readonly node: Node;
  readonly source: string;
  readonly wellTyped: boolean;
  readonly data: Data;
  readonly bound: ReadonlyMap<Oracle, unknown>;
}

export interface Difference {
  readonly source: string;
  readonly data: Data;
  readonly ours: string;
  readonly theirs: string;
}

interface Verdict {
  readonly kind: 'value' | 'error' | 'refused' | 'unjudged' | 'difference';
  readonly excluded: readonly string[];
  readonly difference?: Difference;
}

const oracles = [bufbuild, marcbachmann] as const;
/** One `new Function` for so many expressions. */
const BATCH = 250;
const DATA_SETS = 24;
const LARGEST_SOURCE = 1_800;

export interface Options {
  readonly seed: number;
  readonly count?: number;
  readonly until?: () => boolean;
  readonly maxDifferences?: number;
  readonly onProgram?: Summary['onProgram'];
}

/** Random expressions against the oracles, `count` of them or `until` says stop. The same seed makes the same run. */
export function fuzz({ seed, count = Infinity, until, maxDifferences = 5, onProgram }: Options): Summary {
  const summary: Summary = {
    seed,
    expressions: 0,
    values: 0,
    errors: 0,
    refused: 0,
    unjudged: 0,
    excluded: new Map(),
    differences: [],
    onProgram,
  };
  const random = seeded(seed);
  while (summary.expressions < count && until?.() !== true && summary.differences.length < maxDifferences) {
    runBatch(random, Math.min(BATCH, count - summary.expressions), summary);
  }
  return summary;
}

function runBatch(random: Random, size: number, summary: Summary): void {
  const dataSets = Array.from({ length: DATA_SETS }, () => {
    const data = randomData(random);
    return { data, bound: new Map<Oracle, unknown>(oracles.map((oracle) => [oracle, oracle.bind(data)])) };
  });
  const [firstData, ...moreData] = dataSets;
  if (!firstData) return;
  const cases: FuzzCase[] = [];
  while (cases.length < size) {
    const { node, wellTyped } = randomExpression(random);
    const source = render(node);
    if (source.length <= LARGEST_SOURCE)
      cases.push({ node, source, wellTyped, ...random.pick([firstData, ...moreData]) });
  }
  const { units, text } = build(cases.map(({ source }) => ({ source, environment })));
  summary.onProgram?.(text, cases);
  for (const [index, one] of cases.entries()) {
    const unit = units[index];
    if (unit) record(one, judge(one, unit), summary);
  }
}

function record(one: FuzzCase, verdict: Verdict, summary: Summary): void {
  summary.expressions += 1;
  for (const name of verdict.excluded) summary.excluded.set(name, (summary.excluded.get(name) ?? 0) + 1);
  switch (verdict.kind) {
    case 'value':
      summary.values += 1;
      return;
    case 'error':
      summary.errors += 1;
      return;
    case 'difference':
      summary.differences.push(smallest(one));
      return;
    default:
      summary[verdict.kind] += 1;
  }
}

/** The difference again, on the smallest expression that still shows one of its kind. */
function smallest(one: FuzzCase): Difference {
  const differenceOf = (node: Node): Difference | undefined => {
    const source = render(node);
    const [unit] = build([{ source, environment }]).units;
    return unit && judge({ ...one, node, source }, unit).difference;
  };
  const original = differenceOf(one.node);
  if (!original) throw new Error(`not reproducible: ${one.source}`);
  const isSame = (node: Node): boolean => {
    const found = differenceOf(node);
    return found !== undefined && kindOf(found) === kindOf(original);
  };
  return differenceOf(minimise(one.node, isSame)) ?? original;
}

/** `error/bufbuild: value`; with a refusal its code, since pruning itself makes names unbound and types unfit. */
function kindOf({ ours, theirs }: Difference): string {
  return [ours.replace(/(refused.{0,30}|\w+).*/s, '$1'), theirs.split(' ').slice(0, 2).join(' ')].join('/');
}

function judge(one: FuzzCase, unit: Unit): Verdict {
  if (!unit.ok) {
    if (!one.wellTyped || mayRefuse(one.source, unit.problems)) return { kind: 'refused', excluded: [] };
    const ours = unit.problems.map(({ code, message }) => `${code}: ${message}`).join('; ');
    return {
      kind: 'difference',
      excluded: [],
      difference: { ...pick(one), ours: `refused (${ours})`, theirs: 'well typed' },
    };
  }
  const ours = unit.run(one.data);
  if (ours.kind === 'crash') {
    const crash = { ...pick(one), ours: `crash (${String(ours.thrown)})`, theirs: '' };
    return { kind: 'difference', excluded: [], difference: crash };
  }
  const excluded: string[] = [];
  let agreed = false;
  for (const oracle of oracles) {
    const theirs = oracle.evaluate(one.source, one.bound.get(oracle));
    if (theirs.kind === 'refused') {
      excluded.push(`${oracle.name}: not in its language`);
    } else if (same(ours, theirs, unit)) {
      agreed = true;
    } else {
      const judged = { source: one.source, expression: unit.expression, data: one.data, ours, theirs };
      const known = defects.find(
        (defect) => [oracle.name, 'both'].includes(defect.oracle) && defect.explains(judged),
      );
      if (!known) {
        const difference = { ...pick(one), ours: show(ours), theirs: `${oracle.name}: ${show(theirs)}` };
        return { kind: 'difference', excluded, difference };
      }
      excluded.push(known.name);
    }
  }
  return { kind: agreed ? ours.kind : 'unjudged', excluded };
}

/**
 * What our checker may refuse though the generator calls it well typed: what is over a limit, arithmetic on a dyn that
 * may be int or double, and operators on parts of an empty literal, of which nobody knows the type.
 */
function mayRefuse(source: string, problems: readonly Problem[]): boolean {
  return problems.every(
    ({ code, message }) =>
      code === 'limit' ||
      // A constant that is not a time fails in any case.
      (code === 'type' && /^(?:timestamp|duration) cannot use /.test(message)) ||
      (code === 'type' && (/\[\]|\{\}/.test(source) || message.startsWith('a number in JSON is a double'))),
  );
}

function same(ours: Outcome, theirs: OracleOutcome, unit: Unit & { readonly ok: true }): boolean {
  if (ours.kind === 'value' && theirs.kind === 'value')
    return agrees(ours.value, theirs.value, unit.expression.type);
  return ours.kind === 'error' && theirs.kind === 'error';
}

const pick = ({ source, data }: FuzzCase): Pick<Difference, 'source' | 'data'> => ({ source, data });

function show(outcome: Outcome | OracleOutcome): string {
  if (outcome.kind === 'value') return `value ${showValue(outcome.value)}`;
  if (outcome.kind === 'error') return `error ${'code' in outcome ? outcome.code : outcome.message}`;
  return outcome.kind;
}

function showValue(value: unknown): string {
  if (typeof value === 'bigint') return `${value}n`;
  if (Object.is(value, -0)) return '-0';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return `[${value.map(showValue).join(', ')}]`;
  if (value instanceof Map)
    return `{${Array.from(value, ([key, member]) => `${JSON.stringify(key)}: ${showValue(member)}`).join(', ')}}`;
  if (typeof value === 'object' && value !== null) return showValue(new Map(Object.entries(value)));
  return JSON.stringify(value) ?? 'undefined';
}

/** One difference as text: the expression, the variables it names, both answers. */
export function describe({ source, data, ours, theirs }: Difference): string {
  const named = Object.entries(data).filter(([name]) => new RegExp(`\\b${name}\\b`).test(source));
  const variables = named.map(([name, value]) => `    ${name} = ${showValue(value)}`);
  return [`  ${source}`, ...variables, `    ours:   ${ours}`, `    theirs: ${theirs}`].join('\n');
}

/** The closing line of a run. */
export function closingLine(summary: Summary): string {
  const excluded = [...summary.excluded].toSorted(([, left], [, right]) => right - left);
  return [
    `fuzz: ${summary.expressions} expressions, seed ${summary.seed}: ${summary.values} agreed values, `,
    `${summary.errors} agreed errors, ${summary.refused} refused as ill-typed or over a limit, ${summary.unjudged} unjudged, `,
    `${summary.differences.length} differences`,
    excluded.length ? ` (set aside: ${excluded.map(([name, count]) => `${name} ${count}`).join('; ')})` : '',
  ].join('');
}
