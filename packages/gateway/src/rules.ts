import { readFileSync } from 'node:fs';
import type { IssuerSettings, Needs } from '@claimsmith/guard';
import { ServerError, systemCode } from '@claimsmith/server';
import { isNode, LineCounter, parseDocument } from 'yaml';
import * as z from 'zod/mini';
import { folded, plainPath } from './path.ts';
import type { Route } from './routes.ts';

/** One route: what its requests need, and for which API. */
export interface Rule extends Route {
  /** Undefined: the route is open. */
  readonly audience: string | undefined;
  readonly needs: Needs;
  /** Claims with `resolve: request` that are looked up for the service. */
  readonly resolve: readonly string[];
}

/** What `gateway.yaml` says. */
export interface Rules {
  readonly issuers: Readonly<Record<string, IssuerSettings>>;
  /** The policy's revisions whose tokens are accepted. */
  readonly revisions: readonly string[] | 'any';
  /** Whether services get headers or a signed token. */
  readonly pass: 'headers' | 'token';
  /** The name of this gateway in tokens that it signs. */
  readonly tokenIssuer: string | undefined;
  readonly tokenLifetimeSeconds: number;
  /** For a whole check, in milliseconds. */
  readonly deadlineMs: number;
  /** Whether OPTIONS requests pass without a token. */
  readonly preflight: boolean;
  readonly routes: readonly Rule[];
}

const seconds = (most: number) => z.int().check(z.minimum(1), z.maximum(most));
const word = z.string().check(z.minLength(1));
const scope = z.string().check(z.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'is not a scope'));

const issuer = z.strictObject({
  issuer: word,
  aliases: z.optional(z.array(word)),
  algorithms: z.optional(z.array(word)),
  clients: z.optional(z.array(word)),
  withoutId: z.optional(z.boolean()),
  otherAudiences: z.optional(z.array(word)),
  agents: z.optional(z.boolean()),
  codeLifetimeSeconds: z.optional(z.int().check(z.minimum(0))),
  jwksUrl: z.optional(z.string().check(z.refine((value) => URL.canParse(value), 'is not an address'))),
  keysTimeoutMs: z.optional(z.int().check(z.minimum(1))),
  keysFreshSeconds: z.optional(z.int().check(z.minimum(1))),
  keysStaleSeconds: z.optional(z.int().check(z.minimum(1))),
});

const route = z.strictObject({
  path: z
    .string()
    .check(
      z.refine(
        (path) => plainPath(path) === path && (path === '/' || !path.endsWith('/')),
        'must be a path that starts with /, without empty or escaped parts, and without a slash at the end, such as /payments',
      ),
    ),
  methods: z.optional(
    z.array(z.string().check(z.regex(/^[A-Z]+$/, 'must be a method in capitals'))).check(z.minLength(1)),
  ),
  audience: z.optional(word),
  scopes: z.optional(z.array(scope)),
  acr: z.optional(z.array(word).check(z.minLength(1))),
  maxLoginAgeSeconds: z.optional(z.int().check(z.minimum(0))),
  resolve: z.optional(z.array(word)),
  open: z.optional(z.boolean()),
});

const file = z.strictObject({
  version: z.literal(1, 'must be 1'),
  audience: z.optional(word),
  issuers: z.record(z.string(), issuer),
  revisions: z._default(z.union([z.literal('any'), z.array(word)]), 'any'),
  pass: z._default(z.enum(['headers', 'token'], 'must be headers or token'), 'headers'),
  token: z.optional(z.strictObject({ issuer: word, lifetimeSeconds: z._default(seconds(60), 60) })),
  deadlineMs: z._default(z.int().check(z.minimum(50), z.maximum(2_500)), 2_000),
  preflight: z._default(z.boolean(), false),
  routes: z.array(route).check(z.minLength(1)),
});

/**
 * Reads the gateway's rules from a file in YAML or JSON.
 *
 * @throws ServerError `configuration` with all problems, each with its place in the file
 */
