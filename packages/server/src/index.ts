/// <reference types="node" preserve="true" />
export { type FrontOptions, FrontServer, type Ports } from './front.ts';
export { closeLimitMs, type Fault, isPath } from './http-server.ts';
export { counter, gauge, histogram, type Instrument, type Rendered, renderAll } from './instruments.ts';
export { defaultLimits, type HttpLimits } from './limits.ts';
export { errorName, type LoadedExport, loadExport } from './load-export.ts';
export { createLog, type Log, type LogFields, type LogLevel, logLevels } from './log.ts';
export {
  type PolicyMetrics,
  policyMetrics,
  processInstruments,
  type SourceMetrics,
  type SourceReport,
  secondsBuckets,
  sourceMetrics,
} from './metrics.ts';
export { type Paced, paced } from './paced.ts';
export { type Closable, endWithSignals, oneByOne } from './process.ts';
export { ServerError, type ServerErrorCode, systemCode } from './server-error.ts';
export { cacheSecrets, cacheVariables, sharedCacheOf } from './shared-cache.ts';
export { type SourceTelling, sourceTeller } from './source-teller.ts';
export {
  type Environment,
  type Given,
  readVariables,
  redisUrl,
  refuseVariables,
  settingNames,
  settingsFor,
  text,
  url,
  type Variables,
  type VariablesOptions,
  whole,
} from './variables.ts';
export { watchFileAt } from './watch-file.ts';
