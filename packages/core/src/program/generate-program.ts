import { type Expression, type FunctionSpec, generate, type RecordType, type Type } from '@claimsmith/cel';
import { readsOf } from '../expressions.ts';
import type { Policy, PolicyClaim } from '../policy.ts';
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
  };
  const table = `var policy = ${policyTable(work)};`;
  const context = contextReader(work);
  const readers = work.readers.text();
  const program = programText(policy);
  return [
    generate(work.functions.specs),
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
}

function programText({ name, revision, sources }: Policy): string {
  return `var program = {
  name: ${js(name)},
  revision: ${js(revision)},
  context: readContext,
  needs: ${sources.length === 0 ? 'noNeeds' : 'function (c, answers) {\n    return needsBy(policy, c, answers);\n  }'},
  decide: function (c, answers) {
    return decideBy(policy, c, answers);
  }
};
`;
}

/** Collects the functions that expressions become, each under a name of its own. */
interface Functions {
  readonly specs: readonly FunctionSpec[];
  /** The name of the function for `expression`, one for all places with its text; `bound` the caller supplies. */
  add(role: string, subject: string, expression: Expression, bound?: readonly string[]): string;
}

function createFunctions(policy: Policy): Functions {
  const specs: FunctionSpec[] = [];
  const taken = new Set<string>();
  const known = new Map<string, string>();
  const bind: Record<string, string> = { tables: 'tables', claims: 'k' };
  for (const name of Object.keys(policy.context.fields)) bind[name] = `c.${name}`;
  for (const { name } of policy.sources) bind[name] = `s${propertyAccess(name)}`;
  function add(role: string, subject: string, expression: Expression, bound: readonly string[] = []): string {
    const text = JSON.stringify([expression.source, bound]);
    const same = known.get(text);
    if (same !== undefined) return same;
    const base = `${role}_${subject.replace(/[^A-Za-z0-9]+/g, '_')}`;
    let name = base;
    for (let n = 2; taken.has(name); n++) name = `${base}_${n}`;
    taken.add(name);
    known.set(text, name);
    const extra = Object.fromEntries(bound.map((variable) => [variable, `p${propertyAccess(variable)}`]));
    const parameters = ['c', 's', 'k', 'p'];
    specs.push({ name, parameters, expression, bind: { ...bind, ...extra }, comment: expression.source });
    return name;
  }
  return { specs, add };
}

/** The table that library.js works on. Rows keep the policy's order. */
function policyTable(work: Work): string {
  const { policy } = work;
  const lifetime = policy.spec.lifetime?.access;
  const claimNames = policy.claims.map(({ name }) => `${propertyKey(name)}: undefined`);
  return object({
    marker: policy.marker && js({ ...policy.marker }),
    lifetimeSeconds: lifetime === undefined ? undefined : js(lifetime / 1000),
    emptyClaims: `function () {\n  return { ${claimNames.join(', ')} };\n}`,
    takeAnswers: policy.sources.length === 0 ? 'noAnswers' : 'takeAnswers',
    afterClaims: names([
      [policy.scopes.length > 0, 'evaluateScopes'],
      [policy.details.length > 0, 'evaluateDetails'],
    ]),
    readers: names([
      [policy.deny.some(({ when }) => work.sourcesOf(when).length > 0), 'isReadByDeny'],
      [policy.claims.some(({ reads }) => reads.sources.length > 0), 'isReadByClaims'],
      [policy.scopes.some(({ reads }) => reads.sources.length > 0), 'isReadByScopes'],
      [policy.details.some(({ reads }) => reads.sources.length > 0), 'isReadByDetails'],
    ]),
    sources: array(
      policy.sources.map((source) =>
        object({
          name: js(source.name),
          url: `[${source.url.map((piece, i) => (typeof piece === 'string' ? js(piece) : work.functions.add('url', `${source.name}_${i}`, piece))).join(', ')}]`,
          read: `function (value) {\n  return ${indent(work.readers.record(source.returns, 'value')).trim()};\n}`,
        }),
      ),
    ),
    deny: array(
      policy.deny.map(({ reason, when }) =>
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
          pattern: js(scope.pattern),
          placeholders: list(scope.placeholders),
          grant: work.functions.add('grant', scope.name, scope.grant, scope.placeholders),
          add: flag(scope.add),
          sources: list(work.sourcesOf(scope.grant)),
        }),
      ),
    ),
    details: array(
      policy.details.map((detail) =>
        object({
          type: js(detail.type),
          read: `function (value) {\n  return ${indent(work.readers.record(detail.fields, 'value')).trim()};\n}`,
          grant: work.functions.add('detail', detail.type, detail.grant, ['detail']),
          sources: list(work.sourcesOf(detail.grant)),
        }),
      ),
    ),
  });
}

