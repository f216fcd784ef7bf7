import { type Expr, type Expression, operationOf, type Type } from '@claimsmith/cel';
import { delegatedOf, readsActor } from './delegated.ts';
import type { Finding, Path, SpecSource } from './finding.ts';
import { otherScopes } from './other-scopes.ts';
import type { Delegated, Policy, PolicyScope, Reads } from './policy.ts';
import type { Work } from './policy-work.ts';
import { scopePattern } from './scope-pattern.ts';
import type { Spec } from './spec/schema.ts';
import { builtInKinds } from './subjects.ts';

/** What the reader of scopes needs from the reader of the spec. */
export interface ScopeWork {
  readonly spec: Spec;
  readonly source: SpecSource;
  /** Whether enough has been said about a scope. */
  readonly hasFault: (scope: string) => boolean;
  readonly report: (finding: Finding) => void;
  /**
   * Compiles a condition, or reports its errors.
   *
   * @param bound the values of a scope's placeholders; undefined for a condition on the identity context alone
   */
  readonly read: (
    path: Path,
    text: string,
    bound: Readonly<Record<string, Type>> | undefined,
  ) => Expression | undefined;
  /** A condition behind its guard, if it has one; undefined after reporting that it does not compile. */
  readonly guard: (
    path: Path,
    condition: Expression,
    bound: Readonly<Record<string, Type>>,
  ) => Expression | undefined;
  /** Whether an expression reads something else by that name. */
  readonly isTaken: (name: string) => boolean;
  readonly readsOf: (expressions: readonly (Expression | undefined)[]) => Reads;
}

/** The scopes that a policy may add to a token. At an issuer where the grant is always false, it adds none. */
export function addedScopes({ scopes }: Pick<Policy, 'scopes'>): readonly PolicyScope[] {
  return scopes.filter(({ add, grant }) => add && mayBeTrue(grant.root));
}

/** Whether the constants of a condition leave a way for it to be true. */
function mayBeTrue(condition: Expr): boolean {
  if (condition.kind === 'literal') return condition.value === true;
  const operation = operationOf(condition);
  if (operation?.kind === 'choose') return mayBeTrue(operation.yes) || mayBeTrue(operation.no);
  if (operation?.kind === 'and') return mayBeTrue(operation.left) && mayBeTrue(operation.right);
  if (operation?.kind === 'or') return mayBeTrue(operation.left) || mayBeTrue(operation.right);
  return true;
}

/** The scopes of a spec, those without fault. */
export function createScopes(work: ScopeWork): readonly PolicyScope[] {
  const kinds = kindsOf(work);
  return Object.keys(work.spec.scopes ?? {}).flatMap((name) => createScope(work, name, kinds) ?? []);
}

/** The conditions of the declared kinds of subject, in the order of the spec; undefined after reporting errors. */
type Kinds = ReadonlyMap<string, string | undefined>;

function kindsOf({ spec, source, read, report }: ScopeWork): Kinds {
  const kinds = new Map<string, string | undefined>();
  for (const [kind, condition] of Object.entries(spec.subjects ?? {})) {
    const path = ['subjects', kind];
    if (builtInKinds.includes(kind)) {
      const message = `\`${kind}\` is a built-in kind of subject (\`subject_type\`), so the spec cannot declare it.`;
      report({ rule: 'TE015', severity: 'error', message, range: source.key(path) });
    } else kinds.set(kind, read(path, condition, undefined) && condition);
  }
  return kinds;
}

