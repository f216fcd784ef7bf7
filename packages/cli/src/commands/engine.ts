import { type Contract, cedarToken, type Finding, isError } from '@claimsmith/core';
import { changedByTerraform } from '@claimsmith/core/export';
import type { TextFile } from '@claimsmith/core/spec';
import { readCedar } from '../cedar/engine.ts';
import { hasCedarSchema } from '../cedar/folder.ts';
import { classicJson } from '../cedar/schema.ts';
import { tokenTypeText } from '../cedar/token.ts';
import { opaSchema } from '../engine/opa.ts';
import { openFgaModel } from '../engine/openfga.ts';
import { storeOf } from '../engine/store.ts';
import { cloudFormationStore, terraformStore } from '../engine/verified-permissions.ts';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import { type FlagsOf, flags as known } from '../flags.ts';
import type { Terminal } from '../output/terminal.ts';
import { showFindings } from '../show/findings.ts';
import { loadContract } from '../spec/contract.ts';
import { type Loaded, loadOptions } from '../spec/load.ts';

type Flags = FlagsOf<'engine'>;

/** What is printed, or why not. */
interface Printed {
  readonly text: string;
  readonly findings: readonly Finding[];
  readonly sources: readonly TextFile[];
}

/** Prints what a policy engine needs to decide with the tokens of a spec. */
export async function engine(terminal: Terminal, [from]: readonly string[], flags: Flags): Promise<ExitCode> {
  const { for: wanted } = flags;
  if (wanted === undefined)
    throw new CliError('usage', `engine needs --for: ${known.engine.for.choices.join(', ')}`);
  const read = await loadContract(from, terminal, loadOptions(terminal, flags));
  if (read === undefined) return exit.findings;
  const { contract, loaded } = read;
  const printed = await printedFor(wanted, contract, loaded, flags, terminal);
  const { paintErr, width, err, out } = terminal;
  await showFindings(printed.findings, printed.sources, paintErr, width, err);
  if (printed.findings.some(isError)) return exit.findings;
  out(printed.text);
  return exit.fine;
}

async function printedFor(
  wanted: string,
  contract: Contract,
  loaded: Loaded | undefined,
  flags: Flags,
  { cwd }: Terminal,
): Promise<Printed> {
  const only = (text: string): Printed => ({ text, findings: [], sources: [] });
  if (wanted === 'opa') return only(opaSchema(contract));
  if (wanted === 'openfga') return only(openFgaModel(contract));
  if (loaded !== undefined && hasCedarSchema(loaded.file.folder))
    return await withService(wanted, contract, loaded, flags, cwd);
  if (wanted !== 'cedar')
    throw new CliError(
      'not_found',
      `--for ${wanted} needs a spec with a schema and policies of Cedar in the folder cedar beside it`,
    );
  const token = cedarToken(contract, loaded?.policy?.spec.cedar);
  const findings = token.uncarried.map(
    ({ claim, why }): Finding => ({
      rule: 'TE860',
      severity: 'error',
      message: `Cedar cannot carry \`${claim}\`, because ${why}.`,
      range: undefined,
    }),
  );
  return { text: tokenTypeText(token), findings, sources: [] };
}

/** With the schema and the policies of a service. */
async function withService(
  wanted: string,
  contract: Contract,
  loaded: Loaded,
  flags: Flags,
  cwd: string,
): Promise<Printed> {
  const settings = loaded.policy?.spec.cedar ?? {};
  const { schema, policies, findings, sources } = await readCedar(
    contract,
    settings,
    loaded.file.folder,
    cwd,
  );
  if (schema === undefined || findings.some(isError)) return { text: '', findings, sources };
  const text = () => {
    if (wanted === 'cedar') return schema.text;
    if (wanted === 'cedar-json') return `${classicJson(schema)}\n`;
    const store = storeOf({ contract, settings, schema, statements: policies.statements() }, flags.issuer);
    if (wanted === 'cloudformation') return cloudFormationStore(store);
    if (changedByTerraform([store.schema, ...store.statements.map(({ text: own }) => own)]).length > 0)
      throw new CliError(
        'usage',
        'Terraform would change a text of the schema or of a policy, because it composes characters (Unicode NFC): write accented letters as one character',
      );
    return terraformStore(store);
  };
  return { text: text(), findings, sources };
}
