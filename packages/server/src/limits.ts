/** Limits of the HTTP server. Callers wait no more than some seconds, so slower requests are useless. */
export interface HttpLimits {
  /**
   * The time for a request's headers, from the start of the connection or the end of its last request. Default 3,000.
   */
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
   * Open connections. Above this limit, the server closes those that have not authenticated within 200 ms, oldest
   * first. A request with the right credential is still answered; its connection is kept only if there is room. Default 4,000, with up
   * to 1,024 more for a moment.
   */
  readonly connections: number;
}

/** The default limits of a server. */
export const defaultLimits: HttpLimits = {
  headersTimeoutMs: 3_000,
  requestTimeoutMs: 4_000,
  checkingIntervalMs: 500,
  keepAliveTimeoutMs: 75_000,
  headerBytes: 16_384,
  connections: 4_000,
};
