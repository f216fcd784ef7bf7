import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { filterOf } from '../audit/filter.ts';
import { newReading, readRecords } from '../audit/read-records.ts';
import { timeOf } from '../audit/record.ts';
import { CliError, systemReason } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { shown } from '../spec/find.ts';

type Flags = FlagsOf<'revoke'>;

/** As long as `@claimsmith/guard` lets a token live by default. */
const retentionSeconds = 86_400;

/** Prints or writes the entries of a denylist for tokens that an audit names. */
export async function revoke(terminal: Terminal, _: readonly string[], flags: Flags): Promise<ExitCode> {
  const { issuer, out, audit, all, json: __, ...wanted } = flags;
  if (audit.length === 0)
    throw new CliError('usage', 'name at least one audit file: --audit issuances.jsonl');
  if (issuer === undefined || !URL.canParse(issuer))
    throw new CliError(
      'usage',
      'name the issuer as its tokens do in `iss`: --issuer https://acme.okta.com/oauth2/default',
    );
  const { subject, client, since } = wanted;
  if (subject === undefined && client === undefined && since === undefined && !all)
    throw new CliError('usage', 'say which tokens: --subject, --client, --since, or --all');
  const isWanted = filterOf(wanted);
  const reading = newReading();
  const ids = new Map<string, number>();
  let withoutId = 0;
  for await (const entry of readRecords(audit, reading, terminal.cwd)) {
    const { decision, jti } = entry.record;
    // A token that was denied, or left to the issuer, has no authority of the policy.
    if (decision !== 'issued' || !isWanted(entry)) continue;
    if (jti === undefined) withoutId += 1;
    else ids.set(jti, timeOf(entry.record) / 1_000);
  }
  // An entry that may be forgotten already is left out: its token has expired.
  const entries = [...ids]
    .map(([id, at]) => ({ issuer, id, until: Math.ceil(at) + retentionSeconds }))
    .filter(({ until }) => until > Date.now() / 1_000);
  const document = jsonDocument({ entries });
  if (out === undefined) terminal.out(document);
  else write(resolve(terminal.cwd, out), document, terminal);
  terminal.err(`${plural(entries.length, 'token')} to revoke; ${ids.size - entries.length} have expired\n`);
  if (withoutId > 0)
    terminal.err(
      `${plural(withoutId, 'issuance')} without the id of the token: revoke them by subject or session\n`,
    );
  const lost = reading.broken + reading.tooLong + reading.partial;
  if (lost > 0) terminal.err(`${plural(lost, 'record')} could not be read, so tokens may be missing\n`);
  if (reading.records === 0) terminal.err('No record of an issuance was found in these files\n');
  return lost > 0 || reading.records === 0 ? exit.failed : exit.fine;
}

function write(path: string, document: string, { cwd }: Terminal): void {
  try {
    writeFileSync(path, document, { mode: 0o600 });
  } catch (error) {
    throw new CliError('io', `${shown(path, cwd)} cannot be written: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
