import type { DetailedError, EntityJson, TypeAndId } from '@cedar-policy/cedar-wasm/nodejs';
import {
  type CedarSettings,
  type CedarToken,
  type Contract,
  cedarToken,
  type Finding,
  isError,
  type SourceRange,
  secretTextFindings,
} from '@claimsmith/core';
import type { TextFile } from '@claimsmith/core/spec';
import type { AskedDecision, CedarEngine, Decided, KnownEntities } from './decisions.ts';
import { findingsOf, sentence } from './findings.ts';
import { type CedarFolder, readCedarFolder } from './folder.ts';
import { type Cedar, loadCedar } from './load.ts';
import { type Question, type Vocabulary, vocabularyOf } from './question.ts';
import { type CedarSchema, schemaWithToken } from './schema.ts';
import { type JoinedTexts, joined, type Statement } from './statements.ts';
import { leastToken, mappedToken } from './token.ts';
import { cedarRecord } from './value.ts';

/** A schema and policies that Cedar has read, or what is wrong with them. */
export interface CedarReading {
  /** Undefined if a finding is an error. */
  readonly engine: CedarEngine | undefined;
  readonly schema: CedarSchema | undefined;
  readonly policies: JoinedTexts;
  /** A policy as Cedar understands it: what it does, and the same text for the same policy in another layout. */
  meaningOf(statement: Statement): StatementMeaning;
  readonly findings: readonly Finding[];
  /** The texts that findings point into. */
  readonly sources: readonly TextFile[];
}

/** What a policy says. */
export interface StatementMeaning {
  readonly effect: 'permit' | 'forbid';
  readonly content: string;
}

/**
 * Reads the folder `cedar` beside a spec, and has Cedar validate it strictly.
 *
 * @throws {CliError} `not_found` if the folder is incomplete or Cedar is not installed, `io` if a file cannot be read
 */
export async function readCedar(
  contract: Contract,
  settings: CedarSettings,
  specFolder: string,
  cwd: string,
): Promise<CedarReading> {
  const folder = readCedarFolder(specFolder, cwd);
  return cedarReading(await loadCedar(), folder, contract, settings);
}

/** Has Cedar validate a schema and policies strictly. */
export function cedarReading(
  cedar: Cedar,
  folder: CedarFolder,
  contract: Contract,
  settings: CedarSettings,
): CedarReading {
  const token = cedarToken(contract, settings);
  const read = schemaWithToken(cedar, folder.schema, token);
  const policies = joined(folder.policies);
  const sources = [folder.schema, ...folder.policies];
  const found = [
    ...unreadClaims(token, folder),
    ...sources.flatMap((source) => secretTextFindings(source)),
    ...read.findings,
  ];
  if (read.schema !== undefined) found.push(...policyFindings(cedar, read.schema, policies, folder));
  const isRead = read.schema !== undefined && !found.some(isError);
  return {
    schema: read.schema,
    policies,
    meaningOf: (statement) => meaningOf(cedar, statement),
    engine: isRead ? engineOf(cedar, read.schema, policies, { contract, token, settings }) : undefined,
    findings: found,
    sources,
  };
}

function meaningOf(cedar: Cedar, { text }: Statement): StatementMeaning {
  const read = cedar.policyToJson(text);
  // One that cannot be read is reported where the policies are validated.
  return read.type === 'success'
    ? { effect: read.json.effect, content: JSON.stringify(read.json) }
    : { effect: 'permit', content: text };
}

/** `check` reports types; names that clash at an issuer show only here. */
function unreadClaims({ uncarried }: CedarToken, { schema: { file } }: CedarFolder): readonly Finding[] {
  const start = { line: 1, column: 1, offset: 0 };
  return uncarried.map(({ claim, why }) => ({
    rule: 'TE860',
    severity: 'error',
    message: `Cedar cannot carry \`${claim}\`, because ${why}.`,
    range: { file, start, end: start },
    help: 'Give the claim a type that Cedar has, and a name of its own in tokens.',
  }));
}

