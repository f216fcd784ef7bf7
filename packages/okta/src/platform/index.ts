/// <reference types="node" preserve="true" />
export { OktaError, type OktaErrorCode } from '../okta-error.ts';
export type { Authentication, HeaderAuthentication } from './authentication.ts';
export type { OAuthAuthentication } from './bearer.ts';
export { auditUnavailable } from './core.ts';
export type { SetupPart } from './guard.ts';
export { createHook, type Hook } from './hook.ts';
export { sendNode } from './http.ts';
export type { HookOptions, Refusal } from './options.ts';
export type { Feeder, Feeders, Guard, HookPolicy } from './policy.ts';
export { createReplayGuard, type ReplayGuard } from './replay.ts';
export {
  hookLimitMs,
  lifetimeBoundsSeconds,
  requestLimitBytes,
  reservedAccessNames,
  reservedIdNames,
  responseLimitBytes,
} from './reserved.ts';
export { unavailableReply, untouchedText } from './respond.ts';
