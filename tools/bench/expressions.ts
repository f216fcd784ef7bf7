/**
 * What an expression costs at token time: generated code against the JavaScript an engineer would write for it,
 * and against two interpreters. All compiled beforehand; only evaluation is timed.
 */
import { isDeepStrictEqual } from 'node:util';
import { type CelInput, celEnv, isCelList, isCelMap, parse, plan } from '@bufbuild/cel';
import { strings } from '@bufbuild/cel/ext';
import { compile, type Environment, generate, MAX_STEPS, type Type } from '@claimsmith/cel';
import { Environment as CelJsEnvironment } from '@marcbachmann/cel-js';
import { type LoginContext, loginContext, loginEnvironment } from './login-context.ts';

export interface ExpressionRow {
  readonly source: string;
  /** Medians, nanoseconds per evaluation; NaN for an interpreter that lacks a function. */
  readonly handWrittenNs: number;
  readonly generatedNs: number;
  readonly marcbachmannNs: number;
  readonly bufbuildNs: number;
}

export interface ExpressionBench {
  readonly rows: readonly ExpressionRow[];
  /** Geometric means of the times relative to hand-written code. */
  readonly generatedRatio: number;
  readonly marcbachmannRatio: number;
  readonly bufbuildRatio: number;
}

interface Subject {
  readonly source: string;
  readonly handWritten: (context: LoginContext) => unknown;
  /** The interpreters lack its functions. */
  readonly isOurs?: true;
}

const REGIONS: Readonly<Record<string, string>> = { DE: 'eu', FR: 'eu', US: 'us', CA: 'us', JP: 'apac' };

const subjects: readonly Subject[] = [
  { source: 'org.id', handWritten: ({ org }) => org.id },
  {
    source: 'user.roles.filter(r, r.startsWith("payments:")).map(r, r.substring(9))',
    handWritten: ({ user }) =>
      user.roles.filter((role) => role.startsWith('payments:')).map((role) => role.slice(9)),
  },
  {
    source: '"payments.approve" in request.scopes && user.attributes.approval_limit >= 1000.0',
    handWritten: ({ request, user }) =>
      request.scopes.includes('payments.approve') && (user.attributes?.approval_limit ?? 0) >= 1000,
  },
  {
    source: '{"DE": "eu", "FR": "eu", "US": "us", "CA": "us", "JP": "apac"}[user.attributes.country]',
    handWritten: ({ user }) => REGIONS[user.attributes?.country],
  },
  {
    source: 'has(user.attributes.department) ? user.attributes.department : "none"',
    handWritten: ({ user }) => user.attributes?.department ?? 'none',
  },
  {
    source: '!user.groups.exists(g, g == "suspended") && user.email_verified',
    handWritten: ({ user }) => !user.groups.some((group) => group === 'suspended') && user.email_verified,
  },
  {
    source: 'user.email.endsWith("@acme.example") && user.logins > 3 ? "employee" : "partner"',
    handWritten: ({ user }) =>
      user.email?.endsWith('@acme.example') && user.logins > 3 ? 'employee' : 'partner',
  },
  {
    source:
      '{"tenant": org.id, "tier": org.metadata.tier, "machine": request.grant_type == "client_credentials"}',
    handWritten: ({ org, request }) => ({
      tenant: org.id,
      tier: org.metadata?.['tier'],
      machine: request.grant_type === 'client_credentials',
    }),
  },
];

