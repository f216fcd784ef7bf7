import type { Asking, AuditRecord, Settings } from '@claimsmith/runtime';
import type { Authentication } from './authentication.ts';
import type { SetupPart } from './guard.ts';
import type { HookPolicy } from './policy.ts';
import type { ReplayGuard } from './replay.ts';

/** The policy of a hook, and the listeners of its decisions. */
export interface HookOptions {
  /** The exports of a built `policy.mjs`. */
  readonly policy: HookPolicy;
  /** How sources are asked. A server uses `serverAsking` of `@claimsmith/runtime/server`. */
  readonly asking: Asking;
  readonly authentication: Authentication;
  /** The settings that the policy names, for what it computes with them as keys. Default: none. */
  readonly settings?: Settings;
  /**
   * Records an issuance before Okta gets the answer. If recording fails, nothing is issued. A recorded issuance may
   * still end without a token, if recording takes until the deadline; an unrecorded one never gets a token.
   */
  readonly record?: (issuance: AuditRecord) => Promise<void> | void;
  /** The key for subjects in records. Default: records name no subjects. */
  readonly auditKey?: string | undefined;
  /**
   * Called for each decision after it is recorded, if recording is configured. Names and times, never values.
   *
   * @param reason the constant that the client sees, for a denial
   * @param ms from the start of the request to the decision
   */
  readonly onDecided?: (decision: 'issued' | 'denied', reason: string | undefined, ms: number) => void;
  /** Called for each decision that had no effect, because the policy only observes; in words, names and codes. */
  readonly onObserved?: (what: string) => void;
  /** Told of each request that was refused before a policy saw it. */
  readonly onRefused?: (cause: Refusal) => void;
  /**
   * Called for each part that is not set up at Okta, as the token in a request shows. Without `feeders` the request is
   * denied, because the cause of a missing value would be unknown.
   */
  readonly onMissing?: (part: SetupPart) => void;
  /** The memory of events. A new hook can take it over from an earlier one. Default: a separate one. */
  readonly replay?: ReplayGuard;
  /** Unix time in milliseconds. Default: the machine's. */
  readonly clock?: () => number;
  /** How far an event's time may be from the clock's, in milliseconds. Default 5 minutes; more is for recorded requests. */
  readonly maxSkewMs?: number;
}

/**
 * - `authentication`: the request does not prove that it comes from Okta
 * - `body`: too large, or incomplete
 * - `payload`: not an event of a token hook
 * - `replay`: too old, too far in the future, or a known event with other content
 * - `deadline`: not finished in time
 * - `failure`: a bug
 */
export type Refusal = 'authentication' | 'body' | 'payload' | 'replay' | 'deadline' | 'failure';
