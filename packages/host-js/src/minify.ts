import { askedWith, type Policy } from '@claimsmith/core';

/**
 * Our own properties, which vendors, built-ins and strings never name, so they may be shortened like variables. Words
 * from the spec stay as they are.
 */
// biome-ignore format: a table
const ownProperties = [
  'add', 'answers', 'ask', 'asking', 'attempt', 'authorize', 'budget', 'cacheMs', 'cause', 'causes', 'claims', 'context', 'deadlineMs',
  'decide', 'decision', 'denied', 'endMs', 'isLeft', 'isObserved', 'kind', 'left', 'lifetimeSeconds', 'limitBytes', 'needs',
  'outcome', 'outcomes', 'program', 'question', 'recall', 'refused', 'remove', 'retries', 'revision', 'scopes', 'send', 'setting', 'settings', 'sources', 'staleMs', 'startMs',
  'subjectType', 'timeoutMs', 'verdict',
];

/** Fields of the identity context. Programs read its records field by field, and never give one away as a whole. */
// biome-ignore format: a table
const contextProperties = ['attributes', 'audience', 'authorization_details', 'chain', 'grant_type', 'org', 'scopes', 'sub'];

/** Those that an event may have too. They may be shortened if the driver names none of them: the policy's program quotes the event's. */
const readProperties = ['actor', 'client', 'groups', 'request', 'roles', 'user'];

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
  const { program, driver } = partsOf(body.replace(comments, ''));
  const read = readProperties.filter((name) => !new RegExp(`[.{,]\\s*${name}\\b`).test(driver));
  const short = [...names, ...read].filter((name) => !words.has(name));
  const { code } = await transform(joined(sharing({ program: withVendorsNames(program), driver })), {
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

/** The policy's program, and what drives it. */
interface Parts {
  readonly program: string;
  readonly driver: string;
}

function partsOf(body: string): Parts {
  const from = body.indexOf(policyStart);
  const to = body.indexOf(policyEnd, from);
  return {
    program: body.slice(from + policyStart.length, to),
    driver: body.slice(0, from) + body.slice(to + policyEnd.length),
  };
}

const comments = /^\s*\/\*[\s\S]*?\*\/|^\s*\/\/.*/gm;

/** The function that reads the event, with the event's names in quotes. */
function withVendorsNames(program: string): string {
  return program.replace(/^function readContext\(event\) \{\n.*?^\}/ms, (text) =>
    text.replace(/'(?:[^'\\]|\\.)*'|\bevent(?:\??\.\w+)+/g, (part) =>
      part.startsWith("'")
        ? part
        : part.replace(/(\?\.)?\.?(\w+)/g, (_, chained = '', name) =>
            name === 'event' ? name : `${chained}['${name}']`,
          ),
    ),
  );
}

/**
 * Functions as arrows and constants as variables, which are shorter; those of the policy stay inside its own function. esbuild writes
 * numbers where they are used if they are constants at the beginning.
 */
