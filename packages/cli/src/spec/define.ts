import type { DefineEnrichment } from '@claimsmith/core';
import type * as registered from '../registry.ts';

/** The schema of `issuers.<id>` for each issuer. */
type Settings = {
  readonly [Id in keyof typeof registered]: (typeof registered)[Id]['settings'];
};

/**
 * Gives a spec in TypeScript its types and nothing else: `export const spec = defineEnrichment({ … })` in
 * `enrichment.config.ts`. It knows the issuers and their keys; an unknown key or a wrong value is a type error.
 */
export const defineEnrichment: DefineEnrichment<Settings> = (spec) => spec;
