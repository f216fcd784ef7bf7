/** Requests of a script. They block: the answer is known beforehand, or the run is repeated when it is. */
import { getAllByName, uriModel } from './net.ts';
import {
  JavaException,
  javaClass,
  javaObject,
  javaText,
  type Members,
  NoStandIn,
  textOf,
} from './objects.ts';

/** The result of a request. */
export type Exchange =
  | { readonly status: number; readonly headers: ReadonlyMap<string, string>; readonly body: Uint8Array }
  | 'hangs'
  | 'fails';

/** A request of a script. */
export interface WireRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string | undefined;
}

export interface Wire {
  /** @throws to end a run whose next answer is not available yet */
  exchange(request: WireRequest): Exchange;
  /** Time passes. */
  wait(ms: number): void;
}

const ioException = 'java.io.IOException';
const connectException = 'java.net.ConnectException';
const socketException = 'java.net.SocketException';
const timeoutException = 'java.util.concurrent.TimeoutException';

/** Marks an answer that never arrives. */
class Hanging extends Error {}

/** The classes for a request: Apache's client as in Keycloak, and a separate thread to limit it. */
export function httpClasses(wire: Wire): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>([
    [
      'org.apache.http.client.methods.HttpGet',
      javaClass('HttpGet', {}, (url) => requestModel('GET', textOf(url))),
    ],
    [
      'org.apache.http.client.methods.HttpPost',
      javaClass('HttpPost', {}, (url) => requestModel('POST', textOf(url))),
    ],
    ['org.apache.http.entity.StringEntity', javaClass('StringEntity', {}, entityModel)],
    [
      'org.apache.http.client.config.RequestConfig',
      javaClass('RequestConfig', { custom: configBuilder, copy: configBuilder }),
    ],
    ['org.apache.http.HttpHost', javaClass('HttpHost', {}, (...parts) => targetModel(parts))],
    ['java.net.InetAddress', javaClass('java.net.InetAddress', { getAllByName })],
    ...[socketException, 'org.apache.http.conn.ConnectTimeoutException', 'javax.net.ssl.SSLException'].map(
      (name) => [name, javaClass(name)] as const,
    ),
    ['java.util.concurrent.FutureTask', javaClass('FutureTask', {}, (run) => taskModel(run, wire))],
    ['java.util.concurrent.TimeUnit', javaClass('TimeUnit', { MILLISECONDS: 'MILLISECONDS' })],
    ['java.lang.Thread', javaClass('Thread', { sleep: (ms: unknown) => wire.wait(Number(ms)) })],
    [timeoutException, javaClass(timeoutException)],
    ['java.nio.charset.CharacterCodingException', javaClass('java.nio.charset.CharacterCodingException')],
    [ioException, javaClass(ioException)],
  ]);
}

const requests = new WeakMap<object, WireRequest>();
const entities = new WeakMap<object, string>();

function entityModel(text: unknown, charset: unknown): object {
  if (charset !== 'UTF-8') throw new NoStandIn('StringEntity in another encoding than UTF-8');
  const model = javaObject('StringEntity', {});
  entities.set(model, textOf(text));
  return model;
}

function requestModel(method: WireRequest['method'], url: string): object {
  const headers = new Map<string, string>();
  const request: WireRequest & { body: string | undefined } = { method, url, headers, body: undefined };
  const setEntity = (entity: unknown) => {
    request.body = bodyOf(entity);
  };
  const model = javaObject(method === 'GET' ? 'HttpGet' : 'HttpPost', {
    ...(method === 'GET' ? {} : { setEntity }),
    setConfig: () => undefined,
    setHeader: (name: unknown, value: unknown) => void headers.set(textOf(name), textOf(value)),
    getConfig: () => javaObject('RequestConfig', { getConnectTimeout: () => 0 }),
    abort: () => undefined,
    getURI: () => uriModel(url),
  });
  requests.set(model, request);
  return model;
}

function bodyOf(entity: unknown): string {
  const body = typeof entity === 'object' && entity !== null ? entities.get(entity) : undefined;
  if (body === undefined) throw new JavaException('java.lang.ClassCastException');
  return body;
}

const targets = new WeakSet();

/** An address that was looked at, with the name that TLS asks for. */
function targetModel(parts: readonly unknown[]): object {
  const [address, name, port, scheme] = parts;
  const isWhole = typeof address === 'object' && typeof name === 'string' && typeof port === 'number';
  if (!isWhole || typeof scheme !== 'string') throw new JavaException('java.lang.IllegalArgumentException');
  const model = javaObject('HttpHost', {});
  targets.add(model);
  return model;
}

function configBuilder(): object {
  const builder: object = new Proxy(
    {},
    {
      get: (_target, key) => (key === 'build' ? () => javaObject('RequestConfig', {}) : () => builder),
    },
  );
  return builder;
}

export function httpClient(wire: Wire): object {
  return javaObject('CloseableHttpClient', {
    execute: (...parts: readonly unknown[]) => {
      const [target, request] = parts.length === 1 ? [undefined, parts[0]] : parts;
      const isTarget = typeof target === 'object' && target !== null && targets.has(target);
      if (target !== undefined && !isTarget) throw new JavaException('java.lang.ClassCastException');
      const known = typeof request === 'object' && request !== null ? requests.get(request) : undefined;
      if (known === undefined) throw new JavaException('java.lang.NullPointerException');
      const exchange = wire.exchange(known);
      if (exchange === 'hangs') throw new Hanging();
      if (exchange === 'fails') throw new JavaException(connectException, socketException, ioException);
      return responseModel(exchange);
    },
  });
}

function responseModel({ status, headers, body }: Exclude<Exchange, string>): object {
  const content = { readNBytes: (most: unknown) => bytesModel(body.subarray(0, Number(most))) };
  return javaObject('CloseableHttpResponse', {
    getStatusLine: () => javaObject('StatusLine', { getStatusCode: () => status }),
    getFirstHeader: (name: unknown) => {
      const value = headers.get(textOf(name).toLowerCase());
      return value === undefined ? null : javaObject('Header', { getValue: () => javaText(value) });
    },
    getEntity: () => javaObject('HttpEntity', { getContent: () => javaObject('InputStream', content) }),
    close: () => undefined,
  });
}

const byteArrays = new WeakMap<object, Uint8Array>();

/** A `byte[]`. */
export function bytesModel(bytes: Uint8Array): object {
  const model = javaObject('byte[]', { length: bytes.length });
  byteArrays.set(model, bytes);
  return model;
}

export function bytesOf(model: unknown): Uint8Array {
  const bytes = typeof model === 'object' && model !== null ? byteArrays.get(model) : undefined;
  if (bytes === undefined) throw new JavaException('java.lang.ClassCastException');
  return bytes;
}

/** Keycloak's pool of threads. A task runs when its result is awaited; nothing happens in between. */
export const executors = javaObject('ExecutorsProvider', {
  getExecutor: () =>
    javaObject('ThreadPoolExecutor', {
      getMaximumPoolSize: () => 64,
      setCorePoolSize: () => undefined,
      allowCoreThreadTimeOut: () => undefined,
      execute: () => undefined,
      remove: () => true,
    }),
});

function taskModel(run: unknown, wire: Wire): object {
  const members: Members = {
    cancel: () => true,
    get: (ms: unknown) => {
      if (typeof run !== 'function') throw new JavaException('java.lang.NullPointerException');
      try {
        return javaText(textOf(run()));
      } catch (error) {
        if (!(error instanceof Hanging)) throw error;
        wire.wait(Number(ms));
        throw new JavaException(timeoutException);
      }
    },
  };
  return javaObject('FutureTask', members);
}