function policyFindings(
  cedar: Cedar,
  { json }: CedarSchema,
  policies: JoinedTexts,
  { policies: [first], schema }: CedarFolder,
): readonly Finding[] {
  const file = first ?? schema;
  if (policies.statements().length === 0) {
    const start = { line: 1, column: 1, offset: 0 };
    return [
      {
        rule: 'TE020',
        severity: 'error',
        message: 'There are no policies, so everything is denied.',
        range: { file: file.file, start, end: start },
        help: 'Write what is permitted, such as `permit (principal, action, resource) when { … };`.',
      },
    ];
  }
  const answer = cedar.validate({
    validationSettings: { mode: 'strict' },
    schema: json,
    policies: { staticPolicies: policies.text },
  });
  if (answer.type === 'failure') return findingsOf(answer.errors, policies, file);
  const { validationErrors, validationWarnings, otherWarnings } = answer;
  // A policy with an error is impossible, too.
  const told = validationErrors.length > 0 ? validationErrors : validationWarnings;
  return findingsOf([...told.map(({ error }) => error), ...otherWarnings], policies, file);
}

interface Mapping {
  readonly contract: Contract;
  readonly token: CedarToken;
  readonly settings: CedarSettings;
}

/** Cedar keeps what it has parsed under a name. */
let prepared = 0;

function engineOf(
  cedar: Cedar,
  schema: CedarSchema,
  policies: JoinedTexts,
  { contract, token, settings }: Mapping,
): CedarEngine {
  prepared += 1;
  const name = `claimsmith-${prepared}`;
  cedar.preparseSchema(name, schema.json);
  cedar.preparsePolicySet(name, { staticPolicies: policies.text });
  const vocabulary = vocabularyOf(schema);
  const statements = policies.statements();
  const contextFindings = contextCheck(cedar, schema, token);
  return {
    statements,
    check: (decisions, entities) => [
      ...decisions.flatMap((decision) => {
        const read = vocabulary.read(decision);
        return 'problem' in read
          ? [decisionFinding(decision.range, read.problem, read.help)]
          : contextFindings(read, decision);
      }),
      ...entityFindings(cedar, schema, vocabulary, decisions, entities),
    ],
    decide(issuer, signed, decision, entities) {
      const question = vocabulary.read(decision);
      if ('problem' in question) return refused(question.problem);
      const {
        principalId,
        groupIds,
        token: claims,
      } = mappedToken(
        signed,
        issuer,
        contract,
        token,
        // Verified Permissions reads groups only if the principal can be in some.
        question.groupType === undefined ? { ...settings, groups: undefined } : settings,
      );
      const principal = { type: question.principalType, id: principalId };
      const { groupType } = question;
      const parents = groupType === undefined ? [] : groupIds.map((id) => ({ type: groupType, id }));
      try {
        const answer = cedar.statefulIsAuthorized({
          principal,
          action: question.action,
          resource: question.resource,
          context: { ...cedarRecord(decision.context), token: cedarRecord(claims) },
          preparsedSchemaName: name,
          validateRequest: true,
          preparsedPolicySetId: name,
          entities: [
            { uid: principal, attrs: {}, parents },
            ...entitiesOf(vocabulary, question, entities).filter(({ uid }) => !isSame(uid, principal)),
          ],
        });
        if (answer.type === 'failure') return refused(answer.errors.map(({ message }) => message).join('; '));
        const { decision: decided, diagnostics } = answer.response;
        const because = statements.filter(({ id }) => diagnostics.reason.includes(id));
        const failed = diagnostics.errors.map(({ policyId, error }) => {
          const at = statements.find(({ id }) => id === policyId);
          return `the policy at ${at?.file}:${at?.line} fails: ${sentence(error.message)}`;
        });
        return {
          allow: decided === 'allow',
          because,
          problem: failed.length === 0 ? undefined : failed.join(' '),
        };
      } catch (error) {
        // A text with half a character, for example.
        return refused(error instanceof Error ? error.message : String(error));
      }
    },
  };
}

function refused(problem: string): Decided {
  return { allow: false, because: [], problem: `Cedar refuses the request: ${sentence(problem)}` };
}

function decisionFinding(range: SourceRange | undefined, message: string, help?: string): Finding {
  return { rule: 'TE021', severity: 'error', message, range, ...(help !== undefined && { help }) };
}

