import { openIdScopes, otherScopes } from '../other-scopes.ts';
import type { Delegated } from '../policy.ts';
import { rulesOf } from './needs.ts';
import { indent } from './readers.ts';
import { js } from './text.ts';
import { delegatedTest, directText, isForAll, readPart, type Work } from './work.ts';

/** `isMeant(context)`: whether the policy is for a token; fails if that is unknown. */
export function meantText({ policy, functions }: Work): string {
  if (isForAll(policy)) return '';
  const { only: { clients, audiences } = {}, applies } = policy;
  const tests = [
    ...(clients === undefined ? [] : [`isOfClient(context.client.id, ${js(clients)})`]),
    ...(audiences === undefined ? [] : [`isForAudience(context.request, ${js(audiences)})`]),
    ...(applies === undefined ? [] : [`truth(${functions.call('applies', 'policy', applies.when)})`]),
  ];
  return `function isMeant(context) {\n  return ${tests.join(' &&\n    ')};\n}`;
}

/** A call for each rule and challenge. The first that is true or fails ends the issuance. */
export function denyCalls(work: Work): readonly string[] {
  const { denials, challenges } = rulesOf(work);
  return [...denials, ...challenges].map(({ reason, when, challenge }) => {
    const condition = work.functions.add('deny', reason, when);
    return challenge === undefined
      ? `denies(run, ${js(reason)}, ${condition})`
      : `challenges(run, ${js(reason)}, ${condition}, ${js({ ...challenge })})`;
  });
}

/** `evaluateScopes(run)`: decides about every requested scope of the policy. */
export function scopesText(work: Work): string {
  const { policy, functions, patterns } = work;
  const { scopes } = policy;
  if (scopes.length === 0) return '';
  const lines = scopes.flatMap(({ name, placeholders, grant, add, delegated }) => {
    const variables = Object.fromEntries(
      placeholders.map((placeholder, i) => [placeholder, `match[${i + 1}]`]),
    );
    const bound = placeholders.length > 0 ? { parameter: 'match', variables, areShort: true } : undefined;
    const judge = judgeText(work, delegated, functions.add('grant', name, grant, bound));
    const pattern = patterns.get(name);
    return pattern === undefined
      ? [`judgeScope(run, ${js(name)}, ${judge});`, ...(add ? [`addScope(run, ${js(name)}, ${judge});`] : [])]
      : [`judgeScopes(run, ${js(name)}, ${pattern}, ${judge});`];
  });
  const named = scopes.filter(({ name }) => name !== otherScopes);
  const known = named.map(({ name }) => {
    const pattern = patterns.get(name);
    return pattern === undefined ? `name === ${js(name)}` : `${pattern}.test(name)`;
  });
  const starts = scopes
    .filter(({ placeholders }) => placeholders.length > 0)
    .map(({ pattern: [start = ''] }) => ` || begins(name, ${js(start)})`);
  return [
    ...named.flatMap(({ name, pattern }) => {
      const variable = patterns.get(name);
      return variable === undefined ? [] : [`var ${variable} = ${patternText(pattern)};`];
    }),
    `function evaluateScopes(run) {\n${directText(lines.join())}${indent([...lines, `refuseStrays(run, isStray, ${8 + 40 * patterns.size + 2 * scopes.length});`].join('\n'))}\n}`,
    ...othersText(patterns.get(otherScopes), known),
    `function isStray(name) {
${known.length === 0 ? '' : `  if (${known.join(' || ')}) return false;\n`}  return !scopeName.test(name)${starts.join('')};
}`,
  ].join('\n\n');
}

/** A grant that is false in a delegated token, unless it is for those too. */
function judgeText(work: Work, delegated: Delegated, judge: string): string {
  const test = delegatedTest(work, delegated);
  return test === undefined ? judge : `${test} && ${judge}`;
}

/** The pattern of `*`: all names except those of the spec and OpenID's own. */
function othersText(variable: string | undefined, known: readonly string[]): readonly string[] {
  if (variable === undefined) return [];
  const own = `${js(openIdScopes)}.indexOf(name) >= 0`;
  return [
    `function isOther(name) {\n  return !(${[...known, own].join(' || ')});\n}`,
    `var ${variable} = { exec: isOther, test: isOther };`,
  ];
}

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

/** `evaluateDetails(run)`: a refused authorization detail refuses the token. */
export function detailsText(work: Work): string {
  const { policy, functions, readers } = work;
  const { details } = policy;
  const [first] = details;
  if (first === undefined) return '';
  const bound = { parameter: 'detail', variables: { detail: 'detail' } };
  const judged = details.map(({ type, fields, grant, delegated }) => {
    const read = grant.reads.map(({ path }) => path);
    const record = indent(readers.record(readPart(fields, 'detail', read), 'requested[i]')).trim();
    const judge = judgeText(work, delegated, functions.add('detail', type, grant, bound));
    return `if (type === ${js(type)} && !judge(run, 'detail', type, ${judge}, ${record}))
  run.denied = run.denied || 'authorization_details_refused';`;
  });
  return `function evaluateDetails(run) {
${directText(judged.join())}  var requested = run.context.request.authorization_details;
  if (!requested) return deny(run, 'detail', ${js(first.type)}, 'authorization_details_unknown');
  var budget = run.context.budget;
  for (var i = 0; i < requested.length && affords(budget, 20); i++) {
    var type = fieldOf(requested[i], 'type');
${indent(indent(judged.join('\n')))}
  }
}`;
}
