/// <reference types="node" preserve="true" />
export type { AskedOutcome } from './answering.ts';
export {
  type AskedReport,
  type ServerAsking,
  type ServerAskingOptions,
  type SharedCacheOptions,
  serverAsking,
} from './asking.ts';
export { awsSigner } from './aws-signer.ts';
export type { Driver } from './driver.ts';
export { dynamoDbDriver } from './dynamodb.ts';
export { type HttpRequest, httpRequest } from './http-request.ts';
export {
  type ContextReader,
  claimsRead,
  contextReader,
  type LookedUp,
  type LookupToken,
  lookedUp,
} from './lookup-context.ts';
export {
  type LookupField,
  type LookupIssuer,
  type LookupPart,
  type LookupPolicy,
  type LookupRule,
  lookupsVersion,
  type ToldClaims,
} from './lookup-policy.ts';
export { mysqlDriver } from './mysql.ts';
export { createServer, request } from './node-http.ts';
export { postgresDriver } from './postgres.ts';
export type {
  AwsService,
  DynamoDbServerSource,
  HttpServerSource,
  ServerSource,
  SqlServerSource,
} from './source.ts';
export { SourceError, type SourceErrorCode } from './source-error.ts';