function joined({ program, driver }: Parts): string {
  const policy = arrowsFirst(inPlace(sharedTests(program), ''));
  const made = /^var program = (\{.*?^\});\n/ms.exec(policy);
  const isNamed = /\bprogram\b/.test(policy.replace(made?.[0] ?? '', ''));
  const given =
    made === null || isNamed
      ? `${policy}\nreturn program;`
      : `${policy.replace(made[0], '')}\nreturn ${made[1]};`;
  const constant = /^const \w+ = [\d_]+;\n/gm;
  const rest = arrowsFirst(inPlace(driver.replace(constant, '').replace("'use strict';\n", ''), program));
  return [
    "'use strict';\n",
    ...(driver.match(constant) ?? []),
    `var ${absent};\n`,
    rest
      .replace(/^const /gm, 'var ')
      .replace(/^( +(?:for (?:await )?\()?)const /gm, '$1let ')
      .replace('policyProgram()', () => `(() => {\n${given}\n})()`),
  ].join('');
}

/** What the program and its driver both have is in the driver alone: a read of a property, and texts. */
function sharing({ program, driver }: Parts): Parts {
  const reads = /^function (?:fieldOf|isObject)\(.*?^\}\n|^var hasOwn = [^\n]*\n/gms;
  const own = /^function own\(.*?^\}\n/ms;
  const withReads =
    own.test(driver) && /^function fieldOf\(/m.test(program)
      ? {
          program: program.replace(reads, ''),
          driver:
            (program.match(reads) ?? []).join('') +
            driver.replace(own, '').replace(/(?<![.\w])own\(/g, 'fieldOf('),
        }
      : { program, driver };
  return {
    driver: withReads.driver,
    program: [...driver.matchAll(/^const (\w+) = ('\w+');$/gm)].reduce(
      (all, [, name = '', text = '']) =>
        new RegExp(`\\b${name}\\b`).test(all)
          ? all
          : all.replace(new RegExp(`(?<!\\\\)${text}(?!:)`, 'g'), name),
      withReads.program,
    ),
  };
}

/** Texts and patterns that are used once, and not by `other` code, stand where they are used. */
function inPlace(code: string, other: string): string {
  const constants = [...code.matchAll(/^(?:const|var) (\w+) =\s+('[^'\n]*'|\/(?:[^/\\\n]|\\.)+\/);\n/gm)];
  return constants.reduce((all, [declared, name, value = '']) => {
    const rest = all.replace(declared, '');
    const uses = new RegExp(`(?<![.\\w])${name}(?![\\w:])`, 'g');
    return !uses.test(other) && rest.match(uses)?.length === 1 ? rest.replace(uses, () => value) : all;
  }, code);
}

/** Calls the functions that are nothing but a test of the context where other code does the same test. */
function sharedTests(policy: string): string {
  const test = /^function (\w+)\(context\) \{\n {2}return (context\.\w+ === '\w+');\n\}/gm;
  const named = [...policy.matchAll(test)];
  return named.reduce(
    (text, [declared, name, tested = '']) =>
      text
        .split(declared)
        .map((part) => part.replace(new RegExp(`(?<![\\w.])${tested}`, 'g'), `${name}(context)`))
        .join(declared),
    policy,
  );
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
function wordsOf({ spec, context, claims, scopes, details, deny, sources }: Policy): ReadonlySet<string> {
  // A field of the context that an expression reads is not a word of the author, nor is `claims`.
  const reads = new RegExp(
    `\\b(${Object.keys(context.fields).join('|')})(\\.\\??\\w+)+|(?<![\\w.])claims\\.`,
    'g',
  );
  const sourceOf = (part: string | { readonly source: string } | undefined) =>
    (typeof part === 'object' ? part.source : part)?.replace(reads, '');
  const texts = JSON.stringify([
    [
      spec.tables,
      fieldsIn(context).filter((name) => ![...contextProperties, ...readProperties].includes(name)),
      insideAttributes(context),
    ],
    sources.map((source) => [
      [source.name, fieldsIn(source.returns)],
      askedWith(source).map(sourceOf),
      spec.sources?.[source.name]?.http?.body,
    ]),
    claims.map(({ name, as, value, constant, when, onMissing }) => [
      [name, as, constant, onMissing],
      [value, when].map(sourceOf),
    ]),
    scopes.map(({ name, grant }) => [name, sourceOf(grant)]),
    details.map(({ type, fields, grant }) => [type, fieldsIn(fields), sourceOf(grant)]),
    deny.map(({ reason, when }) => [reason, sourceOf(when)]),
  ]);
  return new Set(texts.replace(/\\[a-z]/g, ' ').match(/\w+/g));
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

/** The names of fields inside attributes: an attribute may be given away as a whole. */
function insideAttributes({ fields }: Policy['context']): readonly string[] {
  return Object.values(fields).flatMap(({ type }) => {
    const attributes = type.kind === 'record' ? type.fields['attributes']?.type : undefined;
    return attributes?.kind === 'record'
      ? Object.values(attributes.fields).flatMap((one) => fieldsIn(one.type))
      : [];
  });
}

type Type = Policy['context']['fields'][string]['type'];
