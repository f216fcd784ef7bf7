import type { Expression, RecordType } from '@claimsmith/cel';
import { declaredRecord } from '../declared-type.ts';
import type { Finding, Path, SpecSource } from '../finding.ts';
import type { PolicySource, Reads } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { createDynamoDb } from './dynamodb.ts';
import { createHttp } from './http.ts';
import type { TextProblem } from './request.ts';
import { createSql } from './sql.ts';
import { settingsIn } from './url-template.ts';

/** How the expressions of one source are compiled, over what is known before any source is asked. */
export interface SourceWork {
  /** Where the source stands: `['sources', name]`. */
  readonly path: Path;
  readonly source: SpecSource;
  read(path: Path, text: string): Expression | undefined;
  readPart(path: Path, offset: number, text: string): Expression | undefined;
  report(finding: Finding): void;
  readsOf(expressions: readonly Expression[]): Reads;
}

/** What one kind of source adds to those that all have, and the expressions in it. */
export interface Asked<Source extends PolicySource> {
  readonly asked: Omit<Source, Exclude<CommonKey, 'kind'>>;
  readonly expressions: readonly Expression[];
}
type CommonKey = keyof PolicySource;

/** A source of a policy, or undefined after reporting why there is none. */
export function createSource(work: SourceWork, name: string, spec: SourceSpec): PolicySource | undefined {
  const { http, sql, dynamodb } = spec;
  const kinds = Object.entries({ http, sql, dynamodb }).flatMap(([kind, how]) =>
    how ? [`\`${kind}\``] : [],
  );
  if (kinds.length !== 1) {
    work.report({
      rule: 'TE013',
      severity: 'error',
      message:
        kinds.length === 0
          ? `Nothing says how \`${name}\` is asked.`
          : `\`${name}\` has ${kinds.join(' and ')}.`,
      range: work.source.key(work.path),
      help: 'Give exactly one of `http`, `sql` and `dynamodb`.',
    });
    return undefined;
  }
  const how = http
    ? createHttp(work, http)
    : sql
      ? createSql(work, sql)
      : dynamodb && createDynamoDb(work, dynamodb);
  if (how === undefined) return undefined;
  return {
    name,
    ...how.asked,
    returns: answerType(spec, name),
    timeoutMs: spec.timeout ?? 1_000,
    retries: spec.retries ?? 0,
    cacheMs: spec.cache ?? 0,
    staleMs: spec.stale ?? 0,
    lagMs: spec.lag ?? 0,
    limitBytes: spec.limit ?? 64_000,
    reads: work.readsOf(how.expressions),
  };
}

/** What expressions may read of a source: the declared fields, or with `rows: many` a list of them. */
export function answerType({ returns, sql }: SourceSpec, name: string): RecordType {
  if (sql?.rows !== 'many') return declaredRecord(returns, name);
  const rows = { kind: 'list', element: declaredRecord(returns, `${name}.rows`) } as const;
  return { kind: 'record', name, fields: { rows: { type: rows } } };
}

/** The expressions of the identity context that a source is asked with. */
export function askedWith(source: PolicySource): readonly Expression[] {
  return source.kind === 'http'
    ? source.url.filter((piece) => typeof piece !== 'string')
    : Object.values(source.parameters);
}

/** `${NAME}`s that asking a source takes. */
export function settingsOf(source: PolicySource): readonly string[] {
  switch (source.kind) {
    case 'http': {
      const literal = source.url.filter((piece) => typeof piece === 'string');
      return [...literal, ...Object.values(source.headers)].flatMap(settingsIn);
    }
    case 'sql':
      return settingsIn(source.connection);
    case 'dynamodb':
      return [source.table, source.region, source.endpoint ?? ''].flatMap(settingsIn);
  }
}

/** Reports what is wrong with a text of the spec, and returns it. */
export function reportTexts<T extends TextProblem & { readonly rule: string }>(
  work: SourceWork,
  path: Path,
  problems: readonly T[],
): readonly T[] {
  for (const { rule, start, end, message, help } of problems) {
    const way = help === undefined ? {} : { help };
    work.report({ rule, severity: 'error', message, range: work.source.within(path, start, end), ...way });
  }
  return problems;
}
