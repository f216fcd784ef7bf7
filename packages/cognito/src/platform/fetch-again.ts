type Asked = RequestInit & { readonly signal: AbortSignal };

/**
 * Lambda freezes an instance between two calls, and a connection that ended meanwhile breaks at its next use. The question is
 * asked again then, in what is left of its time. There may be several such connections to one source.
 */
export async function fetchAgain(url: string, init: Asked): Promise<Response> {
  for (let broken = 0; ; broken++) {
    try {
      return await fetch(url, init);
    } catch (error) {
      const { code } = Object(Object(error).cause);
      const isBroken = code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_SOCKET';
      if (!isBroken || broken === 3 || init.signal.aborted) throw error;
    }
  }
}
