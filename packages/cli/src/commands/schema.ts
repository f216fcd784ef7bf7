import { contractJsonSchema, scenarioJsonSchema, specJsonSchema } from '@claimsmith/core/spec';
import { environmentJsonSchema } from '@claimsmith/deploy';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import { issuers } from '../issuers.ts';
import { nearest } from '../nearest.ts';
import type { Terminal } from '../output/terminal.ts';
import { loadTargets } from '../publish/targets.ts';

/** Prints the JSON Schema of a spec, with the settings of every issuer, of scenarios, of an environment, of a contract, or of an audit record. */
export async function schema(terminal: Terminal, [of = 'spec']: readonly string[]): Promise<ExitCode> {
  const schemas: Readonly<Record<string, () => unknown>> = {
    spec: () => specJsonSchema(Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]))),
    scenarios: () => scenarioJsonSchema(issuers.map(({ id }) => id)),
    contract: contractJsonSchema,
    audit: async () => (await import('../audit/record.ts')).auditJsonSchema(),
    environment: async () => environmentJsonSchema(await loadTargets(issuers)),
  };
  const create = Object.hasOwn(schemas, of) ? schemas[of] : undefined;
  if (create === undefined) {
    throw new CliError('usage', `unknown schema "${of}"${await nearest(of, Object.keys(schemas))}`);
  }
  terminal.out(`${JSON.stringify(await create(), undefined, 2)}\n`);
  return exit.fine;
}
