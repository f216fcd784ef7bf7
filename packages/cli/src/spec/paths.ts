import { isAbsolute, relative } from 'node:path';

/** Whether a path is a folder or below it, as both are written. */
export function isWithin(folder: string, path: string): boolean {
  const rest = relative(folder, path);
  return rest !== '..' && !/^\.\.[\\/]/.test(rest) && !isAbsolute(rest);
}