/** Checks contexts of decisions. Most are the same, and Cedar reads the schema for each, so it is asked once. */
function contextCheck(cedar: Cedar, schema: CedarSchema, token: CedarToken) {
  const problems = new Map<string, string | undefined>();
  return ({ action }: Question, { context = {}, range }: AskedDecision): readonly Finding[] => {
    const key = JSON.stringify([action, context]);
    if (!problems.has(key)) problems.set(key, contextProblem(cedar, schema, token, action, context));
    const problem = problems.get(key);
    const help = 'Correct `context` of the decision, or of the action in the schema.';
    return problem === undefined ? [] : [decisionFinding(range, problem, help)];
  };
}

/** What is wrong with the context of a decision, tried with a token that has nothing to spare. */
function contextProblem(
  cedar: Cedar,
  { json }: CedarSchema,
  token: CedarToken,
  action: TypeAndId,
  context: Readonly<Record<string, unknown>>,
): string | undefined {
  if (Object.hasOwn(context, 'token'))
    return 'The context cannot have `token`: it is the token that the issuer signs.';
  const answer = cedar.checkParseContext({
    context: { ...cedarRecord(context), token: cedarRecord(leastToken(token)) },
    schema: json,
    action,
  });
  return answer.type === 'success' ? undefined : said(answer.errors);
}

/** What Cedar says of values. Of one that its JSON has no form for, it speaks of its own code. */
function said(errors: readonly DetailedError[]): string {
  return errors
    .map(({ message }) =>
      message.includes('untagged enum')
        ? 'Cedar has texts, truth values, whole numbers, lists and records. A value here is another, such as a fraction.'
        : sentence(message),
    )
    .join(' ');
}

/** The entities of a scenario against the schema. */
function entityFindings(
  cedar: Cedar,
  { json }: CedarSchema,
  vocabulary: Vocabulary,
  decisions: readonly AskedDecision[],
  entities: KnownEntities,
): readonly Finding[] {
  // Most decisions of a scenario have the same entities, and Cedar reads the schema for each check.
  const checked = new Set<string>();
  const told = new Set<string>();
  return decisions.flatMap(({ range, ...decision }) => {
    const question = vocabulary.read(decision);
    if ('problem' in question) return [];
    const known = entitiesOf(vocabulary, question, entities);
    const own = Object.keys(entities).find((name) => isFromToken(vocabulary.entity(name).type, question));
    if (own !== undefined) {
      const text = `\`${own}\` cannot be in \`entities\`: principals and their groups come from the token alone.`;
      if (told.has(text)) return [];
      told.add(text);
      return [
        decisionFinding(
          range,
          text,
          'Remove it. Policies read attributes of the principal from `context.token`.',
        ),
      ];
    }
    const key = JSON.stringify(known);
    if (checked.has(key)) return [];
    checked.add(key);
    const answer = cedar.checkParseEntities({ entities: known, schema: json });
    if (answer.type === 'success') return [];
    const message = said(answer.errors);
    if (told.has(message)) return [];
    told.add(message);
    return [decisionFinding(range, message, 'Correct `entities`, or the schema.')];
  });
}

/** Verified Permissions refuses entities of these types. */
function isFromToken(type: string, { principalType, groupType }: Question): boolean {
  return type === principalType || type === groupType;
}

/** What a scenario says of entities, and the resource if it says nothing of it. */
function entitiesOf(vocabulary: Vocabulary, { resource }: Question, entities: KnownEntities): EntityJson[] {
  const known = Object.entries(entities).map(
    ([name, { attrs, parents = [] }]): EntityJson => ({
      uid: vocabulary.entity(name),
      attrs: cedarRecord(attrs),
      parents: parents.map((parent) => vocabulary.entity(parent)),
    }),
  );
  if (known.some(({ uid }) => isSame(uid, resource))) return known;
  return [...known, { uid: resource, attrs: {}, parents: [] }];
}

function isSame(uid: EntityJson['uid'], { type, id }: TypeAndId): boolean {
  const one = '__entity' in uid ? uid.__entity : uid;
  return one.type === type && one.id === id;
}
