import type { Asking } from '@claimsmith/runtime';
import type { Authentication } from './authentication.ts';
import type { SetupPart } from './guard.ts';
import type { HookPolicy } from './policy.ts';
import type { IssuanceRecord } from './record.ts';
import type { ReplayGuard } from './replay.ts';

/** The policy of a hook, and the listeners of its decisions. */
export interface HookOptions {
  /** The exports of a built `policy.mjs`. */
  readonly policy: HookPolicy;
  /** How sources are asked; a server's comes from `serverAsking` of `@claimsmith/runtime/server`. */
  readonly asking: Asking;
  readonly authentication: Authentication;
  /**
   * Records an issuance before Okta gets the answer: if recording fails, nothing is issued. A recorded issuance may
   * still end without a token, if recording takes until the deadline; never the other way round.
   */
  readonly record?: (issuance: IssuanceRecord) => Promise<void> | void;
  /**
   * Told of each decision once it is recorded, where anything records it. Names and times, never values.
   *
   * @param reason the constant that the client sees, of what is denied
   * @param ms from the start of the request to the decision
   */
  readonly onDecided?: (decision: IssuanceRecord['decision'], reason: string | undefined, ms: number) => void;
  /** Told of each request that was refused before a policy saw it. */
  readonly onRefused?: (cause: Refusal) => void;
  /**
   * Called for each part that is not set up at Okta, as the token of a request shows. Without `feeders` the request is
   * denied, because a missing feeder could mean anything.
   */
  readonly onMissing?: (part: SetupPart) => void;
  /** The memory of events; hooks that follow one another share one. Default: a separate one. */
  readonly replay?: ReplayGuard;
  /** Unix time in milliseconds. Default: the machine's. */
  readonly clock?: () => number;
  /** How far an event's time may be from the clock's, in milliseconds. Default 5 minutes; more is for recorded requests. */
  readonly maxSkewMs?: number;
}

/**
 * - `authentication`: not shown to come from Okta
 * - `body`: too large, or broken off
 * - `payload`: no event of a token hook
 * - `replay`: too old, dated ahead, or known with another content
 * - `deadline`: not done in time
 * - `failure`: a defect
 */
export type Refusal = 'authentication' | 'body' | 'payload' | 'replay' | 'deadline' | 'failure';
