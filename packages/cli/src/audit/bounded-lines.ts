import { createReadStream } from 'node:fs';

/** The longest line that is read, in bytes: longer than any log keeps one. */
export const lineLimitBytes = 1_048_576;

/** A line without its end; undefined if it is too long. */
export interface Line {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string | undefined;
}

/**
 * The lines of a file of any size, in bounded memory. `-` is standard input.
 *
 * @throws Error of the system
 */
export async function* boundedLines(file: string): AsyncGenerator<Line> {
  let number = 0;
  let isTooLong = false;
  let pieces: Buffer[] = [];
  let bytes = 0;
  const line = (last: Buffer): Line => {
    const whole = Buffer.concat([...pieces, last]);
    const text = isTooLong || whole.length > lineLimitBytes ? undefined : whole.toString();
    pieces = [];
    bytes = 0;
    isTooLong = false;
    number++;
    return { number, text: text?.replace(/\r$/, '') };
  };
  for await (const read of file === '-' ? process.stdin : createReadStream(file)) {
    const chunk: Buffer = read;
    let from = 0;
    for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
      yield line(chunk.subarray(from, at));
      from = at + 1;
    }
    bytes += chunk.length - from;
    if (bytes > lineLimitBytes) {
      isTooLong = true;
      pieces = [];
    } else if (from < chunk.length) pieces.push(Buffer.from(chunk.subarray(from)));
  }
  if (bytes > 0) yield line(Buffer.alloc(0));
}

const lineFeed = 0x0a;
