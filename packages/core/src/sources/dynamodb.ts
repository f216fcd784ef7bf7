import type { DynamoDbPolicySource } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { createParameters } from './parameters.ts';
import { settingProblems } from './request.ts';
import { type Asked, reportTexts, type SourceWork } from './work.ts';

/** How a table of DynamoDB is asked: for one item by its primary key. */
export function createDynamoDb(
  work: SourceWork,
  { table, key, region, endpoint, consistent = true }: NonNullable<SourceSpec['dynamodb']>,
): Asked<DynamoDbPolicySource> | undefined {
  const path = [...work.path, 'dynamodb'];
  const texts = Object.entries({ table, region, endpoint: endpoint ?? '' });
  const problems = texts.flatMap(([name, text]) =>
    reportTexts(
      work,
      [...path, name],
      settingProblems(text).map((problem) => ({ rule: 'TE014', ...problem })),
    ),
  );
  const attributes = Object.keys(key).length;
  if (attributes !== 1 && attributes !== 2) {
    work.report({
      rule: 'TE014',
      severity: 'error',
      message: `A primary key has one or two attributes, not ${attributes}.`,
      range: work.source.value([...path, 'key']),
      help: 'Name the partition key and, if the table has one, the sort key.',
    });
    return undefined;
  }
  const parameters = createParameters(work, [...path, 'key'], key, ['string', 'int', 'double']);
  if (parameters === undefined || problems.length > 0) return undefined;
  const asked = { kind: 'dynamodb', table, region, endpoint, parameters, consistent } as const;
  return { asked, expressions: Object.values(parameters) };
}
