import type { Finding, Severity } from '../finding.ts';
import type { Policy } from '../policy.ts';

/** What docs, SARIF and `explain` say of a rule. */
export interface RuleInfo {
  /** `TE102`; never used again for another rule. */
  readonly id: string;
  /** `issuer-restricted-name`. */
  readonly slug: string;
  readonly severity: Severity;
  /** Lesser ones that its findings have where the outcome is safe. */
  readonly also?: readonly Severity[];
  /** One sentence: what the rule asks for. */
  readonly title: string;
  /** One or two sentences: what goes wrong otherwise. */
  readonly why: string;
  /** One or two sentences: what to do. */
  readonly mend: string;
  /** A spec without `version` and `name` that has such a finding, and one that has none; not for rules about scenarios. */
  readonly bad?: string;
  readonly good?: string;
  readonly reference?: string;
  /** Its errors are about a token that says more than the policy means. They are accepted for 30 days at most. */
  readonly safety?: true;
  /** Its findings cannot be accepted: nothing sound can be built. */
  readonly unacceptable?: true;
}

/** A check of a whole policy that holds at every issuer. One rule, one file. */
export interface Rule extends RuleInfo {
  check(policy: Policy): readonly Finding[];
}
