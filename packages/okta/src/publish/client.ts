import { type Access, isMapping, TargetError } from '@claimsmith/core';
import type { Raw, Reader } from './state.ts';

export interface Answer {
  /** Undefined: it has none. */
  readonly body: unknown;
  /** The address of the next page. */
  readonly next: string | undefined;
}

/** Okta's API with a credential. */
export interface Client {
  /**
   * Sends one request, once.
   *
   * @param path below the org's address
   * @throws {TargetError}
   */
  send(method: string, path: string, body: unknown, signal: AbortSignal): Promise<Answer>;
}

/** More pages than that are a loop. */
const pageLimit = 1_000;

/** @param orgUrl pages of other addresses are not read */
export function readerOf(connect: () => Promise<Client>, access: Access, orgUrl: string): Reader {
  const read = async (what: string, path: string) => {
    const client = await connect();
    return access.read(what, (signal) => client.send('GET', path, undefined, signal));
  };
  return {
    async get(what, path) {
      const { body } = await read(what, path);
      if (!isMapping(body)) throw strange(what);
      return body;
    },
    async list(what, path) {
      const items: Raw[] = [];
      let at: string | undefined = path;
      for (let page = 0; at !== undefined; page++) {
        const { body, next } = await read(what, at);
        if (!Array.isArray(body) || !body.every(isMapping) || page === pageLimit) throw strange(what);
        items.push(...body);
        at = next === undefined ? undefined : pathOf(next, orgUrl, what);
      }
      return items;
    },
  };
}

/** The credential must not be sent to other addresses. */
function pathOf(address: string, orgUrl: string, what: string): string {
  const url = URL.parse(address, orgUrl);
  if (url === null || url.origin !== new URL(orgUrl).origin) throw strange(what);
  return `${url.pathname}${url.search}`;
}

function strange(what: string): TargetError {
  return new TargetError('refused', `Cannot read ${what}: the answer is not that of an Okta org.`);
}
