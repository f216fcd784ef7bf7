import type { Policy, PolicySource, SourceAnswer } from '@claimsmith/core';

/** A stand-in for `fetch` and what became of the requests. */
export interface Network {
  readonly fetch: (url: string, init: { readonly signal?: AbortSignal }) => Promise<Response>;
  /** Sources that were asked without the scenario saying what they answer; they failed as `network`. */
  readonly unanswered: ReadonlySet<string>;
  /** Addresses that belong to no source. */
  readonly strangers: readonly string[];
}

/** Settings stand-ins: no real secret is needed, or read, to preview. */
export function previewSettings(policy: Policy): Readonly<Record<string, string>> {
  const wholeAddresses = new Set(
    policy.sources.flatMap(({ url: [first] }) => {
      const name = typeof first === 'string' ? /^\$\{([^}]*)\}/.exec(first)?.[1] : undefined;
      return name === undefined ? [] : [name];
    }),
  );
  return Object.fromEntries(
    policy.secrets.map((name) => {
      const host = `${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.preview.invalid`;
      return [name, wholeAddresses.has(name) ? `https://${host}` : host];
    }),
  );
}

/**
 * A network in which only the policy's sources exist, and each answers what the scenario says.
 *
 * @param answers by source; one that is missing fails as `network`
 */
export function previewNetwork(
  policy: Policy,
  answers: Readonly<Record<string, SourceAnswer | undefined>>,
): Network {
  const settings = previewSettings(policy);
  const routes = policy.sources.map((source) => ({ source, pattern: addressPattern(source, settings) }));
  const unanswered = new Set<string>();
  const strangers: string[] = [];
  return {
    unanswered,
    strangers,
    fetch: async (url, { signal }) => {
      const address = String(url);
      const route = routes.find(({ pattern }) => pattern.test(address));
      if (route === undefined) {
        strangers.push(address);
        throw new TypeError('fetch failed');
      }
      const { name } = route.source;
      const answer = Object.hasOwn(answers, name) ? answers[name] : undefined;
      if (answer === undefined) unanswered.add(name);
      return await respond(answer ?? { fails: 'network' }, route.source, signal);
    },
  };
}

async function respond(
  answer: SourceAnswer,
  { limitBytes }: PolicySource,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  if ('value' in answer) return new Response(JSON.stringify(answer.value), { headers });
  switch (answer.fails) {
    case 'timeout':
      return await untilAborted(signal);
    case 'network':
      throw new TypeError('fetch failed');
    case 'status':
      return new Response('{}', { status: 500, headers });
    case 'too_large':
      return new Response(`"${'x'.repeat(limitBytes)}"`, { headers });
    case 'malformed':
      return new Response('<html>not JSON</html>', { headers });
  }
}

function untilAborted(signal: AbortSignal | undefined): Promise<never> {
  return new Promise((_, reject) => {
    const abort = () =>
      reject(signal?.reason ?? new DOMException('This operation was aborted', 'AbortError'));
    if (signal?.aborted === true) abort();
    else signal?.addEventListener('abort', abort, { once: true });
  });
}

/** Matches the addresses a source is asked at: its literal text, and anything escaped for the placeholders. */
function addressPattern({ url }: PolicySource, settings: Readonly<Record<string, string>>): RegExp {
  const pieces = url.map((piece) => {
    if (typeof piece !== 'string') return '[^/?#&]*';
    return literally(piece.replace(/\$\{([^}]*)\}/g, (_, name: string) => settings[name] ?? ''));
  });
  return new RegExp(`^${pieces.join('')}$`);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
