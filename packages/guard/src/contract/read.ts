import { GuardError } from '../error.ts';
import { type Contract, contractVersion } from './contract.ts';
import { isObject, parseFields, parseType } from './value-type.ts';

type Check = (value: unknown, at: string) => void;

/**
 * Reads a contract, the parsed content of `contract.json`, whose claims have unknown types.
 *
 * @throws {GuardError} `contract` if it is not a contract, or one of another version
 */
export function readContract(value: unknown): Contract;
/**
 * Reads a contract, the parsed content of `contract.json`.
 *
 * @typeParam A the types of its APIs, which `claimsmith types` writes
 * @param fingerprint that of the file with these types
 * @throws {GuardError} `contract` if it is not a contract, or one of another version, or one with other types
 */
export function readContract<A>(value: unknown, fingerprint: string): Contract<A>;
export function readContract<A>(value: unknown, fingerprint?: string): Contract<A> {
  const version = isObject(value) ? value['version'] : undefined;
  if (version !== contractVersion) {
    const found = typeof version === 'number' ? `version ${version}` : 'no version';
    throw fault(
      `it has ${found}, and this package reads version ${contractVersion}. Build it again with the same release of Claimsmith`,
    );
  }
  contract(value, 'contract');
  const read = value as Contract<A>;
  assertNames(read);
  if (fingerprint !== undefined && read.fingerprint !== fingerprint)
    throw fault(
      `it is ${read.policy.revision} with the fingerprint ${read.fingerprint ?? '(none)'}, and its types have ${fingerprint}. Take contract.json and contract.ts from one build`,
    );
  return read;
}

/** Each claim needs a name at each issuer of its API, and each issuer a description. */
function assertNames({ apis, issuers }: Contract): void {
  for (const [audience, { issuers: ids, claims }] of Object.entries(apis)) {
    for (const id of ids) {
      if (!Object.hasOwn(issuers, id)) throw fault(`issuers.${id} is missing, which apis.${audience} names`);
      for (const [name, { names }] of Object.entries(claims)) {
        if (!Object.hasOwn(names, id)) throw fault(`apis.${audience}.claims.${name}.names.${id} is missing`);
      }
    }
  }
}

const text: Check = (value, at) => expect(typeof value === 'string', at, 'text');
const flag: Check = (value, at) => expect(typeof value === 'boolean', at, 'true or false');
const bound: Check = (value, at) =>
  expect(typeof value === 'number' && Number.isFinite(value) && value >= 0, at, 'a number, 0 or more');
const typ: Check = (value, at) => expect(value === null || typeof value === 'string', at, 'text or null');
const pair: Check = (value, at) => {
  listOf(text)(value, at);
  expect(Array.isArray(value) && value.length === 2, at, 'a pair');
};
const carried = oneOf('always', 'sometimes', 'never');

const looked = {
  type: parsed(parseType),
  kind: oneOf('authoritative', 'descriptive'),
  'maxItems?': bound,
  'maxBytes?': bound,
  for: object({ human: carried, machine: carried, agent: carried, delegated: carried }),
  'clients?': listOf(text),
  'maxAgeSeconds?': bound,
  'ageAtIssueSeconds?': bound,
};
const claim = object({ ...looked, names: mapOf(text) });

const contract = object({
  version: () => {},
  policy: object({ name: text, revision: text }),
  'fingerprint?': text,
  'marker?': object({ claim: text, unenriched: text }),
  apis: mapOf(
    object({
      issuers: listOf(text),
      claims: mapOf(claim),
      'lookups?': mapOf(object(looked)),
      'fresh?': listOf(text),
      scopes: listOf(text),
      authorizationDetails: mapOf(parsed(parseFields)),
    }),
  ),
  issuers: mapOf(
    object({
      title: text,
      keysPath: text,
      typ: listOf(typ),
      'typWithoutId?': listOf(typ),
      proof: mapOf(text),
      hasAudience: flag,
      ownAudiences: listOf(text),
      scopes: text,
      client: listOf(text),
      'session?': text,
      machine: listOf(
        object({
          claim: text,
          'present?': flag,
          'startsWith?': text,
          'endsWith?': text,
          'equals?': text,
        }),
      ),
      recognizesAgents: flag,
      'twins?': listOf(pair),
    }),
  ),
});

/** An object with these members; a name that ends in `?` may be missing. Others are left to later versions. */
function object(members: Readonly<Record<string, Check>>): Check {
  return (value, at) => {
    expect(isObject(value), at, 'a mapping');
    for (const [key, check] of Object.entries(members)) {
      const name = key.replace(/\?$/, '');
      const isThere = isObject(value) && Object.hasOwn(value, name);
      if (!isThere && key === name) throw fault(`${at}.${name} is missing`);
      if (isThere) check(value[name], `${at}.${name}`);
    }
  };
}

function mapOf(check: Check): Check {
  return (value, at) => {
    expect(isObject(value), at, 'a mapping');
    for (const [key, one] of Object.entries(isObject(value) ? value : {})) check(one, `${at}.${key}`);
  };
}

function listOf(check: Check): Check {
  return (value, at) => {
    expect(Array.isArray(value), at, 'a list');
    for (const [index, one] of (Array.isArray(value) ? value : []).entries()) check(one, `${at}.${index}`);
  };
}

function oneOf(...texts: readonly string[]): Check {
  return (value, at) =>
    expect(
      texts.some((one) => one === value),
      at,
      `one of ${texts.join(', ')}`,
    );
}

function parsed(parse: (value: unknown) => unknown): Check {
  return (value, at) => expect(parse(value) !== undefined, at, 'a type');
}

function expect(isFine: boolean, at: string, wanted: string): void {
  if (!isFine) throw fault(`${at} must be ${wanted}`);
}

function fault(why: string): GuardError {
  return new GuardError('contract', `The contract cannot be read: ${why}.`);
}
