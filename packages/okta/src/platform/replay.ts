/** Remembers the ids of events, so that none is accepted again with other content. */
export interface ReplayGuard {
  /**
   * Whether the event is new, or known with the same content.
   *
   * @param digest any that differs where contents do by chance: who can send events can also give them new ids, so
   * that there is nothing to gain by a collision
   */
  admits(eventId: string, digest: number, nowMs: number): boolean;
}

/** How far an event's time may be from ours, in milliseconds, and for how long its id is remembered at least. */
export const replayWindowMs = 300_000;

/** Events that are remembered at most, in each of two halves: more than Okta's rate limits let through. */
const limitEvents = 20_000;

/**
 * Okta may send an event twice, so the same content is taken again. Memory is bounded: when a half is full, the older
 * one is forgotten, early if need be; the time of an event then still bounds its age.
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
