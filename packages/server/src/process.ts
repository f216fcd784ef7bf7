import { closeLimitMs } from './http-server.ts';
import type { Log } from './log.ts';

/** The time for closing sources and writing the last lines of audit and log, in milliseconds. */
const releaseLimitMs = 2_000;

/** A server that can be closed. */
export interface Closable {
  close(lingerMs: number): Promise<void>;
}

/**
 * Ends this process on SIGTERM and SIGINT, with status 0, after open requests are answered. After an uncaught error, too,
 * with status 1.
 *
 * @param starting the server. Call this before it has started: without a listener, a signal would cut off open requests
 */
export function endWithSignals(starting: Promise<Closable>, log: Log, lingerMs: number): void {
  let isEnding = false;
  function end(reason: string, status: number, linger: number) {
    if (isEnding) return;
    isEnding = true;
    log.info('the server is stopping', { signal: reason });
    // Connections that are still open then: requests under way do not take that long.
    setTimeout(() => process.exit(1), linger + closeLimitMs + releaseLimitMs).unref();
    starting
      .then((server) => server.close(linger))
      .then(
        () => process.exit(status),
        () => process.exit(1),
      );
  }
  process.on('SIGTERM', () => end('SIGTERM', 0, lingerMs));
  process.on('SIGINT', () => end('SIGINT', 0, 0));
  process.on('unhandledRejection', (err) => log.error('unhandled promise rejection', { err }));
  process.on('uncaughtException', (err) => {
    // The state is unknown. Open requests are answered; another process takes over.
    log.error('uncaught error', { err });
    end('uncaughtException', 1, 0);
  });
}

/** Runs work one by one, in the order of the calls. What it throws is lost. */
export function oneByOne<Arguments extends readonly unknown[]>(
  work: (...given: Arguments) => Promise<void>,
): (...given: Arguments) => Promise<void> {
  let turn: Promise<void> = Promise.resolve();
  return (...given) => {
    turn = turn.then(() => work(...given)).catch(() => undefined);
    return turn;
  };
}
