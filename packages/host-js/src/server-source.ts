import type { PolicySource, SqlPolicySource } from '@claimsmith/core';
import type { ServerSource } from '@claimsmith/runtime/server';

/** How a server asks a source, as plain data. */
export function serverSource(source: PolicySource): ServerSource {
  const { timeoutMs, retries, cacheMs, staleMs, limitBytes } = source;
  const bounds = { timeoutMs, retries, cacheMs, staleMs, limitBytes };
  switch (source.kind) {
    case 'http':
      return {
        kind: 'http',
        ...(source.method === 'GET' ? {} : { method: source.method }),
        headers: source.headers,
        private: source.private,
        ...(source.oauth2 === undefined ? {} : { oauth2: source.oauth2 }),
        ...(source.aws === undefined ? {} : { aws: source.aws }),
        ...bounds,
      };
    case 'sql': {
      const { connection, query, bound, rows } = source;
      return { kind: 'sql', connection, query, bound, rows, ...booleansOf(source), ...bounds };
    }
    case 'dynamodb': {
      const { table, region, endpoint, consistent } = source;
      const at = endpoint === undefined ? {} : { endpoint };
      return { kind: 'dynamodb', table, region, ...at, consistent, ...bounds };
    }
  }
}

/** SQLite and MySQL have numbers for them. */
function booleansOf({ returns, rows }: SqlPolicySource): { readonly booleans?: readonly string[] } {
  const list = rows === 'many' ? returns.fields['rows']?.type : undefined;
  const record = list?.kind === 'list' ? list.element : returns;
  if (record.kind !== 'record') return {};
  const booleans = Object.entries(record.fields).flatMap(([name, { type }]) =>
    type.kind === 'bool' ? [name] : [],
  );
  return booleans.length === 0 ? {} : { booleans };
}
