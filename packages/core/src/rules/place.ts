import type { Path } from '../finding.ts';
import type { PolicyClaim } from '../policy.ts';

/** The place of what a claim carries in the spec. */
export function placeOfValue({ name, value }: Pick<PolicyClaim, 'name' | 'value'>): Path {
  return ['claims', name, value === undefined ? 'const' : 'value'];
}
