import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseDuration } from '@claimsmith/core';
import { defaultRetentionSeconds, type Entry, redisDenylist } from '@claimsmith/guard';
import { filterOf } from '../audit/filter.ts';
import { newReading, readRecords } from '../audit/read-records.ts';
import { timeOf } from '../audit/record.ts';
import { CliError, systemReason } from '../error.ts';
import { type ExitCode, exit } from '../exit.ts';
import type { FlagsOf } from '../flags.ts';
import { jsonDocument } from '../output/json.ts';
import { plural } from '../output/plural.ts';
import type { Terminal } from '../output/terminal.ts';
import { visible } from '../output/text.ts';
import { shown } from '../spec/find.ts';

type Flags = FlagsOf<'revoke'>;

/** Clocks differ, and a token is signed some seconds after its record. */
const leewaySeconds = 60;

/** Prints or writes the entries of a denylist for tokens that an audit names. */
export async function revoke(terminal: Terminal, _: readonly string[], flags: Flags): Promise<ExitCode> {
  const { issuer, out, audit, all, json: __, 'token-life': life, ...rest } = flags;
  const { 'redis-from': redisFrom, 'redis-prefix': prefix, ...wanted } = rest;
  if (audit.length === 0)
    throw new CliError('usage', 'name at least one audit file: --audit issuances.jsonl');
  if (issuer === undefined || !/^https?:\/\/./.test(issuer) || !URL.canParse(issuer))
    throw new CliError(
      'usage',
      'name the issuer as its tokens do in `iss`: --issuer https://acme.okta.com/oauth2/default',
    );
  const { subject, client, since } = wanted;
  if (subject === undefined && client === undefined && since === undefined && !all)
    throw new CliError('usage', 'say which tokens: --subject, --client, --since, or --all');
  const redisUrl = redisFrom === undefined ? undefined : redisUrlIn(redisFrom);
  if (prefix !== undefined && redisUrl === undefined)
    throw new CliError('usage', '--redis-prefix goes with --redis-from');
  const retentionSeconds = (life === undefined ? defaultRetentionSeconds : secondsOf(life)) + leewaySeconds;
  const isWanted = filterOf(wanted);
  const reading = newReading();
  const ids = new Map<string, number>();
  const issuers = new Set<string>();
  let withoutId = 0;
  for await (const entry of readRecords(audit, reading, terminal.cwd)) {
    const { decision, jti, issuer: id } = entry.record;
    // A token that was denied, or left to the issuer, has no authority of the policy.
    if (decision !== 'issued' || !isWanted(entry)) continue;
    if (id !== undefined) issuers.add(id);
    if (jti === undefined) withoutId += 1;
    // An older record of the token, which anybody may have written into a log, must not let it go.
    else ids.set(jti, Math.max(ids.get(jti) ?? 0, timeOf(entry.record) / 1_000));
  }
  // All entries get the one address that was named.
  if (issuers.size > 1)
    throw new CliError(
      'usage',
      `the records are of several issuers (${[...issuers].sort().map(visible).join(', ')}), and --issuer names one; give the files of one issuer`,
    );
  // An entry that may be forgotten already is left out: its token has expired.
  const entries = [...ids]
    .map(([id, at]) => ({ issuer, id, until: Math.ceil(at) + retentionSeconds }))
    .filter(({ until }) => until > Date.now() / 1_000);
  const document = jsonDocument({ entries });
  if (redisUrl !== undefined) await store(entries, redisUrl, prefix);
  if (out !== undefined) write(resolve(terminal.cwd, out), document, terminal);
  else if (redisUrl === undefined) terminal.out(document);
  terminal.err(
    `${plural(entries.length, 'token')} ${redisUrl === undefined ? 'to revoke' : 'revoked'}; ${ids.size - entries.length} have expired\n`,
  );
  if (withoutId > 0)
    terminal.err(
      `${plural(withoutId, 'issuance')} without the id of the token: revoke them by subject or session\n`,
    );
  const lost = reading.broken + reading.tooLong + reading.partial;
  if (lost > 0) terminal.err(`${plural(lost, 'record')} could not be read, so tokens may be missing\n`);
  if (reading.records === 0) terminal.err('No record of an issuance was found in these files\n');
  return lost > 0 || reading.records === 0 ? exit.failed : exit.fine;
}

/** The address of the database. It is not an argument of the command, because others can read those. */
function redisUrlIn(variable: string): string {
  const url = process.env[variable] ?? '';
  if (!/^rediss?:\/\/./.test(url) || !URL.canParse(url))
    throw new CliError(
      'usage',
      `${variable} does not hold the address of a database, such as redis://localhost:6379`,
    );
  return url;
}

function secondsOf(life: string): number {
  if (!/^[1-9]\d{0,5}[smhd]$/.test(life))
    throw new CliError('usage', `--token-life ${visible(life)} is not a time, such as 90m or 24h`);
  return parseDuration(life) / 1_000;
}

/** Adds the entries where `redisDenylist` of `@claimsmith/guard` looks for them. To add one twice changes nothing. */
async function store(entries: readonly Entry[], url: string, prefix: string | undefined): Promise<void> {
  const { createClient } = await import('@redis/client').catch((cause: unknown) => {
    throw new CliError('not_found', '--redis-from needs a package: npm install @redis/client', { cause });
  });
  const client = createClient({ url, socket: { connectTimeout: 5_000, reconnectStrategy: false } });
  client.on('error', () => undefined);
  let done = 0;
  try {
    await client.connect();
    const denylist = redisDenylist({
      send: (args) => client.sendCommand(args),
      ...(prefix === undefined ? {} : { prefix }),
    });
    for (const entry of entries) {
      await denylist.add(entry);
      done += 1;
    }
  } catch (error) {
    throw new CliError(
      'io',
      `the database took ${done} of ${plural(entries.length, 'revocation')}: ${systemReason(error)}; run the command again`,
      { cause: error },
    );
  } finally {
    client.destroy();
  }
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
