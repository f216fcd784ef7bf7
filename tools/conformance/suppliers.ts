import { createPolicy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { issuersText } from '../suites.ts';

/**
 * The ids of the issuers that supply a field of people, with the settings of their suites.
 *
 * @param declarations what the settings and the field need, as lines of a spec
 */
export function suppliersOf(field: string, declarations: string): readonly string[] {
  const claim = `claims: { c: { value: '${field}', kind: authoritative, subjects: [human] } }`;
  const text = `version: 1\nname: one\n${declarations}${claim}\n${issuersText(({ settings }) => settings)}`;
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const { spec, source } = readSpec({ file: 'field.yaml', text }, settings);
  const created = spec && createPolicy(spec, source);
  return issuers
    .filter((issuer) => {
      const { policy } = created?.at(issuer.id) ?? {};
      return policy !== undefined && issuer.check(policy).every(({ rule }) => rule !== 'TE804');
    })
    .map(({ id }) => id);
}
