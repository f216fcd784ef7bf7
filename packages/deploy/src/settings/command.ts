import { spawn } from 'node:child_process';
import { TargetError } from '@claimsmith/core';
import { largestSecretBytes, secretText } from './text.ts';

/** How long a program may take: people may have to unlock a vault. */
const timeoutMs = 30_000;

/**
 * What a program prints, without the line break at its end. It runs without a shell and without input, in `folder`. Errors
 * name the program and neither its arguments nor its output.
 *
 * @throws {TargetError} `settings`
 */
export async function commandOutput(
  [program = '', ...args]: readonly string[],
  folder: string,
  signal: AbortSignal | undefined,
  limitMs = timeoutMs,
): Promise<string> {
  const what = `the command ${program}`;
  const failed = (reason: string) => new TargetError('settings', `${what} ${reason}`);
  if (signal?.aborted) throw failed('was interrupted');
  return await new Promise<string>((done, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const child = spawn(program, args, {
      cwd: folder,
      shell: false,
      windowsHide: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const end = (outcome: TargetError | undefined) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupted);
      if (outcome === undefined) return;
      child.kill('SIGKILL');
      // A child of the program may hold the pipe open.
      child.stdout.destroy();
      reject(outcome);
    };
    const interrupted = () => end(failed('was interrupted'));
    const timer = setTimeout(() => end(failed(`did not end within ${limitMs / 1000} seconds`)), limitMs);
    signal?.addEventListener('abort', interrupted, { once: true });
    child.stdout.on('data', (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > largestSecretBytes) end(failed(`prints more than ${largestSecretBytes} bytes`));
      else chunks.push(chunk);
    });
    child.on('error', (error) => end(failed(startProblem(error))));
    child.on('close', (code, killed) => {
      end(undefined);
      if (code !== 0) {
        reject(
          failed(code === null ? `was ended by ${killed ?? 'a signal'}` : `ended with exit code ${code}`),
        );
        return;
      }
      try {
        done(secretText(Buffer.concat(chunks), what));
      } catch (error) {
        reject(error);
      }
    });
  });
}

function startProblem(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT') return 'cannot be started: there is no such program';
  if (code === 'EACCES') return 'cannot be started: permission denied';
  return `cannot be started: ${code || 'unknown reason'}`;
}
