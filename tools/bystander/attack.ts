/** What attackers ask of a hook that has sources: as much work as one request and one answer can hold. */
import { createServer, type Server } from 'node:http';
import { secret, tokenRequest } from '../../packages/okta-server/test/served.ts';

export { secret };

/** Bytes of one answer of the source: as many as it may have. */
const answerBytes = 60_000;

export interface Attack {
  readonly name: string;
  readonly spec: string;
  /** How much a caller puts into the query of the login. */
  readonly objectCharacters: number;
}

const source = `
sources:
  grants:
    http: { url: "http://127.0.0.1:{PORT}/{user.username}" }
    returns: { patterns: list(string), text: string }
    timeout: 1s
claims:
  login: { value: user.username, kind: authoritative }
`;

const object = 'request.params.?object.orValue("")';

function spec(name: string, value: string): string {
  return `version: 1\nname: ${name}\nowner: identity@acme.example${source}  allowed: { value: '${value}', kind: authoritative }\n`;
}

export const attacks: readonly Attack[] = [
  {
    name: 'patterns against a text that is too long to be read',
    spec: spec('too-long', `grants.patterns.filter(p, ${object}.glob(p))`),
    objectCharacters: 60_000,
  },
  {
    name: 'patterns against the longest text that is read',
    spec: spec('patterns', `grants.patterns.filter(p, ${object}.glob(p))`),
    objectCharacters: 4_000,
  },
  {
    name: 'loops in loops',
    spec: spec('loops', 'grants.patterns.filter(p, grants.patterns.exists(q, q == p + "x"))'),
    objectCharacters: 10,
  },
  {
    name: 'texts that are cut into characters',
    spec: spec('characters', `grants.patterns.exists(p, ${object}.split("").exists(c, c == p))`),
    objectCharacters: 4_000,
  },
];

/** Answers attackers with as many patterns as fit, and everybody else with a few. */
export async function startSource(): Promise<{ readonly port: number; readonly stop: () => void }> {
  const many = Array.from({ length: 2_000 }, (_, n) =>
    `${'a*'.repeat(9)}${n}b`.slice(-answerBytes / 2_000 + 4),
  );
  const large = JSON.stringify({ patterns: many, text: '' });
  const small = JSON.stringify({ patterns: ['account-*'], text: '' });
  const server: Server = createServer((request, response) => {
    const body = request.url?.includes('mallory') ? large : small;
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the source has no port');
  return { port: address.port, stop: () => server.close() };
}

let calls = 0;

/** A request of an attacker, each as a user of their own. */
export function attackRequest({ objectCharacters }: Attack): string {
  return withObject(tokenRequest(`mallory${calls++}@acme.example`), 'a'.repeat(objectCharacters));
}

export function bystanderRequest(): string {
  return withObject(tokenRequest(`ada${calls++}@acme.example`), 'account-1');
}

function withObject(request: string, value: string): string {
  return request.replace('/v1/authorize"}', `/v1/authorize?object=${value}"}`);
}
