import { createPolicy, type Finding } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { issuers } from '../../packages/cli/src/issuers.ts';
import { issuersText } from '../suites.ts';

/**
 * The ids of the issuers that supply a field of people, with the settings of their suites.
 *
 * @param declarations what the settings and the field need, as lines of a spec
 */
export function suppliersOf(field: string, declarations: string): readonly string[] {
  return issuersWithout(
    ({ rule }) => rule === 'TE804',
    `${declarations}claims: { c: { value: '${field}', kind: authoritative, subjects: [human] } }`,
  );
}

/** The ids of the issuers that can add a scope to a token. */
export const issuersThatAdd = issuersWithout(
  ({ rule, severity }) => rule === 'TE809' && severity === 'error',
  'claims: {}\nscopes: { s: { grant: client.id == "a", add: true } }',
);

/** The ids of the issuers that `check` has no such finding for, with the settings of their suites. */
function issuersWithout(isSuch: (finding: Finding) => boolean, lines: string): readonly string[] {
  const text = `version: 1\nname: one\n${lines}\n${issuersText(({ settings }) => settings)}`;
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const { spec, source } = readSpec({ file: 'part.yaml', text }, settings);
  const created = spec && createPolicy(spec, source);
  return issuers
    .filter((issuer) => {
      const { policy } = created?.at(issuer.id) ?? {};
      return policy !== undefined && !issuer.check(policy).some(isSuch);
    })
    .map(({ id }) => id);
}
