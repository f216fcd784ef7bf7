import type { z } from 'zod';
import type { Policy } from './policy.ts';

/** An issuer's settings of a policy, which the spec's schema has checked, with defaults. */
export function issuerSettings<T>(settings: z.ZodType<T>, { spec }: Pick<Policy, 'spec'>, issuer: string): T {
  // zod's compiled parser takes longer to compile than to parse once without it.
  return settings.parse(spec.issuers?.[issuer] ?? {}, { jitless: true });
}
