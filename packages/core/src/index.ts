export { unusedAcceptances, withAcceptances } from './acceptance.ts';
export { attributePlaces } from './attributes.ts';
export { type Authority, authoritiesOf } from './authority.ts';
export { type BareRead, bareReads } from './bare-reads.ts';
export { challengeDeparture, challengeFindings } from './challenges.ts';
export { atIssuer, checkBuilt, checkIssuers, newFindings } from './check-issuers.ts';
export { claimNaming } from './claim-naming.ts';
export type { Artifact, Compilation } from './compilation.ts';
export { contentHash } from './content-hash.ts';
export { contextType, fieldAt, type RawContext } from './context.ts';
export { type CedarSettings, type CedarToken, cedarToken, namesInTokens } from './contract/cedar.ts';
export { contractFingerprint, contractOf } from './contract/contract.ts';
export {
  type AccessToken,
  type Contract,
  type ContractClaim,
  type ContractLookup,
  contractSchema,
} from './contract/schema.ts';
export { createPolicy } from './create-policy.ts';
export { isMapping, isoTime, type Mapping, mappingOf, own, textEntries, textOf, textsOf } from './data.ts';
export { checkedText, literalFits } from './declared-type.ts';
export { dependsOnActor, isFor, readsActor } from './delegated.ts';
export { enrichedOf, enrichedSettings, leftAloneBy, oneAudienceFindings } from './enriched.ts';
export {
  exchangeFindings,
  exchangeGrant,
  exchangeSetting,
  exchanges,
  reliesOnNoExchange,
  withSilentActor,
} from './exchange.ts';
export type { Export, Exported } from './export/types.ts';
export { readsIn } from './expressions.ts';
export {
  type Acceptance,
  type Finding,
  type Fix,
  formatPath,
  isError,
  type Path,
  type Position,
  type Severity,
  type SourceRange,
  type Span,
  type SpecSource,
  type ValidAcceptance,
} from './finding.ts';
export { fixedText } from './fix.ts';
export {
  type AgeVerdict,
  ageSum,
  ageVerdict,
  type Freshness,
  freshnessOf,
} from './freshness.ts';
export { type Gateway, gateways, tokenLimitBytes } from './gateways.ts';
export { type Issuance, noTokens, type SourceRequest, type Tokens } from './issuance.ts';
export type {
  Asked,
  Bypass,
  Capability,
  ClaimWay,
  DefaultLifetime,
  Departure,
  Fact,
  Issuer,
  Lack,
  Model,
  Promised,
  RecordedEvents,
  RunningServer,
  Server,
  ServerOptions,
  Simulator,
  Starter,
  Supply,
  SupplyOrigin,
  Surroundings,
  VendorEvent,
  Verdict,
} from './issuer.ts';
export { IssuerError, type IssuerErrorCode } from './issuer-error.ts';
export { issuerSettings } from './issuer-settings.ts';
export { type Lines, linesOf } from './lines.ts';
export type { Live, LiveAnswer, LiveQuestion } from './live.ts';
export { type IssuerLookups, issuerLookups, type LookupPart } from './lookups/issuer-lookups.ts';
export { apartFromLookups, withLookups } from './lookups/policy-lookups.ts';
export type { TokenField } from './lookups/token-field.ts';
export { type KnownField, standardTokenFields } from './lookups/token-fields.ts';
export { lossFindings, workloadHelp } from './loss/findings.ts';
export { isUnder, type Situation } from './loss/known.ts';
export { truthsIn } from './loss/losses.ts';
export { metadataUses } from './metadata-uses.ts';
export { nameFindings, otherName, takenNames } from './name-findings.ts';
export {
  observedDeparture,
  observeFindings,
  observeNotices,
  observeSetting,
} from './observe.ts';
export { oncePer } from './once-per.ts';
export { openIdScopes, otherScopes } from './other-scopes.ts';
export type {
  Delegated,
  DynamoDbPolicySource,
  Enriched,
  HttpPolicySource,
  Policy,
  PolicyClaim,
  PolicyDetail,
  PolicyScope,
  PolicySource,
  Reads,
  SqlPolicySource,
  Subjects,
} from './policy.ts';
export { expressionsOf } from './policy-expressions.ts';
export { rangeAt } from './range-at.ts';
export { type Removals, removalFindings, removeSetting, removeSettingWithUserinfo } from './removals.ts';
export { protocolClaims } from './reserved-names.ts';
export { restsOn } from './rests-on.ts';
export { ruleTitle } from './rule-title.ts';
export { catalogue } from './rules/index.ts';
export { rulePage, ruleUri, severitiesOf } from './rules/page.ts';
export { personalValueFindings } from './rules/personal-values.ts';
export { type Profile, profiles } from './rules/profiles.ts';
export type { RuleInfo } from './rules/rule.ts';
export { hasSecretName, hasSecretShape } from './rules/secret-texts.ts';
export { standards } from './rules/standards.ts';
export { secretTextFindings } from './rules/te401-secret-in-spec.ts';
export { scopePattern } from './scope-pattern.ts';
export { addedScopes } from './scopes.ts';
export { sentinel } from './sentinel.ts';
export { keyedClaims, settingKeysOf } from './setting-keys.ts';
export { addedUp, longestRounds } from './source-rounds.ts';
export { askedWith, settingsOf } from './sources/asked-with.ts';
export { oneAnswer } from './sources/one-answer.ts';
export { type DefineEnrichment, defineEnrichment } from './spec/define.ts';
export { formatAge, formatDuration, parseDuration } from './spec/units.ts';
export {
  type Access,
  type Change,
  type Goal,
  type Json,
  type Known,
  type Notice,
  type Order,
  type Place,
  type PlaceAnswer,
  type PlaceQuestion,
  type Reading,
  type Resource,
  type Secret,
  type SecretReference,
  type Target,
  TargetError,
  type TargetErrorCode,
  type VaultReference,
  type Wanted,
  type WantedResource,
} from './target.ts';
export { jsonBytes, tokenBytes, usualClaims, usualHeader } from './token-size.ts';
export { type TokenName, tokenNames } from './tokens.ts';
export { userinfoFindings } from './userinfo-findings.ts';
export { slotsOf, subjectSlotsOf } from './variants.ts';
export { assumedBytes, type ClaimSize, type WorstSize, worstSize } from './worst-size.ts';
