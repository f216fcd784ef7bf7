import type { Environment, Expression, RecordType, Type } from '@claimsmith/cel';
import type { Path, Span, SpecSource, ValidAcceptance } from './finding.ts';
import type { Literal, Spec } from './spec/schema.ts';
import type { TokenName } from './tokens.ts';

/** A spec whose expressions are typed and ordered: everything an issuer compiles from. */
export interface Policy {
  readonly spec: Spec;
  /** Its offsets in a condition are those of the policy's expression, with the guard before the author's text. */
  readonly source: SpecSource;
  /** Its offsets in a condition are those of the author's text. */
  readonly written: SpecSource;
  readonly name: string;
  /** The first 8 hexadecimal digits of the SHA-256 over the spec's content, independent of the order of its keys. */
  readonly revision: string;
  /** The policy marker: claim name and value; undefined if the spec turns it off. */
  readonly marker: { readonly claim: string; readonly value: string } | undefined;
  /** Those that tokens carry, in dependency order. */
  readonly claims: readonly PolicyClaim[];
  readonly lookups: PolicyLookups;
  /** Deny rules in the order of the spec, and then challenges. */
  readonly deny: readonly PolicyRule[];
  readonly scopes: readonly PolicyScope[];
  readonly details: readonly PolicyDetail[];
  /** Whether its tokens depend on who acts for the subject, for a part of a policy; undefined: its own parts say it. */
  readonly dependsOnActor?: boolean;
  readonly sources: readonly PolicySource[];
  /** For which tokens it is: others are left as they were. Undefined: for all. */
  readonly applies: Applies | undefined;
  /** For which tokens it is at the issuer that it is built for; undefined: for all. Issuers set it when they build. */
  readonly only?: Enriched | undefined;
  /** The type of the identity context with the declared attributes. */
  readonly context: RecordType;
  /** The values of `params` and, in a policy for one issuer, of `issuer`. They are part of the expressions already. */
  readonly constants: Constants;
  /** The spec's acceptances that are valid today. They concern only findings, not the build. */
  readonly acceptances: readonly ValidAcceptance[];
  /** The conditions that limit its parts to their subjects. */
  readonly guards: Guards;
  /** The setting that holds the key for subjects in audit records; undefined: the records name no subjects. */
  readonly auditKey: string | undefined;
  /** The settings (`${NAME}`) that a deployment must supply, sorted. */
  readonly secrets: readonly string[];
}

/** The variables of expressions whose values are known when compiling. */
export type Constants = NonNullable<Environment['constants']>;

/** The clients and audiences that a policy is for at an issuer. Undefined means any; other tokens are left alone. */
export interface Enriched {
  readonly clients?: readonly string[] | undefined;
  readonly audiences?: readonly string[] | undefined;
}

/** What services look up when they decide. No issuer builds it, and no token carries it. */
export interface PolicyLookups {
  /** Claims with `resolve: request`, each after those of them that it reads. They may also read claims of tokens. */
  readonly claims: readonly PolicyClaim[];
  /** What these claims ask, each after those whose answers it is asked with. Tokens may be made with some of them, too. */
  readonly sources: readonly PolicySource[];
}

/** A claim with its defaults. Undefined `audiences` and `clients` mean any; undefined bounds mean unlimited. */
export interface PolicyClaim {
  readonly name: string;
  readonly kind: 'authoritative' | 'descriptive';
  /** Whether its value is found when the token is made, or when a service decides. */
  readonly resolve: 'issuance' | 'request';
  /** Undefined for a constant. */
  readonly value: Expression | undefined;
  readonly constant: Literal | undefined;
  readonly type: Type;
  /** With the condition on the kind of subject, if the claim has `subjects`. */
  readonly when: Expression | undefined;
  /** The subjects that it is for; undefined: for everybody. */
  readonly subjects: Subjects | undefined;
  readonly delegated: Delegated;
  /** What carries it; empty for a claim that is looked up. */
  readonly tokens: readonly TokenName[];
  readonly onMissing: 'deny' | 'omit' | { readonly default: Literal };
  readonly audiences: readonly string[] | undefined;
  readonly clients: readonly string[] | undefined;
  readonly maxAgeSeconds: number | undefined;
  readonly maxItems: number | undefined;
  readonly maxBytes: number | undefined;
  readonly as: Readonly<Record<string, string | undefined>>;
  readonly reads: Reads;
}

