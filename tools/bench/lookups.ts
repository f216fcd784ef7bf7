import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Lookups, LookupToken } from '@claimsmith/guard';
import { createLookups } from '@claimsmith/guard/lookups';
import { built } from '../../packages/guard/test/built.ts';

/** What a look-up costs, in microseconds of processor time. */
export interface LookupCost {
  /** The answer of its source is in the cache. */
  readonly cachedUs: number;
  /** It asks no source. */
  readonly withoutSourceUs: number;
}

const rounds = 9;
const perRound = 20_000;

const spec = (port: number) => `
version: 1
name: payments
lifetime: { access: 10m }
sources:
  bank:
    http: { url: "http://127.0.0.1:${port}/users/{user.id}" }
    returns: { left: double, names: list(string) }
    timeout: 1s
    cache: 1h
claims:
  limit: { value: bank.left, kind: authoritative, subjects: [human], maxAge: 2h }
  left: { value: 'bank.left < claims.limit ? bank.left : claims.limit', kind: authoritative, resolve: request, maxAge: 1h }
  may: { value: '"pay" in request.scopes && claims.limit > 10.0', kind: authoritative, resolve: request }
issuers: { okta: { audience: https://payments.acme.example/, guard: [sentinel] } }`;

/** Measures look-ups of a person's token. The fastest round counts: others have been disturbed. */
export async function benchLookups(): Promise<LookupCost> {
  const server = createServer((_, response) => response.end('{"left":12.5,"names":["a","b"]}'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = server.address();
  const port = typeof place === 'object' && place !== null ? place.port : 0;
  const { artifact } = await built(spec(port));
  const lookups = createLookups({ policy: artifact, settings: {} });
  try {
    return {
      cachedUs: await fastestUs(lookups, 'left', 12.5),
      withoutSourceUs: await fastestUs(lookups, 'may', true),
    };
  } finally {
    await lookups.close();
    server.close();
  }
}

async function fastestUs(lookups: Lookups, claim: string, expected: unknown): Promise<number> {
  const times: number[] = [];
  // The first round warms up.
  for (let round = 0; round <= rounds; round += 1) {
    const start = process.cpuUsage();
    for (let i = 0; i < perRound; i += 1)
      if ((await lookups.resolve(token, claim)) !== expected) throw new Error(claim);
    const { user, system } = process.cpuUsage(start);
    if (round > 0) times.push((user + system) / perRound);
  }
  return Math.min(...times);
}

const token: LookupToken = {
  issuer: 'okta',
  audience: 'https://payments.acme.example/',
  kind: 'human',
  subject: 'human',
  client: 'shop-web',
  scopes: ['openid', 'pay'],
  payload: { sub: 'ada', uid: '00u1berlin', cid: 'shop-web', scp: ['openid', 'pay'] },
  // Another one than the look-ups', which costs a little more.
  revision: 'payments@00000000',
  claims: { limit: 100 },
  stale: [],
  nowMs: Date.now(),
};
