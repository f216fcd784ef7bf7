import { afterAll } from 'vitest';
import type { Missing, Running } from './process.ts';

/** Longer than a server is waited for before it is killed. */
const stopLimitMs = 30_000;

/**
 * Starts a server for the tests of one file and ends it after them. Where it cannot be had, it says so and gives
 * undefined: the tests that need it are then skipped, which CI refuses.
 */
export async function serverForTests<Server extends Running>(
  start: () => Promise<Server | Missing>,
): Promise<Server | undefined> {
  const server = await start();
  if ('missing' in server) {
    console.warn(`skipped: ${server.missing} (tools/servers/install.ts installs it)`);
    return undefined;
  }
  afterAll(() => server.stop(), stopLimitMs);
  return server;
}
