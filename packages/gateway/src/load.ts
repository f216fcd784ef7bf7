import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type Contract, type Entry, GuardError, readContract } from '@claimsmith/guard';
import { loadExport, ServerError, systemCode } from '@claimsmith/server';
import * as z from 'zod/mini';

/** A contract, and the digest of its file. */
export interface LoadedContract {
  readonly contract: Contract;
  /** SHA-256 of the file's bytes, in hexadecimal. */
  readonly digest: string;
}

/** @throws ServerError `policy` */
export function loadContract(file: string): LoadedContract {
  const text = readText(file);
  try {
    const digest = createHash('sha256').update(text).digest('hex');
    return { contract: readContract(JSON.parse(text)), digest };
  } catch (cause) {
    const why = cause instanceof GuardError ? cause.message : 'It is not JSON.';
    throw new ServerError('policy', `${file} cannot be loaded. ${why}`, { cause });
  }
}

/** Look-ups as they were built, and the digest of their file. */
export interface LoadedLookups {
  /** For `createLookups`. */
  readonly policy: unknown;
  /** Names of the `${NAME}`s that must be given. */
  readonly settingNames: readonly string[];
  readonly digest: string;
}

const built = z.object({ settings: z.array(z.string()) });

/** @throws ServerError `policy` */
export async function loadLookups(file: string): Promise<LoadedLookups> {
  const { exported, digest } = await loadExport(file, 'policy');
  const parsed = built.safeParse(exported);
  if (!parsed.success)
    throw new ServerError('policy', `${file} is not a lookups.mjs that \`claimsmith build\` has written`);
  return { policy: exported, settingNames: parsed.data.settings, digest };
}

const entry = z.looseObject({ issuer: z.string(), until: z.number() });
const entries = z.object({
  entries: z.array(
    z.union([
      z.extend(entry, { id: z.string() }),
      z.extend(entry, { session: z.string() }),
      z.extend(entry, { subject: z.string(), before: z.number() }),
    ]),
  ),
});

/**
 * Loads entries of a denylist, as `claimsmith revoke` writes them.
 *
 * @throws ServerError `policy`: without them, revoked tokens would pass
 */
export function loadEntries(file: string): readonly Entry[] {
  const text = readText(file);
  const parsed = entries.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data.entries;
  throw new ServerError('policy', `${file} is not a list of entries that \`claimsmith revoke\` has written`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new ServerError('policy', `${file} cannot be read: ${systemCode(cause)}`, { cause });
  }
}
