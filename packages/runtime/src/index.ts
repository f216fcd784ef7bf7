export { auditLines } from './audit-lines.ts';
export { type AuditRecord, auditMember, auditMembers, type Issued } from './audit-record.ts';
export type { Cache } from './cache.ts';
export {
  type Authorize,
  type AuthorizedAsk,
  type AuthorizedRequest,
  authorizedRequest,
  type ClientCredentials,
  clientCredentials,
  type Send,
  tokenQuestion,
} from './client-credentials.ts';
export {
  type Ask,
  type Asking,
  type AskLimits,
  askingEach,
  type Driven,
  denial,
  drive,
  type Enrichment,
  enrich,
  scopeRefused,
  together,
  unavailable,
} from './enrich.ts';
export { fetchAgain } from './fetch-again.ts';
export { fill, fillAddress, mayAsk, type Setting, type Settings, settingOf } from './fill.ts';
export {
  type AskedSource,
  type Attempt,
  type HttpAsking,
  type HttpSource,
  httpAsking,
  httpSource,
  longestMs,
  unlessErrors,
} from './http.ts';
export { memoryCache } from './memory-cache.ts';
export { isObserved, type Observe, observation } from './observation.ts';
export { own } from './own.ts';
export type {
  AddressNeed,
  Answer,
  Answered,
  Answers,
  Budget,
  Challenge,
  Context,
  Decision,
  EachNeed,
  Json,
  Need,
  Outcome,
  ParameterNeed,
  Program,
  SingleNeed,
  SourceFailure,
} from './program.ts';
export { type Fetch, type FetchInit, hasErrors, type Question, type Reply, request } from './request.ts';
export { auditKeyLeastCharacters, type CreateHmac, subjectDigest } from './subject-digest.ts';
export { within } from './within.ts';
