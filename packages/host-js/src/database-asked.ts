import type { SourceRequest, Surroundings } from '@claimsmith/core';
import { fill, type ParameterNeed, type Reply, type Setting } from '@claimsmith/runtime';
import type { DynamoDbServerSource, SqlServerSource } from '@claimsmith/runtime/server';

/** A source that is a database. */
export type DatabaseSource = SqlServerSource | DynamoDbServerSource;

/**
 * What a database is asked, as it is compared with what the policy means.
 *
 * @throws Error if a setting is missing
 */
export function saidToDatabase(
  { parameters }: ParameterNeed,
  source: DatabaseSource,
  setting: Setting,
): SourceRequest['said'] {
  const named = Object.entries(parameters).map(([name, value]) => [`parameter ${name}`, value]);
  return { ...saidTo(source, setting), ...Object.fromEntries(named) };
}

/** The settings of a query, besides its parameters. */
function saidTo(source: DatabaseSource, setting: Setting): SourceRequest['said'] {
  if (source.kind === 'sql') {
    const { connection, query, bound, rows, booleans = [], limitBytes } = source;
    const text = query.map((piece, i) => (i === 0 ? piece : `:${bound[i - 1]}${piece}`)).join('');
    return { connection: fill(connection, setting), query: text, rows, booleans, limitBytes };
  }
  const { table, region, endpoint, consistent, limitBytes } = source;
  return { table, region, endpoint: endpoint && fill(endpoint, setting), consistent, limitBytes };
}

/** The answer of the surroundings. */
export function answerOfDatabase(
  { source: name, parameters: asked }: ParameterNeed,
  { limitBytes }: DatabaseSource,
  { answer }: Surroundings,
): Reply {
  const said = answer(name, asked);
  if ('fails' in said)
    return { failure: said.fails, passing: ['timeout', 'network', 'status'].includes(said.fails) };
  if (Buffer.byteLength(JSON.stringify(said.value) ?? '') > limitBytes)
    return { failure: 'too_large', passing: false };
  return { value: structuredClone(said.value), ageSeconds: 0 };
}
