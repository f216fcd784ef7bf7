export { CliError } from './error.ts';
export type { Coverage, Untried } from './parity/coverage.ts';
export type { Declared } from './parity/expectation.ts';
export { runScenarios, type ScenarioOptions, type ScenarioRun } from './parity/run-scenarios.ts';
export type { Results, Tried } from './parity/try.ts';
export type { Mismatch } from './preview/compare.ts';
