export type { Authentication, HeaderAuthentication, OAuthAuthentication } from './authentication.ts';
export { auditUnavailable, createHook, type Hook, type HookOptions, type Refusal } from './hook.ts';
export type { Feeder, Feeders, Guard, HookPolicy } from './policy.ts';
export type { IssuanceRecord } from './record.ts';
export {
  hookLimitMs,
  lifetimeBoundsSeconds,
  requestLimitBytes,
  reservedAccessNames,
  reservedIdNames,
  responseLimitBytes,
} from './reserved.ts';
export { scopeRefused } from './respond.ts';
