import { strToU8, zipSync } from 'fflate';

/** A file of the JAR by its path. */
export type Entries = Readonly<Record<string, string>>;

/** A JAR is a ZIP file. The same entries give the same bytes: no clock, no compression that may change. */
export function jar(entries: Entries): Uint8Array {
  const files = Object.entries(entries).map(([path, text]) => [path, strToU8(text)] as const);
  // ZIP knows no time before 1980; `os` 0 is what any machine writes.
  return zipSync(Object.fromEntries(files), { level: 0, mtime: new Date(1980, 0, 1), os: 0 });
}
