import { type Expression, formatType } from '@claimsmith/cel';
import type { HttpPolicySource } from '../policy.ts';
import type { SourceSpec } from '../spec/schema.ts';
import { createBody, expressionsIn } from './body.ts';
import { createOAuth } from './oauth2.ts';
import { addressProblems, headerProblems, settingProblems } from './request.ts';
import { type UrlPiece, urlPieces } from './url-template.ts';
import { type Asked, reportTexts, type SourceWork } from './work.ts';

/** How an HTTP source is asked: an address with escaped placeholders, headers, and for a POST a body. */
export function createHttp(
  work: SourceWork,
  { url: template, method = 'GET', body, headers = {}, auth, private: isPrivate = false }: HttpSpec,
): Asked<HttpPolicySource> | undefined {
  const path = [...work.path, 'http'];
  const urlPath = [...path, 'url'];
  const pieces = urlPieces(template);
  if ('unclosedAt' in pieces) {
    const at = { start: pieces.unclosedAt, end: pieces.unclosedAt + 1 };
    const message = 'This `{` in the address is not closed.';
    const help = 'Close it with `}`. For a brace in the address itself, write %7B.';
    reportTexts(work, urlPath, [{ rule: 'TE010', ...at, message, help }]);
    return undefined;
  }
  const isRefused = [
    ...reportTexts(work, urlPath, addressProblems(pieces).map(asAddress)),
    ...Object.entries(headers).flatMap(([header, value]) =>
      reportTexts(work, [...path, 'headers', header], settingProblems(value).map(asAddress)),
    ),
    ...headerProblems(Object.keys(headers)).map(({ header, message }) => {
      const range = work.source.key([...path, 'headers', header]);
      return work.report({ rule: 'TE010', severity: 'error', message, range });
    }),
  ];
  if (isRefused.length > 0) return undefined;
  const url = createUrl(work, pieces);
  const sent = body && createBody(work, [...path, 'body'], body);
  const { oauth2: client, aws } = auth ?? {};
  const oauth2 = client && createOAuth(work, client);
  const isSetTwice = auth !== undefined && isAuthorizedTwice(work, Object.keys(headers));
  if (url === undefined || (body && sent === undefined) || (client && oauth2 === undefined) || isSetTwice)
    return undefined;
  if (body !== undefined && method !== 'POST') {
    work.report({
      rule: 'TE010',
      severity: 'error',
      message: 'Only a POST has a body.',
      range: work.source.key([...path, 'body']),
      help: 'Add `method: POST`, or put the values into the address.',
    });
    return undefined;
  }
  const expressions = [...url.filter((piece) => typeof piece !== 'string'), ...expressionsIn(sent)];
  const asked = { kind: 'http', private: isPrivate, url, method, body: sent, headers, oauth2, aws } as const;
  return { asked, expressions };
}

/** Whether the spec sets the header that `auth` sets. Reports it. */
function isAuthorizedTwice(work: SourceWork, headers: readonly string[]): boolean {
  const second = headers.find((name) => name.toLowerCase() === 'authorization');
  if (second === undefined) return false;
  work.report({
    rule: 'TE010',
    severity: 'error',
    message: `\`auth\` sets the header \`${second}\`, which the spec sets too.`,
    range: work.source.key([...work.path, 'http', 'headers', second]),
    help: 'Remove the header, or remove `auth`.',
  });
  return true;
}

type HttpSpec = NonNullable<SourceSpec['http']>;

function asAddress<T extends object>(problem: T) {
  return { rule: 'TE010', ...problem };
}

function createUrl(work: SourceWork, pieces: readonly UrlPiece[]) {
  const urlPath = [...work.path, 'http', 'url'];
  const url: (string | Expression)[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      url.push(piece.text);
      continue;
    }
    const expression = work.readPart(urlPath, piece.offset, piece.text);
    if (expression === undefined) return undefined;
    if (expression.type.kind !== 'string' && expression.type.kind !== 'int') {
      work.report({
        rule: 'TE010',
        severity: 'error',
        message: `A placeholder must be a string or an int; this one is ${formatType(expression.type)}.`,
        range: work.source.within(urlPath, piece.offset, piece.offset + piece.text.length),
      });
      return undefined;
    }
    url.push(expression);
  }
  return url;
}
