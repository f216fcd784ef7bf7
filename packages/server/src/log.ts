import pino from 'pino';

/** From the fewest lines to the most; `silent` writes none. */
export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'silent'] as const;

/** One of {@link logLevels}: lines of that level and above are written. */
export type LogLevel = (typeof logLevels)[number];

/** The fields of a line, besides its constant text. Other fields are left out. */
export interface LogFields {
  /** `<name>@<revision>`. */
  readonly policy?: string;
  readonly file?: string;
  readonly address?: string;
  readonly path?: string;
  readonly signal?: string;
  /** The name of a source, or of a setting. */
  readonly name?: string;
  /** A constant: of a denial, or of what failed. */
  readonly reason?: string;
  /** The message of an error of our own, which holds no value. */
  readonly detail?: string;
  /** The id of Okta's event. */
  readonly eventId?: string;
  readonly count?: number;
  readonly bytes?: number;
  readonly ms?: number;
  /** Only the name and code of foreign errors are written, because their messages may quote anything. */
  readonly err?: unknown;
}

/** A log of one JSON line per event, with constant texts. */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** Waits for what is still under way. */
  flush(): void;
}

const texts = [
  'policy',
  'file',
  'address',
  'path',
  'signal',
  'name',
  'reason',
  'detail',
  'eventId',
] as const satisfies (keyof LogFields)[];

const numbers = ['count', 'bytes', 'ms'] as const satisfies (keyof LogFields)[];

/** The longest text that a log line holds. */
const limitCharacters = 1_000;

/** How many bytes may wait for a slow reader; after that, lines are dropped so that answers are not delayed. */
const limitWaitingBytes = 1_048_576;

/**
 * A log of JSON lines, written without waiting for its reader.
 *
 * @param file a descriptor or path; default standard output
 */
export function createLog(level: LogLevel, file: number | string = 1): Log {
  const destination = pino.destination({ dest: file, sync: false, maxLength: limitWaitingBytes });
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }), log: allowed },
    },
    destination,
  );
  // A log that cannot be written must not end the process, so the error is ignored.
  destination.on('error', () => undefined);
  return {
    error: (message, fields = {}) => logger.error(fields, message),
    warn: (message, fields = {}) => logger.warn(fields, message),
    info: (message, fields = {}) => logger.info(fields, message),
    debug: (message, fields = {}) => logger.debug(fields, message),
    flush() {
      try {
        destination.flushSync();
      } catch {
        // Nobody reads.
      }
    },
  };
}

/** Takes what is allowed, in the type it should have. */
function allowed(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const line: Record<string, unknown> = {};
  for (const name of texts) {
    const value = fields[name];
    if (typeof value === 'string') line[name] = value.slice(0, limitCharacters);
  }
  for (const name of numbers) {
    const value = fields[name];
    if (typeof value === 'number') line[name] = value;
  }
  if (fields['err'] instanceof Error) line['error'] = describeError(fields['err']);
  return line;
}

function describeError(error: Error) {
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { name: error.name.slice(0, 100), ...(code === undefined ? {} : { code: code.slice(0, 100) }) };
}
