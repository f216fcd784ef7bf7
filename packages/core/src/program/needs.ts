import type { Policy, PolicyClaim, PolicySource } from '../policy.ts';
import { conditions } from './claims.ts';
import { nameOf } from './functions.ts';
import { indent, literal } from './readers.ts';
import { js } from './text.ts';
import { claimsIn, decidingExpressions, readPart, type Work } from './work.ts';

/** `findNeeds(context, answers)`: the sources to ask next. Only sources whose answer is certainly used are asked. */
export function needsText(work: Work): string {
  const { sources } = work.policy;
  if (sources.length === 0) return '';
  const taken = new Set<string>();
  const open = new Map(sources.map(({ name }) => [name, nameOf('need', name, taken)]));
  const readers = sources.map(({ name }) => readersOf(work, name, open));
  const asks = sources.map(({ name }, i) => {
    const tests = [...new Set(readers[i]?.map(({ test }) => test))];
    const need = open.get(name) ?? '';
    if (tests.length === 0) return `// Nothing reads ${name}.`;
    const isRead = tests.includes(always) ? '' : ` && (${tests.join(' ||\n  ')})`;
    return `if (${need}${isRead}) needs.push(${need});`;
  });
  const lines = [
    ...sources.map(
      ({ name }) => `var ${open.get(name)} = openNeed(answers, ${js(name)}, ask_${name}, context);`,
    ),
    `if (${[...open.values()].map((name) => `!${name}`).join(' && ')}) return [];`,
    ...rulesAsking(work, 'nobody').map(
      ({ reason, when }) =>
        `if (!surely(${work.functions.add('deny', reason, when)}, false, context)) return [];`,
    ),
    ...variables(work, readers.flat()),
    'var needs = [];',
    ...asks,
    'return needs;',
  ];
  const questions = sources.map((source) => questionText(work, source));
  return [...questions, `function findNeeds(context, answers) {\n${indent(lines.join('\n'))}\n}`].join(
    '\n\n',
  );
}

/** A part that reads a source if a test is true, and the sources that the test reads. */
interface Reader {
  readonly test: string;
  readonly looksAt: 'context' | 'answers' | 'claims';
}

const always = 'true';

/** What the tests look at besides the context. */
function variables(work: Work, readers: readonly Reader[]): readonly string[] {
  if (readers.some(({ looksAt }) => looksAt === 'claims')) {
    return [
      '// Whether a claim is emitted may rest on others.',
      `var run = ${runText(work)};`,
      'var sources = run.sources, claims = run.claims;',
      'evaluateClaims(run);',
    ];
  }
  return readers.some(({ looksAt }) => looksAt === 'answers')
    ? ['var sources = readAnswers(context.budget, answers);']
    : [];
}

/** The function that puts the question to a source. */
function questionText({ functions }: Work, source: PolicySource): string {
  const asked = source.kind === 'http' ? `url: ${urlText(source)}` : `parameters: ${parametersText(source)}`;
  return `function ask_${source.name}(context) {\n  return { source: ${js(source.name)}, ${asked} };\n}`;

  function urlText({ name, url }: PolicySource & { kind: 'http' }): string {
    const texts = url
      .filter((piece) => piece !== '')
      .map((piece, i) =>
        typeof piece === 'string'
          ? js(piece)
          : `escaped(${functions.call('url', `${name}_${i}`, piece)}, context.budget)`,
      );
    return texts.join(' + ') || "''";
  }

  function parametersText({ name, parameters }: PolicySource & { kind: 'sql' | 'dynamodb' }): string {
    const members = Object.entries(parameters).map(
      ([key, value]) =>
        [key, `bound(${functions.call('parameter', `${name}_${key}`, value)}, context.budget)`] as const,
    );
    return indent(literal(members)).trim();
  }
}

/** Everything that certainly reads a source, and when. */
function readersOf(work: Work, source: string, open: ReadonlyMap<string, string>): readonly Reader[] {
  const { policy, patterns } = work;
  const reads = (expression: Policy['deny'][number]['when']) => work.sourcesOf(expression).includes(source);
  const inContext = (test: string): Reader => ({ test, looksAt: 'context' });
  return [
    ...policy.deny.filter(({ when }) => reads(when)).map(() => inContext(always)),
    ...policy.claims.flatMap((claim) => claimReader(work, claim, source, open)),
    ...policy.scopes
      .filter(({ grant }) => reads(grant))
      .map(({ name, add }) => {
        const pattern = patterns.get(name);
        if (add) return inContext(always);
        return inContext(
          pattern === undefined ? `isAsked(context, ${js(name)})` : `isAskedLike(context, ${pattern})`,
        );
      }),
    ...policy.details
      .filter(({ grant }) => reads(grant))
      .map(({ type }) => inContext(`isRequested(context, ${js(type)})`)),
  ];
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
  if (isReadFirst || when === undefined || inside === undefined)
    return [{ test: addressed.join('') || always, looksAt: 'context' }];
  const condition = work.functions.add('when', claim.name, when);
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

/** `startRun(…)` with all that expressions read. */
export function runText(work: Work): string {
  const none = [...work.claimsRead].map((name) =>
    literal([[name, 'undefined']])
      .slice(1, -1)
      .trim(),
  );
  const answers = sourcesRead(work).length > 0 ? 'readAnswers(context.budget, answers)' : '{}';
  return `startRun(context, ${answers}, ${none.length === 0 ? '{}' : `{ ${none.join(', ')} }`}, answers)`;
}

/** The sources that a decision reads. */
function sourcesRead({ policy, sourcesOf }: Work): readonly PolicySource[] {
  const read = new Set(decidingExpressions(policy).flatMap(sourcesOf));
  return policy.sources.filter(({ name }) => read.has(name));
}

/** `readAnswers(answers)`: the sources' answers, each field checked against its type. */
export function answersText(work: Work): string {
  const sources = sourcesRead(work);
  if (sources.length === 0) return '';
  const values = sources.map(({ name }) => `  var value_${name} = answerOf(answers, ${js(name)});\n`);
  const read = decidingExpressions(work.policy).flatMap(({ reads }) => reads.map(({ path }) => path));
  const members = sources.map(({ name, returns }) => {
    const record = work.readers.record(readPart(returns, name, read), `value_${name}`);
    return [name, `recordOf(${record}, value_${name}, answers, ${js(name)})`] as const;
  });
  return `function readAnswers(budget, answers) {\n${values.join('')}  return ${indent(literal(members)).trim()};\n}`;
}

/** Deny rules without sources come first: sources are not asked about users that are denied anyway. */
export function rulesAsking({ policy, sourcesOf }: Work, whom: 'nobody' | 'someone'): Policy['deny'] {
  return policy.deny.filter(({ when }) => (sourcesOf(when).length === 0) === (whom === 'nobody'));
}
