/// <reference types="node" preserve="true" />
export { type Audit, type AuditOptions, openAudit } from './audit.ts';
export { type Configuration, type Environment, readConfiguration } from './configuration.ts';
export { defaultLimits, type HttpLimits } from './limits.ts';
export { type LoadedPolicy, loadPolicy } from './load-policy.ts';
export { createLog, type Log, type LogFields, type LogLevel, logLevels } from './log.ts';
export { runServer } from './run-server.ts';
export { runVerify } from './run-verify.ts';
export { ServerError, type ServerErrorCode } from './server-error.ts';
export { type RunningServer, type ServerOptions, startServer } from './start-server.ts';
export { type AuditVerdict, verifyAudit } from './verify-audit.ts';
export { watchPolicy } from './watch-policy.ts';
