import { type Expression, operationOf } from '@claimsmith/cel';
import type { BodyPart, Policy, PolicyClaim, PolicyRule, PolicySource } from '../policy.ts';
import { askedWith } from '../sources/asked-with.ts';
import { conditions } from './claims.ts';
import { nameOf } from './functions.ts';
import { indent, literal } from './readers.ts';
import { js } from './text.ts';
import {
  claimsIn,
  decidingExpressions,
  delegatedTest,
  directText,
  isForAll,
  readPart,
  type Work,
} from './work.ts';

/** `findNeeds(context, answers)`: the sources to ask next. Only sources whose answer is certainly used are asked. */
export function needsText(work: Work): string {
  const { sources } = work.policy;
  if (sources.length === 0) return '';
  const taken = new Set<string>();
  const open = new Map(sources.map(({ name }) => [name, nameOf('need', name, taken)]));
  const chained = sources.filter(isChained);
  const { first, gate } = gateOf(work);
  const readers = sources.map(({ name }) => readersOf(work, name, open));
  const tests = new Map(sources.map(({ name }, i) => [name, testOf(work, name, readers[i] ?? [], open)]));
  const asks = sources.map((source) => {
    const { name } = source;
    const test = isChained(source) ? `reads_${name}` : (tests.get(name) ?? never);
    const need = open.get(name) ?? '';
    if (test === never) return `// Nothing reads ${name}.`;
    const isOpen = sources.length > 1 || test === always ? [need] : [];
    const isRead = test === always ? [] : [isOpen.length > 0 && test.includes(' ||') ? `(${test})` : test];
    return `if (${[...isOpen, ...isRead].join(' && ')}) needs.push(${need});`;
  });
  const asking = chained.length === 0 ? 'context' : 'context, sources';
  const lines = [
    ...(chained.length === 0 ? [] : ['var sources = readAnswers(context, answers);']),
    ...sources.map(
      ({ name }) => `var ${open.get(name)} = openNeed(answers, ${js(name)}, ask_${name}, ${asking});`,
    ),
    `if (${[
      [...open.values()].map((name) => `!${name}`).join(' && '),
      ...(isForAll(work.policy) ? [] : ['!surely(isMeant, true, context)']),
      ...first.map((rule) => `!${isFalse(work, rule)}`),
    ].join(' ||\n  ')}) return [];`,
    ...(gate.length === 0
      ? []
      : [`var ${goesOn} = ${gate.map((rule) => isFalse(work, rule)).join(' && ')};`]),
    ...variables(work, readers.flat()),
    // A source is asked for those that are asked with its answer: whether they are read is known first.
    ...chained.toReversed().map(({ name }) => `var reads_${name} = ${tests.get(name)};`),
    'var needs = [];',
    ...asks,
    'return needs;',
  ];
  const questions = sources.map((source) => questionText(work, source));
  const text = lines.join('\n');
  return [
    ...questions,
    `function findNeeds(context, answers) {\n${directText(text, 'context')}${indent(text)}\n}`,
  ].join('\n\n');
}

/** The function for the condition under which a source is asked. */
function whenName({ functions }: Work, { name, when }: PolicySource): string {
  return when === undefined ? '' : functions.add('asks', name, when);
}

/** Whether a source is asked with another source's answer. */
function isChained({ reads }: PolicySource): boolean {
  return reads.sources.length > 0;
}

/** Whether something certainly reads a source, or one that is asked with its answer and not yet open. */
function testOf(
  work: Work,
  source: string,
  readers: readonly Reader[],
  open: ReadonlyMap<string, string>,
): string {
  const behind = work.policy.sources
    .filter(({ reads }) => reads.sources.includes(source))
    .map((asked) => {
      const { name, when } = asked;
      const isOpen = `reads_${name} && !${open.get(name)} && fieldOf(answers, ${js(name)}) === undefined`;
      // What decides whether it is asked comes before the rest of its question.
      const isFirst = when === undefined || work.sourcesOf(when).includes(source);
      return isFirst ? isOpen : `${isOpen} && surely(${whenName(work, asked)}, true, context, sources)`;
    });
  const all = new Set([...readers.map(({ test }) => test), ...behind]);
  // One that has another's condition and more adds nothing.
  const tests = [...all].filter((test) => ![...all].some((other) => test.endsWith(` && ${other}`)));
  if (tests.length === 0) return never;
  return tests.includes(always) ? always : tests.join(' ||\n  ');
}

