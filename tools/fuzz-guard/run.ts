import { type Guard, memoryDenylist } from '@claimsmith/guard';
import {
  type IssuerId,
  type LocalIssuer,
  startLocalIssuer,
} from '../../examples/payments/service/local-issuer.ts';
import { guardOf, issuerIds, ofPerson } from '../../packages/guard/test/setup.ts';

/** What a search has found. */
export interface Found {
  readonly tried: number;
  /** By the code of the problem, how many were refused. */
  readonly refused: ReadonlyMap<string, number>;
  /** Inputs that were accepted and differ from every right one, that made the guard throw, or that it could not judge. */
  readonly faults: readonly string[];
}

/** A random source that repeats itself: xorshift32. */
function randomOf(seed: number): (below: number) => number {
  let state = seed || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

type Random = ReturnType<typeof randomOf>;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const noise = [
  '',
  '.',
  '..',
  '=',
  ' ',
  '\0',
  '%',
  '/',
  '+',
  '~',
  '\u{1f600}',
  '\ud800',
  '\n',
  'A',
  '__proto__',
  '"',
  ',',
];
const values: readonly unknown[] = [
  undefined,
  null,
  true,
  false,
  0,
  -1,
  1,
  2 ** 53,
  1e308,
  '',
  'x',
  'unenriched',
  'payments@c44bcd7e',
  'payments@',
  'none',
  [],
  ['x'],
  [null],
  {},
  { a: 1 },
  { sub: 'x' },
  { __proto__: null },
  '*',
  'https://payments.acme.example/',
  [['https://payments.acme.example/']],
  'x'.repeat(300),
  Array(60).fill('r'),
];
const names = [
  'iss',
  'sub',
  'aud',
  'exp',
  'iat',
  'nbf',
  'jti',
  'scope',
  'scp',
  'typ',
  'token_use',
  'client_id',
  'azp',
  'cid',
  'act',
  'cnf',
  'policy',
  'roles',
  'https://acme.example/roles',
  'tenant_id',
  'features',
  'plan',
  'approval_limit',
  'crit',
  'alg',
  'kid',
  'jwk',
  'jku',
  'x5u',
  'b64',
  'zip',
  'enc',
  'status',
  'authorization_details',
  '__proto__',
  'constructor',
];

const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;
const encode = (data: unknown) => Buffer.from(JSON.stringify(data) ?? 'null').toString('base64url');
const decode = (part: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(part, 'base64url').toString());

/** A token that nobody has signed like this. */
function mutate(random: Random, token: string, others: readonly string[]): string {
  const [header = '', payload = '', signature = ''] = token.split('.');
  const at = random(token.length);
  const change = (part: string) => {
    const data = decode(part);
    for (let times = 1 + random(3); times > 0; times -= 1) data[pick(random, names)] = pick(random, values);
    return encode(data);
  };
  switch (random(9)) {
    case 0:
      return token.slice(0, at) + pick(random, [...alphabet]) + token.slice(at + 1);
    case 1:
      return token.slice(0, at) + pick(random, noise) + token.slice(at);
    case 2:
      return token.slice(0, at) + token.slice(at + 1 + random(20));
    case 3:
      return [change(header), payload, signature].join('.');
    case 4:
      return [header, change(payload), signature].join('.');
    case 5: {
      const [h = '', p = '', s = ''] = pick(random, others).split('.');
      return pick(random, [
        [h, payload, signature],
        [header, p, signature],
        [header, payload, s],
      ]).join('.');
    }
    case 6:
      return [
        encode({ ...decode(header), alg: pick(random, ['none', 'HS256', 'ES256', 'RS512', '']) }),
        payload,
        pick(random, ['', signature]),
      ].join('.');
    case 7:
      return token.slice(0, at) + token.slice(random(token.length));
    default:
      return Array.from({ length: random(200) }, () => pick(random, [...alphabet, '.', ...noise])).join('');
  }
}

const schemes = [
  'Bearer ',
  'bearer  ',
  'BEARER ',
  'Bearer',
  'Bearer\t',
  ' Bearer ',
  'Basic ',
  'DPoP ',
  '',
  'Bearer Bearer ',
  'Bearer ,',
];

/** Asks with wrong tokens and headers, and with signed tokens whose claims are wrong. */
export async function fuzzGuard(tries: number, seed: number): Promise<Found> {
  const issuer = await startLocalIssuer();
  try {
    const random = randomOf(seed);
    const right = await rightTokens(issuer);
    const guards = [guardOf(issuer, { denylist: memoryDenylist() }), guardOf(issuer, { cacheSize: 0 })];
    const known = new Set(right);
    const refused = new Map<string, number>();
    const faults: string[] = [];
    // What was signed with wrong claims costs a signature, so each is asked for many times, by ways that differ.
    for (let tried = 0; tried < tries; tried += 1) {
      const token = mutate(random, pick(random, right), right);
      const isHeader = random(4) === 0;
      const header = isHeader
        ? pick(random, schemes) + (random(2) === 0 ? token : pick(random, right))
        : token;
      const code = await codeOf(pick(random, guards), header, isHeader);
      const sent = isHeader ? /^bearer +(\S+)$/i.exec(header)?.[1] : header;
      if (code === 'ok' ? !known.has(sent ?? '') : ['throws', 'internal', 'keys', 'denylist'].includes(code))
        faults.push(`${code}: ${header.slice(0, 400)}`);
      else refused.set(code, (refused.get(code) ?? 0) + 1);
    }
    return { tried: tries, refused, faults };
  } finally {
    issuer.close();
  }
}

async function codeOf(
  guard: Pick<Guard, 'check' | 'checkToken'>,
  text: string,
  isHeader: boolean,
): Promise<string> {
  try {
    const result = isHeader
      ? await guard.check({ headers: { authorization: text } })
      : await guard.checkToken(text);
    return result.ok ? 'ok' : result.problem.code;
  } catch {
    return 'throws';
  }
}

async function rightTokens(issuer: LocalIssuer): Promise<readonly string[]> {
  return await Promise.all(
    issuerIds.flatMap((id) =>
      [0, 1].map((age) => issuer.sign(id, ofPerson(id), { ageSeconds: age, lifetimeSeconds: 80_000 })),
    ),
  );
}

/** Tokens that issuers have signed, with wrong claims in them. */
export async function fuzzSigned(tries: number, seed: number): Promise<Found> {
  const issuer = await startLocalIssuer();
  try {
    const random = randomOf(seed);
    const guard = guardOf(issuer);
    const refused = new Map<string, number>();
    const faults: string[] = [];
    for (let tried = 0; tried < tries; tried += 1) {
      const id: IssuerId = pick(random, issuerIds);
      const name = pick(random, names);
      const value = pick(random, values);
      const changes = { [name]: value };
      const token = await issuer.sign(id, ofPerson(id), { payload: changes }).catch(() => 'x');
      const result = await guard.checkToken(token).catch(() => undefined);
      const code = result === undefined ? 'throws' : result.ok ? 'ok' : result.problem.code;
      // An accepted token has the types of the contract, whatever its issuer has signed.
      const isRight = result?.ok !== true || isTyped(result.token);
      if (!isRight || ['throws', 'internal', 'keys'].includes(code))
        faults.push(`${code}: ${id} ${name} ${String(JSON.stringify(value)).slice(0, 80)}`);
      else refused.set(code, (refused.get(code) ?? 0) + 1);
    }
    return { tried: tries, refused, faults };
  } finally {
    issuer.close();
  }
}

function isTyped(token: {
  readonly kind: string;
  readonly authority: object;
  readonly revision: string | undefined;
}): boolean {
  const authority: Record<string, unknown> = { ...token.authority };
  const isTexts = (list: unknown) => Array.isArray(list) && list.every((one) => typeof one === 'string');
  const { tenant_id: tenant, roles, features, approval_limit: limit } = authority;
  const isPerson =
    typeof tenant === 'string' &&
    isTexts(roles) &&
    isTexts(features) &&
    ['undefined', 'number'].includes(typeof limit);
  const isOther =
    (token.kind === 'machine' ? typeof tenant === 'string' : tenant === undefined) && roles === undefined;
  return /^payments@[0-9a-f]{8}$/.test(token.revision ?? '') && (token.kind === 'human' ? isPerson : isOther);
}
