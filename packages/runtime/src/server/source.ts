import type { ClientCredentials } from '../client-credentials.ts';

/** How a server asks one source: plain data, as a built policy carries it. `${NAME}` stands for a setting. */
export type ServerSource = HttpServerSource | SqlServerSource | DynamoDbServerSource;

interface AnyServerSource {
  /** For one attempt, connecting included. */
  readonly timeoutMs: number;
  /** Further attempts after a failure that may pass. */
  readonly retries: number;
  /** How long an answer may serve again; 0: not at all. */
  readonly cacheMs: number;
  /** How long after `cacheMs` an answer may replace a failed one; 0: not at all. */
  readonly staleMs: number;
  /** The largest accepted answer, in bytes of its JSON. */
  readonly limitBytes: number;
}

/** A request for JSON; each need brings its address and body. */
export interface HttpServerSource extends AnyServerSource {
  readonly kind: 'http';
  /** Absent: GET. */
  readonly method?: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Whether its host may be on a private network. */
  readonly private: boolean;
  /** How its access tokens are got. Absent: it is asked without one. */
  readonly oauth2?: ClientCredentials;
  /** The service for which it is signed with the AWS credentials of the machine. Absent: it is not signed. */
  readonly aws?: AwsService;
}

/** A service of AWS; `${NAME}` stands for a setting. */
export interface AwsService {
  readonly region: string;
  readonly service: string;
}

/** A query of SQLite, PostgreSQL, MySQL or MariaDB. */
export interface SqlServerSource extends AnyServerSource {
  readonly kind: 'sql';
  /** `sqlite:<file>` or `sqlite::memory:`, `postgres://…`, `mysql://…` once settings are filled in. */
  readonly connection: string;
  /** The text of the query, cut at its parameters. */
  readonly query: readonly string[];
  /** The parameter at each placeholder: one fewer than pieces of text. A name may occur several times. */
  readonly bound: readonly string[];
  /**
   * `one`: without a row the record has no fields; two rows are `ambiguous`. `many`: `{ rows: [...] }`, at most 5,000.
   */
  readonly rows: 'one' | 'many';
  /** Columns in which 0 and 1 mean false and true: SQLite and MySQL do not have booleans. */
  readonly booleans?: readonly string[];
  /** Open connections to the database; more questions wait for one. Absent: 10. */
  readonly connections?: number;
}

/** One item by its primary key. */
export interface DynamoDbServerSource extends AnyServerSource {
  readonly kind: 'dynamodb';
  readonly table: string;
  readonly region: string;
  readonly endpoint?: string;
  readonly consistent: boolean;
}
