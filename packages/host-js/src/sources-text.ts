import type { PolicySource } from '@claimsmith/core';
import { mayAsk } from '@claimsmith/runtime';

/** How HTTP sources are asked: `const sources = {…}`, `HttpSource` of @claimsmith/runtime by name. */
export function sourcesText(all: readonly PolicySource[]): string {
  const sources = all
    .filter((source) => source.kind === 'http')
    .map(({ name, url, headers, timeoutMs, retries, cacheMs, staleMs, limitBytes }) => {
      const every = Object.entries({ accept: 'application/json', ...headers });
      const members = every.map(
        ([header, text]) => `${JSON.stringify(header.toLowerCase())}: ${filledText(text, JSON.stringify)}`,
      );
      return `  ${JSON.stringify(name)}: {
    headers: (setting) => ({ ${members.join(', ')} }),
    timeoutMs: ${timeoutMs},
    retries: ${retries},
    cacheMs: ${cacheMs},
    staleMs: ${staleMs},
    limitBytes: ${limitBytes},${isWholeOrigin(url[0]) ? '' : '\n    fillAddress,'}
  },\n`;
    });
  return `// How to ask its sources.\nconst sources = {\n${sources.join('')}};`;
}

/**
 * A text with `${NAME}`s as JavaScript: `"Bearer " + setting("TOKEN")`.
 *
 * @param literal writes a text as JavaScript
 */
export function filledText(text: string, literal: (text: string) => string): string {
  const pieces = text
    .split(/\$\{([^{}]*)\}/)
    .map((piece, i) => (i % 2 === 1 ? `setting(${literal(piece)})` : literal(piece)));
  return pieces.filter((piece) => piece !== '""').join(' + ') || '""';
}

/** Whether an address that begins so surely goes to one origin that may be asked, whatever comes after. */
function isWholeOrigin(text: unknown): boolean {
  return typeof text === 'string' && /^https?:\/\/[\w.:[\]-]+\/[^$]*$/.test(text) && mayAsk(text);
}
