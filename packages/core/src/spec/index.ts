export { readScenarios, type Scenario, type ScenarioReading } from '../scenario/scenario.ts';
export { sourceFailures } from '../scenario/schema.ts';
export type {
  ScenarioDecision,
  ScenarioEntity,
  ScenarioExpectation,
  ScenarioLive,
  SourceAnswer,
  SourceFailure,
} from '../scenario/types.ts';
export type { TextFile } from './document.ts';
export type { Draft } from './draft.ts';
export {
  contractJsonSchema,
  type JsonSchema,
  jsonSchemaOf,
  scenarioJsonSchema,
  specJsonSchema,
} from './json-schema.ts';
export type { Locator } from './locate.ts';
export type { GivenParameter, GivenParameters } from './parameters.ts';
export { environmentParameters } from './parameters.ts';
export { type IssuerSettings, readSpec, readSpecData, type ScriptFile, type SpecReading } from './read.ts';
export { readShape, type ShapeReading } from './read-shape.ts';
export type { ClaimSpec, Literal, SourceSpec, Spec, SpecInput } from './schema.ts';
