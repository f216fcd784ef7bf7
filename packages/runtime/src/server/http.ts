/// <reference path="./undici.d.ts" />
import { isIP } from 'node:net';
import type { Agent } from 'undici';
import { clientCredentials, type Send } from '../client-credentials.ts';
import type { Setting } from '../fill.ts';
import { forbiddenAddress, guardedLookup, mayReach, type Reach } from './address.ts';
import { awsSigner, machineCredentials } from './aws-signer.ts';
import { type Driver, lasting } from './driver.ts';
import { exchange } from './exchange.ts';
import { httpRequest } from './http-request.ts';
import { type Lazy, lazy } from './lazy.ts';
import type { HttpServerSource } from './source.ts';
import { requireSettings } from './source-error.ts';

/** Open connections to one origin. More questions wait for a connection, within their time. */
const connectionLimit = 64;

/** Asks an HTTP source for JSON, through its own pool. */
export function httpDriver(name: string, source: HttpServerSource, setting: Setting): Driver {
  const agents: Readonly<Record<Reach, Lazy<Agent>>> = {
    public: agentFor('public', source),
    loopback: agentFor('loopback', source),
    private: agentFor('private', source),
  };

  const authorize = source.oauth2 && clientCredentials(source.oauth2);
  const signer = source.aws && awsSigner(name, source.aws, setting, () => machineCredentials(name));

  /** Sends requests to an address of the spec, as far as it may be reached. */
  const sendTo =
    (written: string): Send =>
    async ({ url, ...rest }, limitBytes, signal) => {
      const address = new URL(url);
      const reach = reachOf(source, written);
      const { hostname } = address;
      const literal = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
      // Only names are looked up.
      if (isIP(literal) !== 0 && !mayReach(literal, reach)) return lasting('address');
      try {
        const request = { address, ...rest };
        const signed = signer === undefined ? request : await signer.sign(request);
        return await exchange(await agents[reach].get(), signed, limitBytes, signal);
      } catch (error) {
        if (isForbidden(error)) return lasting('address');
        throw error;
      }
    };

  return {
    async ready() {
      const texts = [...Object.values(source.headers), ...Object.values(source.oauth2 ?? source.aws ?? {})];
      for (const text of texts) requireSettings(name, String(text), setting);
      await signer?.ready();
      await agents[source.private ? 'private' : 'public'].get();
    },
    async attempt(need, signal) {
      if (!('url' in need)) return lasting('address');
      const request = httpRequest(source, need, setting);
      if ('failure' in request) return lasting(request.failure);
      const { limitBytes, timeoutMs } = source;
      const { address, ...rest } = request;
      const question = { url: address.href, ...rest };
      const send = sendTo(need.url);
      if (authorize === undefined) return await send(question, limitBytes, signal);
      const sendToken = sendTo(source.oauth2?.tokenUrl ?? '');
      return await authorize({ question, limitBytes, timeoutMs, signal, setting, send, sendToken });
    },
    async close() {
      await Promise.all(Object.values(agents).map((agent) => agent.end()));
    },
  };
}

function agentFor(reach: Reach, { timeoutMs }: HttpServerSource): Lazy<Agent> {
  return lazy(
    async () => {
      const [{ default: Agent }, { default: buildConnector }] = await Promise.all([
        import('undici/lib/dispatcher/agent.js'),
        import('undici/lib/core/connect.js'),
      ]);
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

/** Whether the spec's own text, and not a setting, has a loopback address. */
function reachOf(source: HttpServerSource, written: string): Reach {
  if (source.private) return 'private';
  return /^https?:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])([:/?#]|$)/i.test(written) ? 'loopback' : 'public';
}

function isForbidden(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === forbiddenAddress;
}
