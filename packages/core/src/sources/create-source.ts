import type { RecordType, Type } from '@claimsmith/cel';
import { declaredRecord } from '../declared-type.ts';
import type { PolicySource } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { createDynamoDb } from './dynamodb.ts';
import { createEach } from './each.ts';
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
  const asking = createEach(work, spec);
  if (asking === undefined) return undefined;
  const { each } = asking;
  const how = http
    ? createHttp(asking.work, http)
    : sql
      ? createSql(asking.work, sql)
      : dynamodb && createDynamoDb(asking.work, dynamodb);
  const when = spec.when === undefined ? undefined : work.read([...work.path, 'when'], spec.when, bool);
  if (how === undefined || (spec.when !== undefined && when === undefined)) return undefined;
  return {
    name,
    when,
    each,
    ...how.asked,
    returns: answerType(spec, name),
    timeoutMs: spec.timeout ?? 1_000,
    retries: spec.retries ?? 0,
    cacheMs: spec.cache ?? 0,
    staleMs: spec.stale ?? 0,
    lagMs: spec.lag ?? 0,
    limitBytes: spec.limit ?? 64_000,
    reads: work.readsOf([when, each?.list, ...how.expressions].filter((one) => one !== undefined)),
  };
}

/** What expressions may read of a source: the declared fields, or with `rows: many` or `each` a list of them. */
export function answerType({ returns, sql, each }: SourceSpec, name: string): RecordType {
  const one = (path: string): RecordType =>
    sql?.rows === 'many'
      ? listIn(path, 'rows', declaredRecord(returns, `${path}.rows`))
      : declaredRecord(returns, path);
  return each === undefined ? one(name) : listIn(name, 'answers', one(`${name}.answers`));
}

function listIn(name: string, field: string, element: RecordType): RecordType {
  return { kind: 'record', name, fields: { [field]: { type: { kind: 'list', element } } } };
}
