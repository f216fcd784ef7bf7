import type { Finding } from '@claimsmith/core';
import { check } from '../src/check/check.ts';
import { policyOf } from './fixtures.ts';

/** What Keycloak says of a spec, written without its version, name and settings; these begin with a comma. */
export function findings(text: string, settings = ''): readonly Finding[] {
  const realm = settings.includes('ownRealm') ? '' : ', ownRealm: true';
  const spec = `version: 1\nname: checked\n${text}\nissuers: { keycloak: { audience: "urn:api"${realm}${settings} } }`;
  // Most of these specs are for people, and the finding about service accounts would follow each of them.
  return check(policyOf(spec)).filter(({ rule }) => rule !== 'TE824' || settings.includes('serviceAccounts'));
}

/** `rule severity line` of each finding: what an author sees first. */
export function seen(text: string, settings = ''): readonly string[] {
  return findings(text, settings).map(
    ({ rule, severity, range }) => `${rule} ${severity} ${range?.start.line}`,
  );
}

export const scripts = ', scripts: true';
export const attributes = 'user: { attributes: { tier: string, tags: list(string), limit: double } }';
