import type { RecordType, Type } from '@claimsmith/cel';
import type { SourceFailure } from '@claimsmith/runtime';
import { z } from 'zod';
import { contextType } from '../context.ts';

/**
 * How a source can fail: no answer in time, no connection, a status other than 200, over its limit, not the declared
 * JSON, several rows instead of one, not asked since its breaker is open, or no access token for it.
 */
export const sourceFailures = [
  'timeout',
  'network',
  'status',
  'too_large',
  'malformed',
  'ambiguous',
  'open',
  'token',
] as const satisfies readonly SourceFailure[];

/** The values of `subject_type`: who a token can be about. */
export const subjectTypes = ['human', 'machine', 'agent'] as const;

const aTime = 'a time such as 2026-11-21T08:00:00Z, or Unix seconds';
const anything = z.record(z.string(), z.unknown());

/**
 * Names are checked, and values that the issuer itself creates. Profiles, attributes and request parameters hold values
 * from others, so a scenario may test wrong ones.
 */
function contextSchema() {
  const { fields } = contextType();
  // A scenario says what time it is beside the context.
  const others = Object.entries(fields).filter(([name]) => name !== 'now');
  const shape = others.map(([name, { type }]) => {
    if (type.kind !== 'record') return [name, z.enum(subjectTypes).nullable()] as const;
    return [name, recordSchema(name, type)] as const;
  });
  return optionals(Object.fromEntries(shape)).describe('The identity context, as far as it matters here.');
}

function recordSchema(record: string, { fields }: RecordType): z.ZodType {
  const inner = Object.entries(fields).map(
    ([key, { type }]) => [key, fieldSchema(record, key, type)] as const,
  );
  return optionals(Object.fromEntries(inner));
}

function fieldSchema(record: string, name: string, type: Type): z.ZodType {
  if (['attributes', 'role_attributes', 'notes'].includes(name)) return anything;
  if (type.kind === 'list') return z.array(type.element.kind === 'string' ? z.string() : anything).nullable();
  if (record === 'user') return z.unknown();
  switch (type.kind) {
    case 'record':
      return recordSchema(record, type);
    case 'string':
      return z.string().nullable();
    case 'int':
      return z.int().nullable();
    case 'map':
      return anything.nullable();
    default:
      return z.unknown();
  }
}

function optionals(shape: Readonly<Record<string, z.ZodType>>) {
  return z.strictObject(
    Object.fromEntries(Object.entries(shape).map(([key, type]) => [key, type.optional()])),
  );
}

/** The answer of a source in a scenario file. */
export const answer = z.union([
  z.strictObject({ fails: z.enum(sourceFailures).describe('How the source fails.') }),
  z.looseObject({ fails: z.never().optional() }),
  z.array(z.unknown()),
  z.union([z.string(), z.number(), z.boolean(), z.null()]),
]);
const answers = z
  .record(z.string(), answer)
  .describe('What each source answers, or how it fails: { fails: timeout }.');

const lookupDenied = z.strictObject({
  denied: z
    .enum(['unavailable', 'missing'])
    .describe('unavailable: a source failed. missing: the sources have no value.'),
});

const anEntity = 'an entity such as Record::"r1" or Record::r1, in the namespace of the Cedar schema';
const entity = z.string(anEntity).regex(/^(?:[A-Za-z_]\w*::)+(?:"(?:[^"\\]|\\.)*"|[^":]+)$/s, anEntity);

/** The entities of decisions, and what Cedar knows of them. */
const entities = z
  .record(
    entity,
    z.strictObject({
      attrs: anything.optional().describe("Its attributes, in Cedar's JSON."),
      parents: z.array(entity).optional().describe('The entities that it is in.'),
    }),
  )
  .describe('Entities that decisions ask about, such as resources: Record::"r1": { attrs: { level: 2 } }.');

const decision = z.strictObject({
  action: z.string().min(1).describe('The action, by its name in the Cedar schema.'),
  resource: entity.describe('The resource: Record::"r1".'),
  principal: z
    .string()
    .optional()
    .describe('The type of the principal. Needed only if the action has several.'),
  context: anything.optional().describe('What the service adds to the context, beside the token.'),
  allow: z.boolean().describe('Whether the token is enough.'),
});
const decisions = z
  .array(decision)
  .describe('What Cedar must decide with the token that each issuer signs. A denied token allows nothing.');

