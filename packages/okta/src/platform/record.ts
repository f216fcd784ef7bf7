import type { Outcome, SourceFailure } from '@claimsmith/runtime';

/** The result of one request of Okta, for an audit: names, codes and ages; never a claim's value. */
export interface IssuanceRecord {
  /** Okta's id of the event. */
  readonly eventId: string;
  /** When the request came, ISO 8601. */
  readonly time: string;
  /** `<name>@<revision>` of the policy that decided. */
  readonly policy: string;
  readonly clientId: string | undefined;
  readonly grantType: string | undefined;
  readonly subjectType: 'human' | 'machine' | undefined;
  readonly decision: 'issued' | 'denied';
  /** The policy only observes: the decision had no effect, and the token stayed as it was. */
  readonly observed?: true;
  /** The constant that the client sees if the issuance is denied. */
  readonly reason: string | undefined;
  readonly outcomes: readonly Outcome[];
  /** The age of each source's answer in seconds, or how the source failed. */
  readonly sources: Readonly<Record<string, number | SourceFailure>>;
  /** From the start of the request to the decision. */
  readonly ms: number;
}
