import type { SingleNeed, SourceFailure } from '../program.ts';
import type { Reply } from '../request.ts';

/** How one source is reached. */
export interface Driver {
  /**
   * Checks the settings, loads the driver, and connects if connections are kept. After an abort, no caller waits for
   * it.
   *
   * @throws SourceError if the source cannot be asked
   */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /**
   * One attempt. If the signal aborts it, a connection that is still busy with the question is not reused.
   *
   * @throws the errors of the network
   */
  readonly attempt: (need: SingleNeed, signal: AbortSignal) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

/** A failure that another attempt does not mend. */
export function lasting(failure: SourceFailure): Reply {
  return { failure, passing: false };
}

/** A current answer, unless it is larger than `limitBytes` as JSON, or nested too deeply for JSON. */
export function bounded(value: unknown, limitBytes: number): Reply {
  try {
    return Buffer.byteLength(JSON.stringify(value)) > limitBytes
      ? lasting('too_large')
      : { value, ageSeconds: 0 };
  } catch {
    return lasting('malformed');
  }
}

/** Ends a question on a connection, once. `isUsable`: the connection has finished with it. */
export type End = (isUsable: boolean, reply: Reply) => void;

/**
 * The result of a question on its own connection, or `timeout` if the signal aborts first.
 *
 * @param giveBack takes the connection back; one that is still busy is not usable and must be closed
 */
export function askedOnce(
  signal: AbortSignal,
  giveBack: (isUsable: boolean) => void,
  ask: (end: End) => void,
): Promise<Reply> {
  return new Promise((resolve) => {
    let isOver = false;
    const end: End = (isUsable, reply) => {
      if (isOver) return;
      isOver = true;
      signal.removeEventListener('abort', stop);
      resolve(reply);
      giveBack(isUsable);
    };
    const stop = () => end(false, { failure: 'timeout', passing: true });
    signal.addEventListener('abort', stop, { once: true });
    ask(end);
  });
}