const expected = {
  access: anything.optional().describe('Claims of the access token, by their names in the spec.'),
  id: anything.optional().describe('Claims of the ID token.'),
  userinfo: anything.optional().describe('Claims of the answer of the userinfo endpoint.'),
  scopes: z.array(z.string()).optional().describe('The scopes granted, in any order.'),
  denied: z.string().optional().describe('The reason of the denial.'),
  challenged: z
    .enum(['mfa'], '`mfa`')
    .optional()
    .describe('What a challenge asks the user for, in place of tokens.'),
  lookups: z
    .record(z.string(), z.union([lookupDenied, z.unknown()]))
    .optional()
    .describe(
      'What a service looks up with the token: the value; null: none; or why it is refused: { denied: unavailable }.',
    ),
  absent: z.array(z.string()).optional().describe('Claims that no token carries, and no userinfo answer.'),
  only: z
    .literal(true)
    .optional()
    .describe(
      'Tokens carry no other claim except the policy marker, and no other scope that the spec decides on.',
    ),
};

/** What must come out. Other keys are those of issuers. */
export const expectation = z.object(expected);

const asked = {
  client: z.string().min(1).optional().describe('The client that asks, by its `client_id`.'),
  user: z
    .string()
    .min(1)
    .optional()
    .describe('The name by which the user logs in. Absent: the client asks for itself.'),
};

/** What is asked of a running issuer. Other keys are those of issuers. */
export const liveQuestion = z.object(asked);

/** How `verify` asks running issuers, and differently by the ids of issuers. */
function liveSchema(issuers: readonly string[]) {
  const own = z.strictObject({ ...asked, client: asked.client.unwrap() });
  const at = (id: string) => own.optional().describe(`How ${id} is asked, in place of all else here.`);
  const shape: Readonly<Record<string, z.ZodType>> = {
    ...asked,
    ...Object.fromEntries(issuers.map((id) => [id, at(id)])),
  };
  return z
    .strictObject(shape)
    .superRefine((live, { issues, addIssue }) => {
      const isEmpty = Object.keys(live).length === 0;
      // An unknown key is reported already.
      if (issues.length > 0 || (!isEmpty && (live['user'] === undefined || live['client'] !== undefined)))
        return;
      addIssue({ code: 'custom', message: 'Name the client that asks: live: { client: web, user: ada }.' });
    })
    .meta({ minProperties: 1, dependencies: { user: ['client'] } })
    .optional()
    .describe('`verify` asks running issuers for the tokens of this scenario.');
}

/** The expected result, and different ones by the ids of issuers. */
function expectationSchema(issuers: readonly string[]) {
  const at = (id: string) =>
    z.strictObject(expected).optional().describe(`What must come out at ${id}, in place of all else here.`);
  const shape: Readonly<Record<string, z.ZodType>> = {
    ...expected,
    ...Object.fromEntries(issuers.map((id) => [id, at(id)])),
  };
  return z
    .strictObject(shape)
    .optional()
    .describe('The expected outcome. Claims and scopes that are not named may have any value.');
}

function scenarioShape(issuers: readonly string[]) {
  return z.strictObject({
    name: z.string().min(1),
    context: contextSchema().optional(),
    sources: answers.optional(),
    later: answers
      .optional()
      .describe('What sources answer later, when a service looks values up. Default: as `sources`.'),
    now: z
      .union([z.int().min(0, aTime), z.iso.datetime({ offset: true, error: aTime })], aTime)
      .optional()
      .describe('When the issuance starts: 2026-11-21T08:00:00Z, or Unix seconds.'),
    live: liveSchema(issuers),
    expect: expectationSchema(issuers),
    entities: entities.optional(),
    decisions: decisions.optional(),
  });
}

/**
 * The shape of a scenario file: a list of scenarios, or a mapping that gives them a common base.
 *
 * @param issuers ids of the issuers that an expectation may name
 */
export function scenarioSchema(issuers: readonly string[] = []) {
  const list = z.array(scenarioShape(issuers)).min(1, 'A file of scenarios must have at least one scenario.');
  return z
    .union([
      list,
      z.strictObject({
        $schema: z.string().optional(),
        context: contextSchema().optional(),
        sources: answers.optional(),
        entities: entities.optional(),
        scenarios: list,
      }),
    ])
    .describe('Claimsmith scenarios.');
}
