import { folded, plainPath } from './path.ts';

/** What the requests below a path need. */
export interface Route {
  /**
   * `/payments` is for `/payments` and everything below it, not for `/payments-old`. No slash at the end: services take
   * `/payments` and `/payments/` for the same.
   */
  readonly path: string;
  /** Default: all. `GET` stands for `HEAD`, too. */
  readonly methods?: readonly string[] | undefined;
  /** Requests need no token, and the service gets no claims. */
  readonly open?: boolean | undefined;
}

/** Why a request has no route: its path can be read in two ways, or there is none. */
export type NoRoute = 'path' | 'no_route';

const never: readonly string[] = ['TRACE', 'TRACK', 'CONNECT'];

/** Finds the route of requests. */
export interface Routes<R extends Route> {
  find(method: string, address: string): R | NoRoute;
}

/**
 * The routes whose path is the longest count, and no others: a method that none of them names is refused, although a
 * shorter path may allow it.
 */
export function routesOf<R extends Route>(all: readonly R[]): Routes<R> {
  const paths = [...new Set(all.map(({ path }) => path))].sort((a, b) => b.length - a.length);
  const alike = paths.map(folded);
  return {
    find(method, address) {
      // A service would send the headers back that it got, or open a tunnel.
      if (never.includes(method)) return 'no_route';
      const path = plainPath(address);
      if (path === undefined) return 'path';
      const longest = paths.findIndex((one) => isBelow(path, one));
      // A service may not care about case, and may take `%3A` for `:`.
      const like = folded(path);
      if (alike.findIndex((one) => isBelow(like, one)) !== longest) return 'path';
      const here = all.filter((route) => route.path === paths[longest]);
      return here.find(({ methods }) => isFor(method, methods)) ?? 'no_route';
    },
  };
}

function isBelow(path: string, above: string): boolean {
  return above === '/' || path === above || path.startsWith(`${above}/`);
}

function isFor(method: string, methods: readonly string[] | undefined): boolean {
  if (methods === undefined) return true;
  return methods.includes(method) || (method === 'HEAD' && methods.includes('GET'));
}