/** A part that reads a source if a test is true, and the sources that the test reads. */
interface Reader {
  readonly test: string;
  readonly looksAt: 'context' | 'answers' | 'claims';
}

const always = 'true';
const never = 'false';

/** What the tests look at besides the context. */
function variables(work: Work, readers: readonly Reader[]): readonly string[] {
  const hasChain = work.policy.sources.some(isChained);
  if (readers.some(({ looksAt }) => looksAt === 'claims')) {
    return [
      '// Whether a claim is emitted may rest on others.',
      `var run = ${runText(work, hasChain ? 'sources' : undefined)};`,
      `var ${hasChain ? '' : 'sources = run.sources, '}claims = run.claims;`,
      'evaluateClaims(run);',
    ];
  }
  return !hasChain && readers.some(({ looksAt }) => looksAt === 'answers')
    ? ['var sources = readAnswers(context, answers);']
    : [];
}

/** The function that puts the question to a source. */
function questionText({ functions }: Work, source: PolicySource): string {
  const { name, when, each } = source;
  const parameters = isChained(source) || each !== undefined ? 'context, sources' : 'context';
  const guard =
    when === undefined ? '' : `  if (!truth(${functions.call('asks', name, when)})) fail('when');\n`;
  /** Evaluates an expression of the question. */
  const call = (role: string, subject: string, expression: Expression) => {
    if (each === undefined) return functions.call(role, subject, expression);
    const bound = { parameter: 'element', variables: { [each.name]: 'element' } };
    return `${functions.add(role, subject, expression, bound)}(context, sources, undefined, element)`;
  };
  const asked =
    source.kind === 'http'
      ? `url: ${urlText(source, call)}${bodyMember(source, call)}`
      : `parameters: ${parametersText(source, call)}`;
  const question = `{ source: ${js(name)}, ${asked} }`;
  if (each === undefined) return `function ask_${name}(${parameters}) {\n${guard}  return ${question};\n}`;
  const list = functions.call('each', name, each.list);
  return `function ask_${name}(${parameters}) {
${guard}  return { source: ${js(name)}, each: eachOf(${list}, ${each.maxItems}, function (element) {
    return ${indent(indent(question)).trim()};
  }) };
}`;
}

/** Code that evaluates an expression of a question. */
type Call = (role: string, subject: string, expression: Expression) => string;

function urlText({ name, url }: PolicySource & { kind: 'http' }, call: Call): string {
  const texts = url
    .filter((piece) => piece !== '')
    .map((piece, i) =>
      typeof piece === 'string'
        ? js(piece)
        : `escaped(${segmentText(piece, call('url', `${name}_${i}`, piece))}, context.budget)`,
    );
  return texts.join(' + ') || "''";
}

function segmentText({ type }: Expression, text: string): string {
  return type.kind === 'string' ? text : `segment(${text})`;
}

function bodyMember({ name, body }: PolicySource & { kind: 'http' }, call: Call): string {
  if (body === undefined) return '';
  let count = 0;
  const part = (one: BodyPart): string => {
    switch (one.kind) {
      case 'constant':
        return js(one.value);
      case 'expression':
        return `sendable(${call('body', `${name}_${++count}`, one.expression)}, context.budget)`;
      case 'list':
        return `[${one.items.map(part).join(', ')}]`;
      case 'mapping':
        return literal(Object.entries(one.members).map(([key, member]) => [key, part(member)] as const));
    }
  };
  return `, body: JSON.stringify(${indent(part(body)).trim()})`;
}

function parametersText(
  { name, parameters }: PolicySource & { kind: 'sql' | 'dynamodb' },
  call: Call,
): string {
  const members = Object.entries(parameters).map(
    ([key, value]) => [key, `bound(${call('parameter', `${name}_${key}`, value)}, context.budget)`] as const,
  );
  return indent(literal(members)).trim();
}

