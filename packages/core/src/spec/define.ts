import type { IssuerSettings } from './read.ts';
import type { Literal, SpecInput, TypeText } from './schema.ts';

/** If any literal or type text is allowed, no key is unknown. Stopping there also keeps the recursion finite. */
type Open<Shape> = [Literal] extends [Shape] ? true : [TypeText] extends [Shape] ? true : false;

type Frozen<T> = Open<T> extends true ? T : T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

type KeyOf<Shape> = Shape extends readonly unknown[] ? never : Shape extends object ? keyof Shape : never;
type At<Shape, Key> = Shape extends unknown ? (Key extends keyof Shape ? Shape[Key] : never) : never;

/** `T`, with `never` for every key that `Shape` does not have; otherwise type parameters accept such keys. */
type Exact<T, Shape> =
  Open<Shape> extends true
    ? T
    : T extends readonly unknown[]
      ? { readonly [I in keyof T]: Exact<T[I], At<Extract<Shape, readonly unknown[]>, number>> }
      : T extends object
        ? { readonly [K in keyof T]: K extends KeyOf<Shape> ? Exact<T[K], At<Shape, K>> : never }
        : T;

/**
 * Gives a spec in TypeScript its types; it changes nothing at run time: `export const spec = defineEnrichment({ … })`
 * in `enrichment.config.ts`. Unknown keys and wrong values are type errors; the rest is checked when the spec is read.
 */
export type DefineEnrichment<Issuers extends IssuerSettings> = <const S extends Frozen<SpecInput<Issuers>>>(
  spec: S & Exact<S, Frozen<SpecInput<Issuers>>>,
) => S;

/** For a spec of any issuers: the keys under `issuers` have no types. The package `claimsmith` has a function that knows its issuers. */
export const defineEnrichment: DefineEnrichment<IssuerSettings> = (spec) => spec;
