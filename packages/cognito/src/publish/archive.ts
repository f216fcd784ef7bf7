import { createHash } from 'node:crypto';
import type { Compilation } from '@claimsmith/core';
import { strToU8, zipSync } from 'fflate';

/** The deployment package of a function. */
export interface Archive {
  /** A ZIP file in Base64. */
  readonly zip: string;
  /** As Lambda computes it, in Base64. */
  readonly sha256: string;
}

/** What Lambda runs of a build: everything but the manifest. The same files give the same bytes. */
export function archiveOf({ artifacts }: Compilation): Archive {
  const files = artifacts
    .filter(({ path }) => path !== 'manifest.json')
    .map(({ path, content }) => [path, strToU8(content)] as const);
  // ZIP knows no time before 1980; `os` 0 is what any machine writes.
  const bytes = zipSync(Object.fromEntries(files), { level: 9, mtime: new Date(1980, 0, 1), os: 0 });
  return archive(Buffer.from(bytes));
}

/** An archive that a journal has kept. */
export function archiveFrom(zip: string): Archive {
  return archive(Buffer.from(zip, 'base64'));
}

function archive(bytes: Buffer): Archive {
  return { zip: bytes.toString('base64'), sha256: createHash('sha256').update(bytes).digest('base64') };
}
