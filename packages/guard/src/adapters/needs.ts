import type { Needs } from '../answer.ts';

/**
 * What requests need: the same for all, or by request, for example where a scope names an object. If the function throws, the
 * request is refused with 503.
 */
export type NeedsOf<Request, Scope extends string> = Needs<Scope> | ((request: Request) => Needs<Scope>);

export function needsFor<Request, Scope extends string>(
  needs: NeedsOf<Request, Scope>,
  request: Request,
): Needs<Scope> {
  return typeof needs === 'function' ? needs(request) : needs;
}
