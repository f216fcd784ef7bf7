/** The version of the format that this package reads. */
export const contractVersion = 1;

/** The kind of a token's subject. A token with an actor is `delegated`, whatever its subject is. */
export type Kind = 'human' | 'machine' | 'agent' | 'delegated';

/** Whether tokens of a kind carry a claim. */
export type Carried = 'always' | 'sometimes' | 'never';

/** A claim as services read it. */
export interface ContractClaim {
  /** `string`, `bool`, `int`, `double`, `dyn`, `list(T)` or `map(T)`. */
  readonly type: string;
  readonly kind: 'authoritative' | 'descriptive';
  /** The longest list. Default: no bound. */
  readonly maxItems?: number;
  /** The largest value, in bytes of UTF-8 JSON. Default: no bound. */
  readonly maxBytes?: number;
  /** How old the value may be when a service relies on it. Default: any age. */
  readonly maxAgeSeconds?: number;
  /**
   * How old the value may be when the token is signed: what sources and their caches add, and a leeway for clocks. Of a claim
   * that is looked up: how old it may be then, without a leeway. Default 0.
   */
  readonly ageAtIssueSeconds?: number;
  readonly for: Readonly<Record<Kind, Carried>>;
  /** The clients whose tokens carry it. Default: all. */
  readonly clients?: readonly string[];
  /** Its name in the tokens of each issuer. */
  readonly names: Readonly<Record<string, string>>;
}

/** A claim that no token carries, because services look it up. */
export type ContractLookup = Omit<ContractClaim, 'names'>;

/** The type of a field of an authorization detail: as in a claim, or an object of fields. */
export type FieldType = string | { readonly [field: string]: FieldType };

/** What a policy promises about the tokens for one audience. */
export interface ContractApi {
  /** The issuers that sign tokens for it. */
  readonly issuers: readonly string[];
  readonly claims: Readonly<Record<string, ContractClaim>>;
  /** Claims that are looked up. Default: none. */
  readonly lookups?: Readonly<Record<string, ContractLookup>>;
  /** Claims of tokens that can be looked up again. Default: none. */
  readonly fresh?: readonly string[];
  /** Names and patterns, such as `account.read.{account}`. */
  readonly scopes: readonly string[];
  /** By type (RFC 9396), the fields. */
  readonly authorizationDetails: Readonly<Record<string, { readonly [field: string]: FieldType }>>;
}

/**
 * A sign that a token is about a machine: a claim that is there or not, or that begins or ends like this, or that equals
 * this, where `{client}` stands for the client. Users must not be able to choose it.
 */
export interface Sign {
  readonly claim: string;
  readonly present?: boolean;
  readonly startsWith?: string;
  readonly endsWith?: string;
  readonly equals?: string;
}

/** What the access tokens of an issuer look like. */
export interface ContractIssuer {
  readonly title: string;
  /** Where its keys are, below the issuer's address. */
  readonly keysPath: string;
  /** The values of `typ` in the header of an access token, in lower case; null: none. */
  readonly typ: readonly (string | null)[];
  /** The values of `typ` in tokens without `jti`, for services that take them. Default: there are no such tokens. */
  readonly typWithoutId?: readonly (string | null)[];
  /** Claims that only access tokens have, with their values. */
  readonly proof: Readonly<Record<string, string>>;
  /** Whether `aud` names the API. If not, services name the clients. */
  readonly hasAudience: boolean;
  /** Other audiences that the issuer adds itself; `{issuer}` is its address. */
  readonly ownAudiences: readonly string[];
  /** The claim that lists scopes, as text or as a list. */
  readonly scopes: string;
  /** The claims that may name the client; the first counts. */
  readonly client: readonly string[];
  /** The claim that names the session. Default: there is none. */
  readonly session?: string;
  /** Any of these signs shows that the subject is a machine. */
  readonly machine: readonly Sign[];
  /** Whether it recognizes agents, whose tokens look like those of people. */
  readonly recognizesAgents: boolean;
  /** Hosts with two names: `[[a, b]]` if an address that begins with `a` may also begin with `b`. */
  readonly twins?: readonly (readonly [string, string])[];
}

/** The policy marker. */
export interface ContractMarker {
  readonly claim: string;
  /** The value in tokens that the policy has not seen. */
  readonly unenriched: string;
}

/**
 * What services may rely on in tokens: `contract.json`, which `claimsmith build` writes.
 *
 * @typeParam A the types of its APIs, which `claimsmith types` writes
 */
export interface Contract<A = unknown> {
  readonly version: typeof contractVersion;
  readonly policy: { readonly name: string; readonly revision: string };
  /** Absent if the policy has no marker. */
  readonly marker?: ContractMarker;
  /** Tells contracts apart whose types differ; `contract.ts` has the same one. Absent in those of older releases. */
  readonly fingerprint?: string;
  /** By audience; `*` stands for all that are not named. */
  readonly apis: Readonly<Record<string, ContractApi>>;
  readonly issuers: Readonly<Record<string, ContractIssuer>>;
  /** Never there: it only carries the type. */
  readonly types?: A;
}
