import type { IncomingMessage, ServerResponse } from 'node:http';
import { createCore } from './core.ts';
import { readNode, readWeb, sendNode } from './http.ts';
import type { HookOptions } from './options.ts';

/** Okta's token inline hook over two kinds of HTTP. Neither function ever rejects. */
export interface Hook {
  /**
   * For `node:http` and Express. The body must not have been read yet.
   *
   * @param authenticated is called once the request is shown to come from Okta, before its body is read
   */
  handle(request: IncomingMessage, response: ServerResponse, authenticated?: () => void): Promise<void>;
  /** For servers that speak the Web's own types. */
  fetch(request: Request): Promise<Response>;
}

/**
 * Makes the handler of Okta's token inline hook.
 *
 * Okta issues a token unmodified unless it gets an answer with status 200 and a body that it can apply. So this handler
 * always answers with 200 by the policy's deadline; a denial is an `error` object. Unauthenticated requests get the
 * same answer: it reveals nothing to strangers, and if Okta's secret is wrong by mistake, Okta issues no tokens rather
 * than tokens without their claims. No request is parsed before it is authenticated.
 *
 * @throws OktaError `authentication` for an authentication that accepts nobody, or anybody
 * @see https://developer.okta.com/docs/guides/token-inline-hook/
 */
export function createHook(options: HookOptions): Hook {
  const core = createCore(options);
  return {
    handle: (request, response, authenticated) =>
      new Promise((resolve) => {
        const credential = request.headers[core.header];
        const read: typeof readNode = (source, take) => {
          authenticated?.();
          readNode(source, take);
        };
        core.answer(Array.isArray(credential) ? undefined : credential, request, read, (text) => {
          sendNode(request, response, text);
          resolve();
        });
      }),
    fetch: (request) =>
      new Promise((resolve) => {
        const credential = request.headers.get(core.header) ?? undefined;
        // A body that was already read counts as missing.
        const reader = request.bodyUsed || request.body?.locked ? undefined : request.body?.getReader();
        core.answer(credential, reader, readWeb, (text) => {
          reader?.cancel().catch(() => undefined);
          resolve(new Response(text, { headers: { 'content-type': 'application/json' } }));
        });
      }),
  };
}
