import { systemCode } from './server-error.ts';
import { verifyAudit } from './verify-audit.ts';

/**
 * Runs `verify <file> [<start>]` as this process: says on standard output whether the audit's chain holds, in one line
 * of JSON, and ends with status 0, or 1 where it does not hold, 2 where the file cannot be read, 3 where it holds and lines
 * in it say that something is missing or was changed.
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
