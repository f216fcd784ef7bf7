import { isDeepStrictEqual } from 'node:util';
import type { HttpPolicySource, Policy, Surroundings } from '@claimsmith/core';
import { type SourceAnswer, sourceFailures } from '@claimsmith/core/spec';
import { type Question, type SingleNeed, tokenQuestion } from '@claimsmith/runtime';

/** How the answer of a source arrives, if not in the ordinary way. */
export interface Delivery {
  readonly source: string;
  /** Its size, by spaces at its end. */
  readonly bytes?: number;
  /** The age of the answer, as in its `age` header. */
  readonly ageSeconds?: number;
}

/** A stand-in for the sources, and what happened to the questions. */
export interface Network {
  /** Asks HTTP sources by their addresses. */
  readonly fetch: Surroundings['fetch'];
  /** Asks any source by its name. */
  readonly answer: Surroundings['answer'];
  /** Sources that were asked although the scenario gives no answer; they failed as `network`. */
  readonly unanswered: ReadonlySet<string>;
}

/** Placeholders for settings: a preview needs and reads no real secrets. */
export function previewSettings(policy: Policy): Readonly<Record<string, string>> {
  const wholeAddresses = new Set(
    httpSources(policy)
      .flatMap(({ url: [first], oauth2 }) => [first, oauth2?.tokenUrl])
      .flatMap((start) => {
        const name = typeof start === 'string' ? /^\$\{([^}]*)\}/.exec(start)?.[1] : undefined;
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
 * A network that has only the policy's sources. Each gives the answer of the scenario.
 *
 * @param answers by source; a missing one fails as `network`
 * @param expected the policy's questions, if known: two sources may have addresses of the same form
 * @param delivery a source whose answer seems larger or older than it is
 */
export function previewNetwork(
  policy: Policy,
  answers: Readonly<Record<string, SourceAnswer | undefined>>,
  expected: readonly SingleNeed[],
  delivery?: Delivery,
): Network {
  const settings = previewSettings(policy);
  const placed = expected.map((need) => {
    const same = expected.filter(({ source }) => source === need.source);
    return { need, index: same.indexOf(need) };
  });
  const exact = placed.flatMap(({ need, index }) =>
    'url' in need
      ? [
          {
            source: need.source,
            index,
            address: addressOf(withSettings(need.url, settings)),
            body: need.body,
          },
        ]
      : [],
  );
  const forms = httpSources(policy).map((source) => ({
    source: source.name,
    form: addressForm(source, settings),
    hasBody: source.body !== undefined,
  }));
  const unanswered = new Set<string>();
  const answerTo = (source: string, index: number): SourceAnswer => {
    const said = answerAt(policy, answers, source, index);
    if (said === undefined) unanswered.add(source);
    return said ?? { fails: 'network' };
  };
  const answer: Network['answer'] = (source, parameters) => {
    const found = placed.find(
      ({ need }) => need.source === source && isDeepStrictEqual(parametersOf(need), parameters),
    );
    return answerTo(source, found?.index ?? 0);
  };
  return {
    unanswered,
    answer,
    fetch: async (url, { signal, headers, body }) => {
      const address = addressOf(url);
      const clients = httpSources(policy).filter((source) => {
        const meant = previewTokenQuestion(source, policy);
        const isSame = meant?.url === url && meant.body === body;
        return isSame && meant.headers['authorization'] === headers?.['authorization'];
      });
      if (clients.length > 0)
        return tokenAnswer(clients.some(({ name }) => failsAt(answers, name) === 'token'));
      const { source, index = 0 }: { readonly source?: string; readonly index?: number } =
        exact.find((known) => known.address === address && known.body === (body ?? undefined)) ??
        forms.find(({ form, hasBody }) => form.test(address) && hasBody === (typeof body === 'string')) ??
        {};
      const asked = httpSources(policy).find(({ name }) => name === source);
      if (asked === undefined) throw new TypeError('fetch failed');
      const { bytes = 0, ageSeconds = 0 } = delivery?.source === asked.name ? delivery : {};
      return await respond(answerTo(asked.name, index), asked, { bytes, ageSeconds }, signal);
    },
  };
}

/** The access token that every token endpoint gives in a preview. */
export const previewToken = 'preview-token';

/** The request for an access token with the settings of a preview; undefined if a source needs none. */
export function previewTokenQuestion({ oauth2 }: HttpPolicySource, policy: Policy): Question | undefined {
  const settings = previewSettings(policy);
  return oauth2 && tokenQuestion(oauth2, (name) => settings[name] ?? '');
}

function parametersOf(need: SingleNeed) {
  return 'parameters' in need ? need.parameters : undefined;
}

/** What a source answers, with `each` to the element of that index: a list has an answer for each element. */
export function answerAt(
  { sources }: Policy,
  answers: Readonly<Record<string, SourceAnswer | undefined>>,
  source: string,
  index: number,
): SourceAnswer | undefined {
  const said = Object.hasOwn(answers, source) ? answers[source] : undefined;
  const isEach = sources.some(({ name, each }) => name === source && each !== undefined);
  if (!isEach || said === undefined || 'fails' in said || !Array.isArray(said.value)) return said;
  const value: unknown = said.value[index];
  if (value === undefined) return undefined;
  const { fails } = Object(value);
  const failure = sourceFailures.find((one) => one === fails);
  return failure === undefined ? { value } : { fails: failure };
}

function tokenAnswer(isFailure: boolean): Response {
  if (isFailure) return Response.json({ error: 'temporarily_unavailable' }, { status: 500 });
  return Response.json({ access_token: previewToken, token_type: 'Bearer', expires_in: 3600 });
}

function failsAt(answers: Readonly<Record<string, SourceAnswer | undefined>>, source: string) {
  const answer = Object.hasOwn(answers, source) ? answers[source] : undefined;
  return answer !== undefined && 'fails' in answer ? answer.fails : undefined;
}

function httpSources({ sources }: Policy): readonly HttpPolicySource[] {
  return sources.filter((source) => source.kind === 'http');
}

function withSettings(text: string, settings: Readonly<Record<string, string>>): string {
  return text.replace(/\$\{([^}]*)\}/g, (_, name: string) => settings[name] ?? '');
}

/** In the form that a request has on the wire. */
function addressOf(url: string): string {
  return URL.parse(url)?.href ?? url;
}

async function respond(
  answer: SourceAnswer,
  { limitBytes }: HttpPolicySource,
  { bytes, ageSeconds }: Required<Omit<Delivery, 'source'>>,
  signal: AbortSignal | undefined,
): Promise<Response> {
  const headers = { 'content-type': 'application/json', age: String(ageSeconds) };
  if ('value' in answer) {
    const text = JSON.stringify(answer.value);
    const padding = ' '.repeat(Math.max(0, bytes - Buffer.byteLength(text)));
    return new Response(text + padding, { headers });
  }
  switch (answer.fails) {
    case 'timeout':
      return await untilAborted(signal);
    case 'network':
    // Issuers that ask over HTTP themselves have no breaker, and rows of a query do not come over HTTP. A source without
    // a token is not asked.
    case 'open':
    case 'ambiguous':
    case 'token':
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

/** Matches the addresses of a source: its literal text, and any escaped text for the placeholders. */
function addressForm({ url }: HttpPolicySource, settings: Readonly<Record<string, string>>): RegExp {
  const pieces = url.map((piece) =>
    typeof piece === 'string' ? literally(withSettings(piece, settings)) : '[^/?#&]*',
  );
  return new RegExp(`^${pieces.join('')}$`);
}

function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