/** Functions of version 2, against what an engineer would write who checks the input too. */
const newSubjects: readonly Subject[] = [
  {
    source: 'timestamp(user.attributes.contract_end) > timestamp("2026-03-01T00:00:00Z")',
    handWritten: ({ user }) => {
      const end = Date.parse(user.attributes?.contract_end);
      if (Number.isNaN(end)) throw new TypeError('no date');
      return end > MARCH;
    },
  },
  {
    source: 'timestamp(user.attributes.contract_end).getDayOfWeek() in [0, 6]',
    handWritten: ({ user }) => {
      const end = new Date(user.attributes?.contract_end);
      if (Number.isNaN(end.getTime())) throw new TypeError('no date');
      return [0, 6].includes(end.getUTCDay());
    },
  },
  {
    source: 'cidr("192.0.2.0/30").containsIP(request.ip)',
    handWritten: ({ request }) => {
      const bytes = request.ip.split('.').map(Number);
      if (bytes.length !== 4 || bytes.some((byte) => !(byte >= 0 && byte < 256)))
        throw new TypeError('no IP');
      const [a = 0, b = 0, c = 0, d = 0] = bytes;
      return a === 192 && b === 0 && c === 2 && d >> 2 === 0;
    },
    isOurs: true,
  },
  {
    source: 'math.greatest(user.logins, 3) + math.abs(user.logins - 5)',
    handWritten: ({ user }) => Math.max(user.logins, 3) + Math.abs(user.logins - 5),
    isOurs: true,
  },
  {
    source: 'user.groups.transformList(i, g, i % 2 == 0, g)',
    handWritten: ({ user }) => user.groups.filter((_, i) => i % 2 === 0),
    isOurs: true,
  },
  {
    source: 'user.roles.transformMapEntry(i, r, {r: i})',
    handWritten: ({ user }) => Object.fromEntries(user.roles.map((role, i) => [role, i])),
    isOurs: true,
  },
  {
    source: 'user.groups.sortBy(g, size(g)).first().orValue("none")',
    handWritten: ({ user }) => [...user.groups].sort((a, b) => a.length - b.length)[0] ?? 'none',
    isOurs: true,
  },
  {
    source: 'base64.encode(user.id)',
    handWritten: ({ user }) => Buffer.from(user.id, 'utf8').toString('base64'),
    isOurs: true,
  },
];
const MARCH = Date.parse('2026-03-01T00:00:00Z');

const CONTEXTS = 8;
const ROUNDS = 15;
const ROUND_MS = 15;

interface Contender {
  readonly name: 'handWritten' | 'generated' | 'marcbachmann' | 'bufbuild';
  readonly run: (index: number) => unknown;
  /** The result as plain JSON. */
  readonly plain: (result: unknown) => unknown;
}

/** Takes about 10 s. Throws if the contenders do not all give the same. */
export function benchExpressions(): ExpressionBench {
  const rows = [...subjects, ...newSubjects].map(benchOne);
  const ratio = (of: (row: ExpressionRow) => number): number => {
    const timed = rows.filter((row) => !Number.isNaN(of(row)));
    return Math.exp(
      timed.reduce((sum, row) => sum + Math.log(of(row) / row.handWrittenNs), 0) / timed.length,
    );
  };
  return {
    rows,
    generatedRatio: ratio(({ generatedNs }) => generatedNs),
    marcbachmannRatio: ratio(({ marcbachmannNs }) => marcbachmannNs),
    bufbuildRatio: ratio(({ bufbuildNs }) => bufbuildNs),
  };
}

function benchOne(subject: Subject): ExpressionRow {
  const contexts = Array.from({ length: CONTEXTS }, (_, index) => loginContext(index));
  const contenders = [
    handWritten(subject, contexts),
    generated(subject, contexts),
    ...(subject.isOurs ? [] : [marcbachmann(subject, contexts), bufbuild(subject, contexts)]),
  ];
  for (const [index, context] of contexts.entries()) {
    const expected = subject.handWritten(context);
    for (const { name, run, plain } of contenders) {
      const actual = plain(run(index));
      if (!isDeepStrictEqual(actual, expected))
        throw new Error(`${name} gives something else for ${subject.source}`);
    }
  }
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  // The first round warms up; alternating keeps a slow moment of the machine from hitting one contender alone.
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const contender of contenders) {
      const ns = measure(contender);
      if (round > 0) times.get(contender.name)?.push(ns);
    }
  }
  const ns = (name: Contender['name']): number => median(times.get(name) ?? []);
  return {
    source: subject.source,
    handWrittenNs: ns('handWritten'),
    generatedNs: ns('generated'),
    marcbachmannNs: ns('marcbachmann'),
    bufbuildNs: ns('bufbuild'),
  };
}

/** Results go here, so that no engine may leave the work out. */
let sink: unknown;

