export { readScenarios, type Scenario, type ScenarioReading } from '../scenario/scenario.ts';
export { sourceFailures } from '../scenario/schema.ts';
export type { ScenarioExpectation, SourceAnswer, SourceFailure } from '../scenario/types.ts';
export type { TextFile } from './document.ts';
export type { Draft } from './draft.ts';
export { type JsonSchema, scenarioJsonSchema, specJsonSchema } from './json-schema.ts';
export type { Locator } from './locate.ts';
export { type IssuerSettings, readSpec, readSpecData, type ScriptFile, type SpecReading } from './read.ts';
export type { ClaimSpec, Literal, SourceSpec, Spec, SpecInput } from './schema.ts';
