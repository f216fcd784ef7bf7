import type { AuditRecord } from '@claimsmith/runtime';

/** Where records go besides the audit, as logs of OpenTelemetry. */
export interface LogExportOptions {
  /** The full address, such as `http://127.0.0.1:4318/v1/logs`. */
  readonly url: string;
  /** Such as an authorization. Default: none. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told of records that were dropped: the queue was full, or the receiver has not taken them. */
  readonly onDropped?: (count: number) => void;
}

/** Sends records to a receiver of OpenTelemetry, without ever delaying an issuance. */
export interface LogExport {
  /** Takes a record. It returns at once. */
  add(record: AuditRecord): void;
  /** Sends what waits, within two seconds, and ends. */
  close(): Promise<void>;
}

/** The most records that wait; further ones are dropped. */
const queueLimit = 2_048;
/** The most records of one request. */
const batchLimit = 512;
/** How long records wait for others, in milliseconds. */
const delayMs = 1_000;
/** How long a request may take, in milliseconds. */
const timeoutMs = 5_000;
const closeTimeoutMs = 2_000;

/**
 * Exports records by OTLP over HTTP, as JSON. A batch that the receiver does not take is dropped: the audit has it.
 *
 * @see https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
export function createLogExport({ url, headers = {}, onDropped }: LogExportOptions): LogExport {
  let waiting: AuditRecord[] = [];
  let timer: NodeJS.Timeout | undefined;
  let sending: Promise<void> | undefined;
  const drop = (count: number) => {
    try {
      onDropped?.(count);
    } catch {
      // A failed counter must not end the export.
    }
  };
  async function send(limitMs: number): Promise<void> {
    const batch = waiting.splice(0, batchLimit);
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/json' },
        body: JSON.stringify(exportRequest(batch)),
        redirect: 'error',
        signal: AbortSignal.timeout(limitMs),
      });
      await response.body?.cancel();
      if (!response.ok) drop(batch.length);
    } catch {
      drop(batch.length);
    }
  }
  function schedule(): void {
    if (waiting.length === 0 || timer !== undefined || sending !== undefined) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        sending = send(timeoutMs).finally(() => {
          sending = undefined;
          schedule();
        });
      },
      waiting.length >= batchLimit ? 0 : delayMs,
    );
    timer.unref();
  }
  return {
    add(record) {
      if (waiting.length >= queueLimit) return drop(1);
      waiting.push(record);
      schedule();
    },
    async close() {
      clearTimeout(timer);
      const endMs = Date.now() + closeTimeoutMs;
      await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, closeTimeoutMs).unref())]);
      while (waiting.length > 0 && Date.now() < endMs) await send(endMs - Date.now());
      if (waiting.length > 0) drop(waiting.length);
      waiting = [];
    },
  };
}

/** One request of the protocol: `ExportLogsServiceRequest`. */
function exportRequest(records: readonly AuditRecord[]) {
  return {
    resourceLogs: [
      {
        resource: { attributes: [attribute('service.name', 'claimsmith-okta-hook')] },
        scopeLogs: [{ scope: { name: 'claimsmith.audit' }, logRecords: records.map(logRecord) }],
      },
    ],
  };
}

const severities = { INFO: 9, WARN: 13 } as const;

/** The record is the body; what one searches by is also in the attributes. */
function logRecord(record: AuditRecord) {
  const severityText = record.decision === 'denied' && record.observed !== true ? 'WARN' : 'INFO';
  const timeMs = Number.parseInt(record.id.replace('-', '').slice(0, 12), 16);
  const searched = ['id', 'decision', 'reason', 'subject', 'client', 'issuer'] as const;
  return {
    timeUnixNano: `${timeMs}000000`,
    observedTimeUnixNano: `${Date.now()}000000`,
    severityNumber: severities[severityText],
    severityText,
    eventName: 'claimsmith.issuance',
    body: anyValue(record),
    attributes: [
      attribute('claimsmith.policy', record.claimsmith),
      ...searched.flatMap((name) =>
        record[name] === undefined ? [] : [attribute(`claimsmith.${name}`, record[name])],
      ),
    ],
  };
}

function attribute(key: string, value: unknown) {
  return { key, value: anyValue(value) };
}

/** The protocol's JSON of a value: numbers that are whole are texts, because they may have 64 bits. */
function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  const entries = Object.entries(Object(value)).filter(([, entry]) => entry !== undefined);
  return { kvlistValue: { values: entries.map(([key, entry]) => attribute(key, entry)) } };
}
