import type { AuditRecord } from '@claimsmith/runtime';
import { z } from 'zod';

const text = z.string().max(10_000);
const names = z.array(text).max(10_000);
const count = z.int().nonnegative();

/** One line of an audit, or a part of one. Members that it does not know are left out. */
export const auditRecord = z
  .object({
    claimsmith: text
      .regex(/^[a-z][a-z0-9-]{0,39}@[0-9a-f]{8}$/)
      .describe('The policy that decided, and its revision: payments@1a2b3c4d.'),
    id: z
      .string()
      .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
      .describe(
        'The id of the issuance: a UUID of version 7 (RFC 9562), which begins with the time of the decision.',
      ),
    part: z
      .string()
      .regex(/^[1-9][0-9]{0,2}\/[1-9][0-9]{0,2}$/)
      .describe('Which part of a record this is, where an issuer’s lines are short: 1/2.')
      .exactOptional(),
    decision: z
      .enum(['issued', 'denied', 'left', 'challenged'])
      .describe(
        'left: the policy is not for this token. challenged: the user was asked for another factor instead. Only in the first part.',
      )
      .exactOptional(),
    observed: z
      .literal(true)
      .describe('The policy only observes: the decision had no effect.')
      .exactOptional(),
    reason: text.describe('The constant because of which it was denied or challenged.').exactOptional(),
    subject: text
      .describe(
        'HMAC-SHA-256 of the user’s id at the issuer with the key of `audit.key`: the first 128 bits, as base64url.',
      )
      .exactOptional(),
    client: text.describe('The client’s id.').exactOptional(),
    sources: z
      .record(text, z.union([z.number(), text]))
      .describe('The age of each source’s answer in seconds, or how the source failed.')
      .exactOptional(),
    claims: names
      .describe('The claims that the policy’s program has set, by their names in the spec.')
      .exactOptional(),
    causes: z
      .record(text, text)
      .describe('Why parts of the policy are not as evaluated: a claim’s name, and `omitted: crm:timeout`.')
      .exactOptional(),
    native: names
      .describe('The claims that the issuer itself makes for the policy, by their names in the spec.')
      .exactOptional(),
    jti: text.describe('The id of the token, where the issuer tells it before it signs.').exactOptional(),
    audience: text.exactOptional(),
    grant: text.describe('The grant type.').exactOptional(),
    request: text.describe('The issuer’s own id of the request.').exactOptional(),
    scopesAdded: count.exactOptional(),
    scopesRemoved: count.exactOptional(),
    ms: count.describe('From the start of the request to the decision, in milliseconds.').exactOptional(),
    issuer: text.describe('The issuer’s id: auth0.').exactOptional(),
  })
  .describe('What every issuance leaves in the log or audit of its issuer: names and codes, never a value.');

/** A record as it is found: in lines of logs, parts of it may be lost. */
export type FoundRecord = z.output<typeof auditRecord>;

/** The JSON Schema of a record. */
export function auditJsonSchema(): Readonly<Record<string, unknown>> {
  return { title: 'A record of an issuance', ...z.toJSONSchema(auditRecord, { io: 'input' }) };
}

/** Its time, in milliseconds since 1970. */
export function timeOf({ id }: Pick<AuditRecord, 'id'>): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}
