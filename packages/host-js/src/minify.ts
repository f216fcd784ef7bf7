import { askedWith, type Policy } from '@claimsmith/core';

/**
 * Our own properties, which vendors, built-ins and strings never name, so they may be shortened like variables. Words
 * from the spec stay as they are.
 */
// biome-ignore format: a table
const ownProperties = [
  'add', 'answers', 'ask', 'asking', 'attempt', 'authorize', 'budget', 'cacheMs', 'cause', 'causes', 'claims', 'context', 'deadlineMs',
  'decide', 'decision', 'denied', 'endMs', 'isChallenged', 'isLeft', 'isObserved', 'kind', 'left', 'lifetimeSeconds', 'limitBytes', 'needs',
  'outcome', 'outcomes', 'program', 'question', 'recall', 'refused', 'remove', 'retries', 'revision', 'send', 'setting', 'settings', 'sources', 'staleMs', 'startMs',
  'subjectType', 'timeoutMs',
];

/** Fields of the identity context. Programs read its records field by field, and never give one away as a whole. */
const contextProperties = ['audience', 'authorization_details', 'chain', 'grant_type'];

/** Those that a need and its answer have. What asks databases and AWS is in other files, which name them too. */
const sharedProperties = ['ageSeconds', 'failure', 'passing', 'refusal', 'source'];

/**
 * The code of a built file without white space and long names.
 *
 * @param target of the vendor's runtime, as esbuild names it: `node22`
 */
export async function minify(
  body: string,
  policy: Policy,
  target: string,
  format: 'cjs' | 'esm' = 'cjs',
): Promise<string> {
  const { transform } = await import('esbuild');
  const words = wordsOf(policy);
  const isShared = policy.sources.some((source) => source.kind !== 'http' || source.aws !== undefined);
  const names = [...ownProperties, ...contextProperties, ...(isShared ? [] : sharedProperties)];
  const short = names.filter((name) => !words.includes(name));
  const { code } = await transform(withArrows(body), {
    minify: true,
    mangleProps: new RegExp(`^(${short.join('|')})$`),
    define: { undefined: absent },
    target,
    format,
    charset: 'utf8',
    treeShaking: true,
  });
  return code;
}

/** A variable without a value is shorter than `void 0`. */
const absent = '$undefined';

const policyStart = 'function policyProgram() {\n';
const policyEnd = '\nreturn program;\n}';

/** The policy as a function, which keeps its names apart from those of what drives it. */
export function policyText(program: string): string {
  return `// The policy.\n${policyStart}${program}${policyEnd}`;
}

/**
 * Functions as arrows and constants as variables, which are shorter; those of the policy stay inside its own function. esbuild writes
 * numbers and texts where they are used if they are constants at the beginning.
 */
function withArrows(body: string): string {
  const from = body.indexOf(policyStart);
  const to = body.indexOf(policyEnd, from);
  const policy = arrowsFirst(body.slice(from + policyStart.length, to));
  const driver = body.slice(0, from) + body.slice(to + policyEnd.length);
  const constant = /^const \w+ = (?:[\d_]+|'[^'\\\n]*');\n/gm;
  const rest = arrowsFirst(driver.replace(constant, '').replace("'use strict';\n", ''));
  return [
    "'use strict';\n",
    ...(driver.match(constant) ?? []),
    `var ${absent};\nvar policyProgram = () => {\n${policy}${policyEnd};\n`,
    rest.replace(/^const /gm, 'var ').replace(/^( +(?:for (?:await )?\()?)const /gm, '$1let '),
  ].join('');
}

/** A variable has no value above its line, so functions come first. One that uses `this` is a constructor, and stays. */
function arrowsFirst(text: string): string {
  const arrows: string[] = [];
  const rest = text.replace(
    /^(async )?function (\w+)\(((?:[^()]|\(\))*)\) \{\n(.*?)^\}/gms,
    (whole, isAsync, name, parameters, lines) => {
      if (/\bthis\./.test(lines)) return whole;
      arrows.push(`var ${name} = ${isAsync ?? ''}(${parameters}) => {\n${lines}};\n`);
      return '';
    },
  );
  return (arrows.join('') + rest).replace(/\bfunction (\([^()]*\)) \{$/gm, '$1 => {');
}

/**
 * Declarations without white space, comments and long names inside them. The names of the declarations stay, and those of
 * properties, because some belong to the vendor.
 *
 * @param target of the vendor's runtime, as esbuild names it: `es5`
 */
export async function minifyDeclarations(text: string, target: string): Promise<string> {
  const { transform } = await import('esbuild');
  const { code } = await transform(text, { minify: true, target });
  return code;
}

/** All texts that a spec's author has named or written; they may become properties in the code. */
function wordsOf({ spec, context, claims, scopes, details, deny, sources }: Policy): string {
  return JSON.stringify([
    [spec.tables, fieldsIn(context).filter((name) => !contextProperties.includes(name))],
    sources.map((source) => [
      [source.name, fieldsIn(source.returns)],
      askedWith(source).map(sourceOf),
      spec.sources?.[source.name]?.http?.body,
    ]),
    claims.map(({ name, as, value, constant, when, onMissing }) => [
      [name, as, constant, onMissing],
      [value, when].map(sourceOf),
    ]),
    scopes.map(({ name, grant }) => [name, grant.source]),
    details.map(({ type, fields, grant }) => [type, fieldsIn(fields), grant.source]),
    deny.map(({ reason, when }) => [reason, when.source]),
  ]);
}

/** The names of a type's fields, of those inside too. */
function fieldsIn(type: Type): readonly string[] {
  switch (type.kind) {
    case 'record':
      return Object.entries(type.fields).flatMap(([name, field]) => [name, ...fieldsIn(field.type)]);
    case 'list':
      return fieldsIn(type.element);
    case 'map':
      return fieldsIn(type.value);
    default:
      return [];
  }
}

type Type = Policy['context']['fields'][string]['type'];

function sourceOf(part: string | { readonly source: string } | undefined): string | undefined {
  return typeof part === 'object' ? part.source : part;
}
