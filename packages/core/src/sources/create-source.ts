import type { RecordType, Type } from '@claimsmith/cel';
import { declaredRecord, isBracketed } from '../declared-type.ts';
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
  if (isBracketed(spec.returns) && !http) {
    work.report({
      rule: 'TE014',
      severity: 'error',
      message: `Only an answer over HTTP can be a list; ${sql ? 'rows' : 'items'} are records.`,
      range: work.source.key([...work.path, 'returns']),
      help: sql ? 'Remove the brackets, and write `rows: many` for a list of rows.' : 'Remove the brackets.',
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
    isList: isBracketed(spec.returns),
    timeoutMs: spec.timeout ?? 1_000,
    retries: spec.retries ?? 0,
    cacheMs: spec.cache ?? 0,
    staleMs: spec.stale ?? 0,
    lagMs: spec.lag ?? 0,
    limitBytes: spec.limit ?? 64_000,
    reads: work.readsOf([when, each?.list, ...how.expressions].filter((one) => one !== undefined)),
  };
}

/**
 * What expressions may read of a source: the declared fields, or a list of them: with `rows: many`, of answers that are
 * lists, and with `each`.
 */
export function answerType({ returns, sql, each }: SourceSpec, name: string): RecordType {
  if (isBracketed(returns)) {
    const [fields] = returns;
    if (each === undefined) return listIn(name, 'items', declaredRecord(fields, `${name}.items`));
    const element = declaredRecord(fields, `${name}.answers`);
    return listIn(name, 'answers', { kind: 'list', element });
  }
  const one = (path: string): RecordType =>
    sql?.rows === 'many'
      ? listIn(path, 'rows', declaredRecord(returns, `${path}.rows`))
      : declaredRecord(returns, path);
  return each === undefined ? one(name) : listIn(name, 'answers', one(`${name}.answers`));
}

function listIn(name: string, field: string, element: Type): RecordType {
  return { kind: 'record', name, fields: { [field]: { type: { kind: 'list', element } } } };
}
