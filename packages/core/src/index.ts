export { unusedAcceptances } from './acceptance.ts';
export { type Authority, authoritiesOf } from './authority.ts';
export { type BareRead, bareReads } from './bare-reads.ts';
export { atIssuer, checkBuilt, checkIssuers, newFindings } from './check-issuers.ts';
export { claimNaming } from './claim-naming.ts';
export { contextType, fieldAt, type RawContext } from './context.ts';
export { createPolicy } from './create-policy.ts';
export { isMapping, isoTime, type Mapping, mappingOf, own, textEntries, textOf, textsOf } from './data.ts';
export { literalFits } from './declared-type.ts';
export { readsIn } from './expressions.ts';
export {
  type Acceptance,
  type Finding,
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
export {
  type Artifact,
  type Asked,
  type Bypass,
  type Capability,
  type ClaimWay,
  type Compilation,
  type Departure,
  type Fact,
  type Issuance,
  type Issuer,
  type Lack,
  type Live,
  type LiveAnswer,
  type LiveQuestion,
  type Model,
  noTokens,
  type Promised,
  type RecordedEvents,
  type RunningServer,
  type Server,
  type ServerOptions,
  type Simulator,
  type SourceRequest,
  type Starter,
  type Supply,
  type SupplyOrigin,
  type Surroundings,
  type Tokens,
  type VendorEvent,
  type Verdict,
} from './issuer.ts';
export { IssuerError, type IssuerErrorCode } from './issuer-error.ts';
export { lossFindings } from './loss/findings.ts';
export { isUnder, type Situation } from './loss/known.ts';
export { truthsIn } from './loss/losses.ts';
export { metadataUses } from './metadata-uses.ts';
export { nameFindings, otherName, takenNames } from './name-findings.ts';
export { oncePerPolicy } from './once-per-policy.ts';
export type {
  DynamoDbPolicySource,
  HttpPolicySource,
  Policy,
  PolicyClaim,
  PolicyDetail,
  PolicyScope,
  PolicySource,
  Reads,
  SqlPolicySource,
} from './policy.ts';
export { expressionsOf } from './policy-expressions.ts';
export { restsOn } from './rests-on.ts';
export { catalogue } from './rules/index.ts';
export { rulePage } from './rules/page.ts';
export type { RuleInfo } from './rules/rule.ts';
export { scopePattern } from './scope-pattern.ts';
export { longestRoundsMs } from './source-rounds.ts';
export { askedWith, settingsOf } from './sources/asked-with.ts';
export { type DefineEnrichment, defineEnrichment } from './spec/define.ts';
export { formatDuration } from './spec/units.ts';
export { jsonBytes, tokenBytes } from './token-size.ts';
export { slotsOf } from './variants.ts';
