import { type Contract, type ContractClaim, cedarToken } from '@claimsmith/core';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cedarReading } from './engine.ts';
import { loadCedar } from './load.ts';
import { classicJson } from './schema.ts';

const cedar = await loadCedar();

/** A type of claims, with its values. */
interface Typed {
  readonly type: string;
  readonly values: fc.Arbitrary<unknown>;
}

const scalars: readonly Typed[] = [
  { type: 'string', values: fc.string({ unit: 'grapheme' }) },
  { type: 'bool', values: fc.boolean() },
  { type: 'int', values: fc.maxSafeInteger() },
];
const carried: fc.Arbitrary<Typed> = fc
  .tuple(fc.constantFrom(...scalars), fc.nat(2))
  .map(([scalar, depth]) =>
    Array.from({ length: depth }).reduce<Typed>(
      ({ type, values }) => ({ type: `list(${type})`, values: fc.array(values, { maxLength: 3 }) }),
      scalar,
    ),
  );
const uncarried = fc
  .tuple(fc.constantFrom('double', 'dyn', 'map(string)', 'map(list(int))'), fc.nat(2))
  .map(([type, depth]) => `${'list('.repeat(depth)}${type}${')'.repeat(depth)}`);

/** Names that need quotes, escapes or neither. */
const names = fc
  .oneof(
    fc.constantFrom(
      'roles',
      'in',
      'has',
      'a b',
      'https://acme.example/roles',
      'cognito:x',
      '"',
      '\\',
      '\\u0041',
      '__cedar',
      'type',
      'name',
    ),
    fc
      .string({ unit: 'binary', minLength: 1, maxLength: 6 })
      .filter((name) => !/\p{Surrogate}/u.test(name) && !(name in {})),
  )
  .filter((name) => !['__entity', '__extn', '__expr', 'scope', 'client_id'].includes(name));

const always = { human: 'always', machine: 'always', agent: 'always', delegated: 'always' } as const;

function contractOf(
  claims: readonly { readonly name: string; readonly type: string; readonly isSure: boolean }[],
): Contract {
  const claim = ({ name, type, isSure }: (typeof claims)[number]): ContractClaim => ({
    type,
    kind: 'authoritative',
    for: isSure ? always : { ...always, machine: 'sometimes' },
    names: { auth0: name },
  });
  return {
    version: 1,
    policy: { name: 'random', revision: 'random@0' },
    apis: {
      api: {
        issuers: ['auth0'],
        claims: Object.fromEntries(claims.map((one, index) => [`claim_${index}`, claim(one)])),
        scopes: [],
        authorizationDetails: {},
      },
    },
    issuers: {
      auth0: {
        title: 'Auth0',
        keysPath: '',
        typ: [],
        proof: {},
        hasAudience: true,
        ownAudiences: [],
        scopes: 'scope',
        client: ['client_id'],
        machine: [],
        recognizesAgents: false,
      },
    },
  };
}

const start = { line: 1, column: 1, offset: 0 };
const decision = {
  action: 'Use',
  resource: 'Thing::"a"',
  allow: true,
  range: { file: 'a', start, end: start },
};
const service = {
  schema: {
    file: 'service.cedarschema',
    text: 'namespace Shop { entity User; entity Thing; action Use appliesTo { principal: User, resource: Thing, context: { token: Token } }; }',
  },
  policies: [{ file: 'service.cedar', text: 'permit (principal, action, resource);' }],
};

test('Cedar takes every token of a contract, whatever names and types its claims have', () => {
  const one = fc.record({ name: names, typed: carried, isSure: fc.boolean(), isThere: fc.boolean() });
  fc.assert(
    fc.property(
      fc
        .uniqueArray(one, { selector: ({ name }) => name, maxLength: 5 })
        .chain((claims) =>
          fc.tuple(fc.constant(claims), fc.tuple(...claims.map(({ typed }) => typed.values))),
        ),
      (given) => {
        const [claims, values] = given;
        const contract = contractOf(claims.map(({ typed, ...rest }) => ({ ...rest, type: typed.type })));
        const { engine, schema, findings } = cedarReading(cedar, service, contract, {});
        expect(findings).toEqual([]);
        const signed = claims.flatMap(({ name, isSure, isThere }, index) =>
          isSure || isThere ? [[name, values[index]] as const] : [],
        );
        const token = {
          claims: Object.fromEntries(signed),
          scopes: ['a'],
          subject: 'u1',
          client: 'web',
          poolGroups: [],
        };
        expect(engine?.decide('auth0', token, decision, {})).toMatchObject({
          allow: true,
          problem: undefined,
        });
        // The form for Verified Permissions is the same schema.
        const json = schema && cedar.schemaToText(JSON.parse(classicJson(schema)));
        expect(json?.type).toBe('success');
      },
    ),
    { numRuns: 60 },
  );
});

test('a type that Cedar cannot carry is never in its schema', () => {
  fc.assert(
    fc.property(uncarried, (type) => {
      const { attributes, uncarried: found } = cedarToken(contractOf([{ name: 'a', type, isSure: true }]));
      expect(attributes.has('a')).toBe(false);
      expect(found).toEqual([{ claim: 'claim_0', why: `its type is ${type}` }]);
    }),
  );
});

test('two claims of different types under one name are refused', () => {
  const contract = contractOf([
    { name: 'a', type: 'int', isSure: true },
    { name: 'a', type: 'string', isSure: true },
  ]);
  const { engine, findings } = cedarReading(cedar, service, contract, {});
  expect(engine).toBeUndefined();
  expect(findings.map(({ message }) => message)).toEqual([
    'Cedar cannot carry `claim_1`, because another claim of type Long has the name `a` in tokens.',
  ]);
});
