import type { DefineEnrichment } from '@claimsmith/core';
import type { RegisteredSettings } from './registered-settings.gen.ts';

/**
 * Gives a spec in TypeScript its types, and nothing else: `export const spec = defineEnrichment({ … })` in
 * `enrichment.config.ts`. It knows the issuers and their settings; an unknown key or a wrong value is a type error.
 */
export const defineEnrichment: DefineEnrichment<RegisteredSettings> = (spec) => spec;
