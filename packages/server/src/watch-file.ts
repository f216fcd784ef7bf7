import { unwatchFile, watchFile } from 'node:fs';

/** How often the file is looked at, in milliseconds. */
const intervalMs = 1_000;

/**
 * Calls back whenever the file may have changed. It follows the path each time, because a mounted configuration is a
 * link that is replaced; a watch on the file itself would miss that.
 *
 * @returns a function that ends the watch
 */
export function watchFileAt(file: string, changed: () => void): () => void {
  const listener = () => changed();
  watchFile(file, { interval: intervalMs, persistent: false }, listener);
  return () => unwatchFile(file, listener);
}
