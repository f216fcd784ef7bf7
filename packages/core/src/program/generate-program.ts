import { generateFunctions, helpers, linked } from '@claimsmith/cel';
import type { Policy } from '../policy.ts';
import { claimsText } from './claims.ts';
import { contextText, fieldsRead } from './context-reader.ts';
import { denyCalls, detailsText, meantText, scopesText } from './judgements.ts';
import { LIBRARY } from './library.gen.ts';
import { answersText, needsText, runText } from './needs.ts';
import { js, propertyAccess } from './text.ts';
import { createWork, isAlwaysText, isForAll, type ProgramOptions, type Work } from './work.ts';

/**
 * Turns a policy into ES5 text that declares `var program` (the `Program` of @claimsmith/runtime). It contains plain
 * functions without import or eval, and uses only ES5 globals and those that `origins` name. The same text runs in
 * previews, tests and at every issuer.
 */
export function generateProgram(policy: Policy, options: ProgramOptions = {}): string {
  return withHelpers(programCode(policy, options));
}

/** The text of {@link generateProgram} without its helpers: several programs in a file share them. */
export function programCode(policy: Policy, options: ProgramOptions = {}): string {
  const work = createWork(policy, options);
  // The first use of an expression names the function that later uses share.
  const claims = claimsText(work);
  const reading = [contextText(work), answersText(work), needsText(work)];
  const decide = decideText(work);
  const deciding = [meantText(work), claims, scopesText(work), detailsText(work)];
  const { tables } = policy.spec;
  const parts = [
    programText(policy),
    decide,
    ...deciding,
    '// The expressions, each below its source text.',
    tables !== undefined && Object.keys(tables).length > 0 ? `var tables = ${js(tables)};` : '',
    generateFunctions(work.functions.specs),
    '// What the expressions read, and what the sources are asked.',
    ...reading,
    work.readers.text(),
  ];
  return work.functions.inlined(joined(parts));
}

/** Adds the helpers that the code of programs names. */
export function withHelpers(code: string): string {
  return joined([
    code,
    '// Helpers: the same for every policy; unused ones are left out.',
    `${withoutPlaces(linked({ ...LIBRARY, ...helpers }, code))}\n`,
  ]);
}

function joined(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Helpers without the parameter that says where an expression has failed, which a program does not tell. It is always the last. */
function withoutPlaces(text: string): string {
  return text
    .replace(/, at(?=[,)])/g, '')
    .replace(/\n {2}this\.at = at;/, '')
    .replace("fail('steps', 0)", "fail('steps')");
}

/** `decide(context, answers)`: step by step, until one denies. */
function decideText(work: Work): string {
  const { deny, claims, scopes, details, marker, spec, applies } = work.policy;
  const read = fieldsRead(work.policy);
  // Without a clock or a kind of subject, conditions on it would mean nothing.
  const known = [
    ...(read.includes('now') ? [missingText('now', 'context.now === undefined', 'no_such_key')] : []),
    ...(read.includes('subject_type') && !isAlwaysText(work, 'subject_type')
      ? [missingText('subject_type', 'context.subjectType === undefined', 'no_such_key')]
      : []),
  ];
  const judged = [
    ...(work.hasActor ? [missingText('actor', 'context.actor.chain === null', 'actor')] : []),
    ...denyCalls(work),
    ...(claims.length > 0 ? ['evaluateClaims(run)'] : []),
    ...(scopes.length > 0 ? ['evaluateScopes(run)'] : []),
    ...(details.length > 0 ? ['evaluateDetails(run)'] : []),
  ];
  const lifetime = spec.lifetime?.access;
  const messages = messagesText(deny);
  const left = isForAll(work.policy) ? [] : [leftText];
  // Without its own condition, tokens of other clients and audiences are left alone, whatever is unknown of them.
  const first = applies === undefined ? [...left, ...known] : [...known, ...left];
  const guarded = (step: string, i: number) => {
    if (i === 0) return `${step};`;
    return step.startsWith('if (')
      ? `if (!run.denied && ${step.slice('if ('.length)};`
      : `if (!run.denied) ${step};`;
  };
  const decision = `decisionOf(run${lifetime === undefined ? '' : `, ${lifetime / 1000}`})`;
  const hasChallenge = deny.some(({ challenge }) => challenge !== undefined);
  const hasUserinfo = claims.some(({ tokens }) => tokens.includes('userinfo'));
  const asked = hasChallenge ? `withChallenge(run, ${decision})` : decision;
  const answered = hasUserinfo ? `withUserinfo(run, ${asked})` : asked;
  const lines = [
    `var run = ${runText(work)};`,
    ...[...first, ...judged].map(guarded),
    ...(marker ? [`run.access${propertyAccess(marker.claim)} = ${js(marker.value)};`] : []),
    `return ${messages === '' ? answered : `withMessage(${answered}, ${messages})`};`,
  ];
  return `function decide(context, answers) {\n${lines.map((line) => `  ${line}\n`).join('')}}`;
}

const leftText = 'if (isLeft(run, isMeant)) return leave(run)';

/** Denies if something that the policy rests on is unknown. */
function missingText(name: string, test: string, cause: string): string {
  return `if (${test}) deny(run, 'deny', ${js(name)}, ${js(cause)})`;
}

/** What clients see instead of reasons; empty if all see the reasons. */
function messagesText(rules: Policy['deny']): string {
  const said = rules.flatMap(({ reason, message }) =>
    message === undefined ? [] : [[reason, message] as const],
  );
  return said.length === 0 ? '' : js(Object.fromEntries(said));
}

function programText({ name, revision, sources }: Policy): string {
  return `var program = {
  name: ${js(name)},
  revision: ${js(revision)},
  context: readContext,
  needs: ${sources.length === 0 ? 'noNeeds' : 'findNeeds'},
  decide: decide
};`;
}
