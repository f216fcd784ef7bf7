import type { Literal } from '@claimsmith/core/spec';
import { type Form, form, type NoForm } from './form.ts';

/** Any constant except the empty text, which Keycloak drops. */
export function hardcoded(value: Literal): Form | NoForm {
  if (value === '') return { why: 'Keycloak drops a hardcoded claim that is empty text.' };
  const [jsonType, text] =
    typeof value === 'string'
      ? (['String', value] as const)
      : typeof value === 'boolean'
        ? (['boolean', String(value)] as const)
        : (['JSON', JSON.stringify(value)] as const);
  return form('hardcoded claim', 'oidc-hardcoded-claim-mapper', jsonType, {
    config: { 'claim.value': text },
  });
}
