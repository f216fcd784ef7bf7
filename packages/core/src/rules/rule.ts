import type { Finding, Severity } from '../finding.ts';
import type { Policy } from '../policy.ts';

/** What docs, SARIF and `explain` say about a rule. */
export interface RuleInfo {
  /** `TE102`; never used again for another rule. */
  readonly id: string;
  /** `issuer-restricted-name`. */
  readonly slug: string;
  readonly severity: Severity;
  /** Less severe levels that its findings may have when the outcome is safe. */
  readonly also?: readonly Severity[];
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
  readonly reference?: string;
  /** Its errors are about tokens that grant more than the policy. They can be accepted for at most 30 days. */
  readonly safety?: true;
  /** The format of `claimsmith export` that reports it; `check` does not. Absent: `check` reports it. */
  readonly format?: string;
  /** Its findings cannot be accepted, because nothing sound can be built. */
  readonly unacceptable?: true;
}

/** A check of a whole policy that applies to every issuer. One rule, one file. */
export interface Rule extends RuleInfo {
  check(policy: Policy): readonly Finding[];
}
