/** Random small specs that Keycloak's mappers can say, and people whose attributes have the declared types. */
import { createPolicy, type Policy } from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { readSpec } from '@claimsmith/core/spec';
import type { Program } from '@claimsmith/runtime';
import fc from 'fast-check';
import { check } from '../src/check/check.ts';
import { compile } from '../src/compile/compile.ts';
import { planOf } from '../src/plan/plan.ts';
import { settings } from '../src/settings.ts';
import { enrichment } from '../src/simulator/emulator/input.ts';
import type { TestClient, TestUser, World } from './world.ts';

const roles = ['admin', 'reader', 'dot.ted', 'größe'];
const declared = {
  plan: 'string',
  limit: 'int',
  ratio: 'double',
  flag: 'bool',
  tags: 'list(string)',
  any: 'dyn',
};

/** A user's attributes as the policy sees them. */
const attributes = fc.record(
  {
    plan: fc.constantFrom('gold', '', 'Ünï ✓', '0'),
    limit: fc.constantFrom(0, -5, 9007199254740991),
    ratio: fc.constantFrom(0.5, 1e3, -0.25),
    flag: fc.boolean(),
    tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c d', ''), { minLength: 1 }),
  },
  { requiredKeys: [] },
);

const person = fc.record({
  emailVerified: fc.boolean(),
  email: fc.option(fc.constant(true), { nil: undefined }),
  firstName: fc.option(fc.constantFrom('Ada', 'Ünï'), { nil: undefined }),
  lastName: fc.option(fc.constantFrom('Lovelace', 'de la Cruz'), { nil: undefined }),
  attributes,
  roles: fc.subarray(roles),
  groups: fc.subarray(['staff', 'größe', 'a b']),
});

export interface SpecUser {
  readonly user: TestUser;
  /** What the policy knows of it; its id is the server's to give. */
  readonly context: Readonly<Record<string, unknown>>;
}

function userOf(
  {
    email,
    firstName,
    lastName,
    attributes: typed,
    roles: held,
    groups,
    emailVerified,
  }: typeof person extends fc.Arbitrary<infer T> ? T : never,
  index: number,
): SpecUser {
  const username = `person-${index}`;
  const address = email ? `${username}@acme.example` : undefined;
  const name = [firstName, lastName].filter((part) => part !== undefined).join(' ');
  const texts = Object.entries(typed).map(
    ([key, value]) => [key, Array.isArray(value) ? value : [String(value)]] as const,
  );
  return {
    user: {
      username,
      emailVerified,
      attributes: Object.fromEntries(texts),
      realmRoles: held,
      groups: groups.map((group) => `/${group}`),
      ...(address === undefined ? {} : { email: address }),
      ...(firstName === undefined ? {} : { firstName }),
      ...(lastName === undefined ? {} : { lastName }),
    },
    context: {
      username,
      email: address,
      email_verified: emailVerified,
      given_name: firstName,
      family_name: lastName,
      name: name === '' ? undefined : name,
      roles: held,
      groups,
      attributes: typed,
    },
  };
}

const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc
      .constantFrom('plan', 'limit', 'ratio', 'flag', 'tags')
      .map((name) => `user.attributes.${name}`),
  },
  fc.constantFrom('user.id', 'user.username', 'user.email', 'user.email_verified', 'user.given_name'),
  fc.constantFrom('user.family_name', 'user.roles', 'user.groups', '"text"', '42', 'true', '1.5'),
  fc.constantFrom('user.roles.map(r, "realm:" + r)', 'tables.region.DE'),
);
const condition = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  fc.constantFrom(...roles).map((role) => `${JSON.stringify(role)} in user.roles`),
  fc.constant('"admin" in user.roles || "reader" in user.roles'),
  fc.constant('"ASKED" in request.scopes'),
  fc.constantFrom('client.id == "CLIENT"', 'client.id == "another"'),
  // With service accounts switched off, all are people.
  fc.constantFrom(
    'subject_type == "human"',
    'subject_type == "human" && "admin" in user.roles',
    '!(subject_type == "machine" || client.id != "CLIENT")',
  ),
);
const constant = fc.constantFrom<unknown>('text', 0, false, [1, 'a', null], { a: { b: [] } }, [], '');
const claim = fc.record({
  isConstant: fc.boolean(),
  constant,
  value,
  when: condition,
  tokens: fc.constantFrom(['access'], ['id'], ['access', 'id'], ['userinfo'], ['access', 'userinfo']),
  name: fc.constantFrom('c#', 'https://acme.example/c#', 'deep.c#', 'back\\c#', 'ü c#'),
});
const ruled = fc.record({
  grant: fc.constantFrom(
    'true',
    '"admin" in user.roles',
    '"admin" in user.?roles.orValue([])',
    '"dot.ted" in user.roles || "größe" in user.roles',
    'subject_type == "human" && "reader" in user.roles',
  ),
  add: fc.boolean(),
});
/** Scopes by how their names begin; each spec has names of its own. */
const scopes = fc.dictionary(fc.constantFrom('read', 'write', 'given'), ruled, { maxKeys: 2 });
const specs = fc.record({ claims: fc.array(claim, { minLength: 1, maxLength: 6 }), scopes });

