export { type AccessClock, type AccessParts, accessOf } from './access.ts';
export { DeployError, type DeployErrorCode } from './deploy-error.ts';
export { type Drift, driftOf } from './drift.ts';
export { environmentJsonSchema } from './environment/json-schema.ts';
export {
  type Environment,
  type EnvironmentOptions,
  type EnvironmentReading,
  readEnvironment,
  settingsNeeded,
} from './environment/read.ts';
export type { TargetSettings, Targets } from './environment/schema.ts';
export { type FieldChange, type FieldValue, fieldsOf } from './fields.ts';
export { type History, type Release, type Restored, restoredBy } from './history.ts';
export { inParallel } from './in-parallel.ts';
export { type Journal, type JournalFolder, knownOf, openJournals } from './journal.ts';
export { allChanges, hasConflict, type Plan, planOf, type Step, wantedOf } from './plan.ts';
export { type Outcome, planAt, type Run, type RunEvent, runAt, type Stop } from './run.ts';
export { fingerprintOf, readSavedPlan, type SavedPlan } from './saved-plan.ts';
export { secretReference } from './secret-reference.ts';
export { createSettings, type Settings, type SettingsOptions } from './settings/resolve.ts';
export { KeptSecret } from './settings/secret.ts';
