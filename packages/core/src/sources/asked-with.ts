import type { Expression } from '@claimsmith/cel';
import type { PolicySource } from '../policy.ts';
import { expressionsIn } from './body.ts';
import { settingsIn } from './url-template.ts';

/** The expressions that decide whether a source is asked, and with what. */
export function askedWith(source: PolicySource): readonly Expression[] {
  return [source.when, source.each?.list, ...questionOf(source)].filter((one) => one !== undefined);
}

/** The expressions in the question to a source. */
export function questionOf(source: PolicySource): readonly Expression[] {
  return source.kind === 'http'
    ? [...source.url.filter((piece) => typeof piece !== 'string'), ...expressionsIn(source.body)]
    : Object.values(source.parameters);
}

/** `${NAME}`s that asking a source takes. */
export function settingsOf(source: PolicySource): readonly string[] {
  switch (source.kind) {
    case 'http': {
      const literal = source.url.filter((piece) => typeof piece === 'string');
      const client = Object.values(source.oauth2 ?? source.aws ?? {}).map(String);
      return [...literal, ...Object.values(source.headers), ...client].flatMap(settingsIn);
    }
    case 'sql':
      return settingsIn(source.connection);
    case 'dynamodb':
      return [source.table, source.region, source.endpoint ?? ''].flatMap(settingsIn);
  }
}
