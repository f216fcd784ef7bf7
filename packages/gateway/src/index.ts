/// <reference types="node" preserve="true" />
export { createLog, type Log, type LogLevel, ServerError } from '@claimsmith/server';
export { appendedPath, forwardedPath } from './asked.ts';
export { keysPath } from './gateway.ts';
export { claimHeader, headerValue, tokenHeader } from './headers.ts';
export { internalTyp } from './internal-token.ts';
export { type LoadedContract, type LoadedLookups, loadContract, loadLookups } from './load.ts';
export { type Rule, type Rules, readRules } from './rules.ts';
export { runGateway } from './run-gateway.ts';
export { type GatewayPolicy, type RunningGateway, type StartOptions, startGateway } from './start-gateway.ts';
