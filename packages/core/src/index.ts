export { contextType } from './context.ts';
export { type CreatedPolicy, createPolicy } from './create-policy.ts';
export { literalFits } from './declared-type.ts';
export type { Finding, Path, Position, Severity, SourceRange, SpecSource } from './finding.ts';
export type {
  Artifact,
  Compilation,
  Issuance,
  Issuer,
  RawContext,
  Supply,
  Surroundings,
  VendorEvent,
} from './issuer.ts';
export type { Policy, PolicyClaim, PolicyDetail, PolicyScope, PolicySource, Reads } from './policy.ts';
export {
  type ClaimSpec,
  type Literal,
  type SourceSpec,
  type Spec,
  type SpecInput,
  specSchema,
} from './spec/schema.ts';
export { evaluateProgram } from './program/evaluate-program.ts';
export { generateProgram, type ProgramOptions } from './program/generate-program.ts';
export { protocolClaims, unsafeNames } from './reserved-names.ts';
export { catalogue } from './rules/index.ts';
export type { RuleInfo } from './rules/rule.ts';
export { canBeTrue, type Gap, gaps, readsAbsent, type Situation } from './situation.ts';
export { formatDuration } from './spec/units.ts';
export { jsonBytes, type SignatureAlgorithm, signatureBytes, tokenBytes } from './token-size.ts';
