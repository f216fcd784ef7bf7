import { createHmac } from 'node:crypto';
import { isMapping, textOf } from '@claimsmith/core';
import { subjectDigest } from '@claimsmith/runtime';

/** What an audit says about one token. */
export interface Audited {
  /** `jti`. */
  readonly id: string;
  readonly client: string | undefined;
  /** The keyed digest of the user's id. */
  readonly subject: string | undefined;
  /** Unix time in seconds. */
  readonly at: number;
}

/** The tokens of an audit, and how many lines could not be read. */
export interface AuditReading {
  readonly tokens: readonly Audited[];
  /** Issuances whose record has no `jti`: they cannot be revoked by it. */
  readonly withoutId: number;
  readonly unreadable: number;
}

/** Reads the audit of Okta's hook: CloudEvents, one JSON object in a line, with a record of an issuance as `data`. */
export function readAudit(text: string): AuditReading {
  const tokens: Audited[] = [];
  let withoutId = 0;
  let unreadable = 0;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const event = jsonOf(line);
    const at = isMapping(event) ? Date.parse(textOf(event['time']) ?? '') / 1_000 : Number.NaN;
    if (!isMapping(event) || Number.isNaN(at)) {
      unreadable += 1;
      continue;
    }
    const { data } = event;
    if (event['type'] !== 'io.claimsmith.audit.issuance' || !isMapping(data)) continue;
    // A token that was denied, or left to the issuer, has no authority of the policy.
    if (data['decision'] !== 'issued') continue;
    const id = textOf(data['jti']);
    if (id === undefined) withoutId += 1;
    else tokens.push({ id, at, client: textOf(data['client']), subject: textOf(data['subject']) });
  }
  return { tokens, withoutId, unreadable };
}

/** The digest that stands for a user in an audit; undefined if the key is too short. */
export function digestOf(subject: string, key: string): string | undefined {
  return subjectDigest(createHmac, key, subject);
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
