export type { Needs, Problem, ProblemCode, Refusal } from './answer.ts';
export type {
  Carried,
  Contract,
  ContractApi,
  ContractClaim,
  ContractIssuer,
  ContractMarker,
  FieldType,
  Kind,
  Sign,
} from './contract/contract.ts';
export { readContract } from './contract/read.ts';
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
export { GuardError, type GuardErrorCode } from './error.ts';
export {
  createGuard,
  type Guard,
  type GuardOptions,
  type RequestLike,
  type Result,
} from './guard.ts';
export type { KeySettings } from './keys/key-store.ts';
export type { IssuerSettings } from './settings.ts';
export type { ApiTypes, ClaimTypes, DetailOf, Token, TokenFacts, UnknownApi } from './types.ts';
