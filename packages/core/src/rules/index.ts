import { environmentRules } from './environments.ts';
import { exportRules } from './export.ts';
import { inventoryRules } from './inventory.ts';
import { issuerRules } from './issuers.ts';
import type { Rule, RuleInfo } from './rule.ts';
import { structureRules } from './structure.ts';
import { boundWithoutEffect } from './te012-bound-without-effect.ts';
import { expressionAsConstant } from './te016-expression-as-constant.ts';
import { settingTakenLiterally } from './te019-setting-taken-literally.ts';
import { overBudget } from './te023-over-budget.ts';
import { registeredClaimOverridden } from './te101-registered-claim-overridden.ts';
import { registeredNameMisused } from './te103-registered-name-misused.ts';
import { notCollisionResistant } from './te104-not-collision-resistant.ts';
import { confusableNames } from './te107-confusable-names.ts';
import { namespaceOverhead } from './te108-namespace-overhead.ts';
import { authzInIdToken } from './te201-authz-in-id-token.ts';
import { identityInAccessToken } from './te202-identity-in-access-token.ts';
import { descriptiveUsedAsGrant } from './te203-descriptive-used-as-grant.ts';
import { sameForEverybody } from './te204-same-for-every-audience.ts';
import { untrustedInputAsAuthority } from './te209-untrusted-input-as-authority.ts';
import { claimWithoutConsumer } from './te301-claim-without-consumer.ts';
import { wholeObjectCopied } from './te302-whole-object-copied.ts';
import { unboundedList } from './te303-unbounded-list.ts';
import { rawDirectoryGroups } from './te304-raw-directory-groups.ts';
import { wildcardEntitlement } from './te306-wildcard-entitlement.ts';
import { secretInSpec } from './te401-secret-in-spec.ts';
import { secretFieldMapped } from './te402-secret-field-mapped.ts';
import { tokenInToken } from './te403-token-in-token.ts';
import { personalDataWithoutPurpose } from './te404-personal-data-without-purpose.ts';
import { specialCategory } from './te405-special-category.ts';
import { insecureSourceUrl } from './te408-insecure-source-url.ts';
import { dynamicSourceHost } from './te409-dynamic-source-host.ts';
import { settingOfTheHost } from './te411-setting-of-the-host.ts';
import { freshnessMissing } from './te501-freshness-missing.ts';
import { freshnessBudgetExceeded } from './te502-freshness-budget-exceeded.ts';
import { tokenLivesTooLong } from './te503-token-lives-too-long.ts';
import { perRequestValue } from './te504-per-request-value.ts';
import { noRevocationPath } from './te505-no-revocation-path.ts';
import { staleWithoutBound } from './te507-stale-without-bound.ts';
import { ownerMissing } from './te601-owner-missing.ts';
import { noPolicyVersion } from './te603-no-policy-version.ts';
import { auditNamesNobody } from './te604-audit-names-nobody.ts';
import { reviewOverdue } from './te605-review-overdue.ts';
import { failsOpen } from './te702-fails-open.ts';
import { absenceGrants } from './te703-absence-grants.ts';
import { missingValueDecides } from './te707-missing-value-decides.ts';
import { challengeStaysDue } from './te708-challenge-stays-due.ts';
import { tokenTooLarge } from './te801-token-too-large.ts';
import { policyForNobody } from './te837-policy-for-nobody.ts';
import { cedarClaims } from './te860-cedar-claims.ts';
import { scopeEscalation } from './tea02-scope-escalation.ts';
import { freePlaceholder } from './tea06-free-placeholder.ts';
import { machineWithoutOwner } from './ten02-machine-without-owner.ts';
import { agentInheritsUser } from './ten05-agent-inherits-user.ts';
import { machineBearer } from './ten06-machine-bearer.ts';

/** The rules that hold at every issuer, by id. */
export const rules: readonly Rule[] = [
  boundWithoutEffect,
  expressionAsConstant,
  settingTakenLiterally,
  overBudget,
  registeredClaimOverridden,
  registeredNameMisused,
  notCollisionResistant,
  confusableNames,
  namespaceOverhead,
  authzInIdToken,
  identityInAccessToken,
  descriptiveUsedAsGrant,
  sameForEverybody,
  untrustedInputAsAuthority,
  claimWithoutConsumer,
  wholeObjectCopied,
  unboundedList,
  rawDirectoryGroups,
  wildcardEntitlement,
  secretInSpec,
  secretFieldMapped,
  tokenInToken,
  personalDataWithoutPurpose,
  specialCategory,
  insecureSourceUrl,
  dynamicSourceHost,
  settingOfTheHost,
  freshnessMissing,
  freshnessBudgetExceeded,
  tokenLivesTooLong,
  perRequestValue,
  noRevocationPath,
  staleWithoutBound,
  ownerMissing,
  noPolicyVersion,
  auditNamesNobody,
  reviewOverdue,
  failsOpen,
  absenceGrants,
  missingValueDecides,
  challengeStaysDue,
  tokenTooLarge,
  policyForNobody,
  cedarClaims,
  scopeEscalation,
  freePlaceholder,
  machineWithoutOwner,
  agentInheritsUser,
  machineBearer,
];

/** All rules by id, also those that issuers report. */
export const catalogue: readonly RuleInfo[] = [
  ...structureRules,
  ...rules,
  ...issuerRules,
  ...environmentRules,
  ...inventoryRules,
  ...exportRules,
].sort((a, b) => (a.id < b.id ? -1 : 1));
