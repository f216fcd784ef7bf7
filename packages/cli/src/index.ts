export { CliError } from './error.ts';
export type { Coverage, Untried } from './proof/coverage.ts';
export { runScenarios, type ScenarioOptions, type ScenarioRun } from './proof/run-scenarios.ts';
export type { Results, Tried } from './proof/try.ts';
export type { Mismatch } from './run/compare.ts';
export type { Declared } from './run/expectation.ts';
export { defineEnrichment } from './spec/define.ts';
