import { systemCode } from '@claimsmith/server';
import { verifyAudit } from './verify-audit.ts';

/**
 * Runs `verify <file> [<start>]` as this process: prints whether the audit's chain is intact, as one line of JSON. Exit
 * status: 0 intact; 1 broken; 2 the file cannot be read; 3 intact, but lines in it report that something is missing or
 * was changed.
 *
 * @param start the `end` of the file before it
 */
export async function runVerify(file: string | undefined, start: string | undefined): Promise<void> {
  if (file === undefined) {
    process.stderr.write('verify needs the path of the audit file\n');
    process.exitCode = 2;
    return;
  }
  try {
    const verdict = await verifyAudit(file, start);
    process.stdout.write(`${JSON.stringify(verdict)}\n`);
    process.exitCode = !verdict.isWhole ? 1 : verdict.incidents.length > 0 ? 3 : 0;
  } catch (error) {
    process.stderr.write(`${file} cannot be read: ${systemCode(error)}\n`);
    process.exitCode = 2;
  }
}
