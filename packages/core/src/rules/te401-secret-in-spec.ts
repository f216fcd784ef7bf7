import type { Finding, Path, SpecSource } from '../finding.ts';
import { linesOf } from '../lines.ts';
import { urlPieces } from '../sources/url-template.ts';
import type { SourceSpec, Spec } from '../spec/schema.ts';
import { secretIn } from '../words/secrets.ts';
import { bareName } from '../words/word-list.ts';
import type { Rule } from './rule.ts';
import { hasSecretName, looksRandom, secretShapeOf } from './secret-texts.ts';
import { textsIn } from './texts.ts';

export const secretInSpec = {
  id: 'TE401',
  slug: 'secret-in-spec',
  severity: 'error',
  safety: true,
  title: 'A spec holds only the names of secrets, never a secret itself: `${NAME}`.',
  why: 'A spec is in version control, and many people can read it and the built files. So are the files of Cedar beside it, which `claimsmith test` reads.',
  mend: 'Write `${NAME}`, and supply the secret under that name where you deploy. Revoke the old secret, because somebody may have read it.',
  bad: `sources:
  crm:
    http: { url: "https://crm.acme.example/", headers: { authorization: "Bearer 8f3kd92kd0" } }
    returns: { plan: string }
claims: {}`,
  good: `sources:
  crm:
    http: { url: "https://crm.acme.example/", headers: { authorization: "Bearer \${CRM_TOKEN}" } }
    returns: { plan: string }
claims: {}`,
  standards: ['secretLeakage', 'hardCodedCredentials'],
  check({ spec, source }) {
    const named = Object.entries(spec.sources ?? {}).flatMap(([name, settings]) => leaksOf(name, settings));
    const told = new Set(named.map((leak) => leak.path.join('\n')));
    const others = leaksIn(spec).filter((leak) => !told.has(leak.path.join('\n')));
    const inData = [...named, ...others].map((leak) => finding(leak.what, source.key(leak.path)));
    const lines = new Set(inData.map(({ range }) => range?.start.line));
    const beside = secretTextFindings(source).filter(({ range }) => !lines.has(range?.start.line));
    return [...inData, ...beside];
  },
} as const satisfies Rule;

function finding(what: string, range: Finding['range']): Finding {
  return {
    rule: 'TE401',
    severity: 'error',
    message: `${what} looks like a secret in plain text.`,
    range,
    help: 'Write ${NAME} instead, and supply the value where you deploy. If the secret is real, revoke it.',
  };
}

/** Literals in the places of a source where its secrets belong. */
function leaksOf(name: string, settings: SourceSpec): readonly Leak[] {
  const path = ['sources', name];
  const { url = '', headers = {}, auth } = settings.http ?? {};
  const { connection = '' } = settings.sql ?? {};
  return [
    ...Object.entries(headers)
      .filter(([header, value]) => isSecretHeader(header) && isLiteral(value))
      .map(([header]) => ({ path: [...path, 'http', 'headers', header], what: `The header \`${header}\`` })),
    ...secretParameters(url).map((parameter) => ({
      path: [...path, 'http', 'url'],
      what: `The parameter \`${parameter}\` of the address`,
    })),
    ...(isLiteral(auth?.oauth2?.clientSecret ?? '')
      ? [{ path: [...path, 'http', 'auth', 'oauth2', 'clientSecret'], what: 'The client secret' }]
      : []),
    ...(hasPassword(connection)
      ? [{ path: [...path, 'sql', 'connection'], what: 'The password in the connection' }]
      : []),
  ];
}

/** Texts anywhere in a spec that have the shape of a secret, or look random beside a name for one. */
function leaksIn(spec: Spec): readonly Leak[] {
  return textsIn(spec, []).flatMap(({ path, text }): readonly Leak[] => {
    const shape = secretShapeOf(text);
    if (shape !== undefined) return [{ path, what: `This text (${shape.what})` }];
    const name = path.findLast((step) => typeof step === 'string' && !placeless.includes(step));
    const word = typeof name === 'string' ? secretIn(bareName(name)) : undefined;
    if (word === undefined || !literalsOf(text, path).some(looksRandom)) return [];
    return [{ path, what: `This text beside \`${word}\`` }];
  });
}

/** Keys of the language itself, which say nothing about a value. */
const placeless: readonly string[] = ['value', 'const', 'default', 'onMissing', 'when', 'grant'];

/** An expression holds its literals in quotes. */
function literalsOf(text: string, path: Path): readonly string[] {
  const key = path.at(-1);
  if (key !== 'value' && key !== 'when' && key !== 'grant') return [text];
  return [...text.matchAll(/"([^"\\]*)"|'([^'\\]*)'/g)].map(([, double, single]) => double ?? single ?? '');
}

/** Lines of any text that have the shape of a secret: comments of a spec, files beside it. */
export function secretTextFindings({ file, text }: Pick<SpecSource, 'file' | 'text'>): readonly Finding[] {
  const { count, line, position } = linesOf(text);
  return Array.from({ length: count }, (_, index) => line(index + 1)).flatMap(({ start, end }) => {
    const shape = secretShapeOf(text.slice(start, end));
    if (shape === undefined) return [];
    const range = { file, start: position(start + shape.at), end: position(end) };
    return [finding(`This text (${shape.what})`, range)];
  });
}

interface Leak {
  readonly path: Path;
  readonly what: string;
}

const secretHeaders = ['authorization', 'proxy-authorization', 'cookie', 'x-api-key'];
const secretParameterNames = ['key', 'sig', 'signature', 'apikey', 'access_token', 'client_secret', 'code'];

function isSecretHeader(header: string): boolean {
  return secretHeaders.includes(header.toLowerCase()) || hasSecretName(header);
}

function isLiteral(value: string): boolean {
  return value.trim() !== '' && !value.includes('${');
}

/** `postgres://user:password@host`, or the password among the parameters. */
function hasPassword(connection: string): boolean {
  const [, password = ''] = /^[a-z]+:\/\/[^/?#@]*?:([^/?#]*)@/i.exec(connection) ?? [];
  return isLiteral(password) || secretParameters(connection).length > 0;
}

/** The query parameters with the name of a secret and a value written out. */
function secretParameters(url: string): readonly string[] {
  const pieces = urlPieces(url);
  if ('unclosedAt' in pieces) return [];
  // A placeholder's value is not a literal; the text around it is.
  const address = pieces.map((piece) => (piece.kind === 'text' ? piece.text : '')).join('');
  const query = /\?([^#]*)/.exec(address)?.[1] ?? '';
  return query
    .split('&')
    .map((pair) => pair.split('='))
    .filter(([name = '', ...value]) => {
      const isSecret = secretParameterNames.includes(name.toLowerCase()) || hasSecretName(name);
      return isSecret && isLiteral(value.join('='));
    })
    .map(([name = '']) => name);
}
