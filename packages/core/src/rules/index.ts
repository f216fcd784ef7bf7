import { environmentRules } from './environments.ts';
import { exportRules } from './export.ts';
import { issuerRules } from './issuers.ts';
import type { Rule, RuleInfo } from './rule.ts';
import { structureRules } from './structure.ts';
import { boundWithoutEffect } from './te012-bound-without-effect.ts';
import { expressionAsConstant } from './te016-expression-as-constant.ts';
import { settingTakenLiterally } from './te019-setting-taken-literally.ts';
import { overBudget } from './te023-over-budget.ts';
import { registeredClaimOverridden } from './te101-registered-claim-overridden.ts';
import { authzInIdToken } from './te201-authz-in-id-token.ts';
import { descriptiveUsedAsGrant } from './te203-descriptive-used-as-grant.ts';
import { untrustedInputAsAuthority } from './te209-untrusted-input-as-authority.ts';
import { unboundedList } from './te303-unbounded-list.ts';
import { secretInSpec } from './te401-secret-in-spec.ts';
import { insecureSourceUrl } from './te408-insecure-source-url.ts';
import { dynamicSourceHost } from './te409-dynamic-source-host.ts';
import { settingOfTheHost } from './te411-setting-of-the-host.ts';
import { freshnessMissing } from './te501-freshness-missing.ts';
import { freshnessBudgetExceeded } from './te502-freshness-budget-exceeded.ts';
import { tokenLivesTooLong } from './te503-token-lives-too-long.ts';
import { staleWithoutBound } from './te507-stale-without-bound.ts';
import { reviewOverdue } from './te605-review-overdue.ts';
import { failsOpen } from './te702-fails-open.ts';
import { missingValueDecides } from './te707-missing-value-decides.ts';
import { challengeStaysDue } from './te708-challenge-stays-due.ts';
import { policyForNobody } from './te837-policy-for-nobody.ts';

/** The rules that hold at every issuer, by id. */
export const rules: readonly Rule[] = [
  boundWithoutEffect,
  expressionAsConstant,
  settingTakenLiterally,
  overBudget,
  registeredClaimOverridden,
  authzInIdToken,
  descriptiveUsedAsGrant,
  untrustedInputAsAuthority,
  unboundedList,
  secretInSpec,
  insecureSourceUrl,
  dynamicSourceHost,
  settingOfTheHost,
  freshnessMissing,
  freshnessBudgetExceeded,
  tokenLivesTooLong,
  staleWithoutBound,
  reviewOverdue,
  failsOpen,
  missingValueDecides,
  challengeStaysDue,
  policyForNobody,
];

/** All rules by id, also those that issuers report. */
export const catalogue: readonly RuleInfo[] = [
  ...structureRules,
  ...rules,
  ...issuerRules,
  ...environmentRules,
  ...exportRules,
].sort((a, b) => (a.id < b.id ? -1 : 1));
