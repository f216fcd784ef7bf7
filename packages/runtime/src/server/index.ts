export type { DynamoDbServerSource, HttpServerSource, ServerSource, SqlServerSource } from './source.ts';