/** Code that tells whether a rule surely lets the issuance go on. */
function isFalse({ functions }: Work, { reason, when }: PolicyRule, more = ''): string {
  return `surely(${functions.add('deny', reason, when)}, false, context${more})`;
}

/** Whether a condition may be false whatever the sources that it reads would answer. */
function mayBeFalseUnasked({ root }: Expression): boolean {
  const kind = operationOf(root)?.kind;
  return kind === 'and' || kind === 'choose';
}

/** A rule reads a source unless it is false whatever the answer: for another client, say. */
function ruleReader(work: Work, rule: PolicyRule): Reader {
  return mayBeFalseUnasked(rule.when)
    ? { test: `!${isFalse(work, rule, ', sources')}`, looksAt: 'answers' }
    : { test: always, looksAt: 'context' };
}

/**
 * The rules that end the issuance before any source is asked, and the challenges that end it for everything but deny
 * rules, which come first and read sources.
 */
function gateOf(work: Work): { readonly first: Policy['deny']; readonly gate: Policy['deny'] } {
  const { denials, challenges, asksNobody } = rulesOf(work);
  const gate = challenges.filter(asksNobody);
  const first = denials.filter(asksNobody);
  return first.length === denials.length ? { first: [...first, ...gate], gate: [] } : { first, gate };
}

const goesOn = 'goesOn';

/** Everything that certainly reads a source, and when. */
function readersOf(work: Work, source: string, open: ReadonlyMap<string, string>): readonly Reader[] {
  const { denials } = rulesOf(work);
  const reading = denials.filter(({ when }) => work.sourcesOf(when).includes(source));
  const later = laterReaders(work, source, open);
  const gated =
    gateOf(work).gate.length === 0
      ? later
      : later.map(
          ({ test, looksAt }): Reader => ({
            test: test === always ? goesOn : `${goesOn} && ${test}`,
            looksAt,
          }),
        );
  return [...reading.map((rule) => ruleReader(work, rule)), ...gated];
}

/** What comes after the deny rules. */
function laterReaders(work: Work, source: string, open: ReadonlyMap<string, string>): readonly Reader[] {
  const { policy, patterns } = work;
  const reads = (expression: Expression) => work.sourcesOf(expression).includes(source);
  const inContext = (test: string): Reader => ({ test, looksAt: 'context' });
  return [
    ...rulesOf(work)
      .challenges.filter(({ when }) => reads(when))
      .map((rule) => ruleReader(work, rule)),
    ...policy.claims.flatMap((claim) => claimReader(work, claim, source, open)),
    ...policy.scopes
      .filter(({ grant }) => reads(grant))
      .map(({ name, add, delegated }) => {
        const pattern = patterns.get(name);
        const asked =
          pattern === undefined ? `isAsked(context, ${js(name)})` : `isAskedLike(context, ${pattern})`;
        return inContext(allOf(delegatedTest(work, delegated), add ? undefined : asked));
      }),
    ...policy.details
      .filter(({ grant }) => reads(grant))
      .map(({ type, delegated }) =>
        inContext(allOf(delegatedTest(work, delegated), `isRequested(context, ${js(type)})`)),
      ),
  ];
}

function allOf(...tests: readonly (string | undefined)[]): string {
  return tests.filter((test) => test !== undefined).join(' && ') || always;
}

function claimReader(
  work: Work,
  claim: PolicyClaim,
  source: string,
  open: ReadonlyMap<string, string>,
): readonly Reader[] {
  const { when, value } = claim;
  const isReadFirst = work.sourcesOf(when).includes(source);
  if (!isReadFirst && !work.sourcesOf(value).includes(source)) return [];
  const { before, inside } = conditions(work, claim);
  const addressed = before === undefined ? [] : [before];
  if (when === undefined || inside === undefined)
    return [{ test: addressed.join('') || always, looksAt: 'context' }];
  const condition = work.functions.add('when', claim.name, when);
  if (isReadFirst) {
    if (claimsIn(when).length > 0 || !mayBeFalseUnasked(when))
      return [{ test: addressed.join('') || always, looksAt: 'context' }];
    const isOpen = `!surely(${condition}, false, context, sources)`;
    return [{ test: [...addressed, isOpen].join(' && '), looksAt: 'answers' }];
  }
  if (claimsIn(when).length === 0) {
    const looksAt = work.sourcesOf(when).length > 0 ? 'answers' : 'context';
    const surely = `surely(${condition}, true, context${looksAt === 'answers' ? ', sources' : ''})`;
    return [{ test: [...addressed, surely].join(' && '), looksAt }];
  }
  // The claim's condition depends on other sources, so those come first.
  const behind = work.restsOn(when);
  if (behind.includes(source)) return [];
  const others = behind.map((name) => `!${open.get(name)}`);
  const test = [...addressed, ...others, `surely(${condition}, true, context, sources, claims)`].join(' && ');
  return [{ test, looksAt: 'claims' }];
}

