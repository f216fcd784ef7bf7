import type { Contract, ContractIssuer } from './contract/contract.ts';
import { assertNumbers, GuardError } from './error.ts';
import { assertAddress, type KeySettings, KeyStore } from './keys/key-store.ts';

/** An issuer that a service accepts tokens of. */
export interface IssuerSettings extends KeySettings {
  /** Its address, exactly as tokens name it in `iss`: `https://acme.eu.auth0.com/`. */
  readonly issuer: string;
  /** Other addresses of the same issuer, with the same keys. */
  readonly aliases?: readonly string[];
  /** The algorithms that it signs with. Default `RS256`. */
  readonly algorithms?: readonly string[];
  /** The clients whose tokens are accepted. Required where tokens have no audience, as at Cognito. Default: all. */
  readonly clients?: readonly string[];
  /**
   * Accepts tokens without `jti`, which cannot be revoked one by one: Auth0's default profile of access tokens. Default
   * false.
   */
  readonly withoutId?: boolean;
  /** Other audiences that a token may have beside yours. Default: those that the issuer adds itself. */
  readonly otherAudiences?: readonly string[];
  /**
   * Whether agents call the service. Then a token that lacks a claim which all people have counts as an agent's, and
   * has no claim that is only for people. Default false: such a token is refused.
   */
  readonly agents?: boolean;
  /**
   * How long a token may be signed after the policy has run, in seconds; it counts to the age of claims. Auth0 and Cognito
   * run the policy before they give the client an authorization code, so this is how long a client may wait with it. Cognito's
   * codes live for 300 seconds; Auth0 does not say, and RFC 6749 advises at most 600. Default 0, for clients that exchange
   * their codes at once. Claims need room for it in `maxAge`, which `check` does not count.
   *
   * @see https://auth0.com/docs/customize/actions/explore-triggers/signup-and-login-triggers/login-trigger/redirect-with-actions
   * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
   */
  readonly codeLifetimeSeconds?: number;
}

/** An issuer, ready to check tokens. */
export interface KnownIssuer {
  readonly id: string;
  readonly addresses: readonly string[];
  readonly looks: ContractIssuer;
  readonly algorithms: readonly string[];
  readonly clients: ReadonlySet<string> | undefined;
  readonly withoutId: boolean;
  readonly audiences: ReadonlySet<string>;
  readonly agents: boolean;
  readonly codeLifetimeSeconds: number;
  readonly keys: KeyStore;
}

/** Algorithms with a public key. With a shared secret, whoever verifies could also sign. */
const publicKeyAlgorithms =
  /^(?:RS256|RS384|RS512|PS256|PS384|PS512|ES256|ES384|ES512|EdDSA|Ed25519|ML-DSA-(?:44|65|87))$/;

/**
 * The issuers of a service by their addresses.
 *
 * @throws {GuardError} `settings`
 */
export function knownIssuers(
  contract: Contract,
  audience: string,
  settings: Readonly<Record<string, IssuerSettings | undefined>>,
  now: () => number,
): ReadonlyMap<string, KnownIssuer> {
  const known = new Map<string, KnownIssuer>();
  for (const [id, one] of Object.entries(settings)) {
    if (one === undefined) continue;
    const looks = Object.hasOwn(contract.issuers, id) ? contract.issuers[id] : undefined;
    if (looks === undefined) throw refuse(`the contract has no issuer ${id}`);
    const addresses = addressesOf(one, looks);
    const issuer = knownIssuer(id, one, looks, addresses, { audience, contract, now });
    for (const address of addresses) {
      if (known.has(address)) throw refuse(`two issuers have the address ${address}`);
      known.set(address, issuer);
    }
  }
  if (known.size === 0) throw refuse('no issuer is listed');
  return known;
}

function knownIssuer(
  id: string,
  one: IssuerSettings,
  looks: ContractIssuer,
  addresses: readonly string[],
  { audience, contract, now }: { audience: string; contract: Contract; now: () => number },
): KnownIssuer {
  const { algorithms = ['RS256'], clients, withoutId = false, codeLifetimeSeconds } = one;
  assertNumbers({ codeLifetimeSeconds });
  const wrong = algorithms.find((name) => !publicKeyAlgorithms.test(name));
  if (wrong !== undefined || algorithms.length === 0)
    throw refuse(`issuers.${id}.algorithms must list algorithms with a public key, such as RS256`);
  if (!looks.hasAudience && (clients === undefined || clients.length === 0))
    throw refuse(
      `issuers.${id}.clients is missing: tokens of ${looks.title} do not name the API, so list the clients whose tokens you accept`,
    );
  if (withoutId && looks.typWithoutId === undefined)
    throw refuse(`issuers.${id}.withoutId has no use: tokens of ${looks.title} have an id`);
  if (contract.marker === undefined && !isProven(looks, withoutId))
    throw refuse(
      `without a policy marker, nothing tells access tokens of ${looks.title} from its ID tokens. Give the spec a marker`,
    );
  if (one.agents === true && !looks.recognizesAgents)
    throw refuse(`issuers.${id}.agents has no use: ${looks.title} does not recognize agents`);
  const own = looks.ownAudiences.flatMap((name) =>
    addresses.map((address) => name.replaceAll('{issuer}', address)),
  );
  return {
    id,
    addresses,
    looks,
    algorithms,
    clients: clients && new Set(clients),
    withoutId,
    audiences: new Set([audience, ...(one.otherAudiences ?? own)]),
    agents: one.agents ?? false,
    codeLifetimeSeconds: codeLifetimeSeconds ?? 0,
    keys: new KeyStore(new URL(looks.keysPath, withSlash(one.issuer)).href, one, now),
  };
}

/** Whether an ID token of the issuer is refused also without a marker. */
function isProven({ typ, typWithoutId, proof }: ContractIssuer, withoutId: boolean): boolean {
  const types = withoutId ? [...typ, ...(typWithoutId ?? [])] : typ;
  return Object.keys(proof).length > 0 || types.every((one) => one === 'at+jwt');
}

function addressesOf({ issuer, aliases = [] }: IssuerSettings, { twins = [] }: ContractIssuer): string[] {
  const given = [issuer, ...aliases];
  for (const address of given) assertAddress(address, 'the issuer');
  const others = given.flatMap((address) =>
    twins.flatMap((pair) =>
      pair.flatMap((from, index) => {
        const to = pair[1 - index];
        return to !== undefined && address.startsWith(from) ? [to + address.slice(from.length)] : [];
      }),
    ),
  );
  return [...new Set([...given, ...others])];
}

function withSlash(address: string): string {
  return address.endsWith('/') ? address : `${address}/`;
}

export function refuse(why: string): GuardError {
  return new GuardError('settings', `The guard cannot be set up: ${why}.`);
}
