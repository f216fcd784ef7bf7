import {
  counter,
  gauge,
  histogram,
  type Instrument,
  type PolicyMetrics,
  policyMetrics,
  processInstruments,
  type Rendered,
  renderAll,
  type SourceMetrics,
  secondsBuckets,
  sourceMetrics,
} from '@claimsmith/server';

export interface Metrics
  extends Pick<SourceMetrics, 'asked' | 'sourceUp'>,
    Pick<PolicyMetrics, 'reloaded' | 'serves'> {
  issuance(decision: 'issued' | 'denied', reason: string | undefined, ms: number): void;
  /** A request that no policy saw. */
  refused(cause: string): void;
  auditFailed(): void;
  /** Records that a receiver of OpenTelemetry has not got. */
  recordsDropped(count: number): void;
  /** Whether a line could be written to the audit now. */
  auditWritable(isWritable: boolean): void;
  /** A token came without what is to be set up at Okta. */
  missing(part: string): void;
  /** In the text format of Prometheus. */
  render(): Rendered;
}

/**
 * Counts the server's work. Labels are names and constants of the policy, so their number is limited. No value of a
 * user, client or request becomes a label.
 */
export function createMetrics(): Metrics {
  const own = ownInstruments();
  const sources = sourceMetrics();
  const policies = policyMetrics();
  const all: readonly Instrument[] = [
    ...processInstruments(),
    own.issuances,
    own.seconds,
    ...sources.instruments,
    own.refusals,
    own.auditFailures,
    own.recordsDropped,
    own.auditWritable,
    own.missing,
    ...policies.instruments,
  ];
  return {
    issuance(decision, reason, ms) {
      own.issuances.add(decision, reason ?? '');
      own.seconds.observe(ms / 1000, decision);
    },
    asked: sources.asked,
    sourceUp: sources.sourceUp,
    refused: (cause) => own.refusals.add(cause),
    auditWritable: (isWritable) => own.auditWritable.set(isWritable ? 1 : 0),
    missing: (part) => own.missing.add(part),
    auditFailed: () => own.auditFailures.add(),
    recordsDropped(count) {
      for (let i = 0; i < count; i++) own.recordsDropped.add();
    },
    reloaded: policies.reloaded,
    serves: policies.serves,
    render: () => renderAll(all),
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
  };
}
