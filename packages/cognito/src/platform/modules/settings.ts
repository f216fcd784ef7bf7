import { fetchAgain, mayAsk } from '@claimsmith/runtime';
import { awsSigner } from '@claimsmith/runtime/server';
import { roleCredentials } from '../role-credentials.ts';

/** The settings of a policy, as the function has them now. */
export interface FunctionSettings {
  /** By name. A setting that cannot be read is absent, so the source that needs it is not asked. */
  readonly values: Readonly<Record<string, string>>;
  /** Reads what is kept elsewhere, if it is not known or too old. It takes at most a second, and never rejects. */
  ready(): Promise<void>;
}

/** How long a value is used before it is read again: a rotation takes so long to arrive. */
const freshMs = 300_000;
/** How long nothing is read after it failed, while there is an older value. */
const pauseMs = 30_000;
/** How long reading may take: without a value, and with an older one. */
const timeoutMs = { first: 1_000, again: 300 } as const;

/**
 * Settings from the environment of the function. A variable that begins with `secretsmanager:` or `ssm:` says where the value
 * is kept. If it cannot be read again, the older value is used as long as this instance of the function lives: a source
 * refuses one that was revoked.
 *
 * @param names of the settings that the policy reads
 */
export function functionSettings(
  environment: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
): FunctionSettings {
  const values: Record<string, string> = {};
  const kept: Kept[] = [];
  for (const name of names) {
    const text = environment[name];
    const reference = text === undefined ? undefined : referenceIn(text);
    if (reference !== undefined) kept.push({ name, reference, dueAt: 0 });
    else if (text !== undefined) values[name] = text;
  }
  return {
    values,
    async ready() {
      const startMs = Date.now();
      const due = kept.filter(({ dueAt }) => dueAt <= startMs);
      if (due.length === 0) return;
      const isFirst = due.some(({ name }) => !Object.hasOwn(values, name));
      const signal = AbortSignal.timeout(isFirst ? timeoutMs.first : timeoutMs.again);
      const asked = new Map<string, Promise<string>>();
      const textAt = ({ service, id }: Reference) => {
        const key = `${service} ${id}`;
        const text = asked.get(key) ?? textOf(environment, { service, id }, signal);
        asked.set(key, text);
        return text;
      };
      await Promise.all(
        due.map(async (one) => {
          try {
            values[one.name] = partOf(await textAt(one.reference), one.reference.key);
            one.dueAt = Date.now() + freshMs;
          } catch (error) {
            // Without a value, the next call tries again.
            if (Object.hasOwn(values, one.name)) one.dueAt = Date.now() + pauseMs;
            console.log(`claimsmith cannot read ${one.name} from ${one.reference.service}: ${codeOf(error)}`);
          }
        }),
      );
    },
  };
}

interface Kept {
  readonly name: string;
  readonly reference: Reference;
  /** Unix time in milliseconds. */
  dueAt: number;
}

interface Reference {
  readonly service: 'secretsmanager' | 'ssm';
  readonly id: string;
  /** The member of a secret that is a JSON object. */
  readonly key?: string;
}

/** `secretsmanager:<name or ARN>`, `secretsmanager:<name or ARN>:<key>`, `ssm:<name>`. */
function referenceIn(text: string): Reference | undefined {
  const [, service, rest = ''] = /^(secretsmanager|ssm):(.*)$/s.exec(text) ?? [];
  if (service === 'ssm') return { service, id: rest };
  if (service !== 'secretsmanager') return undefined;
  const [, id = rest, key] = /^(arn(?::[^:]*){6}|(?!arn:)[^:]*)(?::(.+))?$/s.exec(rest) ?? [];
  return key === undefined ? { service, id } : { service, id, key };
}

/** The value at a reference, or the part that the key names. */
function partOf(text: string, key: string | undefined): string {
  const value: unknown = key === undefined ? text : memberOf(parsed(text), key);
  if (typeof value !== 'string') throw new Unreadable('NoSuchKey');
  // Programs that make secrets often leave a line break at the end.
  return value.replace(/\r?\n$/, '');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The error would hold a part of the secret.
    throw new Unreadable('NotJson');
  }
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Reflect.get(value, name)
    : undefined;
}

/** @see https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html */
const requests = {
  secretsmanager: {
    target: 'secretsmanager.GetSecretValue',
    variable: 'AWS_ENDPOINT_URL_SECRETS_MANAGER',
    body: (id: string) => ({ SecretId: id }),
    text: (answer: unknown) => memberOf(answer, 'SecretString'),
  },
  ssm: {
    target: 'AmazonSSM.GetParameter',
    variable: 'AWS_ENDPOINT_URL_SSM',
    body: (id: string) => ({ Name: id, WithDecryption: true }),
    text: (answer: unknown) => memberOf(memberOf(answer, 'Parameter'), 'Value'),
  },
} as const;

/** An error whose text may be logged. */
class Unreadable extends Error {}

function codeOf(error: unknown): string {
  if (error instanceof Unreadable) return error.message;
  return error instanceof Error && /^(?:Abort|Timeout)Error$/.test(error.name) ? 'timeout' : 'error';
}

async function textOf(
  environment: Readonly<Record<string, string | undefined>>,
  { service, id }: Reference,
  signal: AbortSignal,
): Promise<string> {
  const { target, variable, body, text } = requests[service];
  // The ARN of a secret names its region.
  const region = /^arn:[^:]*:[^:]*:([^:]+):/.exec(id)?.[1] ?? environment['AWS_REGION'] ?? '';
  const suffix = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const url =
    environment[variable] ?? environment['AWS_ENDPOINT_URL'] ?? `https://${service}.${region}.${suffix}/`;
  if (!mayAsk(url)) throw new Unreadable('address');
  const signer = awsSigner(service, { region, service }, String, () => roleCredentials);
  const { headers } = await signer.sign({
    address: new URL(url),
    method: 'POST',
    headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
    body: JSON.stringify(body(id)),
  });
  // `fetch` sends the host by itself.
  const { host: _, ...signed } = headers;
  const response = await fetchAgain(url, {
    method: 'POST',
    headers: signed,
    body: JSON.stringify(body(id)),
    redirect: 'error',
    signal,
  });
  const answer: unknown = await response.json();
  if (!response.ok) throw new Unreadable(nameOf(answer) ?? `status ${response.status}`);
  const found = text(answer);
  if (typeof found !== 'string') throw new Unreadable('NoText');
  return found;
}

/** The name of an exception of AWS. */
function nameOf(answer: unknown): string | undefined {
  const type = memberOf(answer, '__type');
  return typeof type === 'string' ? /(?:^|#)(\w{1,80})$/.exec(type)?.[1] : undefined;
}
