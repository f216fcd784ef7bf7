import type { RecordType, Type } from '@claimsmith/cel';
import { declaredRecord } from '../declared-type.ts';
import type { PolicySource } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { createDynamoDb } from './dynamodb.ts';
import { createHttp } from './http.ts';
import { createSql } from './sql.ts';
import type { SourceWork } from './work.ts';

const bool: Type = { kind: 'bool' };

/** A source of a policy; undefined after reporting what is wrong with it. */
export function createSource(work: SourceWork, name: string, spec: SourceSpec): PolicySource | undefined {
  const { http, sql, dynamodb } = spec;
  const kinds = Object.entries({ http, sql, dynamodb }).flatMap(([kind, how]) =>
    how ? [`\`${kind}\``] : [],
  );
  if (kinds.length !== 1) {
    if (work.hasFault) return undefined;
    work.report({
      rule: 'TE013',
      severity: 'error',
      message:
        kinds.length === 0
          ? `The spec does not say how to ask \`${name}\`.`
          : `\`${name}\` has ${kinds.join(' and ')}.`,
      range: work.source.key(work.path),
      help: 'Write exactly one of `http`, `sql` and `dynamodb`.',
    });
    return undefined;
  }
  const how = http
    ? createHttp(work, http)
    : sql
      ? createSql(work, sql)
      : dynamodb && createDynamoDb(work, dynamodb);
  const when = spec.when === undefined ? undefined : work.read([...work.path, 'when'], spec.when, bool);
  if (how === undefined || (spec.when !== undefined && when === undefined)) return undefined;
  return {
    name,
    when,
    ...how.asked,
    returns: answerType(spec, name),
    timeoutMs: spec.timeout ?? 1_000,
    retries: spec.retries ?? 0,
    cacheMs: spec.cache ?? 0,
    staleMs: spec.stale ?? 0,
    lagMs: spec.lag ?? 0,
    limitBytes: spec.limit ?? 64_000,
    reads: work.readsOf(when === undefined ? how.expressions : [when, ...how.expressions]),
  };
}

/** What expressions may read of a source: the declared fields, or with `rows: many` a list of them. */
export function answerType({ returns, sql }: SourceSpec, name: string): RecordType {
  if (sql?.rows !== 'many') return declaredRecord(returns, name);
  const rows = { kind: 'list', element: declaredRecord(returns, `${name}.rows`) } as const;
  return { kind: 'record', name, fields: { rows: { type: rows } } };
}
