export type { Needs, Problem, ProblemCode, Refusal } from './answer.ts';
export type {
  Carried,
  Contract,
  ContractApi,
  ContractClaim,
  ContractIssuer,
  ContractLookup,
  ContractMarker,
  FieldType,
  Kind,
  Sign,
} from './contract/contract.ts';
export { readContract } from './contract/read.ts';
export { anyOf } from './denylist/any-of.ts';
export {
  type Candidate,
  type Denylist,
  type DenylistStore,
  defaultRetentionSeconds,
  type Entry,
  type StatusReference,
} from './denylist/denylist.ts';
export { type MemoryOptions, memoryDenylist } from './denylist/memory.ts';
export { type RedisDenylist, type RedisOptions, redisDenylist } from './denylist/redis.ts';
export { type StatusListOptions, statusListDenylist } from './denylist/status-list.ts';
export { GuardError, type GuardErrorCode } from './error.ts';
export {
  type EventAnswer,
  type EventReceiver,
  eventReceiver,
  type ReceiverOptions,
  type TransmitterSettings,
} from './events/receiver.ts';
export type { EventSubject, SubjectName } from './events/revocations.ts';
export {
  createGuard,
  type Guard,
  type GuardOptions,
  type RequestLike,
  type Result,
} from './guard.ts';
export type { KeySettings } from './keys/key-store.ts';
export {
  type Denial,
  LookupError,
  type LookupErrorCode,
  type Lookups,
  type LookupToken,
} from './lookups.ts';
export type { IssuerSettings } from './settings.ts';
export type { ApiTypes, ClaimTypes, DetailOf, Token, TokenFacts, TokenLookups, UnknownApi } from './types.ts';
