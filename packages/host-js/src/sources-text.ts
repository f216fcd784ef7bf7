import type { PolicySource } from '@claimsmith/core';
import { js, propertyKey } from '@claimsmith/core/program';
import { mayAsk } from '@claimsmith/runtime';

/** How HTTP sources are asked: `const sources = {…}`, `HttpSource` of @claimsmith/runtime by name. */
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
        return `  ${propertyKey(name)}: {${method === 'GET' ? '' : `\n    method: '${method}',`}
    headers: (setting) => (${headersText(headers, body !== undefined)}),
    timeoutMs: ${timeoutMs},
    retries: ${retries},
    cacheMs: ${cacheMs},
    staleMs: ${staleMs},
    limitBytes: ${limitBytes},${isWholeOrigin(url[0]) ? '' : '\n    fillAddress,'}${oauth2 === undefined ? '' : `\n    authorize: authorizedRequest(${js({ ...oauth2 })}),`}${aws === undefined ? '' : `\n    authorize: awsRequest(${js(name)}, ${js({ ...aws })}),`}
  },\n`;
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
