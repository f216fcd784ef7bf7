import { type LookupPart, type LookupPolicy, lookupsVersion } from '@claimsmith/runtime/server';
import { isObject } from '../contract/value-type.ts';
import { GuardError } from '../error.ts';

/**
 * Checks what a `lookups.mjs` exports.
 *
 * @throws {GuardError} `settings` if it is not one that this package reads
 */
export function readLookups(value: unknown): LookupPolicy {
  const version = isObject(value) ? value['version'] : undefined;
  if (version !== lookupsVersion) {
    const found = typeof version === 'number' ? `version ${version}` : 'no version';
    throw fault(`it has ${found}, and this package reads version ${lookupsVersion}. Build it again`);
  }
  const policy = value as LookupPolicy;
  const { name, revision, sources, settings, issuers } = policy;
  if (typeof name !== 'string' || typeof revision !== 'string') throw fault('it has no name');
  if (!isObject(sources) || !Array.isArray(settings) || !isObject(issuers)) throw fault('a part is missing');
  for (const [id, parts] of Object.entries(issuers)) {
    const { request, fresh, deny } = isObject(parts) ? parts : {};
    if (!isObject(request) || !isObject(fresh) || !Array.isArray(deny))
      throw fault(`a part of ${id} is missing`);
    for (const [name, part] of [...Object.entries(request), ...Object.entries(fresh)])
      assertRuns(part, `${id}, ${name}`);
    for (const { reason, part } of deny) if (part !== undefined) assertRuns(part, `${id}, ${reason}`);
  }
  return policy;
}

/** Tries a program once: without a context and answers it decides something. */
function assertRuns({ program, fields }: LookupPart, at: string): void {
  try {
    program.needs(program.context({}), {});
    program.decide(program.context({}), {});
  } catch (cause) {
    throw fault(`the program for ${at} fails`, cause);
  }
  if (!Array.isArray(fields)) throw fault(`the fields for ${at} are missing`);
}

function fault(why: string, cause?: unknown): GuardError {
  return new GuardError('settings', `The look-ups cannot be used: ${why}.`, { cause });
}
