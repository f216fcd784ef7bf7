import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { CliError, systemReason } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { type Audited, digestOf, readAudit } from '../revoke/audit.ts';
import { shown } from '../spec/find.ts';
import { readText } from '../spec/read-text.ts';

type Flags = FlagsOf<'revoke'>;

/** As long as `@claimsmith/guard` lets a token live by default. */
const retentionSeconds = 86_400;

/** The setting with the key of the digests in an audit. */
const keySetting = 'AUDIT_KEY';

/** Prints or writes the entries of a denylist for tokens that an audit names. */
export async function revoke(terminal: Terminal, _: readonly string[], flags: Flags): Promise<ExitCode> {
  const { issuer, out, audit } = flags;
  if (audit.length === 0)
    throw new CliError('usage', 'name at least one audit file: --audit issuances.jsonl');
  if (issuer === undefined || !URL.canParse(issuer))
    throw new CliError(
      'usage',
      'name the issuer as its tokens do in `iss`: --issuer https://acme.okta.com/oauth2/default',
    );
  const isWanted = filterOf(flags);
  const files = audit.map((file) => readAudit(textAt(file, terminal)));
  const chosen = files.flatMap(({ tokens }) => tokens).filter(isWanted);
  const ids = new Map(chosen.map(({ id, at }) => [id, at]));
  // An entry that may be forgotten already is left out: its token has expired.
  const entries = [...ids]
    .map(([id, at]) => ({ issuer, id, until: Math.ceil(at) + retentionSeconds }))
    .filter(({ until }) => until > Date.now() / 1_000);
  const document = jsonDocument({ entries });
  if (out === undefined) terminal.out(document);
  else write(resolve(terminal.cwd, out), document, terminal);
  const skipped = files.reduce((sum, { withoutId }) => sum + withoutId, 0);
  const unreadable = files.reduce((sum, one) => sum + one.unreadable, 0);
  terminal.err(`${plural(entries.length, 'token')} to revoke; ${ids.size - entries.length} have expired\n`);
  if (skipped > 0)
    terminal.err(
      `${plural(skipped, 'issuance')} without the id of the token: revoke them by subject or session\n`,
    );
  if (unreadable > 0)
    terminal.err(`${plural(unreadable, 'line')} could not be read, so tokens may be missing\n`);
  return unreadable > 0 ? exit.failed : exit.fine;
}

/** @throws {CliError} `usage` */
function filterOf({ subject, client, since, all }: Flags): (token: Audited) => boolean {
  if (subject === undefined && client === undefined && since === undefined && !all)
    throw new CliError('usage', 'say which tokens: --subject, --client, --since, or --all');
  const digest = subject === undefined ? undefined : digestOf(subject, process.env[keySetting] ?? '');
  if (subject !== undefined && digest === undefined)
    throw new CliError(
      'usage',
      `an audit has digests of users: set ${keySetting} to the key that made them, at least 32 characters`,
    );
  const from = since === undefined ? undefined : Date.parse(since) / 1_000;
  if (from !== undefined && Number.isNaN(from))
    throw new CliError('usage', '--since takes a time such as 2027-01-31T10:00:00Z');
  return (token) =>
    (digest === undefined || token.subject === digest) &&
    (client === undefined || token.client === client) &&
    (from === undefined || token.at >= from);
}

function textAt(file: string, { cwd }: Terminal): string {
  const path = resolve(cwd, file);
  const content = readText(path, shown(path, cwd));
  if (content.kind === 'not_text') throw new CliError('io', `${shown(path, cwd)} is not a text file`);
  return content.text;
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
