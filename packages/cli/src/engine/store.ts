import type { CedarSettings, Contract } from '@claimsmith/core';
import type { CedarSchema } from '../cedar/schema.ts';
import { classicJson } from '../cedar/schema.ts';
import type { Statement } from '../cedar/statements.ts';
import { CliError } from '../error.ts';
import type { PolicyStore } from './verified-permissions.ts';

/** What a policy store is made of, apart from its issuer. */
export interface StoreParts {
  readonly contract: Contract;
  readonly settings: CedarSettings;
  readonly schema: CedarSchema;
  readonly statements: readonly Statement[];
}

/** @see https://docs.aws.amazon.com/verifiedpermissions/latest/apireference/API_StaticPolicyDefinition.html */
const longestStatement = 10_000;

/**
 * The policy store for the tokens of an issuer.
 *
 * @param wanted the issuer's id; needed if the contract has several
 * @throws {CliError} `usage` if Verified Permissions does not take the schema, or the issuer is not clear
 */
export function storeOf(parts: StoreParts, wanted: string | undefined): PolicyStore {
  const { contract, settings, schema, statements } = parts;
  if (schema.namespace === undefined)
    throw new CliError(
      'usage',
      'Verified Permissions needs a Cedar schema with one namespace, which has a name',
    );
  const own = schema.json[schema.namespace];
  const types = new Set(
    Object.values(own?.actions ?? {}).flatMap(({ appliesTo }) => appliesTo?.principalTypes ?? []),
  );
  const [principalType, second] = types;
  if (principalType === undefined || second !== undefined)
    throw new CliError(
      'usage',
      `Verified Permissions makes principals of one type; the actions of the Cedar schema are for ${[...types].join(', ') || 'none'}`,
    );
  const entity = own?.entityTypes[principalType.slice(schema.namespace.length + 2)];
  const groupType = entity !== undefined && 'memberOfTypes' in entity ? entity.memberOfTypes?.[0] : undefined;
  const long = statements.find(({ text }) => text.length > longestStatement);
  if (long !== undefined)
    throw new CliError(
      'usage',
      `Verified Permissions takes policies of at most ${longestStatement} characters; the one at ${long.file}:${long.line} has ${long.text.length}`,
    );
  const issuer = issuerOf(contract, wanted);
  return { contract, settings, issuer, schema: classicJson(schema), statements, principalType, groupType };
}

function issuerOf({ issuers }: Contract, wanted: string | undefined): string {
  const ids = Object.keys(issuers);
  const issuer = wanted ?? (ids.length === 1 ? ids[0] : undefined);
  if (issuer !== undefined && ids.includes(issuer)) return issuer;
  throw new CliError(
    'usage',
    `a policy store is for the tokens of one issuer: --issuer ${ids.join(', or --issuer ')}`,
  );
}
