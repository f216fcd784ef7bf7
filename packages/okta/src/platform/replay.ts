/** Remembers the ids of events, so that no event is accepted again with other content. */
export interface ReplayGuard {
  /**
   * Whether the event is new, or known with the same content.
   *
   * @param digest must differ for contents that differ by chance. It need not resist attacks: a sender who could make a
   *   collision could also use a new id
   */
  admits(eventId: string, digest: number, nowMs: number): boolean;
}

/** How far an event's time may be from ours, in milliseconds, and the minimum time for which its id is remembered. */
export const replayWindowMs = 300_000;

/** The largest number of remembered events in each of two halves; more than Okta's rate limits allow. */
const limitEvents = 20_000;

/**
 * Okta may send an event twice, so the same content is accepted again. Memory is limited: when a half is full, the
 * older half is dropped, even early. The time of an event then still limits its age.
 */
export function createReplayGuard(): ReplayGuard {
  let recent = new Map<string, number>();
  let older = new Map<string, number>();
  let turnMs = 0;
  return {
    admits(eventId, digest, nowMs) {
      // An event may be dated ahead, and so stay valid for twice the window.
      if (recent.size >= limitEvents || nowMs - turnMs >= 2 * replayWindowMs) {
        older = recent.size >= limitEvents || nowMs - turnMs < 4 * replayWindowMs ? recent : new Map();
        recent = new Map();
        turnMs = nowMs;
      }
      const known = recent.get(eventId) ?? older.get(eventId);
      if (known !== undefined) return known === digest;
      recent.set(eventId, digest);
      return true;
    },
  };
}
