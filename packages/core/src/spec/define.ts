import type { SpecInput } from './schema.ts';

type Frozen<T> = T extends object ? { readonly [K in keyof T]: Frozen<T[K]> } : T;

type KeyOf<Shape> = Shape extends readonly unknown[] ? never : Shape extends object ? keyof Shape : never;
type At<Shape, Key> = Shape extends unknown ? (Key extends keyof Shape ? Shape[Key] : never) : never;

/** `T`, with `never` under every key that `Shape` does not have: type parameters accept such keys otherwise. */
type Exact<T, Shape> = T extends readonly unknown[]
  ? { readonly [I in keyof T]: Exact<T[I], At<Extract<Shape, readonly unknown[]>, number>> }
  : T extends object
    ? { readonly [K in keyof T]: K extends KeyOf<Shape> ? Exact<T[K], At<Shape, K>> : never }
    : T;

/**
 * Gives a spec in TypeScript its types, and nothing else: `export const spec = defineEnrichment({ … })` in
 * `enrichment.config.ts`. Unknown keys and wrong values are type errors; the rest is checked when it is read.
 */
export function defineEnrichment<const S extends Frozen<SpecInput>>(
  spec: S & Exact<S, Frozen<SpecInput>>,
): S {
  return spec;
}
