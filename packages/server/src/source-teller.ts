import type { AskedReport } from '@claimsmith/runtime/server';
import type { Log } from './log.ts';
import type { SourceMetrics } from './metrics.ts';
import type { Paced } from './paced.ts';

/** What is told of sources, and where. */
export interface SourceTelling {
  readonly lines: Paced;
  readonly log: Log;
  readonly metrics: Pick<SourceMetrics, 'asked' | 'sourceUp'>;
}

/**
 * Sends reports about sources to metrics and log; a line is written when it changes whether a source can be asked.
 *
 * @param consequence what happens while a source cannot be asked
 */
export function sourceTeller({ lines, log, metrics }: SourceTelling, consequence: string) {
  const effect = { stale: 'kept answers are used', down: consequence } as const;
  const states = new Map<string, SourceState>();
  function tell(name: string, state: SourceState): void {
    const before = states.get(name);
    // Some questions may have a kept answer while others have none; then the worse state counts.
    if (before === state || (before === 'down' && state === 'stale')) return;
    states.set(name, state);
    metrics.sourceUp(name, state === 'up');
    if (before === undefined && state === 'up') return;
    lines.tell(`${name} ${state}`, (count) => {
      if (state === 'up') log.info('the source can be reached again', { name, count });
      else log.error(`the source cannot be reached or refuses the server; ${effect[state]}`, { name, count });
    });
  }
  return {
    onAsked(report: AskedReport) {
      metrics.asked(report);
      const state = stateAfter(report);
      if (state !== undefined) tell(report.source, state);
    },
    onReady: (name: string, isReady: boolean) => tell(name, isReady ? 'up' : 'down'),
  };
}

/** `stale`: the source cannot be asked, and kept answers are used. */
type SourceState = 'up' | 'stale' | 'down';

/** Whether a source works, according to the result of a question; undefined if the result does not show it. */
function stateAfter({ outcome, isAlone }: AskedReport): SourceState | undefined {
  if (isAlone) return undefined;
  switch (outcome) {
    case 'answered':
      return 'up';
    case 'timeout':
    case 'network':
    case 'open':
    case 'refused':
      return 'down';
    case 'stale':
      return 'stale';
    default:
      return undefined;
  }
}
