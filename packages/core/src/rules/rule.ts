import type { Finding, Severity } from '../finding.ts';
import type { Policy } from '../policy.ts';
import type { Profile } from './profiles.ts';
import type { StandardId } from './standards.ts';

/** What docs, SARIF and `explain` say about a rule. */
export interface RuleInfo {
  /** `TE102`; never used again for another rule. */
  readonly id: string;
  /** `issuer-restricted-name`. */
  readonly slug: string;
  readonly severity: Severity;
  /** Other levels that its findings may have: less severe ones where the outcome is safe. */
  readonly also?: readonly Severity[];
  /** The profile that it belongs to. Absent: `check` always applies it. */
  readonly profile?: Profile;
  /** One sentence: what the rule asks for. */
  readonly title: string;
  /** One or two sentences: what goes wrong otherwise. */
  readonly why: string;
  /** One or two sentences: what to do. */
  readonly mend: string;
  /**
   * Specs without `version` and `name`: `bad` has such a finding, `good` does not. Rules about scenarios and
   * environments lack them.
   */
  readonly bad?: string;
  readonly good?: string;
  /** A page of a vendor or a specification about it. */
  readonly reference?: string;
  /** The places in standards that ask for it. */
  readonly standards?: readonly StandardId[];
  /** Its errors are about tokens that grant more than the policy. They can be accepted for at most 30 days. */
  readonly safety?: true;
  /** The format of `claimsmith export` that reports it; `check` does not. Absent: `check` reports it. */
  readonly format?: string;
  /** `check --fix` fixes its findings, or some of them. */
  readonly fixable?: true;
  /** Its findings cannot be accepted, because nothing sound can be built. */
  readonly unacceptable?: true;
}

/** What a check knows besides the policy. */
export interface CheckOptions {
  /** `2027-01-31`; undefined: not known, so nothing is overdue. */
  readonly today: string | undefined;
  readonly profiles: readonly Profile[];
  /** What a token must pass: ids of {@link gateways}. Absent: the usual ones, for a warning. */
  readonly gateways?: readonly string[];
}

/** A check of a whole policy that applies to every issuer. One rule, one file. */
export interface Rule extends RuleInfo {
  /** Whether its warnings are also reported while other parts of the spec have errors. Default false. */
  readonly besideErrors?: true;
  /** Whether it is also about claims that services look up, and their sources. Default false. */
  readonly lookups?: true;
  check(policy: Policy, options: CheckOptions): readonly Finding[];
}
