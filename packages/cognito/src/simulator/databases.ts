import type { SourceRequest, Surroundings } from '@claimsmith/core';
import {
  type Asked,
  answerOfDatabase,
  type DatabaseSource,
  saidToDatabase,
  type VirtualClock,
} from '@claimsmith/host-js';
import { type Setting, settingOf } from '@claimsmith/runtime';
import type { databaseAttempt } from '../platform/modules/databases.ts';

/** What a function sees of its databases in one issuance. */
export interface Databases {
  readonly surroundings: Surroundings;
  readonly clock: VirtualClock;
  readonly requests: Asked['requests'];
}

/** Stands for `databases.mjs`: the surroundings answer, and who does not answer keeps the function waiting. */
export function simulatedDatabases(now: () => Databases): {
  readonly databaseAttempt: typeof databaseAttempt;
} {
  return {
    databaseAttempt(_name, given: DatabaseSource, settings) {
      // Its lists are of the function's realm.
      const source = structuredClone(given);
      const setting: Setting = (key) => settingOf(settings, key);
      return async (need, { signal }) => {
        if (!('parameters' in need)) return { failure: 'address', passing: false };
        const { surroundings, clock, requests } = now();
        let said: SourceRequest['said'];
        try {
          said = saidToDatabase(need, source, setting);
        } catch {
          return { failure: 'setting', passing: false };
        }
        const index = requests.push({ said, waitedMs: undefined }) - 1;
        const reply = answerOfDatabase(need, source, surroundings);
        if (reply.failure !== 'timeout') return reply;
        const startMs = clock.now();
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve(), { once: true });
        });
        requests[index] = { said, waitedMs: clock.now() - startMs };
        return reply;
      };
    },
  };
}
