import { own } from './own.ts';

/**
 * A function that rests between two calls, or is frozen, does not notice that a connection ends meanwhile: it breaks at its next
 * use. The question is asked again then, in what is left of its time. There may be several such connections to one source.
 */
export async function fetchAgain(
  url: string,
  init: RequestInit & { readonly signal: AbortSignal },
): Promise<Response> {
  for (let broken = 0; ; broken++) {
    try {
      // Without time left, it rejects at once with another error.
      return await fetch(url, init);
    } catch (error) {
      // ECONNRESET, EPIPE, UND_ERR_SOCKET.
      const code = own(own(error, 'cause'), 'code');
      if (broken > 2 || !/RESET|PIPE|SOCKET/.test(`${code}`)) throw error;
    }
  }
}
