import type { AskLimits } from '../src/index.ts';
import type { DynamoDbServerSource, HttpServerSource, SqlServerSource } from '../src/server/index.ts';
import {
  type AskedReport,
  type ServerAsking,
  type ServerAskingOptions,
  serverAsking,
} from '../src/server/index.ts';

const plain = { timeoutMs: 1000, retries: 0, cacheMs: 0, staleMs: 0, limitBytes: 10_000 } as const;

/** The address is in the question. */
export const httpSource: HttpServerSource = { ...plain, kind: 'http', headers: {}, private: false };

export const sqlSource: SqlServerSource = {
  ...plain,
  timeoutMs: 3000,
  kind: 'sql',
  connection: '${DATABASE}',
  query: ['select role from user_role where user_id = ', ' order by role'],
  bound: ['id'],
  rows: 'many',
};

export const dynamoDbSource: DynamoDbServerSource = {
  ...plain,
  timeoutMs: 3000,
  kind: 'dynamodb',
  table: 'users',
  region: 'eu-central-1',
  endpoint: '${DYNAMODB}',
  consistent: true,
};

export function limits(ms = 4000, signal = new AbortController().signal): AskLimits {
  return { signal, endMs: Date.now() + ms };
}

/** Asks through one `serverAsking`, closed when the scope ends; `reports` holds what it told. */
export function open(options: Partial<ServerAskingOptions> & Pick<ServerAskingOptions, 'sources'>) {
  const reports: AskedReport[] = [];
  const asking: ServerAsking = serverAsking({
    revision: 'r1',
    settings: {},
    onAsked: (report) => reports.push(report),
    ...options,
  });
  return {
    ...asking,
    reports,
    outcomes: () => reports.map(({ outcome }) => outcome),
    [Symbol.asyncDispose]: asking.close,
  };
}

/** Waits until something holds, for two seconds at most. */
export async function until(holds: () => boolean): Promise<void> {
  const endMs = Date.now() + 2000;
  while (!holds()) {
    if (Date.now() > endMs) throw new Error('it does not come to hold');
    await pause(5);
  }
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
