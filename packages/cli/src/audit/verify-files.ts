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
  /** Whether the chain goes on from the file before. Undefined for the first one, and where a chain begins. */
  readonly continues: boolean | undefined;
}

const chainStart = '0'.repeat(64);

/**
 * Checks files one after the other: the chain of Okta's audits, and whether their records and those in logs are whole.
 *
 * @throws CliError `io` if a file cannot be read
 */
export async function verifyFiles(files: readonly string[], cwd = '.'): Promise<readonly VerifiedFile[]> {
  const verified: VerifiedFile[] = [];
  let end: string | undefined;
  for (const file of files) {
    const reading = newReading();
    for await (const _ of readRecords([file], reading, cwd));
    const chain = (await isChained(placeOf(file, cwd))) ? await chainOf(placeOf(file, cwd)) : undefined;
    const goesOn = chain?.isWhole && chain.start !== chainStart && end !== undefined;
    verified.push({ file, reading, chain, continues: goesOn ? chain.start === end : undefined });
    if (chain !== undefined) end = chain.isWhole ? chain.end : undefined;
  }
  return verified;
}

/** Whether nothing is missing or changed, as far as a file can show it. */
export function isWhole({ reading, chain, continues }: VerifiedFile): boolean {
  const isChainWhole = chain === undefined || (chain.isWhole && chain.incidents.length === 0);
  return isChainWhole && continues !== false && reading.broken + reading.partial + reading.tooLong === 0;
}

async function isChained(file: string): Promise<boolean> {
  if (file === '-') return false;
  for await (const { text } of boundedLines(file)) {
    return text !== undefined && /"type":"io\.claimsmith\.audit\./.test(text);
  }
  return false;
}

async function chainOf(file: string): Promise<AuditVerdict> {
  try {
    return await verifyAudit(file);
  } catch (error) {
    throw new CliError('io', `${visible(file)} cannot be read: ${systemReason(error)}`, { cause: error });
  }
}
