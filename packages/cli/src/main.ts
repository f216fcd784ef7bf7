import { systemCode, systemReason } from './error.ts';
import { exit } from './exit.ts';
import { run } from './run.ts';
import { paintFor, type Terminal, widthOf } from './terminal.ts';

/** Runs the process's own command line, and ends it. */
export async function main(): Promise<void> {
  process.stdout.on('error', (error) => {
    // The reader went away (`| head`): nothing is left to say, and it is nobody's error.
    if (systemCode(error) === 'EPIPE') return;
    process.stderr.write(`error: stdout can't be written: ${systemReason(error)}\n`);
    process.exit(exit.failed);
  });
  process.stderr.on('error', () => {});
  // Between turns only: what is being written synchronously is finished first.
  process.once('SIGINT', () => process.exit(exit.interrupted));
  const terminal: Terminal = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    paint: paintFor(process.stdout),
    paintErr: paintFor(process.stderr),
    width: widthOf(process.stdout, process.env['COLUMNS']),
    cwd: process.cwd(),
    debug: process.env['CLAIMSMITH_DEBUG'] === '1',
  };
  const code = await run(process.argv.slice(2), terminal);
  await Promise.all([written(process.stdout), written(process.stderr)]);
  // What a TypeScript spec has left running does not keep the command.
  process.exit(code);
}

/** Resolves once all before it has reached the reader, or there is none any more. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
