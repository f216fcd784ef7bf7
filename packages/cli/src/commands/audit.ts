import { filterOf } from '../audit/filter.ts';
import { newReading, readRecords } from '../audit/read-records.ts';
import { isWhole, verifyFiles } from '../audit/verify-files.ts';
import { CliError } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { nearest } from '../nearest.ts';
import { jsonDocument } from '../output/json.ts';
import type { Terminal } from '../output/terminal.ts';
import { entryJson, entryText, queryNotes, verifiedText } from '../show/audit.ts';

type Flags = FlagsOf<'audit'>;

/** Checks or searches the records that issuances have left in audits and logs. */
export async function audit(
  terminal: Terminal,
  [action = '', ...files]: readonly string[],
  flags: Flags,
): Promise<ExitCode> {
  if (action === 'verify') return await verify(terminal, files, flags);
  if (action === 'query') return await query(terminal, files, flags);
  const near = await nearest(action, ['verify', 'query']);
  throw new CliError('usage', `audit is followed by verify or query${near}`);
}

async function verify(terminal: Terminal, files: readonly string[], flags: Flags): Promise<ExitCode> {
  const verified = await verifyFiles(files, terminal.cwd, { after: flags.after, end: flags.end });
  if (flags.end !== undefined && verified.every(({ chain }) => chain === undefined))
    throw new CliError('usage', '--end is about an audit of Okta; none of these files is one');
  if (flags.json) {
    terminal.out(jsonDocument({ files: verified.map((one) => ({ ...one, isWhole: isWhole(one) })) }));
  } else for (const one of verified) terminal.out(verifiedText(one, terminal));
  return verified.every(isWhole) ? exit.fine : exit.findings;
}

/** Prints while it reads: the output may be as large as the files. */
async function query(terminal: Terminal, files: readonly string[], flags: Flags): Promise<ExitCode> {
  const isWanted = filterOf(flags);
  const reading = newReading();
  let found = 0;
  for await (const entry of readRecords(files, reading, terminal.cwd)) {
    if (!isWanted(entry)) continue;
    found++;
    terminal.out(flags.json ? entryJson(entry) : entryText(entry, terminal));
  }
  terminal.err(queryNotes(found, reading, terminal));
  return found > 0 ? exit.fine : exit.findings;
}
