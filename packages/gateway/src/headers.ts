import type { Token } from '@claimsmith/guard';

/** The header that carries the internal token. */
export const tokenHeader = 'X-Claims-Token';

/** The header by which gateways learn the body of a refusal, which some of them drop. */
export const bodyHeader = 'X-Gateway-Body';

/** What a token says besides its claims, by the name of its header. */
const facts = {
  'X-Claims-Token-Issuer': ({ issuer }) => issuer,
  'X-Claims-Token-Subject': ({ subject }) => subject,
  'X-Claims-Token-Kind': ({ kind }) => kind,
  'X-Claims-Token-Client': ({ client }) => client,
  'X-Claims-Token-Scopes': ({ scopes }) => scopes,
  'X-Claims-Token-Expires-At': ({ expiresAt }) => expiresAt,
  'X-Claims-Token-Authenticated-At': ({ authenticatedAt }) => authenticatedAt,
  'X-Claims-Token-Acr': ({ acr }) => acr,
  'X-Claims-Token-Actor': ({ actor }) => actor,
  'X-Claims-Token-Authorization-Details': ({ authorizationDetails: details }) =>
    details.length === 0 ? undefined : details,
} as const satisfies Readonly<Record<string, (token: Token) => unknown>>;

/**
 * The header of a claim: `tenant_id` is `X-Claims-Tenant-Id`, and a descriptive `plan` is `X-Claims-Descriptive-Plan`, so
 * that nobody grants access on it by mistake.
 */
export function claimHeader(claim: string, kind: 'authoritative' | 'descriptive'): string {
  const words = claim.split(/[^A-Za-z0-9]+/).filter((word) => word !== '');
  const name = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('-');
  return kind === 'authoritative' ? `X-Claims-${name}` : `X-Claims-Descriptive-${name}`;
}

/** The claims of a contract, as far as their headers depend on them. */
export interface ClaimKinds {
  readonly apis: Readonly<Record<string, { readonly claims: Kinds; readonly lookups?: Kinds | undefined }>>;
}

type Kinds = Readonly<Record<string, { readonly kind: 'authoritative' | 'descriptive' }>>;

/**
 * All headers that a service may get, for gateways that must know them by name.
 *
 * @throws {TypeError} if two claims have the same header
 */
export function headerNames({ apis }: ClaimKinds): readonly string[] {
  const claimOf = new Map<string, string>(
    [tokenHeader, ...Object.keys(facts)].map((name) => [key(name), '']),
  );
  const names = [tokenHeader, ...Object.keys(facts)];
  for (const { claims, lookups = {} } of Object.values(apis)) {
    for (const [claim, { kind }] of Object.entries({ ...claims, ...lookups })) {
      const name = claimHeader(claim, kind);
      const other = claimOf.get(key(name));
      if (other === undefined) names.push(name);
      else if (other !== claim)
        throw new TypeError(
          `The claim ${claim} cannot have the header ${name}: ${other === '' ? 'it has another meaning' : `${other} has it`}. Rename the claim.`,
        );
      claimOf.set(key(name), claim);
    }
  }
  return names;
}

function key(name: string): string {
  return name.toLowerCase();
}

/** Headers as names and values in turn. */
export type Headers = readonly string[];

/** The headers for a service about a token. What the token does not say has no header. */
export function tokenHeaders(token: Token): Headers {
  return [
    ...Object.entries(facts).flatMap(([name, read]) => header(name, read(token))),
    ...claimHeaders(token.authority, 'authoritative'),
    ...claimHeaders(token.descriptive, 'descriptive'),
  ];
}

/** The headers for a service about claims of one kind. */
export function claimHeaders(
  claims: Readonly<Record<string, unknown>>,
  kind: 'authoritative' | 'descriptive',
): Headers {
  return Object.entries(claims).flatMap(([claim, value]) => header(claimHeader(claim, kind), value));
}

function header(name: string, value: unknown): Headers {
  return value === undefined ? [] : [name, headerValue(value)];
}

/**
 * A value as JSON of printable ASCII: a text has its quotes, a list its brackets, and other characters are `\u` escapes.
 * So nothing is lost, no value can end a header, and one that is not there differs from an empty text.
 */
export function headerValue(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Headers by which some services read another path or method than the one that was checked. */
export const overridingHeaders: readonly string[] = [
  'X-Original-URL',
  'X-Original-URI',
  'X-Rewrite-URL',
  'X-HTTP-Method',
  'X-HTTP-Method-Override',
  'X-Method-Override',
];

/** Between words, some services take any character for a dash. */
const dash = '[^a-z0-9]+';

/**
 * Headers that no client may send, as regular expressions over names in lower case: those that look like ours to any
 * service, such as `x_claims_roles`, and those that override what was checked.
 */
export const forbiddenPatterns: readonly string[] = [
  `^x${dash}claims([^a-z0-9].*)?$`,
  ...overridingHeaders.map((name) => `^${name.toLowerCase().replaceAll('-', dash)}$`),
];

const forbidden = new RegExp(forbiddenPatterns.join('|'));
const overriding = new Set(overridingHeaders.map((name) => name.toLowerCase()));

/**
 * Whether a gateway has passed on a header that it should have taken out. Gateways may set those that override under their
 * own names, when they ask.
 *
 * @param name in lower case
 */
export function isForbidden(name: string): boolean {
  return forbidden.test(name) && !overriding.has(name);
}