export function readRules(path: string): Rules {
  const lines = new LineCounter();
  const document = parseDocument(textOf(path), { lineCounter: lines, uniqueKeys: true });
  const placeOf = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return `${path}:${line}:${col}`;
  };
  const refuse = (problems: readonly string[]): never => {
    throw new ServerError('configuration', [...new Set(problems)].join('\n'));
  };
  if (document.errors.length > 0)
    refuse(document.errors.map(({ pos, code }) => `${placeOf(pos[0])} is not YAML: ${code}`));
  /** The place of the deepest part of a path that is there. */
  const at = (keys: readonly PropertyKey[]): string => {
    for (let length = keys.length; length >= 0; length--) {
      const node = document.getIn(keys.slice(0, length), true);
      if (isNode(node) && node.range) return placeOf(node.range[0]);
    }
    return placeOf(0);
  };
  // Aliases are not expanded without bound.
  const parsed = file.safeParse(document.toJS({ maxAliasCount: 100 }));
  if (!parsed.success)
    return refuse(
      parsed.error.issues.map(
        (issue) =>
          `${at(issue.path)} ${issue.path.map(String).join('.') || 'the file'} ${told(issue, document.hasIn(issue.path))}`,
      ),
    );
  const problems = problemsOf(parsed.data).map(([keys, why]) => `${at(keys)} ${keys.join('.')} ${why}`);
  if (problems.length > 0) refuse(problems);
  return rulesOf(parsed.data);
}

type File = z.output<typeof file>;

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  boolean: 'true or false',
  int: 'a whole number',
};

function told(issue: z.core.$ZodIssue, isThere: boolean): string {
  if (!isThere) return 'is missing';
  switch (issue.code) {
    case 'unrecognized_keys':
      return `has unknown keys: ${issue.keys.join(', ')}`;
    case 'invalid_type':
      return `must be ${kinds[issue.expected] ?? issue.expected}`;
    case 'too_small':
      return issue.origin === 'array' || issue.origin === 'string'
        ? 'must not be empty'
        : `must be ${issue.minimum} or more`;
    case 'too_big':
      return `must be ${issue.maximum} or less`;
    case 'invalid_union':
      return 'must be any, or a list of revisions';
    default:
      return issue.message;
  }
}

/** What no single value shows. */
function problemsOf({ audience, pass, token, issuers, routes }: File) {
  const problems: [keys: readonly (string | number)[], why: string][] = [];
  if (Object.keys(issuers).length === 0) problems.push([['issuers'], 'must name an issuer']);
  if (pass === 'token' && token === undefined)
    problems.push([['pass'], 'is token, so `token` with its `issuer` must be there']);
  const taken = new Map<string, string>();
  for (const [index, one] of routes.entries()) {
    const keys = ['routes', index];
    const needs = [one.scopes, one.acr, one.maxLoginAgeSeconds, one.audience, one.resolve];
    if (one.open === true && needs.some((need) => need !== undefined))
      problems.push([keys, 'is open, so it cannot need anything: leave out `open` or the rest']);
    if (one.open !== true && (one.audience ?? audience) === undefined)
      problems.push([keys, 'has no audience: give it here, or for all routes']);
    const other = taken.get(folded(one.path));
    if (other !== undefined && other !== one.path)
      problems.push([[...keys, 'path'], `differs from ${other} only in case or escapes`]);
    taken.set(folded(one.path), one.path);
    const isTwice = routes.slice(0, index).some((before) => before.path === one.path && meet(before, one));
    if (isTwice) problems.push([keys, `has a method of an earlier route for ${one.path}`]);
  }
  return problems;
}

function meet(one: Route, other: Route): boolean {
  if (one.methods === undefined || other.methods === undefined) return true;
  return one.methods.some((method) => other.methods?.includes(method));
}

function rulesOf({ audience, token, routes, issuers, ...rest }: File): Rules {
  return {
    ...rest,
    issuers: Object.fromEntries(Object.entries(issuers).map(([id, one]) => [id, withoutUndefined(one)])),
    tokenIssuer: token?.issuer,
    tokenLifetimeSeconds: token?.lifetimeSeconds ?? 60,
    routes: routes.map(({ path, methods, open, audience: own, resolve = [], ...needs }) => ({
      path,
      methods,
      open,
      audience: open === true ? undefined : (own ?? audience),
      resolve,
      needs: withoutUndefined({
        otherScopes: needs.scopes,
        acr: needs.acr,
        maxLoginAgeSeconds: needs.maxLoginAgeSeconds,
      }),
    })),
  };
}

type Given<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function withoutUndefined<T extends object>(value: T): Given<T> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Given<T>;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new ServerError('configuration', `${path} cannot be read: ${systemCode(cause)}`, { cause });
  }
}