/**
 * Whether a claim or a grant is also for delegated tokens, in which an actor acts for the subject. `agents`: only if the
 * subject is an agent, because the spec names agents.
 */
export type Delegated = 'always' | 'agents' | 'never';

/** The subjects of a claim, a deny rule or a grant. For others a claim is left out, a rule is skipped, a grant is false. */
export interface Subjects {
  /** The kinds of subject; `user` stands for everybody who has a user: people, agents of theirs, service accounts. */
  readonly kinds: readonly string[];
  /** The dotted path that only people have, if that is the reason; undefined if the spec says it. */
  readonly because: string | undefined;
}

/** The conditions that limit parts of a policy to their subjects, by the places of the texts that they come before. */
export interface Guards {
  subjects(path: Path): Subjects | undefined;
  /**
   * A condition behind its guard.
   *
   * @param condition as the author wrote it; undefined: nothing is written
   * @returns undefined without a guard
   */
  behind(path: Path, condition: Expression | undefined): Guarded | undefined;
}

/** A condition behind a guard. */
export interface Guarded {
  /** A CEL expression. */
  readonly text: string;
  /** Where it has the author's text. */
  readonly pieces: readonly Piece[];
}

/** `from` is the author's offset of the piece at `start`. */
export interface Piece extends Span {
  readonly from: number;
}

/** The condition of the whole policy. It reads only the identity context. */
export interface Applies {
  readonly when: Expression;
  readonly reads: Reads;
}

/** A deny rule or a challenge: if its condition is true, nothing is issued. */
export interface PolicyRule {
  /** Its place in the spec: `['deny', 0]`, `['challenge', 0]`. */
  readonly path: Path;
  /** What an issuer asks for before it denies; undefined: nothing. */
  readonly challenge: PolicyChallenge | undefined;
  /** A constant that the client sees. */
  readonly reason: string;
  /** A constant that the client sees instead, where the issuer can show it. One for each reason. */
  readonly message: string | undefined;
  /** With the condition on the kind of subject, if the rule has `subjects`. */
  readonly when: Expression;
  /** The subjects that it is for; undefined: for everybody. */
  readonly subjects: Subjects | undefined;
  readonly reads: Reads;
}

/** A further proof of who logs in. Once it is given, the condition of the challenge must be false. */
export interface PolicyChallenge {
  readonly with: 'mfa';
  /** Whether a user who has no factor may set one up during the login. */
  readonly enroll: boolean;
}

/** What an expression reads, directly; `fields` are dotted paths of the identity context. */
export interface Reads {
  readonly fields: readonly string[];
  readonly sources: readonly string[];
  readonly claims: readonly string[];
}

/** A scope with a grant: kept, or added, only if the grant is true. */
export interface PolicyScope {
  /** As written: `account.read.{account}`; `*` for all scopes that the spec does not name, except OpenID's own. */
  readonly name: string;
  /** The place of its grant in the spec. */
  readonly path: Path;
  /** Literal text and placeholders in turn; the first is literal. */
  readonly pattern: readonly string[];
  readonly placeholders: readonly string[];
  /** One expression, even if each kind of subject has its own grant. */
  readonly grant: Expression;
  /** The grant for kinds without a grant of their own; undefined if there is none. */
  readonly others: Expression | undefined;
  readonly delegated: Delegated;
  readonly add: boolean;
  readonly reads: Reads;
}

/**
 * A type of authorization details: a requested one that is not granted denies the issuance.
 * @see https://www.rfc-editor.org/rfc/rfc9396
 */
