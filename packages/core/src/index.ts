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
export { formatDuration } from './spec/units.ts';
