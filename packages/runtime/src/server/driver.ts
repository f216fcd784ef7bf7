import type { Need } from '../program.ts';
import type { Reply } from '../request.ts';

/** How one source is reached. */
export interface Driver {
  /**
   * Checks the settings, loads what is needed, and connects where connections are kept.
   *
   * @throws SourceError where the source cannot be asked
   */
  readonly ready: () => Promise<void>;
  /**
   * One attempt. The signal aborts it: no connection is then given back that still carries the question.
   *
   * @throws what the network throws
   */
  readonly attempt: (need: Need, signal: AbortSignal) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

/** A failure that another attempt does not mend. */
export function lasting(failure: Exclude<Extract<Reply, { failure: string }>['failure'], never>): Reply {
  return { failure, passing: false };
}
