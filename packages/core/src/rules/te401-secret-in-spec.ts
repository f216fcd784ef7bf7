import type { Finding, Path } from '../finding.ts';
import { urlPieces } from '../sources/url-template.ts';
import type { Rule } from './rule.ts';
import { hasSecretName, hasSecretShape } from './secret-texts.ts';
import { textsIn } from './texts.ts';

export const secretInSpec = {
  id: 'TE401',
  slug: 'secret-in-spec',
  severity: 'error',
  safety: true,
  title: 'A spec holds only the names of secrets, never a secret itself: `${NAME}`.',
  why: 'A spec is in version control, and many people can read it and the built files.',
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
  reference: 'https://cwe.mitre.org/data/definitions/798.html',
  check({ spec, source }) {
    return Object.entries(spec.sources ?? {}).flatMap(([name, settings]) => {
      const path = ['sources', name];
      const { url = '', headers = {}, auth } = settings.http ?? {};
      const { connection = '' } = settings.sql ?? {};
      const named: readonly Leak[] = [
        ...Object.entries(headers)
          .filter(([header, value]) => isSecretHeader(header) && isLiteral(value))
          .map(([header]) => ({
            path: [...path, 'http', 'headers', header],
            what: `The header \`${header}\``,
          })),
        ...secretParameters(url).map((parameter) => ({
          path: [...path, 'http', 'url'],
          what: `The parameter \`${parameter}\` of the address`,
        })),
        ...(isLiteral(auth?.oauth2?.clientSecret ?? '') ? ['The client secret'] : []).map((what) => ({
          path: [...path, 'http', 'auth', 'oauth2', 'clientSecret'],
          what,
        })),
        ...(hasPassword(connection) ? ['The password'] : []).map((what) => ({
          path: [...path, 'sql', 'connection'],
          what: `${what} in the connection`,
        })),
      ];
      const told = new Set(named.map((leak) => leak.path.join('\n')));
      const shaped = textsIn(settings, path)
        .filter(({ text }) => hasSecretShape(text))
        .map((found) => ({ path: found.path, what: 'This text' }))
        .filter((leak) => !told.has(leak.path.join('\n')));
      return [...named, ...shaped].map(
        (leak): Finding => ({
          rule: 'TE401',
          severity: 'error',
          message: `${leak.what} looks like a secret in plain text.`,
          range: source.key(leak.path),
          help: 'Write ${NAME} instead, and supply the value where you deploy. If the secret is real, revoke it.',
        }),
      );
    });
  },
} as const satisfies Rule;

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
