import { CliError, systemReason } from '../error.ts';
import { visible } from '../output/text.ts';
import { boundedLines } from './bounded-lines.ts';
import { newReading, placeOf, type Reading, readRecords } from './read-records.ts';
import { type AuditVerdict, verifyAudit } from './registry.ts';

/** What is known of a file of records. */
export interface VerifiedFile {
  readonly file: string;
  readonly reading: Reading;
  /** Of an audit of Okta's hook; logs have no chain. */
  readonly chain: AuditVerdict | undefined;
  /**
   * Whether the chain begins here, or goes on from the file before. `unknown`: it goes on from a file that is not there.
   * Undefined without a whole chain.
   */
  readonly continues: boolean | 'unknown' | undefined;
  /** Whether the last chain ends with the hash that was kept elsewhere. Undefined if none is known. */
  readonly endsAsKept: boolean | undefined;
}

/** Hashes that somebody has kept elsewhere. */
export interface KeptHashes {
  /** The end of the file before the first one. */
  readonly after?: string | undefined;
  /** The end of the last chain. */
  readonly end?: string | undefined;
}

const chainStart = '0'.repeat(64);

/**
 * Checks files one after the other: the chain of Okta's audits, and whether their records and those in logs are whole.
 *
 * @throws CliError `io` if a file cannot be read
 */
export async function verifyFiles(
  files: readonly string[],
  cwd = '.',
  { after, end: kept }: KeptHashes = {},
): Promise<readonly VerifiedFile[]> {
  const verified: VerifiedFile[] = [];
  let end = after;
  for (const file of files) {
    const reading = newReading();
    for await (const _ of readRecords([file], reading, cwd));
    const chain = (await isChained(placeOf(file, cwd))) ? await chainOf(placeOf(file, cwd)) : undefined;
    const continues = chain?.isWhole ? continuing(chain.start, end) : undefined;
    verified.push({ file, reading, chain, continues, endsAsKept: undefined });
    if (chain !== undefined) end = chain.isWhole ? chain.end : undefined;
  }
  const last = verified.findLastIndex(({ chain }) => chain !== undefined);
  return verified.map((one, index) =>
    index === last && kept !== undefined
      ? { ...one, endsAsKept: one.chain?.isWhole === true && one.chain.end === kept }
      : one,
  );
}

function continuing(start: string, end: string | undefined): boolean | 'unknown' {
  if (end !== undefined) return start === end || start === chainStart;
  return start === chainStart || 'unknown';
}

/** Whether nothing is missing or changed, as far as a file can show it. A file without a record shows nothing. */
export function isWhole({ reading, chain, continues, endsAsKept }: VerifiedFile): boolean {
  const isChainWhole =
    chain === undefined || (chain.isWhole && chain.incidents.length === 0 && continues === true);
  const flaws = reading.broken + reading.partial + reading.tooLong;
  return isChainWhole && endsAsKept !== false && flaws === 0 && reading.records > 0;
}

/** One line of an audit is enough: somebody may have changed the first. */
async function isChained(file: string): Promise<boolean> {
  if (file === '-') return false;
  for await (const { text } of boundedLines(file))
    if (text !== undefined && /^\s*\{.*"type":\s*"io\.claimsmith\.audit\./.test(text) && isEnvelope(text))
      return true;
  return false;
}

function isEnvelope(text: string): boolean {
  try {
    const line: unknown = JSON.parse(text);
    return typeof line === 'object' && line !== null && 'type' in line && 'previous' in line;
  } catch {
    return false;
  }
}

async function chainOf(file: string): Promise<AuditVerdict> {
  try {
    return await verifyAudit(file);
  } catch (error) {
    throw new CliError('io', `${visible(file)} cannot be read: ${systemReason(error)}`, { cause: error });
  }
}
