import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { startLocalIssuer } from '../../examples/payments/service/local-issuer.ts';
import { audience, guardOf, ofPerson } from '../../packages/guard/test/setup.ts';

/** What the guard costs. */
export interface GuardCost {
  /** Microseconds of processor time for a token, by jose's `jwtVerify` with an issuer and an audience. */
  readonly plainUs: number;
  /** The same by the guard, without its cache. */
  readonly guardUs: number;
  readonly ratio: number;
  /** Microseconds for a token that the guard remembers. */
  readonly hitUs: number;
}

const rounds = 9;
const perRound = 2_000;

/** Measures the guard against plain verification. Rounds take turns, and the fastest counts: others have been disturbed. */
export async function benchGuard(): Promise<GuardCost> {
  const issuer = await startLocalIssuer();
  try {
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        issuer.sign('auth0', ofPerson('auth0'), { payload: { jti: `t${index}` } }),
      ),
    );
    const address = issuer.address('auth0');
    const answer = await fetch(`${address}.well-known/jwks.json`);
    const keys = createLocalJWKSet((await answer.json()) as JSONWebKeySet);
    const plain = (token: string) =>
      jwtVerify(token, keys, { issuer: address, audience, algorithms: ['RS256'] });
    const uncached = guardOf(issuer, { cacheSize: 0 });
    const cached = guardOf(issuer);
    const ask = async (token: string) => {
      if (!(await uncached.checkToken(token)).ok) throw new Error('refused');
    };
    const hit = async (token: string) => {
      if (!(await cached.checkToken(token)).ok) throw new Error('refused');
    };
    const times = { plain: [] as number[], ask: [] as number[], hit: [] as number[] };
    // The first round warms up.
    for (let round = 0; round <= rounds; round += 1) {
      const measured = [
        await timeUs(plain, tokens, perRound),
        await timeUs(ask, tokens, perRound),
        await timeUs(hit, tokens, perRound * 10),
      ] as const;
      if (round === 0) continue;
      times.plain.push(measured[0]);
      times.ask.push(measured[1]);
      times.hit.push(measured[2]);
    }
    const plainUs = Math.min(...times.plain);
    const guardUs = Math.min(...times.ask);
    return { plainUs, guardUs, ratio: guardUs / plainUs, hitUs: Math.min(...times.hit) };
  } finally {
    issuer.close();
  }
}

async function timeUs(work: (token: string) => Promise<unknown>, tokens: readonly string[], times: number) {
  const before = process.cpuUsage();
  for (let index = 0; index < times; index += 1) await work(tokens[index % tokens.length] ?? '');
  const { user, system } = process.cpuUsage(before);
  return (user + system) / times;
}
