/// <reference types="node" preserve="true" />
export {
  createLog,
  defaultLimits,
  type Environment,
  type HttpLimits,
  type Log,
  type LogFields,
  type LogLevel,
  logLevels,
  ServerError,
  type ServerErrorCode,
} from '@claimsmith/server';
export { type Audit, type AuditOptions, openAudit } from './audit.ts';
export { type Configuration, readConfiguration } from './configuration.ts';
export { type LoadedPolicy, loadPolicy } from './load-policy.ts';
export { runServer } from './run-server.ts';
export { runVerify } from './run-verify.ts';
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
export { type AuditVerdict, verifyAudit } from './verify-audit.ts';