function createScope(work: ScopeWork, name: string, kinds: Kinds): PolicyScope | undefined {
  const { spec, source, report } = work;
  const path: Path = ['scopes', name];
  const { grant, subjects, add = false } = spec.scopes?.[name] ?? {};
  const pattern = scopePattern(name);
  const isRest = name === otherScopes;
  if (typeof pattern === 'string' || (add && (isRest || pattern.placeholders.length > 0))) {
    const message =
      typeof pattern === 'string'
        ? pattern
        : isRest
          ? '`*` cannot be added: it stands for scopes that a client asks for.'
          : 'A scope with a placeholder cannot be added: only a request can say which object it names.';
    const help =
      typeof pattern === 'string'
        ? 'Use a name such as `orders.read` or `account.read.{account}`.'
        : isRest
          ? 'Remove `add`, and add single scopes by their names.'
          : 'Remove `add`.';
    report({ rule: 'TE009', severity: 'error', message, range: source.key(path), help });
    return undefined;
  }
  const taken = pattern.placeholders.find(work.isTaken);
  if (taken !== undefined) {
    const message = `The placeholder \`${taken}\` has a name that already means something else in expressions.`;
    const help = `Rename it: \`${name.replace(`{${taken}}`, `{${taken}_name}`)}\`.`;
    report({ rule: 'TE008', severity: 'error', message, range: source.key(path), help });
    return undefined;
  }
  reportStars(work, name);
  const bound = Object.fromEntries(
    pattern.placeholders.map((placeholder) => [placeholder, { kind: 'string' } as const]),
  );
  const read = (at: Path, text: string) => work.read(at, text, bound);
  const at = [...path, 'grant'];
  const said = grant === undefined ? undefined : read(at, grant);
  const others = said && work.guard(at, said, bound);
  const scope = { name, ...pattern, add, others };
  if (subjects === undefined) {
    if (grant === undefined && !work.hasFault(name)) report(unruled(name, source.key(path)));
    return (
      others && {
        ...scope,
        path: at,
        grant: others,
        delegated: scopeDelegated(spec.scopes?.[name], [said]),
        reads: work.readsOf([others]),
      }
    );
  }
  const isKnown = Object.keys(subjects).map((kind) => isKind(work, [...path, 'subjects', kind], kind, kinds));
  const each = Object.entries(subjects).map(([kind, text]) => read([...path, 'subjects', kind], text));
  const isSound = [...kinds.values()].every((condition) => condition !== undefined);
  if (!isSound || isKnown.includes(false) || each.includes(undefined)) return undefined;
  if (grant !== undefined && others === undefined) return undefined;
  const within = [...path, 'subjects'];
  const expression = read(within, byKind(kinds, subjects, others?.source ?? 'false'));
  return (
    expression && {
      ...scope,
      path: within,
      grant: expression,
      delegated: scopeDelegated(spec.scopes?.[name], grant === undefined ? each : [...each, said]),
      reads: work.readsOf([expression]),
    }
  );
}

/** Whether a scope is for delegated tokens. Its grants decide themselves if each of them reads the actor. */
function scopeDelegated(
  scope: NonNullable<Spec['scopes']>[string] | undefined,
  grants: readonly (Expression | undefined)[],
): Delegated {
  return delegatedOf({
    said: scope?.delegated,
    grants: true,
    namesAgents: scope?.subjects !== undefined && Object.hasOwn(scope.subjects, 'agent'),
    readsActor: grants.every(readsActor),
  });
}

/** A `*` within a scope name: the author probably means it as a wildcard. */
function reportStars({ source, report }: ScopeWork, name: string): void {
  if (!name.includes('*') || name === otherScopes) return;
  report({
    rule: 'TE009',
    severity: 'warning',
    message: `\`*\` is not a wildcard: the policy decides only about the scope with the exact name \`${name}\`.`,
    range: source.key(['scopes', name]),
    help: 'Name each scope, use a placeholder for one object, `account.read.{account}`, or `*` alone for all scopes that the spec does not name.',
  });
}

/** Each kind with its own grant; subjects of other kinds get the general grant. */
function byKind(kinds: Kinds, subjects: Readonly<Record<string, string>>, others: string): string {
  const own = (kind: string) => (Object.hasOwn(subjects, kind) ? (subjects[kind] ?? others) : others);
  const [first = others, ...more] = builtInKinds.map(own);
  if (kinds.size === 0 && more.every((grant) => grant === first)) return first;
  const conditions = [
    ...[...kinds].map(([kind, condition]) => `${part(condition ?? 'false')} ? ${part(own(kind))} : `),
    ...builtInKinds
      .filter((kind) => Object.hasOwn(subjects, kind))
      .map((kind) => `subject_type == "${kind}" ? ${part(own(kind))} : `),
  ];
  return `${conditions.join('')}${part(others)}`;
}

/** On separate lines, because it may end in a comment. */
function part(text: string): string {
  return `(\n${text}\n)`;
}

/** Reports kinds of subject that do not exist. */
export function assertKinds(
  { spec, source, reader }: Work,
  path: Path,
  wanted: readonly string[] = [],
): void {
  const kinds = new Set(Object.keys(spec.subjects ?? {}));
  for (const [index, kind] of wanted.entries())
    isKind({ source, report: reader.report }, [...path, index], kind, kinds);
}

function isKind(
  { source, report }: Pick<ScopeWork, 'source' | 'report'>,
  path: Path,
  kind: string,
  kinds: Pick<Kinds, 'keys'>,
): boolean {
  const all = [...new Set([...builtInKinds, ...kinds.keys()])];
  if (all.includes(kind)) return true;
  report({
    rule: 'TE015',
    severity: 'error',
    message: `The kind of subject \`${kind}\` does not exist; the kinds are ${all.join(', ')}.`,
    range: source.key(path),
    help: 'Use one of these, or declare a new kind, as in `subjects: { third_party: client.?metadata.?party.orValue("") == "third" }`.',
  });
  return false;
}

function unruled(name: string, range: Finding['range']): Finding {
  return {
    rule: 'TE015',
    severity: 'error',
    message: `The scope \`${name}\` has no grant.`,
    range,
    help: 'Say when it is granted: `grant: …` for everybody, or `subjects: { human: … }` by kind of subject.',
  };
}
