export type { Cache } from './cache.ts';
export {
  type Ask,
  type Asking,
  type AskLimits,
  denial,
  drive,
  type Enrichment,
  enrich,
  unavailable,
} from './enrich.ts';
export { fill, fillAddress, mayAsk, type Setting, type Settings } from './fill.ts';
export { type HttpAsking, type HttpSource, httpAsking, longestMs } from './http.ts';
export { memoryCache } from './memory-cache.ts';
export type {
  AddressNeed,
  Answer,
  Answers,
  Context,
  Decision,
  Json,
  Need,
  Outcome,
  ParameterNeed,
  Program,
  SourceFailure,
} from './program.ts';
export type { Fetch, FetchInit } from './request.ts';