function measure({ run }: Contender): number {
  const started = process.hrtime.bigint();
  const until = started + BigInt(ROUND_MS) * 1_000_000n;
  let evaluations = 0;
  let now = started;
  while (now < until) {
    for (let index = 0; index < 256; index += 1) sink = run(index % CONTEXTS);
    evaluations += 256;
    now = process.hrtime.bigint();
  }
  if (sink === Symbol.iterator) throw new Error('unreachable');
  return Number(now - started) / evaluations;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const identity = (result: unknown): unknown => result;

function handWritten({ handWritten: run }: Subject, contexts: readonly LoginContext[]): Contender {
  return { name: 'handWritten', run: (index) => run(at(contexts, index)), plain: identity };
}

function generated({ source }: Subject, contexts: readonly LoginContext[]): Contender {
  const compiled = compile(source, loginEnvironment);
  if (!compiled.ok)
    throw new Error(`${source}: ${compiled.problems.map(({ message }) => message).join('; ')}`);
  const bind = Object.fromEntries(
    Object.keys(loginEnvironment.variables).map((name) => [name, `context.${name}`]),
  );
  const text = generate([
    {
      name: 'evaluate',
      parameters: ['context'],
      expression: compiled.expression,
      bind,
      budget: 'context.budget',
    },
  ]);
  const evaluate: (context: LoginContext & { budget: { left: number } }) => unknown = new Function(
    `${text}\nreturn evaluate;`,
  )();
  const budget = { left: MAX_STEPS };
  const bound = contexts.map((context) => ({ ...context, budget }));
  const run = (index: number) => {
    budget.left = MAX_STEPS;
    return evaluate(at(bound, index));
  };
  return { name: 'generated', run, plain: identity };
}

function marcbachmann({ source }: Subject, contexts: readonly LoginContext[]): Contender {
  const environment = Object.keys(loginEnvironment.variables).reduce(
    (registered, name) => registered.registerVariable(name, 'map<string, dyn>'),
    new CelJsEnvironment({ homogeneousAggregateLiterals: false }),
  );
  const evaluate = environment.parse(source);
  const bound = contexts.map((context) =>
    bindInts(context, loginEnvironment, (entries) => Object.fromEntries(entries)),
  );
  return { name: 'marcbachmann', run: (index) => evaluate(at(bound, index)), plain: identity };
}

function bufbuild({ source }: Subject, contexts: readonly LoginContext[]): Contender {
  const evaluate: (bindings: Record<string, CelInput>) => unknown = plan(
    celEnv({ funcs: strings }),
    parse(source),
  );
  const bound = contexts.map((context) => bindInts(context, loginEnvironment, (entries) => new Map(entries)));
  return { name: 'bufbuild', run: (index) => evaluate(at(bound, index)), plain: fromBufbuild };
}

function fromBufbuild(value: unknown): unknown {
  if (isCelList(value)) return Array.from(value, fromBufbuild);
  if (isCelMap(value))
    return Object.fromEntries(Array.from(value, ([key, member]) => [String(key), fromBufbuild(member)]));
  return value;
}

/** The interpreters take an int as a bigint; converting is left out of the time. */
function bindInts(
  context: LoginContext,
  { variables }: Environment,
  makeMap: (entries: [string, CelInput][]) => CelInput,
): Record<string, CelInput> {
  const bind = (value: unknown, type: Type): CelInput => {
    if (typeof value === 'number') return type.kind === 'int' ? BigInt(value) : value;
    if (typeof value === 'string' || typeof value === 'boolean') return value;
    const element = type.kind === 'list' ? type.element : type;
    if (Array.isArray(value)) return value.map((member) => bind(member, element));
    if (typeof value !== 'object' || value === null) return null;
    const entries = Object.entries(value).filter(([, member]) => member !== undefined);
    return makeMap(entries.map(([key, member]) => [key, bind(member, memberType(type, key))]));
  };
  return Object.fromEntries(
    Object.entries(variables).map(([name, type]) => [name, bind(Reflect.get(context, name), type)]),
  );
}

function memberType(type: Type, key: string): Type {
  if (type.kind === 'map') return type.value;
  return (type.kind === 'record' ? type.fields[key]?.type : undefined) ?? { kind: 'dyn' };
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`no item ${index}`);
  return found;
}

/** The rows as a table for a terminal. */
export function formatExpressions({
  rows,
  generatedRatio,
  marcbachmannRatio,
  bufbuildRatio,
}: ExpressionBench): string {
  const ns = (value: number): string =>
    (Number.isNaN(value) ? '–' : `${value < 100 ? value.toFixed(1) : value.toFixed(0)} ns`).padStart(10);
  const times = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 0)}x`.padStart(10);
  const lines = rows.map(
    (row) =>
      `${ns(row.handWrittenNs)}${ns(row.generatedNs)}${ns(row.marcbachmannNs)}${ns(row.bufbuildNs)}  ${row.source}`,
  );
  return [
    ['hand', 'generated', 'cel-js', 'bufbuild'].map((title) => title.padStart(10)).join(''),
    ...lines,
    `${times(1)}${times(generatedRatio)}${times(marcbachmannRatio)}${times(bufbuildRatio)}  geometric mean`,
  ].join('\n');
}

if (import.meta.main) console.log(formatExpressions(benchExpressions()));
