import { createHmac } from 'node:crypto';
import { auditKeyLeastCharacters, subjectDigest } from '@claimsmith/runtime';
import { CliError } from '../error.ts';

/**
 * The digest that stands for a user in records.
 *
 * @param id the user's id at the issuer, as the token's `sub` has it (`uid` in Okta's access tokens)
 * @param variable the name of the variable of the environment that holds the key: arguments are seen by others
 * @throws CliError `usage` if there is no key, or it is too short
 */
export function subjectOf(id: string, variable = 'AUDIT_KEY'): string {
  const key = process.env[variable];
  if (!key) {
    throw new CliError(
      'usage',
      `set ${variable} to the key of the deployment, with which records name users`,
    );
  }
  const digest = subjectDigest(createHmac, key, id);
  if (digest === undefined) {
    throw new CliError(
      'usage',
      `${variable} has fewer than ${auditKeyLeastCharacters} characters, so no record names a user with it`,
    );
  }
  return digest;
}
