import { fill, fillAddress, type Setting } from '../fill.ts';
import type { AddressNeed } from '../program.ts';
import type { HttpServerSource } from './source.ts';

/** A request, settings filled in. */
export interface HttpRequest {
  readonly address: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly method?: 'POST';
  readonly body?: string;
}

/** The request to an HTTP source for a need, or why none may be sent. */
export function httpRequest(
  { headers, method }: HttpServerSource,
  need: AddressNeed,
  setting: Setting,
): HttpRequest | { readonly failure: 'setting' | 'address' } {
  try {
    const url = fillAddress(need.url, setting);
    const filled = Object.entries(headers).map(([name, text]) => [name.toLowerCase(), fill(text, setting)]);
    const { body } = need;
    const own = { accept: 'application/json', 'accept-encoding': 'gzip' };
    const all = { ...own, ...(body === undefined ? {} : jsonBody), ...Object.fromEntries(filled) };
    if (url === undefined) return { failure: 'address' };
    const more = { ...(method === undefined ? {} : { method }), ...(body === undefined ? {} : { body }) };
    return { address: new URL(url), headers: all, ...more };
  } catch {
    return { failure: 'setting' };
  }
}

const jsonBody = { 'content-type': 'application/json' };
