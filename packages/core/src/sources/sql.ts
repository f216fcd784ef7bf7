import type { SqlPolicySource } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { createParameters } from './parameters.ts';
import { readQuery } from './query.ts';
import { settingProblems } from './request.ts';
import { type Asked, reportTexts, type SourceWork } from './work.ts';

const schemes = /^(\$\{|sqlite:|postgres(ql)?:\/\/|mysql:\/\/)/;

/** How a database is asked: a query whose parameters are bound. */
export function createSql(
  work: SourceWork,
  { connection, query: text, params = {}, rows = 'one' }: NonNullable<SourceSpec['sql']>,
): Asked<SqlPolicySource> | undefined {
  const path = [...work.path, 'sql'];
  const { query, bound, problems } = readQuery(text, Object.keys(params));
  const used = new Set(bound.map(({ name }) => name));
  reportTexts(work, [...path, 'query'], problems);
  for (const { name, start, end } of bound.filter(({ name }) => !Object.hasOwn(params, name))) {
    work.report({
      rule: 'TE014',
      severity: 'error',
      message: `The parameter \`:${name}\` has no value.`,
      range: work.source.within([...path, 'query'], start, end),
      help: `Add \`params: { ${name}: … }\`.`,
    });
  }
  const unused = Object.keys(params).filter((name) => !used.has(name));
  for (const name of unused) {
    work.report({
      rule: 'TE014',
      severity: 'error',
      message: `The query does not use the parameter \`:${name}\`.`,
      range: work.source.key([...path, 'params', name]),
      help: `Write \`:${name}\` in the query, or remove the parameter.`,
    });
  }
  const wrong = connectionProblems(connection);
  reportTexts(work, [...path, 'connection'], wrong);
  const parameters = createParameters(work, [...path, 'params'], params, ['string', 'int', 'double', 'bool']);
  const isComplete = bound.every(({ name }) => Object.hasOwn(params, name)) && unused.length === 0;
  if (parameters === undefined || problems.length + wrong.length > 0 || !isComplete) return undefined;
  const asked = {
    kind: 'sql',
    connection,
    query,
    bound: bound.map(({ name }) => name),
    parameters,
    rows,
  } as const;
  return { asked, expressions: Object.values(parameters) };
}

function connectionProblems(connection: string) {
  const problems = settingProblems(connection).map((problem) => ({ rule: 'TE014', ...problem }));
  if (problems.length > 0 || schemes.test(connection)) return problems;
  const message = 'A connection must begin with sqlite:, postgres:// or mysql://, or be a setting.';
  return [
    {
      rule: 'TE014',
      start: 0,
      end: connection.length,
      message,
      help: 'Best use a setting: ${DIRECTORY_URL}.',
    },
  ];
}
