/** Bounds of the HTTP server. Okta waits 3 seconds for a whole answer, so that nothing slower is worth waiting for. */
export interface HttpLimits {
  /** From a connection's first moment, or the end of its last request, to the end of a request's headers. Default 3,000. */
  readonly headersTimeoutMs: number;
  /** For a whole request with its body. Default 4,000. */
  readonly requestTimeoutMs: number;
  /** How often the two are enforced. Default 500. */
  readonly checkingIntervalMs: number;
  /** How long an idle connection is kept; longer than load balancers keep theirs. Default 75,000. */
  readonly keepAliveTimeoutMs: number;
  /** All header lines together. Default 16,384. */
  readonly headerBytes: number;
  /**
   * Open connections. For a further one that closes which has shown nothing for the longest time; where all have shown
   * to be Okta's, the new one. Default 4,000.
   */
  readonly connections: number;
}

/** The bounds of a server that is told none. */
export const defaultLimits: HttpLimits = {
  headersTimeoutMs: 3_000,
  requestTimeoutMs: 4_000,
  checkingIntervalMs: 500,
  keepAliveTimeoutMs: 75_000,
  headerBytes: 16_384,
  connections: 4_000,
};
