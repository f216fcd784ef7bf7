import { type Finding, formatPath, type Path } from '../finding.ts';
import type { Rule } from './rule.ts';
import { hmacKey } from './secret-texts.ts';

export const settingTakenLiterally = {
  id: 'TE019',
  slug: 'setting-taken-literally',
  severity: 'error',
  title: '`${NAME}` is used only where a setting is filled in.',
  why: 'Elsewhere it is ordinary text, and tokens would carry the characters `${NAME}`, or be compared with them.',
  mend: 'Write the value itself, or a parameter, `${params.name}`, whose value a build fixes. Settings are filled in only in the address, headers and `auth` of an HTTP source, the connection of a database, and the table, region and endpoint of a DynamoDB source; and as the key of `hash.hmac`. In an expression, write `\\u0024` for the character `$`.',
  bad: `claims:
  region: { const: "\${REGION}", kind: descriptive }`,
  good: `claims:
  region: { const: eu, kind: descriptive }`,
  check: ({ spec, source }) =>
    textsOf(spec, []).flatMap(({ path, text, isKey }): readonly Finding[] => {
      if (!text.includes('${') || isFilledIn(path) || isKeysAlone(text, path)) return [];
      // Outside of quotes it is not an expression, which is an error of its own.
      if (isExpression(path) && !isQuoted(text)) return [];
      return [
        {
          rule: 'TE019',
          severity: 'error',
          message: `\`${nameIn(text)}\` in \`${formatPath(isKey ? path.slice(0, -1) : path)}\` is not filled in: it is used as text.`,
          range: isKey ? source.key(path) : source.value(path),
          help: helpFor(text, path, isKey, Object.keys(spec.params ?? {})),
        },
      ];
    }),
} as const satisfies Rule;

/** Whether an expression names settings only as keys of `hash.hmac`. */
function isKeysAlone(text: string, path: Path): boolean {
  return isExpression(path) && !text.replace(hmacKey, '').includes('${');
}

/** Whether a text of an expression holds a placeholder. */
function isQuoted(expression: string): boolean {
  const texts = expression.match(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/gs) ?? [];
  return texts.some((text) => text.includes('${'));
}

/** The first placeholder of a text. */
function nameIn(text: string): string {
  return /\$\{[^}]{0,64}\}/.exec(text)?.[0] ?? '${…}';
}

/** Which of the two is meant: a parameter, which a build fixes, or a setting, which a deployment reads. */
function helpFor(text: string, path: Path, isKey: boolean, parameters: readonly string[]): string {
  const [, name = ''] = /\$\{(?:params\.)?([^}]*)\}/.exec(text) ?? [];
  const isParameter = text.includes('${params.') || parameters.includes(name);
  if (isParameter && isKey) return 'Write the name out: parameters are filled into values, not into names.';
  if (isParameter && isExpression(path))
    return `An expression reads a parameter by its name: \`params.${name}\`.`;
  if (isParameter) return `Write the parameter as \`\${params.${name}}\`.`;
  return isExpression(path)
    ? 'Write the value itself. If you mean the text, write its `$` as `\\u0024`.'
    : 'Only sources read settings. Write the value itself, or a parameter that a build fixes: `${params.name}`.';
}

interface Text {
  readonly path: Path;
  readonly text: string;
  /** Whether the text is the last name of the path. */
  readonly isKey: boolean;
}

/** Every text and every name of some data. */
function textsOf(data: unknown, path: Path): readonly Text[] {
  if (typeof data === 'string') return [{ path, text: data, isKey: false }];
  if (Array.isArray(data)) return data.flatMap((item: unknown, index) => textsOf(item, [...path, index]));
  if (typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const at = [...path, key];
    return [{ path: at, text: key, isKey: true }, ...textsOf(value, at)];
  });
}

const filledInParts = [
  'http.url',
  'http.headers',
  'sql.connection',
  'dynamodb.table',
  'dynamodb.region',
  'dynamodb.endpoint',
];

/** Places where a setting is filled in, where another rule refuses it, or that hold prose. */
function isFilledIn([section, , kind, part, ...rest]: Path): boolean {
  if (section === 'accept' || section === 'audit') return true;
  if (section === 'claims') return kind === 'purpose';
  if (section !== 'sources') return false;
  const name = `${kind}.${part}`;
  return (
    name === 'sql.query' ||
    name === 'http.auth' ||
    (filledInParts.includes(name) && rest.length === (name === 'http.headers' ? 1 : 0))
  );
}

function isExpression(path: Path): boolean {
  const [section] = path;
  return (
    path.includes('value') ||
    path.includes('when') ||
    path.includes('grant') ||
    path[3] === 'body' ||
    section === 'subjects'
  );
}
