import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { fill, mayAsk, type Setting } from '../fill.ts';
import type { ParameterNeed } from '../program.ts';
import type { Reply } from '../request.ts';
import { requireCredentials } from './aws-credentials.ts';
import { bounded, type Driver, lasting } from './driver.ts';
import { lazy } from './lazy.ts';
import { load } from './load.ts';
import { put, unsuitable } from './rows.ts';
import type { DynamoDbServerSource } from './source.ts';
import { requireSettings, SourceError } from './source-error.ts';

const packageName = '@aws-sdk/client-dynamodb';

type Sdk = typeof import('@aws-sdk/client-dynamodb');

/**
 * Reads one item by its key from Amazon DynamoDB. If there is no such item, the record has no fields.
 *
 * A number stays a number if JavaScript holds it exactly: an integer up to 2^53, or up to 15 digits. Otherwise it
 * becomes text with its digits. A set becomes a list. Binary attributes have no form in JSON and are `malformed`. The
 * AWS SDK finds the credentials; we make the retries.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_GetItem.html
 */
export function dynamoDbDriver(name: string, source: DynamoDbServerSource, setting: Setting): Driver {
  const opened = lazy(
    async () => {
      const sdk = await load(packageName, name, () => import('@aws-sdk/client-dynamodb'));
      return { sdk, client: clientOf(sdk, source, setting) };
    },
    ({ client }) => client.destroy(),
  );

  /** Filled in; undefined if it may not be asked. @throws if a setting is not given */
  function texts() {
    const endpoint = source.endpoint && fill(source.endpoint, setting);
    if (endpoint !== undefined && !mayAsk(endpoint)) return undefined;
    return { table: fill(source.table, setting), region: fill(source.region, setting) };
  }

  return {
    async ready() {
      for (const text of [source.table, source.region, source.endpoint ?? ''])
        requireSettings(name, text, setting);
      if (texts() === undefined) throw new SourceError('address', name, 'its endpoint must be https');
      const { client } = await opened.get();
      await requireCredentials(name, () => client.config.credentials());
    },
    async attempt(need, signal) {
      if ('url' in need) return lasting('address');
      let filled: ReturnType<typeof texts>;
      try {
        filled = texts();
      } catch {
        return lasting('setting');
      }
      if (filled === undefined) return lasting('address');
      const { sdk, client } = await opened.get();
      const command = new sdk.GetItemCommand({
        TableName: filled.table,
        Key: keyOf(need),
        ConsistentRead: source.consistent,
      });
      try {
        const { Item } = await client.send(command, { abortSignal: signal });
        return replyOf(Item ?? {}, source.limitBytes);
      } catch (error) {
        return failureOf(error);
      }
    },
    close: opened.end,
  };
}

function clientOf({ DynamoDBClient }: Sdk, source: DynamoDbServerSource, setting: Setting): DynamoDBClient {
  return new DynamoDBClient({
    region: fill(source.region, setting),
    ...(source.endpoint === undefined ? {} : { endpoint: fill(source.endpoint, setting) }),
    maxAttempts: 1,
    requestHandler: { connectionTimeout: source.timeoutMs, requestTimeout: source.timeoutMs },
  });
}

function keyOf({ parameters }: ParameterNeed): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: String(value) },
    ]),
  );
}

function replyOf(item: Record<string, AttributeValue>, limitBytes: number): Reply {
  const value = recordOf(item);
  return value === unsuitable ? lasting('malformed') : bounded(value, limitBytes);
}

function recordOf(item: Record<string, AttributeValue>): Record<string, unknown> | typeof unsuitable {
  const record: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(item)) {
    const value = plainOf(attribute);
    if (value === unsuitable) return unsuitable;
    if (value !== null) put(record, name, value);
  }
  return record;
}

/** The value of an attribute; {@link unsuitable} where JSON has none. */
function plainOf(attribute: AttributeValue): unknown {
  if (attribute.S !== undefined) return attribute.S;
  if (attribute.N !== undefined) return numberOf(attribute.N);
  if (attribute.BOOL !== undefined) return attribute.BOOL;
  if (attribute.NULL !== undefined) return null;
  if (attribute.SS !== undefined) return attribute.SS;
  if (attribute.NS !== undefined) return attribute.NS.map(numberOf);
  if (attribute.M !== undefined) return recordOf(attribute.M);
  if (attribute.L === undefined) return unsuitable;
  const list = attribute.L.map(plainOf);
  return list.includes(unsuitable) ? unsuitable : list;
}

/** DynamoDB keeps 38 digits, JavaScript only 15, so a longer number stays text. */
function numberOf(digits: string): number | string {
  const number = Number(digits);
  if (Number.isSafeInteger(number) && /^-?\d+$/.test(digits)) return number;
  const significant = digits
    .replace(/e.*$/i, '')
    .replace(/[-+.]/g, '')
    .replace(/^0+|0+$/g, '');
  return significant.length <= 15 && Number.isFinite(number) ? number : digits;
}

function failureOf(error: unknown): Reply {
  const status = statusOf(error);
  if (status === undefined || !(error instanceof Error)) return { failure: 'network', passing: true };
  const passing = status >= 500 || status === 429 || passingErrors.has(error.name);
  return { failure: 'status', passing, refusal: refusals.get(error.name) };
}

function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

/** The permission may depend on the key. */
const refusals: ReadonlyMap<string, 'us' | 'either'> = new Map([
  ['AccessDeniedException', 'either'],
  ['ExpiredTokenException', 'us'],
  ['UnrecognizedClientException', 'us'],
]);

/** Throttling and expired credentials: they have status 400, but fail for every user. */
const passingErrors: ReadonlySet<string> = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'LimitExceededException',
  'ExpiredTokenException',
  'UnrecognizedClientException',
]);
