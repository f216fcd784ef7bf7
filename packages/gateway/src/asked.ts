import type { IncomingMessage } from 'node:http';
import type { Asked } from './check.ts';
import { isForbidden } from './headers.ts';

/** Where gateways ask that put the client's address after it, as Envoy does. */
export const appendedPath = '/check/appended';

/** Where gateways ask that send the client's method and address as `X-Forwarded-Method` and `X-Forwarded-Uri`. */
export const forwardedPath = '/check/forwarded';

/**
 * What a gateway asks; undefined if it is not a question. The path that it asks at is part of its configuration, so no
 * client chooses how its request is read.
 */
export function askedIn({ url = '', method = '', rawHeaders }: IncomingMessage): Asked | undefined {
  const isAppended = url.startsWith(`${appendedPath}/`);
  // Caddy adds the client's query, which says nothing here.
  if (!isAppended && url.split('?', 1)[0] !== forwardedPath) return undefined;
  const authorization: string[] = [];
  const methods: string[] = [];
  const addresses: string[] = [];
  let isSpoofed = false;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    if (name === 'authorization') authorization.push(value);
    else if (name === 'x-forwarded-method') methods.push(value);
    else if (name === 'x-forwarded-uri') addresses.push(value);
    else if (isForbidden(name)) isSpoofed = true;
  }
  if (isAppended) return { method, address: url.slice(appendedPath.length), authorization, isSpoofed };
  const [forwarded, address] = [methods[0], addresses[0]];
  const isTold = methods.length === 1 && addresses.length === 1;
  // Without an address nothing is known of the route.
  if (!isTold || forwarded === undefined || address === undefined || !/^[A-Z]+$/.test(forwarded))
    return { method: '', address: '', authorization, isSpoofed };
  return { method: forwarded, address, authorization, isSpoofed };
}
