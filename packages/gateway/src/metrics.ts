import {
  counter,
  histogram,
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
  /** @param reason a constant; empty for a request that passed */
  checked(outcome: 'passed' | 'refused' | 'unavailable', reason: string, ms: number): void;
  /**
   * A request passed although its token could not decide a deny rule.
   *
   * @param reason of the rule
   * @param issuer its id in the contract
   */
  undecided(reason: string, issuer: string): void;
  render(): Rendered;
}

/** Counts the gateway's work. No value of a token or a request becomes a label. */
export function createMetrics(): Metrics {
  const checks = counter({
    name: 'claimsmith_checks_total',
    help: 'Requests that were checked. reason: why one was refused, or could not be checked.',
    labels: ['outcome', 'reason'],
  });
  const seconds = histogram(
    {
      name: 'claimsmith_check_seconds',
      help: 'Time from the start of a question to its answer.',
      labels: ['outcome'],
    },
    secondsBuckets,
  );
  const undecided = counter({
    name: 'claimsmith_undecided_rules_total',
    help: 'Requests that passed although their token does not say what a deny rule reads.',
    labels: ['reason', 'issuer'],
  });
  const sources = sourceMetrics();
  const policies = policyMetrics();
  const all = [
    ...processInstruments(),
    checks,
    seconds,
    undecided,
    ...sources.instruments,
    ...policies.instruments,
  ];
  return {
    checked(outcome, reason, ms) {
      checks.add(outcome, reason);
      seconds.observe(ms / 1000, outcome);
    },
    undecided: (reason, issuer) => undecided.add(reason, issuer),
    asked: sources.asked,
    sourceUp: sources.sourceUp,
    reloaded: policies.reloaded,
    serves: policies.serves,
    render: () => renderAll(all),
  };
}
