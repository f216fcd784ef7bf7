import type { PolicySource } from '@claimsmith/core';
import { js, propertyKey } from '@claimsmith/core/program';
import { mayAsk } from '@claimsmith/runtime';

/** How HTTP sources are asked: `const sources = {…}`, `AskedSource` of @claimsmith/runtime by name. */
export function sourcesText(all: readonly PolicySource[]): string {
  const sources = all
    .filter((source) => source.kind === 'http')
    .map(
      ({
        name,
        url,
        method,
        body,
        headers,
        oauth2,
        aws,
        timeoutMs,
        retries,
        cacheMs,
        staleMs,
        limitBytes,
      }) => {
        const isPost = method === 'POST';
        const filled = isWholeOrigin(url[0]) ? 'url' : 'url: fillAddress(url, setting)';
        const question = [
          filled,
          ...(isPost ? ["method: 'POST'"] : []),
          `headers: ${headersText(headers, body !== undefined)}`,
          ...(body === undefined ? [] : ['body']),
        ];
        const sent =
          oauth2 !== undefined
            ? `authorizedRequest(${js({ ...oauth2 })})`
            : aws !== undefined
              ? `awsRequest(${js(name)}, ${js({ ...aws })})`
              : 'request';
        const members = [
          `question: (${body === undefined ? '{ url }' : '{ url, body }'}, setting) => ({
${question.map((member) => `      ${member},\n`).join('')}    })`,
          `send: ${isPost ? `unlessErrors(${sent})` : sent}`,
          `timeoutMs: ${timeoutMs}`,
          `retries: ${retries}`,
          `cacheMs: ${cacheMs}`,
          `staleMs: ${staleMs}`,
          `limitBytes: ${limitBytes}`,
        ];
        return `  ${propertyKey(name)}: httpSource({\n${members.map((member) => `    ${member},\n`).join('')}  }),\n`;
      },
    );
  return `// How to ask the sources of the policy.\nconst sources = {\n${sources.join('')}};`;
}

/**
 * The headers that a source is asked with, as JavaScript. Each `${NAME}` becomes a call:
 * `{ accept: 'application/json', authorization: 'Bearer ' + setting('TOKEN') }`.
 */
export function headersText(headers: Readonly<Record<string, string>>, hasBody = false): string {
  const own = Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text] as const);
  // A duplicate name would be an error in strict code.
  const all = Object.entries({
    accept: 'application/json',
    ...(hasBody ? { 'content-type': 'application/json' } : {}),
    ...Object.fromEntries(own),
  });
  return `{ ${all.map(([name, text]) => `${propertyKey(name)}: ${filledText(text)}`).join(', ')} }`;
}

function filledText(text: string): string {
  const pieces = text
    .split(/\$\{([^{}]*)\}/)
    .map((piece, i) => (i % 2 === 1 ? `setting(${js(piece)})` : js(piece)));
  return pieces.filter((piece) => piece !== "''").join(' + ') || "''";
}

/** Whether an address with this beginning certainly goes to one allowed origin. */
function isWholeOrigin(text: unknown): boolean {
  return typeof text === 'string' && /^https?:\/\/[\w.:[\]-]+\/[^$]*$/.test(text) && mayAsk(text);
}