export interface PolicyDetail {
  readonly type: string;
  readonly fields: RecordType;
  readonly grant: Expression;
  readonly delegated: Delegated;
  readonly reads: Reads;
}

/** A source, which is asked at most once in each issuance. */
export type PolicySource = HttpPolicySource | SqlPolicySource | DynamoDbPolicySource;

interface AnySource {
  readonly name: string;
  /** Where it is false, the source is not asked and its fields have no value; undefined: always true. */
  readonly when: Expression | undefined;
  /** Asked once for each element of a list; undefined: once. */
  readonly each: Each | undefined;
  /**
   * What the answer holds. One field with a list: `rows` with `rows: many`, `items` for an answer that is a list, and
   * `answers` with `each`.
   */
  readonly returns: RecordType;
  /** Whether the answer to one question is a list. */
  readonly isList: boolean;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly cacheMs: number;
  /** How long after its time in the cache an answer may replace a failed one; 0: never. */
  readonly staleMs: number;
  readonly lagMs: number;
  readonly limitBytes: number;
  readonly reads: Reads;
}

/** A list, and the name of an element in the question. */
export interface Each {
  readonly name: string;
  readonly list: Expression;
  /** The longest list; a longer one is a failure. */
  readonly maxItems: number;
}

/** A GET or POST for JSON. */
export interface HttpPolicySource extends AnySource {
  readonly kind: 'http';
  /** Whether the host may be on a private network. A loopback address that the spec itself writes may always be asked. */
  readonly private: boolean;
  /** The address in pieces: literal text, and expressions to be escaped into it. */
  readonly url: readonly (string | Expression)[];
  readonly headers: Readonly<Record<string, string>>;
  readonly method: 'GET' | 'POST';
  /** The body of a POST, sent as JSON; undefined: none. */
  readonly body: BodyPart | undefined;
  /** How its access tokens are got; undefined: it is asked without one. */
  readonly oauth2: OAuthClient | undefined;
  /** The service for which it is signed with the AWS credentials of the machine; undefined: it is not signed. */
  readonly aws: AwsService | undefined;
}

/** A service of AWS; `${NAME}` stands for a setting. */
export interface AwsService {
  readonly region: string;
  readonly service: string;
}

/** A client of an authorization server; `${NAME}` stands for a setting. */
export interface OAuthClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string;
  readonly audience?: string;
  /** Whether its credentials go into the body instead of a header. */
  readonly inBody?: true;
}

/** A part of a request's body. */
export type BodyPart =
  | { readonly kind: 'expression'; readonly expression: Expression }
  | { readonly kind: 'constant'; readonly value: number | boolean }
  | { readonly kind: 'list'; readonly items: readonly BodyPart[] }
  | { readonly kind: 'mapping'; readonly members: Readonly<Record<string, BodyPart>> };

/** A query with bound parameters. */
export interface SqlPolicySource extends AnySource {
  readonly kind: 'sql';
  /** `sqlite:`, `postgres://`, `mysql://`; usually a `${NAME}`. */
  readonly connection: string;
  /** The text of the query, cut at its parameters. */
  readonly query: readonly string[];
  /** The parameter at each placeholder: one fewer than pieces of text. A name may occur several times. */
  readonly bound: readonly string[];
  /** In the order of the spec; each of type string, int, double or bool. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** `one`: without a row the record has no fields; two rows are a failure. `many`: a list. */
  readonly rows: 'one' | 'many';
}

/** One item by its primary key. */
export interface DynamoDbPolicySource extends AnySource {
  readonly kind: 'dynamodb';
  readonly table: string;
  readonly region: string;
  /** The endpoint if it is not AWS's own; usually a `${NAME}`. */
  readonly endpoint: string | undefined;
  /** Names of key attributes, each of type string, int or double. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** Whether reads are strongly consistent; otherwise they may be about a second old. */
  readonly consistent: boolean;
}
