import {
  contentType,
  counter,
  gauge,
  histogram,
  type Instrument,
  reading,
  renderAll,
} from './instruments.ts';

/** The result of one question to a source. */
export interface SourceReport {
  readonly source: string;
  readonly outcome: string;
  readonly ms: number;
}

export interface Metrics {
  issuance(decision: 'issued' | 'denied', reason: string | undefined, ms: number): void;
  asked(report: SourceReport): void;
  /** Whether the last question reached a source and the source accepted us; undefined if it is no longer asked. */
  sourceUp(source: string, isUp: boolean | undefined): void;
  /** A request that no policy saw. */
  refused(cause: string): void;
  auditFailed(): void;
  /** Records that a receiver of OpenTelemetry has not got. */
  recordsDropped(count: number): void;
  /** Whether a line could be written to the audit now. */
  auditWritable(isWritable: boolean): void;
  /** A token came without what is to be set up at Okta. */
  missing(part: string): void;
  reloaded(outcome: 'taken' | 'refused'): void;
  /** The policy from now on. */
  serves(name: string, revision: string): void;
  /** In the text format of Prometheus. */
  render(): { readonly contentType: string; readonly text: string };
}

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3];

/**
 * Counts the server's work. Labels are names and constants of the policy, so their number is limited. No value of a
 * user, client or request becomes a label.
 */
export function createMetrics(): Metrics {
  const own = ownInstruments();
  const all: readonly Instrument[] = [...processInstruments(), ...Object.values(own)];
  return {
    issuance(decision, reason, ms) {
      own.issuances.add(decision, reason ?? '');
      own.seconds.observe(ms / 1000, decision);
    },
    asked({ source, outcome, ms }) {
      own.sources.add(source, outcome);
      own.sourceSeconds.observe(ms / 1000, source);
    },
    sourceUp(source, isUp) {
      if (isUp === undefined) own.sourceUp.remove(source);
      else own.sourceUp.set(isUp ? 1 : 0, source);
    },
    refused: (cause) => own.refusals.add(cause),
    auditWritable: (isWritable) => own.auditWritable.set(isWritable ? 1 : 0),
    missing: (part) => own.missing.add(part),
    auditFailed: () => own.auditFailures.add(),
    recordsDropped(count) {
      for (let i = 0; i < count; i++) own.recordsDropped.add();
    },
    reloaded: (outcome) => own.reloads.add(outcome),
    serves(name, revision) {
      own.policy.reset();
      own.policy.set(1, name, revision);
    },
    render: () => ({ contentType, text: renderAll(all) }),
  };
}

function ownInstruments() {
  return {
    issuances: counter({
      name: 'claimsmith_issuances_total',
      help: 'Decisions of the hook. reason: the constant that the client sees when a token is denied.',
      labels: ['decision', 'reason'],
    }),
    seconds: histogram(
      {
        name: 'claimsmith_issuance_seconds',
        help: 'Time from the start of a request to its decision.',
        labels: ['decision'],
      },
      secondsBuckets,
    ),
    sources: counter({
      name: 'claimsmith_source_asked_total',
      help: 'Requests to sources: answered, answered from a cache, or why not. open: not asked, because the breaker is open; refused: the source refuses the server itself.',
      labels: ['source', 'outcome'],
    }),
    sourceSeconds: histogram(
      { name: 'claimsmith_source_seconds', help: 'How long a request to a source took.', labels: ['source'] },
      secondsBuckets,
    ),
    sourceUp: gauge({
      name: 'claimsmith_source_up',
      help: 'Whether the source could be reached and accepted the server when it was last asked: 1 or 0. A failure of single requests does not count while others are answered.',
      labels: ['source'],
    }),
    refusals: counter({
      name: 'claimsmith_hook_refusals_total',
      help: 'Requests that were denied before the policy saw them. authentication: not proven to come from Okta; path: another path than the hook; malformed: not HTTP.',
      labels: ['cause'],
    }),
    auditFailures: counter({
      name: 'claimsmith_audit_failures_total',
      help: 'Issuances that were denied because the audit could not record them.',
      labels: [],
    }),
    recordsDropped: counter({
      name: 'claimsmith_exported_records_dropped_total',
      help: 'Records of issuances that the receiver of OpenTelemetry has not got. The audit has them.',
      labels: [],
    }),
    auditWritable: gauge({
      name: 'claimsmith_audit_writable',
      help: 'Whether the audit can be written, or is off: 1 or 0. If 0, everything is denied.',
      labels: [],
    }),
    missing: counter({
      name: 'claimsmith_setup_missing_total',
      help: 'Tokens for which Okta is not set up as the manifest says. A guard: with the hook down, such a token would be accepted; feeders: such a token is denied.',
      labels: ['part'],
    }),
    reloads: counter({
      name: 'claimsmith_policy_reloads_total',
      help: 'New policies that were accepted, or refused so that the current one stays.',
      labels: ['outcome'],
    }),
    policy: gauge({
      name: 'claimsmith_policy_info',
      help: 'The current policy.',
      labels: ['name', 'revision'],
    }),
  };
}

/** The process itself, under the names that dashboards for Node know. */
function processInstruments(): readonly Instrument[] {
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
