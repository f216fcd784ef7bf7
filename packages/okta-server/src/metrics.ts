import type { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** What one question to a source came to. */
export interface SourceReport {
  readonly source: string;
  readonly outcome: string;
  readonly ms: number;
}

export interface Metrics {
  issuance(decision: 'issued' | 'denied', reason: string | undefined, ms: number): void;
  asked(report: SourceReport): void;
  /** Whether a source could be reached, and took us, when last asked; undefined where it is asked no more. */
  sourceUp(source: string, isUp: boolean | undefined): void;
  /** A request that no policy saw. */
  refused(cause: string): void;
  auditFailed(): void;
  /** Whether a line could be written to the audit now. */
  auditWritable(isWritable: boolean): void;
  /** A token came without what is to be set up at Okta. */
  missing(part: string): void;
  reloaded(outcome: 'taken' | 'refused'): void;
  /** The policy from now on. */
  serves(name: string, revision: string): void;
  /** In the text format of Prometheus. */
  render(): Promise<{ readonly contentType: string; readonly text: string }>;
  close(): void;
}

/** How long after the start the library is loaded, in milliseconds: not before the first answer. */
const loadDelayMs = 1_000;

/** What is remembered until then. */
const earlyLimit = 100_000;

const secondsBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 3];

interface Instruments {
  readonly registry: Registry;
  readonly issuances: Counter<'decision' | 'reason'>;
  readonly seconds: Histogram<'decision'>;
  readonly sources: Counter<'source' | 'outcome'>;
  readonly sourceSeconds: Histogram<'source'>;
  readonly sourceUp: Gauge<'source'>;
  readonly refusals: Counter<'cause'>;
  readonly auditFailures: Counter;
  readonly auditWritable: Gauge;
  readonly missing: Counter<'part'>;
  readonly reloads: Counter<'outcome'>;
  readonly policy: Gauge<'name' | 'revision'>;
}

/**
 * Counts what the server does. Labels are names and constants of the policy, so that their number is bounded by it;
 * nothing of a user, a client or a request becomes one.
 */
export function createMetrics(): Metrics {
  let instruments: Instruments | undefined;
  let loading: Promise<Instruments> | undefined;
  /** What happened before the library was there. */
  let early: ((instruments: Instruments) => void)[] = [];
  const timer = setTimeout(() => load().catch(() => undefined), loadDelayMs).unref();

  function load(): Promise<Instruments> {
    loading ??= createInstruments().then((made) => {
      for (const happened of early) happened(made);
      early = [];
      instruments = made;
      return made;
    });
    return loading;
  }

  function count(happened: (instruments: Instruments) => void) {
    if (instruments !== undefined) happened(instruments);
    else if (early.length < earlyLimit) early.push(happened);
  }

  return {
    issuance(decision, reason, ms) {
      count(({ issuances, seconds }) => {
        issuances.inc({ decision, reason: reason ?? '' });
        seconds.observe({ decision }, ms / 1000);
      });
    },
    asked({ source, outcome, ms }) {
      count(({ sources, sourceSeconds }) => {
        sources.inc({ source, outcome });
        sourceSeconds.observe({ source }, ms / 1000);
      });
    },
    sourceUp(source, isUp) {
      count(({ sourceUp }) => {
        if (isUp === undefined) sourceUp.remove({ source });
        else sourceUp.set({ source }, isUp ? 1 : 0);
      });
    },
    refused: (cause) => count(({ refusals }) => refusals.inc({ cause })),
    auditWritable: (isWritable) => count(({ auditWritable }) => auditWritable.set(isWritable ? 1 : 0)),
    missing: (part) => count(({ missing }) => missing.inc({ part })),
    auditFailed: () => count(({ auditFailures }) => auditFailures.inc()),
    reloaded: (outcome) => count(({ reloads }) => reloads.inc({ outcome })),
    serves(name, revision) {
      count(({ policy }) => {
        policy.reset();
        policy.set({ name, revision }, 1);
      });
    },
    async render() {
      const { registry } = await load();
      return { contentType: registry.contentType, text: await registry.metrics() };
    },
    close: () => clearTimeout(timer),
  };
}

// biome-ignore lint/complexity/noExcessiveLinesPerFunction: a table of metrics
async function createInstruments(): Promise<Instruments> {
  const { default: prometheus } = await import('prom-client');
  const { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } = prometheus;
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  return {
    registry,
    issuances: new Counter({
      name: 'claimsmith_issuances_total',
      help: 'Decisions of the hook. reason: the constant that the client sees when a token is denied.',
      labelNames: ['decision', 'reason'],
      registers,
    }),
    seconds: new Histogram({
      name: 'claimsmith_issuance_seconds',
      help: 'Time from the start of a request to its decision.',
      labelNames: ['decision'],
      buckets: secondsBuckets,
      registers,
    }),
    sources: new Counter({
      name: 'claimsmith_source_asked_total',
      help: 'Requests to sources: answered, answered from a cache, or why not. open: not asked, because the breaker is open; refused: the source refuses the server itself.',
      labelNames: ['source', 'outcome'],
      registers,
    }),
    sourceSeconds: new Histogram({
      name: 'claimsmith_source_seconds',
      help: 'How long a request to a source took.',
      labelNames: ['source'],
      buckets: secondsBuckets,
      registers,
    }),
    sourceUp: new Gauge({
      name: 'claimsmith_source_up',
      help: 'Whether the source could be reached and accepted the server when it was last asked: 1 or 0. A failure of single requests does not count while others are answered.',
      labelNames: ['source'],
      registers,
    }),
    refusals: new Counter({
      name: 'claimsmith_hook_refusals_total',
      help: 'Requests that were denied before the policy saw them. authentication: not proven to come from Okta; path: another path than the hook; malformed: not HTTP.',
      labelNames: ['cause'],
      registers,
    }),
    auditFailures: new Counter({
      name: 'claimsmith_audit_failures_total',
      help: 'Issuances that were denied because the audit could not record them.',
      registers,
    }),
    auditWritable: new Gauge({
      name: 'claimsmith_audit_writable',
      help: 'Whether the audit can be written, or is off: 1 or 0. If 0, everything is denied.',
      registers,
    }),
    missing: new Counter({
      name: 'claimsmith_setup_missing_total',
      help: 'Tokens for which Okta is not set up as the manifest says. A guard: with the hook down, such a token would be accepted; feeders: such a token is denied.',
      labelNames: ['part'],
      registers,
    }),
    reloads: new Counter({
      name: 'claimsmith_policy_reloads_total',
      help: 'New policies that were accepted, or refused so that the current one stays.',
      labelNames: ['outcome'],
      registers,
    }),
    policy: new Gauge({
      name: 'claimsmith_policy_info',
      help: 'The current policy.',
      labelNames: ['name', 'revision'],
      registers,
    }),
  };
}