export interface SpecCase {
  readonly policy: Policy;
  readonly program: Program;
  readonly client: TestClient;
  /** Names of claims that the findings have told of, since mappers leave empty lists out. */
  readonly withoutEmpty: ReadonlySet<string>;
  /** Scopes that a token may have by the policy: what it rules, and what its conditions ask for. */
  readonly scopes: readonly string[];
}

/** Specs whose claims mappers can say, each as a client of one realm. */
export async function randomSpecs(
  seed: number,
  counts: { readonly specs: number; readonly users: number },
): Promise<{
  readonly world: World;
  readonly cases: readonly SpecCase[];
  readonly people: readonly SpecUser[];
}> {
  const people = fc.sample(person, { seed, numRuns: counts.users }).map(userOf);
  const cases: SpecCase[] = [];
  for (const [index, drawn] of fc.sample(specs, { seed: seed + 1, numRuns: counts.specs }).entries()) {
    const found = await caseOf(drawn, index);
    if (found !== undefined) cases.push(found);
  }
  const world: World = {
    realm: 'claimsmith-specs',
    users: people.map(({ user }) => user),
    groups: ['staff', 'größe', 'a b'].map((name) => ({ name })),
    realmRoles: roles,
    clientRoles: {},
    organizations: [],
    clients: cases.map(({ client }) => client),
  };
  return { world, cases, people };
}

type DrawnSpec = typeof specs extends fc.Arbitrary<infer T> ? T : never;
type Drawn = typeof claim extends fc.Arbitrary<infer T> ? T : never;

async function caseOf(drawn: DrawnSpec, index: number): Promise<SpecCase | undefined> {
  const asked = `asked.${index}`;
  const clientId = `client-${index}`;
  const rules = Object.fromEntries(
    Object.entries(drawn.scopes).map(([name, rule]) => [`${name}.${index}`, rule] as const),
  );
  const all = drawn.claims.map((one, at) => [`c${at}`, claimOf(one, at, asked, clientId)] as const);
  const sayable = all.filter(([name, spec]) => policyOf(index, { [name]: spec }, rules) !== undefined);
  const policy = policyOf(index, Object.fromEntries(sayable), rules);
  if (policy === undefined) return undefined;
  const { artifacts } = await compile(policy);
  const scopes = artifacts.find(({ path }) => path === 'client-scopes.json')?.content ?? '';
  const built = enrichment.parse(JSON.parse(scopes));
  const limited = planOf(policy).flatMap((plan) =>
    plan.by === 'mapper' && plan.limits.includes('empty_list') ? [plan.name] : [],
  );
  const names = Object.fromEntries(planOf(policy).map(({ claim: { name: own }, name }) => [own, name]));
  return {
    policy,
    program: programOf(policy, names),
    client: { clientId, enrichment: built },
    withoutEmpty: new Set(limited),
    scopes: [asked, ...Object.keys(rules)],
  };
}

function claimOf(one: Drawn, at: number, asked: string, clientId: string) {
  return {
    ...(one.isConstant ? { const: one.constant } : { value: one.value }),
    ...(one.when === undefined ? {} : { when: one.when.replace('ASKED', asked).replace('CLIENT', clientId) }),
    tokens: one.tokens,
    kind: 'descriptive',
    as: { keycloak: one.name.replace('#', String(at)) },
  };
}

function programOf(policy: Policy, names: Readonly<Record<string, string>>): Program {
  // The text is ours, made a line before.
  return evaluateProgram(generateProgram(policy, { names }));
}

/** The policy of some claims; undefined if mappers cannot say them. */
function policyOf(
  index: number,
  claims: Readonly<Record<string, unknown>>,
  scopes: Readonly<Record<string, unknown>>,
): Policy | undefined {
  const text = JSON.stringify({
    version: 1,
    name: `spec-${index}`,
    user: { attributes: declared },
    tables: { region: { DE: 'eu', FR: 'eu' } },
    claims,
    scopes,
    issuers: { keycloak: { realm: 'claimsmith-specs', serviceAccounts: false } },
  });
  const { spec, source } = readSpec({ file: 'spec.json', text }, { keycloak: settings });
  const policy = spec && createPolicy(spec, source).policy;
  if (policy === undefined) return undefined;
  return check(policy).some(({ severity }) => severity === 'error') ? undefined : policy;
}
