import { counter, gauge, histogram, type Instrument, reading } from './instruments.ts';

/** The upper bounds of buckets for the time of a request, in seconds. */
export const secondsBuckets: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3,
];

/** The result of one question to a source. */
export interface SourceReport {
  readonly source: string;
  readonly outcome: string;
  readonly ms: number;
}

/** What a server counts about its sources. */
export interface SourceMetrics {
  asked(report: SourceReport): void;
  /** Whether the last question reached a source and the source accepted us; undefined if it is no longer asked. */
  sourceUp(source: string, isUp: boolean | undefined): void;
  readonly instruments: readonly Instrument[];
}

export function sourceMetrics(): SourceMetrics {
  const asked = counter({
    name: 'claimsmith_source_asked_total',
    help: 'Requests to sources: answered, answered from a cache, or why not. open: not asked, because the breaker is open; refused: the source refuses the server itself.',
    labels: ['source', 'outcome'],
  });
  const seconds = histogram(
    { name: 'claimsmith_source_seconds', help: 'How long a request to a source took.', labels: ['source'] },
    secondsBuckets,
  );
  const up = gauge({
    name: 'claimsmith_source_up',
    help: 'Whether the source could be reached and accepted the server when it was last asked: 1 or 0. A failure of single requests does not count while others are answered.',
    labels: ['source'],
  });
  return {
    asked({ source, outcome, ms }) {
      asked.add(source, outcome);
      seconds.observe(ms / 1000, source);
    },
    sourceUp(source, isUp) {
      if (isUp === undefined) up.remove(source);
      else up.set(isUp ? 1 : 0, source);
    },
    instruments: [asked, seconds, up],
  };
}

/** What a server counts about the policies that it serves. */
export interface PolicyMetrics {
  reloaded(outcome: 'taken' | 'refused'): void;
  /** The policy from now on. */
  serves(name: string, revision: string): void;
  readonly instruments: readonly Instrument[];
}

export function policyMetrics(): PolicyMetrics {
  const reloads = counter({
    name: 'claimsmith_policy_reloads_total',
    help: 'New policies that were accepted, or refused so that the current one stays.',
    labels: ['outcome'],
  });
  const policy = gauge({
    name: 'claimsmith_policy_info',
    help: 'The current policy.',
    labels: ['name', 'revision'],
  });
  return {
    reloaded: (outcome) => reloads.add(outcome),
    serves(name, revision) {
      policy.reset();
      policy.set(1, name, revision);
    },
    instruments: [reloads, policy],
  };
}

/** The process itself, under the names that dashboards for Node know. */
export function processInstruments(): readonly Instrument[] {
  const startSeconds = performance.timeOrigin / 1000;
  const cpuSeconds = () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  };
  return [
    reading('process_cpu_seconds_total', 'Processor time used, in seconds.', 'counter', cpuSeconds),
    reading(
      'process_start_time_seconds',
      'When the process started, in seconds of Unix time.',
      'gauge',
      () => startSeconds,
    ),
    reading('process_resident_memory_bytes', 'Resident memory.', 'gauge', () => process.memoryUsage.rss()),
    reading(
      'nodejs_heap_size_used_bytes',
      'Memory that JavaScript uses.',
      'gauge',
      () => process.memoryUsage().heapUsed,
    ),
    reading(
      'nodejs_eventloop_utilization_ratio',
      'How much of its time the process was busy since it started: from 0 to 1.',
      'gauge',
      () => performance.eventLoopUtilization().utilization,
    ),
  ];
}
