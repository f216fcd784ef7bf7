import { type Expression, type FunctionSpec, generate, type RecordType, type Type } from '@claimsmith/cel';
import { readsOf } from '../expressions.ts';
import type { Policy, PolicyClaim, PolicySource } from '../policy.ts';
import { type LibraryName, libraryText } from './library.ts';
import { createReaders, indent, type Readers } from './readers.ts';
import { js, propertyAccess, propertyKey } from './text.ts';

export interface ProgramOptions {
  /** The claims' names at the issuer, by their names in the spec. Default: the same. */
  readonly names?: Readonly<Record<string, string>>;
}

/**
 * Turns a policy into ES5 text that declares `var program` (the `Program` of @claimsmith/runtime): plain
 * functions without import, eval or any global but ES5's own. The same text runs in previews, tests and at
 * every issuer.
 */
export function generateProgram(policy: Policy, options: ProgramOptions = {}): string {
  const sourceNames = policy.sources.map(({ name }) => name);
  const work: Work = {
    policy,
    names: options.names ?? {},
    functions: createFunctions(policy),
    readers: createReaders(),
    sourcesOf: (expression) => readsOf([expression], policy.context, sourceNames).sources,
    claimSources: claimSources(policy),
  };
  const table = `var policy = ${policyTable(work)};`;
  const context = contextReader(work);
  const readers = work.readers.text();
  const program = programText(policy);
  return [
    generate(work.functions.specs, policy.sources.length > 0 ? ['hasOwn', 'fail'] : ['hasOwn']),
    libraryText([table, context, readers, program]),
    readers,
    Object.keys(policy.spec.tables ?? {}).length > 0 ? `var tables = ${js(policy.spec.tables ?? {})};` : '',
    context,
    table,
    program,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

/** What every part of the generator needs. */
interface Work {
  readonly policy: Policy;
  readonly names: Readonly<Record<string, string>>;
  readonly functions: Functions;
  readonly readers: Readers;
  readonly sourcesOf: (expression: Expression | undefined) => readonly string[];
  readonly claimSources: ReadonlyMap<string, ReadonlySet<string>>;
}

function programText({ name, revision, sources }: Policy): string {
  return `var program = {
  name: ${js(name)},
  revision: ${js(revision)},
  context: readContext,
  needs: ${sources.length === 0 ? 'noNeeds' : 'findNeeds'},
  decide: decide
};
`;
}

type Bound = Readonly<Record<string, string>>;

/** Collects the functions that expressions become, each under a name of its own. */
interface Functions {
  readonly specs: readonly FunctionSpec[];
  /**
   * The name of the function for `expression`, one for all places with its text.
   *
   * @param bound variables that the caller supplies, and where the function finds each
   */
  add(role: string, subject: string, expression: Expression, bound?: Bound): string;
}

function createFunctions(policy: Policy): Functions {
  const specs: FunctionSpec[] = [];
  const sourceNames = policy.sources.map(({ name }) => name);
  const taken = new Set<string>();
  const known = new Map<string, string>();
  const bind: Record<string, string> = { tables: 'tables', claims: 'k' };
  for (const name of Object.keys(policy.context.fields)) bind[name] = `c.${name}`;
  for (const { name } of policy.sources) bind[name] = `s${propertyAccess(name)}`;
  function add(role: string, subject: string, expression: Expression, bound: Bound = {}): string {
    const text = JSON.stringify([expression.source, bound]);
    const same = known.get(text);
    if (same !== undefined) return same;
    const base = `${role}_${subject.replace(/[^A-Za-z0-9]+/g, '_')}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    known.set(text, name);
    const parameters = parametersOf(expression, sourceNames, Object.keys(bound));
    specs.push({ name, parameters, expression, bind: { ...bind, ...bound }, comment: expression.source });
    return name;
  }
  return { specs, add };
}

/** The first of (c, s, k, p), up to the last that an expression reads. */
function parametersOf(
  { reads }: Expression,
  sources: readonly string[],
  bound: readonly string[],
): readonly string[] {
  const roots = reads.map(({ path }) => path[0] ?? '');
  if (roots.some((root) => bound.includes(root))) return ['c', 's', 'k', 'p'];
  if (roots.includes('claims')) return ['c', 's', 'k'];
  return roots.some((root) => sources.includes(root)) ? ['c', 's'] : ['c'];
}

/** The table that library.js works on. Rows keep the policy's order. */
function policyTable(work: Work): string {
  const { policy } = work;
  const lifetime = policy.spec.lifetime?.access;
  const read = new Set(policy.claims.flatMap(({ reads, when }) => [...reads.claims, ...claimsIn(when)]));
  for (const { reads } of [...policy.scopes, ...policy.details])
    for (const name of reads.claims) read.add(name);
  const noClaims = [...read].map((name) => `${propertyKey(name)}: undefined`).join(', ');
  const isAsking = policy.sources.length > 0;
  return object({
    marker: policy.marker && js({ ...policy.marker }),
    lifetimeSeconds: lifetime === undefined ? undefined : js(lifetime / 1000),
    noClaims: `function () {\n  return {${noClaims && ` ${noClaims} `}};\n}`,
    takeAnswers: isAsking ? libraryName('takeAnswers') : undefined,
    steps: names([
      [fieldsRead(policy).includes('subject_type'), 'requireSubject'],
      [policy.deny.length > 0, 'evaluateDeny'],
      [policy.claims.length > 0, 'evaluateClaims'],
      [policy.scopes.length > 0, 'evaluateScopes'],
      [policy.details.length > 0, 'evaluateDetails'],
    ]),
    ...(isAsking ? readersOf(work) : {}),
    sources: array(
      policy.sources.map((source) =>
        object({
          name: js(source.name),
          ...askedText(work, source),
          read: recordReader(work, source.returns),
        }),
      ),
    ),
    deny: array(
      denyInOrder(work).map(({ reason, when }) =>
        object({
          reason: js(reason),
          when: work.functions.add('deny', reason, when),
          sources: list(work.sourcesOf(when)),
        }),
      ),
    ),
    claims: array(policy.claims.map((claim) => claimRow(work, claim))),
    scopes: array(
      policy.scopes.map((scope) =>
        object({
          name: js(scope.name),
          begins: scope.placeholders.length > 0 ? js(scope.pattern[0] ?? '') : undefined,
          pattern: scope.placeholders.length > 0 ? patternText(scope.pattern) : undefined,
          grant: work.functions.add(
            'grant',
            scope.name,
            scope.grant,
            Object.fromEntries(scope.placeholders.map((name, i) => [name, `p[${i + 1}]`])),
          ),
          addUnasked: scope.add ? libraryName('addUnasked') : undefined,
          sources: list(work.sourcesOf(scope.grant)),
        }),
      ),
    ),
    details: array(
      policy.details.map((detail) =>
        object({
          type: js(detail.type),
          read: recordReader(work, detail.fields),
          grant: work.functions.add('detail', detail.type, detail.grant, { detail: 'p' }),
          sources: list(work.sourcesOf(detail.grant)),
        }),
      ),
    ),
  });
}

/** What a source is asked with: the pieces of its address, or its parameters. */
function askedText({ functions }: Work, source: PolicySource): Readonly<Record<string, string>> {
  if (source.kind === 'http') {
    const pieces = source.url
      .filter((piece) => piece !== '')
      .map((piece, i) =>
        typeof piece === 'string' ? js(piece) : functions.add('url', `${source.name}_${i}`, piece),
      );
    return { questionOf: libraryName('addressNeed'), url: `[${pieces.join(', ')}]` };
  }
  const parameters = Object.entries(source.parameters).map(([name, value]) =>
    object({ name: js(name), value: functions.add('parameter', `${source.name}_${name}`, value) }),
  );
  return { questionOf: libraryName('parameterNeed'), parameters: array(parameters) };
}

/** What says whether a source must be asked: one kind of reader, or several. */
function readersOf({ policy, sourcesOf }: Work): Readonly<Record<string, string | undefined>> {
  const readers: readonly (readonly [boolean, LibraryName])[] = [
    [policy.deny.some(({ when }) => sourcesOf(when).length > 0), 'isReadByDeny'],
    [policy.claims.some(({ reads }) => reads.sources.length > 0), 'isReadByClaims'],
    [policy.scopes.some(({ reads }) => reads.sources.length > 0), 'isReadByScopes'],
    [policy.details.some(({ reads }) => reads.sources.length > 0), 'isReadByDetails'],
  ];
  const [only, ...others] = readers.filter(([isWanted]) => isWanted);
  return only && others.length === 0
    ? { isRead: only[1] }
    : { isRead: libraryName('isReadByAny'), readers: names(readers) ?? '[]' };
}

/** What needs no source comes first: then nobody is asked about who is refused anyway. */
function denyInOrder({ policy, sourcesOf }: Work): readonly DenyRule[] {
  const asksNobody = ({ when }: DenyRule) => sourcesOf(when).length === 0;
  return [...policy.deny.filter(asksNobody), ...policy.deny.filter((rule) => !asksNobody(rule))];
}

type DenyRule = Policy['deny'][number];

/** A scope with placeholders as a regular expression: each stands for 1 to 128 characters, up to what follows it. */
function patternText(pieces: readonly string[]): string {
  const [first = '', ...rest] = pieces.map((piece) => piece.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const groups = rest.map(
    (piece) => `(${piece === '' ? scopeCharacter : `(?:(?!${piece})${scopeCharacter})`}{1,128})${piece}`,
  );
  return `/^${first}${groups.join('')}$/`;
}

/** RFC 6749 §3.3: %x21 / %x23-5B / %x5D-7E */
const scopeCharacter = '[!#-[\\]-~]';

function recordReader({ readers }: Work, type: RecordType): string {
  return `function (value) {\n  return ${indent(readers.record(type, 'value')).trim()};\n}`;
}

function claimRow(work: Work, claim: PolicyClaim): string {
  const { name, value, when, onMissing } = claim;
  const rests = restsOn(work, value);
  const age = claim.maxAgeSeconds === undefined || rests.length === 0 ? undefined : js(claim.maxAgeSeconds);
  const isAfterClaims = claimsIn(when).length > 0 && claim.reads.sources.length > 0;
  const alias = work.names[name] ?? name;
  return object({
    name: js(name),
    as: alias === name ? undefined : js(alias),
    access: flag(claim.tokens.includes('access')),
    id: flag(claim.tokens.includes('id')),
    isAddressed: addressed(claim),
    audiences: claim.audiences && js(claim.audiences),
    clients: claim.clients && js(claim.clients),
    when: when && work.functions.add('when', name, when),
    whenSources: list(work.sourcesOf(when)),
    claimsBefore: isAfterClaims ? libraryName('claimsBefore') : undefined,
    whenRestsOn: isAfterClaims ? list(restsOn(work, when)) : undefined,
    value: value
      ? work.functions.add('value', name, value)
      : `function () {\n  return ${js(claim.constant ?? [])};\n}`,
    sources: list(work.sourcesOf(value)),
    bounds: names([
      [mayHoldAnything(claim.type), 'notJson'],
      // A field of the context is finite, since its reader takes no other number.
      [claim.type.kind === 'double' && value?.source !== claim.reads.fields[0], 'notFinite'],
      [claim.maxItems !== undefined, 'tooManyItems'],
      [claim.maxBytes !== undefined, 'tooManyBytes'],
    ]),
    maxItems: claim.maxItems === undefined ? undefined : js(claim.maxItems),
    maxBytes: claim.maxBytes === undefined ? undefined : js(claim.maxBytes),
    stale: age === undefined ? undefined : libraryName('firstStale'),
    maxAgeSeconds: age,
    restsOn: age === undefined ? undefined : list(rests),
    onMissing:
      onMissing === 'omit'
        ? undefined
        : onMissing === 'deny'
          ? js(onMissing)
          : `{ value: ${js(onMissing.default)} }`,
  });
}

function addressed({ audiences, clients }: PolicyClaim): LibraryName | undefined {
  if (audiences && clients) return 'forAudienceAndClient';
  if (audiences) return 'forAudience';
  return clients && 'forClient';
}

function libraryName(name: LibraryName): string {
  return name;
}

/** Types whose values static checks can't vouch for on their way into JSON. */
function mayHoldAnything(type: Type): boolean {
  switch (type.kind) {
    case 'list':
      return mayHoldAnything(type.element) || type.element.kind === 'double';
    case 'map':
      return mayHoldAnything(type.value) || type.value.kind === 'double';
    case 'string':
    case 'bool':
    case 'int':
    case 'double':
      return false;
    default:
      return true;
  }
}

/** The sources an expression rests on, through other claims too. */
function restsOn(work: Work, expression: Expression | undefined): readonly string[] {
  const found = new Set(work.sourcesOf(expression));
  for (const name of claimsIn(expression))
    for (const source of work.claimSources.get(name) ?? []) found.add(source);
  return [...found].sort();
}

/** For every claim the sources it rests on. Claims come in dependency order, so one pass does it. */
function claimSources({ claims }: Policy): ReadonlyMap<string, ReadonlySet<string>> {
  const all = new Map<string, ReadonlySet<string>>();
  for (const { name, reads } of claims) {
    const through = reads.claims.flatMap((other) => [...(all.get(other) ?? [])]);
    all.set(name, new Set([...reads.sources, ...through]));
  }
  return all;
}

function claimsIn(expression: Expression | undefined): readonly string[] {
  return (expression?.reads ?? []).flatMap(({ path }) =>
    path[0] === 'claims' && path[1] !== undefined ? [path[1]] : [],
  );
}

/** The function that takes an untrusted context apart: the fields that the policy or the library reads, no others. */
function contextReader(work: Work): string {
  const { policy } = work;
  const byExpressions = fieldsRead(policy);
  const asked = new Map(
    askedFields(policy).map((field) => {
      // Of authorization details the library reads declared fields alone.
      const isJudgedOnly = field === 'request.authorization_details' && !byExpressions.includes(field);
      return [field, isJudgedOnly ? libraryName('readObjects') : undefined] as const;
    }),
  );
  const parts: string[] = [];
  const part = (path: readonly string[], data: string) => {
    const name = path
      .map((step, i) => (i === 0 ? step : step.charAt(0).toUpperCase() + step.slice(1)))
      .join('');
    parts.push(`  var ${name} = ${data};\n`);
    return name;
  };
  const record = work.readers.record(pick(policy.context, contextFields(policy), ''), 'raw', { part, asked });
  return `function readContext(raw) {\n${parts.join('')}  return ${indent(record).trim()};\n}`;
}

/** Dotted paths of the identity context that a policy's program reads, in no particular order. */
export function contextFields(policy: Policy): ReadonlySet<string> {
  const wanted = new Set([...fieldsRead(policy), ...askedFields(policy)]);
  if (policy.claims.some((claim) => claim.audiences)) wanted.add('request.audience');
  if (policy.claims.some((claim) => claim.clients)) wanted.add('client.id');
  return wanted;
}

function fieldsRead(policy: Policy): readonly string[] {
  const parts = [...policy.claims, ...policy.scopes, ...policy.details, ...policy.sources];
  const deny = policy.deny.flatMap(({ when }) => readsOf([when], policy.context, []).fields);
  return [...parts.flatMap(({ reads }) => reads.fields), ...deny];
}

/** What a request without them asks none of; where they can't be read, that is not the same. */
function askedFields({ scopes, details }: Policy): readonly string[] {
  const isJudged = { scopes: scopes.length > 0, authorization_details: details.length > 0 };
  return Object.entries(isJudged).flatMap(([field, isRead]) => (isRead ? [`request.${field}`] : []));
}

/** A record type without the fields that nobody reads. */
function pick(type: RecordType, wanted: ReadonlySet<string>, prefix: string): RecordType {
  const fields = Object.entries(type.fields).flatMap(([name, field]) => {
    const path = `${prefix}${name}`;
    if (field.type.kind !== 'record') return wanted.has(path) ? [[name, field] as const] : [];
    const inner = pick(field.type, wanted, `${path}.`);
    return Object.keys(inner.fields).length === 0 ? [] : [[name, { ...field, type: inner }] as const];
  });
  return { ...type, fields: Object.fromEntries(fields) };
}

function object(members: Readonly<Record<string, string | undefined>>): string {
  const lines = Object.entries(members).flatMap(([key, value]) =>
    value === undefined ? [] : [`${key}: ${value}`],
  );
  return `{\n${lines.map(indent).join(',\n')}\n}`;
}

/** A list of library functions, those whose condition holds. */
function names(wanted: readonly (readonly [boolean, LibraryName])[]): string | undefined {
  const chosen = wanted.filter(([isWanted]) => isWanted).map(([, name]) => name);
  return chosen.length === 0 ? undefined : `[${chosen.join(', ')}]`;
}

/** Rows say what is there; what is empty or false is left out. */
function list(values: readonly string[]): string | undefined {
  return values.length === 0 ? undefined : js(values);
}

function flag(value: boolean): string | undefined {
  return value ? 'true' : undefined;
}

function array(elements: readonly string[]): string {
  return elements.length === 0 ? '[]' : `[\n${elements.map(indent).join(',\n')}\n]`;
}
