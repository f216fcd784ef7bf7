import { afterAll } from 'vitest';
import type { Missing, Running } from './process.ts';

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
  afterAll(() => server.stop());
  return server;
}
