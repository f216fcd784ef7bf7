import { Console } from 'node:console';
import { writeSync } from 'node:fs';
import { isatty } from 'node:tty';
import { systemCode, systemReason } from './error.ts';
import { type ExitCode, exit } from './exit.ts';
import { paintFor, plain, type Terminal, widthOf } from './output/terminal.ts';
import { run } from './run.ts';

const stdinFd = 0;
const stderrFd = 2;

/** Runs the process's own command line, and ends it. */
export async function main(): Promise<void> {
  const stderr = lazyStderr();
  // A TypeScript spec runs in this process: its logs are not results, and it must not end the command with success.
  logTo(stderr.stream);
  process.on('exit', endedEarly);
  process.stdout.on('error', (error) => {
    // The reader went away (`| head`), which is not an error.
    if (systemCode(error) === 'EPIPE') return;
    stderr.stream().write(`error: stdout cannot be written: ${systemReason(error)}\n`);
    end(exit.failed);
  });
  // Signals arrive only between turns, so a synchronous write is finished first.
  const interrupts = new Set<() => void>();
  process.once('SIGINT', () => {
    for (const interrupt of interrupts) interrupt();
    end(exit.interrupted);
  });
  preferForcedColour();
  const terminal: Terminal = {
    out: (text) => void process.stdout.write(text),
    err: (text) => void stderr.stream().write(text),
    command: (text) => void process.stdout.write(text),
    paint: paintFor(process.stdout),
    paintErr:
      !isatty(stderrFd) && process.env['FORCE_COLOR'] === undefined ? plain : paintFor(stderr.stream()),
    width: widthOf(process.stdout, process.env['COLUMNS']),
    program: process.env['npm_command'] === 'exec' ? 'npx claimsmith' : 'claimsmith',
    cwd: process.cwd(),
    isCi: !['', '0', 'false'].includes(process.env['CI'] ?? ''),
    interactive: isatty(stdinFd) && isatty(stderrFd),
    ask: (question) => typedLine(question, stderr.stream()),
    onInterrupt(action) {
      interrupts.add(action);
      return () => interrupts.delete(action);
    },
    debug: process.env['CLAIMSMITH_DEBUG'] === '1',
  };
  const code = await run(process.argv.slice(2), terminal);
  await Promise.all([written(process.stdout), stderr.written()]);
  // The command does not wait for what a TypeScript spec has left running.
  end(code);
}

async function typedLine(question: string, output: NodeJS.WritableStream): Promise<string> {
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

/** Standard error, opened on use: most runs do not write to it, and opening it takes a while. */
function lazyStderr() {
  let opened: NodeJS.WriteStream | undefined;
  return {
    stream(): NodeJS.WriteStream {
      opened ??= process.stderr.on('error', () => {});
      return opened;
    },
    written: async (): Promise<void> => opened && written(opened),
  };
}

/** Sends what is logged to a stream, which opens with the first use of the console. */
function logTo(stream: () => NodeJS.WriteStream): void {
  const set = (value: Console) => Object.defineProperty(globalThis, 'console', { value, writable: true });
  const get = () => {
    const made = new Console(stream());
    set(made);
    return made;
  };
  Object.defineProperty(globalThis, 'console', { configurable: true, get, set });
}

function end(code: ExitCode): never {
  process.off('exit', endedEarly);
  process.exit(code);
}

/** Synchronous, because an `exit` listener cannot write otherwise. */
function endedEarly(): void {
  process.exitCode = exit.failed;
  writeSync(
    stderrFd,
    'error: the spec ended the process before it was checked; a TypeScript spec must not call process.exit\n',
  );
}

/** Where both variables are set, `FORCE_COLOR` wins in Node, which warns of it on stderr. */
function preferForcedColour(): void {
  if (process.env['FORCE_COLOR'] !== undefined) delete process.env['NO_COLOR'];
}

/** Resolves when all earlier output has reached the reader, or the reader is gone. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
