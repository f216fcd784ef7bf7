import { Ajv } from 'ajv';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { scenarioSchema } from '../scenario/schema.ts';
import { scenarioJsonSchema, specJsonSchema } from '../spec/index.ts';
import { specSchema } from '../spec/schema.ts';

const issuers = {
  auth0: z.strictObject({
    triggers: z
      .array(z.enum(['post-login', 'credentials-exchange']))
      .min(1)
      .optional(),
  }),
};
// Formats are patterns in our schemas already.
const ajv = new Ajv({ strict: true, allowUnionTypes: true, validateFormats: false, allErrors: false });
const valid = ajv.compile(specJsonSchema(issuers));
const schema = specSchema(issuers);

const good = {
  $schema: './enrichment.schema.json',
  version: 1,
  name: 'demo',
  marker: false,
  lifetime: { access: '10m' },
  user: { attributes: { country: 'string', accounts: 'list(map(int))', address: { city: 'string' } } },
  tables: { region: { DE: 'eu', list: [1, true, { a: [] }] } },
  sources: {
    s: {
      http: { url: 'https://x', headers: { a: 'b' } },
      returns: { plan: 'string' },
      retries: 1,
      limit: '4kB',
      cache: '60s',
    },
  },
  claims: {
    a: {
      value: 'user.id',
      kind: 'authoritative',
      tokens: ['access'],
      maxItems: 3,
      maxBytes: 12,
      reviewBy: '2027-02-28',
    },
    b: {
      const: { x: 1 },
      kind: 'descriptive',
      onMissing: { default: ['x'] },
      as: { auth0: 'https://x/b' },
      audiences: ['y'],
    },
    c: {
      value: 'x',
      kind: 'descriptive',
      onMissing: 'omit',
      when: 'true',
      owner: 'o',
      consumers: ['c'],
      purpose: 'p',
    },
  },
  scopes: { 'a.{b}': { grant: 'true', add: true } },
  authorizationDetails: { pay: { fields: { amount: 'double' }, grant: 'true' } },
  deny: [{ when: 'true', reason: 'closed' }],
  issuers: { auth0: { triggers: ['post-login'] } },
};

test('a good spec is valid in both', () => {
  expect(valid(good)).toBe(true);
  expect(schema.safeParse(good).success).toBe(true);
});

test('its keys have descriptions, and it refuses unknown keys', () => {
  expect(specJsonSchema(issuers)).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    properties: {
      name: { description: expect.stringContaining('lower-case') },
      issuers: { properties: { auth0: {} } },
    },
    required: ['version', 'name', 'claims'],
    additionalProperties: false,
  });
});

/** All places in some data, as paths. */
function paths(value: unknown, base: readonly string[] = []): string[][] {
  if (typeof value !== 'object' || value === null) return [[...base]];
  return [[...base], ...Object.entries(value).flatMap(([key, child]) => paths(child, [...base, key]))];
}

function changed(
  value: unknown,
  [step, ...rest]: readonly string[],
  change: (value: unknown) => unknown,
): unknown {
  if (step === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((item, index) => (String(index) === step ? changed(item, rest, change) : item));
  const entries = Object.entries(value ?? {}).map(
    ([key, child]) => [key, key === step ? changed(child, rest, change) : child] as const,
  );
  return Object.fromEntries(entries.filter(([, child]) => child !== undefined));
}

const others = fc.oneof(
  fc.constantFrom<unknown>(
    undefined,
    null,
    true,
    false,
    0,
    1,
    -1,
    1.5,
    7,
    '',
    'x',
    '10m',
    '4kB',
    '0s',
    'string',
    'list(x)',
    'deny',
    'access',
    '2027-02-30',
    '2028-02-29',
    'omit',
    [],
    {},
    ['access'],
    { default: 1 },
    { a: 'string' },
  ),
  fc.jsonValue({ maxDepth: 2 }),
);

describe('what zod says of a changed spec, the JSON Schema says too', () => {
  const targets = paths(good);
  test('a value replaced or removed', () => {
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...targets), others, (path, other) => {
        const mutant = changed(good, path, () => other);
        const { success } = schema.safeParse(mutant);
        if (!success) refused += 1;
        expect(valid(mutant)).toBe(success);
      }),
      { numRuns: 3_000 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  test('a key added', () => {
    const mappings = targets.filter((path) => changedAt(good, path) !== undefined);
    fc.assert(
      fc.property(
        fc.constantFrom(...mappings),
        fc.constantFrom('x', 'value', 'kind', 'default', 'owner', 'a b'),
        others,
        (path, key, other) => {
          const mutant = changed(good, path, (value) => ({ ...(value as object), [key]: other ?? null }));
          expect(valid(mutant)).toBe(schema.safeParse(mutant).success);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  function changedAt(value: unknown, path: readonly string[]): unknown {
    let found: unknown;
    changed(value, path, (each) => {
      found = typeof each === 'object' && each !== null && !Array.isArray(each) ? each : undefined;
      return each;
    });
    return found;
  }
});

describe('scenarios', () => {
  const validScenarios = ajv.compile(scenarioJsonSchema());
  const file = {
    context: { user: { id: 'x', attributes: { a: 1 } }, subject_type: 'human' },
    sources: { s: { fails: 'timeout' }, t: { plan: 'gold' }, u: [1], v: null },
    scenarios: [
      {
        name: 'a',
        now: 1,
        context: { request: { scopes: [] } },
        expect: { access: { a: [1] }, scopes: ['x'], absent: ['b'] },
      },
    ],
  };

  test('what zod says of a changed file, the JSON Schema says too', () => {
    expect(validScenarios(file)).toBe(true);
    expect(validScenarios(file.scenarios)).toBe(true);
    fc.assert(
      fc.property(fc.constantFrom(...paths(file)), others, (path, other) => {
        const mutant = changed(file, path, () => other);
        expect(validScenarios(mutant)).toBe(scenarioSchema().safeParse(mutant).success);
      }),
      { numRuns: 2_000 },
    );
  });
});
