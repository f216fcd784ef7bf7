import type { Expression, RecordType, Type } from '@claimsmith/cel';
import type { Path, SpecSource, ValidAcceptance } from './finding.ts';
import type { Literal, Spec } from './spec/schema.ts';

/** A spec whose expressions are typed and ordered: everything an issuer compiles from. */
export interface Policy {
  readonly spec: Spec;
  readonly source: SpecSource;
  readonly name: string;
  /** First 8 hexadecimal digits of the SHA-256 over the spec's content, whatever the order of its keys. */
  readonly revision: string;
  /** The policy marker: claim name and value, or undefined where the spec turns it off. */
  readonly marker: { readonly claim: string; readonly value: string } | undefined;
  /** In dependency order. */
  readonly claims: readonly PolicyClaim[];
  readonly deny: readonly PolicyRule[];
  readonly scopes: readonly PolicyScope[];
  readonly details: readonly PolicyDetail[];
  readonly sources: readonly PolicySource[];
  /** The type of the identity context with the declared attributes. */
  readonly context: RecordType;
  /** Those of the spec that hold today: they concern findings, and nothing that is built. */
  readonly acceptances: readonly ValidAcceptance[];
  /** `${NAME}`s that must be given when deploying, sorted. */
  readonly secrets: readonly string[];
}

/** A claim, its defaults filled in. Undefined `audiences` and `clients` mean any, undefined bounds none. */
export interface PolicyClaim {
  readonly name: string;
  readonly kind: 'authoritative' | 'descriptive';
  /** Undefined for a constant. */
  readonly value: Expression | undefined;
  readonly constant: Literal | undefined;
  readonly type: Type;
  readonly when: Expression | undefined;
  readonly tokens: readonly ('access' | 'id')[];
  readonly onMissing: 'deny' | 'omit' | { readonly default: Literal };
  readonly audiences: readonly string[] | undefined;
  readonly clients: readonly string[] | undefined;
  readonly maxAgeSeconds: number | undefined;
  readonly maxItems: number | undefined;
  readonly maxBytes: number | undefined;
  readonly as: Readonly<Record<string, string | undefined>>;
  readonly reads: Reads;
}

/** A deny rule: where its condition is true, nothing is issued. */
export interface PolicyRule {
  /** A constant that reaches the client. */
  readonly reason: string;
  readonly when: Expression;
  readonly reads: Reads;
}

/** What an expression reads, directly; `fields` are dotted paths of the identity context. */
export interface Reads {
  readonly fields: readonly string[];
  readonly sources: readonly string[];
  readonly claims: readonly string[];
}

/** A scope with a grant: kept, or added, only where that is true. */
export interface PolicyScope {
  /** As written: `account.read.{account}`. */
  readonly name: string;
  /** Where its grant stands in the spec. */
  readonly path: Path;
  /** Literal text and placeholders in turn; the first is literal. */
  readonly pattern: readonly string[];
  readonly placeholders: readonly string[];
  /** One expression, also where each kind of subject has a grant of its own. */
  readonly grant: Expression;
  readonly add: boolean;
  readonly reads: Reads;
}

/**
 * A type of authorization details: one that is asked for and not granted denies the issuance.
 * @see https://www.rfc-editor.org/rfc/rfc9396
 */
export interface PolicyDetail {
  readonly type: string;
  readonly fields: RecordType;
  readonly grant: Expression;
  readonly reads: Reads;
}

/** An attribute store that is asked at issue time, at most once each issuance. */
export type PolicySource = HttpPolicySource | SqlPolicySource | DynamoDbPolicySource;

interface AnySource {
  readonly name: string;
  /** What the answer holds; with `rows: many` one field `rows`, a list of records. */
  readonly returns: RecordType;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly cacheMs: number;
  /** How long past its time in the cache an answer may stand in for a source that fails; 0: not at all. */
  readonly staleMs: number;
  readonly lagMs: number;
  readonly limitBytes: number;
  readonly reads: Reads;
}

/** A GET for JSON. */
export interface HttpPolicySource extends AnySource {
  readonly kind: 'http';
  /** Whether the host may be on a private network. A loopback address that the spec itself writes may always be asked. */
  readonly private: boolean;
  /** The address in pieces: literal text, and expressions to be escaped into it. */
  readonly url: readonly (string | Expression)[];
  readonly headers: Readonly<Record<string, string>>;
}

/** A query with bound parameters. */
export interface SqlPolicySource extends AnySource {
  readonly kind: 'sql';
  /** `sqlite:`, `postgres://`, `mysql://`; usually a `${NAME}`. */
  readonly connection: string;
  /** The text of the query, cut where a parameter stands. */
  readonly query: readonly string[];
  /** The parameter at each cut: one name less than pieces of text. A name may stand at several. */
  readonly bound: readonly string[];
  /** In the order of the spec; each of type string, int, double or bool. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** `one`: no row is a record without fields, two are a failure. `many`: a list. */
  readonly rows: 'one' | 'many';
}

/** One item by its primary key. */
export interface DynamoDbPolicySource extends AnySource {
  readonly kind: 'dynamodb';
  readonly table: string;
  readonly region: string;
  /** Where it is not AWS's own; usually a `${NAME}`. */
  readonly endpoint: string | undefined;
  /** Names of key attributes, each of type string, int or double. */
  readonly parameters: Readonly<Record<string, Expression>>;
  /** Strongly consistent reads; else a read may run behind by about a second. */
  readonly consistent: boolean;
}