function claimRow(work: Work, claim: PolicyClaim): string {
  const { name, value, when, onMissing } = claim;
  const rests = restsOn(work, value);
  const age = claim.maxAgeSeconds === undefined || rests.length === 0 ? undefined : js(claim.maxAgeSeconds);
  return object({
    name: js(name),
    as: js(work.names[name] ?? name),
    access: flag(claim.tokens.includes('access')),
    id: flag(claim.tokens.includes('id')),
    gates: names([
      [claim.audiences !== undefined, 'forAudience'],
      [claim.clients !== undefined, 'forClient'],
    ]),
    audiences: claim.audiences && js(claim.audiences),
    clients: claim.clients && js(claim.clients),
    when: when && work.functions.add('when', name, when),
    whenSources: list(work.sourcesOf(when)),
    claimsBefore: claimsIn(when).length > 0 && claim.reads.sources.length > 0 ? 'claimsBefore' : undefined,
    whenRestsOn: claimsIn(when).length > 0 ? list(restsOn(work, when)) : undefined,
    value: value && work.functions.add('value', name, value),
    constant: claim.constant === undefined ? undefined : js(claim.constant),
    sources: list(work.sourcesOf(value)),
    bounds: names([
      [mayHoldAnything(claim.type), 'notJson'],
      [claim.type.kind === 'double', 'notFinite'],
      [claim.maxItems !== undefined, 'tooManyItems'],
      [claim.maxBytes !== undefined, 'tooManyBytes'],
    ]),
    maxItems: claim.maxItems === undefined ? undefined : js(claim.maxItems),
    maxBytes: claim.maxBytes === undefined ? undefined : js(claim.maxBytes),
    stale: age === undefined ? undefined : 'firstStale',
    maxAgeSeconds: age,
    restsOn: age === undefined ? undefined : list(rests),
    onMissing: typeof onMissing === 'string' ? js(onMissing) : `{ value: ${js(onMissing.default)} }`,
  });
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
  const pending = [...claimsIn(expression)];
  const seen = new Set<string>();
  for (let name = pending.pop(); name !== undefined; name = pending.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const claim = work.policy.claims.find((other) => other.name === name);
    for (const source of claim?.reads.sources ?? []) found.add(source);
    pending.push(...(claim?.reads.claims ?? []));
  }
  return [...found].sort();
}

function claimsIn(expression: Expression | undefined): readonly string[] {
  return (expression?.reads ?? []).flatMap(({ path }) =>
    path[0] === 'claims' && path[1] !== undefined ? [path[1]] : [],
  );
}

/** The function that takes an untrusted context apart: the fields that the policy or the library reads, no others. */
function contextReader(work: Work): string {
  const { policy } = work;
  const wanted = new Set(fieldsRead(policy));
  if (policy.claims.some((claim) => claim.audiences)) wanted.add('request.audience');
  if (policy.claims.some((claim) => claim.clients)) wanted.add('client.id');
  const request = [
    policy.scopes.length > 0 ? 'scopes' : undefined,
    policy.details.length > 0 ? 'authorization_details' : undefined,
  ].filter((field) => field !== undefined);
  for (const field of request) wanted.add(`request.${field}`);
  const parts: string[] = [];
  const part = (path: readonly string[], data: string) => {
    const name = path
      .map((step, i) => (i === 0 ? step : step.charAt(0).toUpperCase() + step.slice(1)))
      .join('');
    parts.push(`  var ${name} = ${data};\n`);
    return name;
  };
  const record = work.readers.record(pick(policy.context, wanted, ''), 'raw', part);
  // A request without scopes asks for none; scopes that can't be read are not the same thing.
  const none = request.map(
    (field) => `  if (fieldOf(request, '${field}') === undefined) c.request.${field} = [];\n`,
  );
  return `function readContext(raw) {\n${parts.join('')}  var c = ${indent(record).trim()};\n${none.join('')}  return c;\n}`;
}

/** Dotted paths of the context that any expression of the policy reads. */
function fieldsRead(policy: Policy): readonly string[] {
  const parts = [...policy.claims, ...policy.scopes, ...policy.details, ...policy.sources];
  const deny = policy.deny.map(({ when }) => readsOf([when], policy.context, []).fields);
  return [...parts.flatMap(({ reads }) => reads.fields), ...deny.flat()];
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
