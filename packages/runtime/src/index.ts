export type { Cache, Cached } from './cache.ts';
export {
  type Ask,
  type AskLimits,
  denial,
  type Enrichment,
  enrich,
  evaluate,
  unavailable,
} from './enrich.ts';
export type { Settings } from './fill.ts';
export { type HttpAsking, type HttpSource, httpAsk, longestMs } from './http.ts';
export { memoryCache } from './memory-cache.ts';
export type {
  Answer,
  Answers,
  Context,
  Decision,
  Json,
  Need,
  Outcome,
  Program,
  SourceFailure,
} from './program.ts';
export type { Fetch, FetchInit } from './request.ts';
