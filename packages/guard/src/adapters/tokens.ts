import type { ApiTypes, Token } from '../types.ts';

/** The tokens of requests that have passed, beside the requests, which stay as they are. */
export class PassedTokens<Api extends ApiTypes> {
  readonly #tokens = new WeakMap<object, Token<Api>>();

  set(request: object, token: Token<Api>): void {
    this.#tokens.set(request, token);
  }

  /** @throws {TypeError} if the route is not protected */
  get(request: object): Token<Api> {
    const found = this.#tokens.get(request);
    if (found === undefined) throw new TypeError('This route is not protected by the guard.');
    return found;
  }
}
