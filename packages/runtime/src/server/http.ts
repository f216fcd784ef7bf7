import { isIP } from 'node:net';
import { pipeline } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Agent, Dispatcher } from 'undici';
import { fill, fillAddress, type Setting } from '../fill.ts';
import type { Need } from '../program.ts';
import type { Reply } from '../request.ts';
import { forbiddenAddress, guardedLookup, mayReach, type Reach } from './address.ts';
import { type Driver, lasting } from './driver.ts';
import { type Lazy, lazy } from './lazy.ts';
import type { HttpServerSource } from './source.ts';
import { requireSettings } from './source-error.ts';

/** Open connections to one origin; questions beyond wait for one, inside their time. */
const connectionLimit = 64;
/** How much of an answer that is not read is taken in, so that its connection may serve again. */
const dumpLimitBytes = 16_384;
const dumpTimeoutMs = 1000;

/** Asks an HTTP source with GET for JSON, through a pool of its own. */
export function httpDriver(name: string, source: HttpServerSource, setting: Setting): Driver {
  const agents: Readonly<Record<Reach, Lazy<Agent>>> = {
    public: agentFor('public', source),
    loopback: agentFor('loopback', source),
    private: agentFor('private', source),
  };

  return {
    async ready() {
      for (const text of Object.values(source.headers)) requireSettings(name, text, setting);
      await agents[source.private ? 'private' : 'public'].get();
    },
    async attempt(need, signal) {
      let headers: Readonly<Record<string, string>>;
      let url: string | undefined;
      if (!('url' in need)) return lasting('address');
      try {
        headers = headersOf(source, setting);
        url = fillAddress(need.url, setting);
      } catch {
        return lasting('setting');
      }
      if (url === undefined) return lasting('address');
      const reach = reachOf(source, need);
      const { hostname } = new URL(url);
      const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
      // Only names are looked up.
      if (isIP(literal) !== 0 && !mayReach(literal, reach)) return lasting('address');
      try {
        return await get(await agents[reach].get(), url, headers, source.limitBytes, signal);
      } catch (error) {
        if (isForbidden(error)) return lasting('address');
        throw error;
      }
    },
    async close() {
      await Promise.all(Object.values(agents).map((agent) => agent.end()));
    },
  };
}

function agentFor(reach: Reach, { timeoutMs }: HttpServerSource): Lazy<Agent> {
  return lazy(
    async () => {
      const { Agent, buildConnector } = await import('undici');
      const connect = buildConnector({
        allowH2: false,
        timeout: timeoutMs,
        lookup: guardedLookup(reach),
        autoSelectFamily: true,
      });
      // The one clock is the caller's signal.
      return new Agent({ connect, connections: connectionLimit, headersTimeout: 0, bodyTimeout: 0 });
    },
    (agent) => agent.destroy(),
  );
}

function headersOf(source: HttpServerSource, setting: Setting): Readonly<Record<string, string>> {
  const filled = Object.entries(source.headers).map(([name, text]) => [
    name.toLowerCase(),
    fill(text, setting),
  ]);
  return { accept: 'application/json', 'accept-encoding': 'gzip', ...Object.fromEntries(filled) };
}

/** A loopback address counts as declared where the spec's own text writes it, not where a setting does. */
function reachOf(source: HttpServerSource, { url }: Extract<Need, { url: string }>): Reach {
  if (source.private) return 'private';
  return /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])([:/?#]|$)/i.test(url) ? 'loopback' : 'public';
}

async function get(
  agent: Agent,
  url: string,
  headers: Readonly<Record<string, string>>,
  limitBytes: number,
  signal: AbortSignal,
): Promise<Reply> {
  const { origin, pathname, search } = new URL(url);
  // Redirects are not followed: they are answers other than 2xx.
  const response = await agent.request({ origin, path: pathname + search, method: 'GET', headers, signal });
  const { statusCode } = response;
  // A body that breaks when nobody reads it any more would else end the process.
  response.body.on('error', () => undefined);
  if (statusCode < 200 || statusCode > 299) {
    // Not waited for: the answer is known.
    response.body
      .dump({ limit: dumpLimitBytes, signal: AbortSignal.timeout(dumpTimeoutMs) })
      .catch(() => undefined);
    return { failure: 'status', passing: statusCode >= 500 || statusCode === 429 };
  }
  const body = decoded(response);
  if (body === undefined) {
    response.body.destroy();
    return lasting('malformed');
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Counted as it comes and after decompression. Leaving the loop ends the connection.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > limitBytes) return lasting('too_large');
    chunks.push(chunk);
  }
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks, bytes));
    return { value: JSON.parse(text), ageSeconds: ageOf(response.headers['age']) };
  } catch {
    return lasting('malformed');
  }
}

/** The body as it was before any compression; undefined where that is not known how. */
function decoded({ headers, body }: Dispatcher.ResponseData): AsyncIterable<Uint8Array> | undefined {
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity' || encoding === '') return body;
  const make = decoders[encoding];
  // What breaks is thrown where the decoded stream is read.
  return make && pipeline(body, make(), () => undefined);
}

const decoders: Readonly<
  Record<string, (() => NodeJS.ReadWriteStream & AsyncIterable<Uint8Array>) | undefined>
> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** `Age` (RFC 9111) can only make an answer older; other caching headers do not count. */
function ageOf(header: string | string[] | undefined): number {
  const age = Number(header);
  return age > 0 ? age : 0;
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === forbiddenAddress;
}