/**
 * `startRun(…)` with all that expressions read.
 *
 * @param known the variable that has the answers, if there is one
 */
export function runText(work: Work, known?: string): string {
  const none = [...work.claimsRead].map((name) =>
    literal([[name, 'undefined']])
      .slice(1, -1)
      .trim(),
  );
  const answers = known ?? (sourcesRead(work).length > 0 ? 'readAnswers(context, answers)' : '{}');
  return `startRun(context, ${answers}, ${none.length === 0 ? '{}' : `{ ${none.join(', ')} }`}, answers)`;
}

/** The sources that a decision or a question reads. */
function sourcesRead({ policy, sourcesOf }: Work): readonly PolicySource[] {
  const read = new Set(readingExpressions(policy).flatMap(sourcesOf));
  return policy.sources.filter(({ name }) => read.has(name));
}

/** `readAnswers(context, answers)`: the sources' answers, each field checked against its type. */
export function answersText(work: Work): string {
  const sources = sourcesRead(work);
  if (sources.length === 0) return '';
  const read = readingExpressions(work.policy).flatMap(({ reads }) => reads.map(({ path }) => path));
  // A condition may read the sources without one.
  const inOrder = [
    ...sources.filter(({ when }) => when === undefined),
    ...sources.filter(({ when }) => when !== undefined),
  ];
  const calls = inOrder.map((source) => {
    const { name, when, returns } = source;
    const record = work.readers.record(readPart(returns, name, read), 'value');
    const isKnown = !isChained(source) && source.each === undefined;
    const question = isKnown
      ? ''
      : `, function () {\n  return unaskedSince(function () { ask_${name}(context, sources); });\n}`;
    // Where its condition is false, a source has no fields.
    const given =
      when === undefined
        ? answersOf(source)
        : `surely(${whenName(work, source)}, false, context, sources) ? { ${name}: { value: {} } } : ${answersOf(source)}`;
    const reader = `function (value) {\n${indent(`return ${record};`)}\n}`;
    return `readAnswer(sources, ${js(name)}, ${given}, ${reader}${question});`;
  });
  const lines = ['var sources = {};', ...calls, 'return sources;'];
  return `function readAnswers(context, answers) {\n  var budget = context.budget;\n${indent(lines.join('\n'))}\n}`;
}

/** With `each`, the answers to all questions are an object anyway. */
function answersOf({ name, isList, each }: PolicySource): string {
  return isList && each === undefined ? `withList(answers, ${js(name)})` : 'answers';
}

/** All expressions that may read an answer. */
function readingExpressions(policy: Policy): readonly Expression[] {
  return [...decidingExpressions(policy), ...policy.sources.flatMap(askedWith)];
}

/**
 * The rules in the order in which they are judged. Deny rules come before challenges: a user who is denied is asked for
 * nothing. Those without sources come first: sources are not asked about users that are denied anyway.
 */
export function rulesOf({ policy, sourcesOf }: Pick<Work, 'policy' | 'sourcesOf'>) {
  const asksNobody = ({ when }: PolicyRule) => sourcesOf(when).length === 0;
  const inOrder = (rules: Policy['deny']) => [
    ...rules.filter(asksNobody),
    ...rules.filter((rule) => !asksNobody(rule)),
  ];
  const denials = inOrder(policy.deny.filter(({ challenge }) => challenge === undefined));
  const challenges = inOrder(policy.deny.filter(({ challenge }) => challenge !== undefined));
  return { denials, challenges, asksNobody };
}
