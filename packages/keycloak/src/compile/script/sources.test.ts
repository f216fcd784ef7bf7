import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayReach } from '../../../../runtime/src/server/address.ts';
import { type Answer, issued, person } from '../../../test/issued.ts';

/** How the server's log tells what a source did. */

describe('a source that', () => {
  const whole = { plan: 'gold', features: [] };
  const required = 'enrichment_unavailable';

  it.each<[string, Answer, string, number]>([
    ['hangs', () => new Promise(() => undefined), 'timeout', 2],
    ['is not there', () => Promise.reject(new TypeError('connect')), 'network', 2],
    ['fails', async () => new Response('', { status: 503 }), 'status', 2],
    ['says no', async () => new Response('', { status: 404 }), 'status', 1],
    ['is not done', async () => Response.json(whole, { status: 202 }), 'status', 1],
    ['was changed on its way', async () => Response.json(whole, { status: 203 }), 'status', 1],
    ['answers with a part', async () => Response.json(whole, { status: 206 }), 'status', 1],
    ['redirects', async () => new Response('', { status: 302, headers: { location: '/' } }), 'status', 1],
    ['answers with nothing', async () => new Response(''), 'malformed', 1],
    ['answers with no JSON', async () => new Response('<p>'), 'malformed', 1],
    ['answers with no UTF-8', async () => new Response(new Uint8Array([34, 0xe9, 34])), 'malformed', 1],
    ['answers at length', async () => new Response(`"${'x'.repeat(70_000)}"`), 'too_large', 1],
  ])('%s leaves no token', async (_what, answer, cause, times) => {
    const token = await issued(person, { answer });
    expect(token.denied?.description).toBe(required);
    expect(token.log.join('\n')).toContain(`entitlements:${cause}`);
    expect(token.asked).toHaveLength(times);
    expect(token.elapsedMs).toBeLessThan(4_000);
  });

  it('is stale says so', async () => {
    const headers = { age: '301' };
    const answer = async () => Response.json({ plan: 'gold', features: [] }, { headers });
    expect((await issued(person, { answer })).log.join('\n')).toContain('entitlements:stale');
  });

  it.each([
    ['lacks its setting', 'https://s.example/${NONE}', 'setting'],
    ['has a setting with a line break', 'https://s.example/${LINE}', 'setting'],
    ['has an address without TLS', '${PLAIN}/a', 'address'],
    ['has an address of another kind', '${FILE}/a', 'address'],
    ['has credentials in its address', '${OPEN}/a', 'address'],
  ])('%s is not asked', async (_what, url, cause) => {
    const text = `version: 1
name: asking
sources: { s: { http: { url: "${url}" }, returns: { a: string } } }
claims: { a: { value: s.a, kind: authoritative } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
    const token = await issued(person, { text });
    expect(token.denied?.description).toBe(required);
    expect(token.asked).toEqual([]);
    expect(token.log.join('\n')).toContain(`s:${cause}`);
  });

  it.each([
    ['KC_URL,S_URL', true],
    [' S_URL ', true],
    ['KC_URL', false],
    ['', false],
  ])('gets the settings that the server lists alone: %j', async (listed, isAsked) => {
    const text = `version: 1
name: asking
sources: { s: { http: { url: "\${S_URL}/a" }, returns: { a: string } } }
claims: { a: { value: s.a, kind: authoritative } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
    const secrets = { S_URL: 'https://s.example', KC_URL: 'x', CLAIMSMITH_SETTINGS: listed };
    const token = await issued(person, { text, secrets });
    expect(token.asked.length > 0).toBe(isAsked);
    if (!isAsked) expect(token.log.join('\n')).toContain('s:setting');
  });
});

describe('the address of a source', () => {
  /** Where it leads is said by a setting, or by the spec itself. */
  const asking = (address: string, isPrivate: boolean) => `version: 1
name: asking
sources: { s: { http: { url: "${address}/{user.id}", private: ${isPrivate} }, returns: { plan: string } } }
claims: { plan: { value: s.plan, kind: authoritative } }
issuers: { keycloak: { scripts: true, audience: "urn:api" } }`;
  const wasAsked = async (host: string, isPrivate: boolean): Promise<boolean> => {
    const token = await issued(person, {
      text: asking('https://${PLACE}', isPrivate),
      secrets: { PLACE: host },
    });
    if (token.denied !== undefined) expect(token.log.join('\n')).toContain('s:address');
    return token.asked.length === 1;
  };

  it.each([
    ['the internet', 'source.acme.example', true, true],
    ['this machine', 'localhost', false, true],
    ['this machine, in numbers', '127.0.0.1', false, true],
    ['a private network', '10.1.2.3', false, true],
    ["a carrier's network", '100.64.0.1', false, true],
    ['a private network as IPv6', '[fd00::1]', false, true],
    ['a private network as mapped IPv6', '[::ffff:192.168.0.1]', false, true],
    ['a private network through NAT64', '[64:ff9b::a00:1]', false, true],
    ['any address', '0.0.0.0', false, false],
    ['any address of IPv6', '[::]', false, false],
    ['the link', '169.254.169.254', false, false],
    ['the link of IPv6', '[fe80::1]', false, false],
    ['many', '224.0.0.1', false, false],
    ['many of IPv6', '[ff02::1]', false, false],
    ["a cloud's credentials", '[fd00:ec2::254]', false, false],
  ])('may lead to %s (%s): %j; where it is private: %j', async (_what, host, isPublic, isPrivate) => {
    expect(await wasAsked(host, false)).toBe(isPublic);
    expect(await wasAsked(host, true)).toBe(isPrivate);
  });

  it.each(['http://localhost:1', 'http://127.0.0.1:1', 'http://[::1]:1', 'https://localhost'])(
    'may lead to this machine where the spec itself says so: %s',
    async (address) => {
      expect((await issued(person, { text: asking(address, false) })).asked).toHaveLength(1);
    },
  );

  it('may lead where that of a server of Claimsmith may', async () => {
    const digits = fc.array(fc.integer({ min: 0, max: 0xffff }), { minLength: 8, maxLength: 8 });
    const start = fc.constantFrom(
      '2001',
      '2001:db8',
      '2002',
      '3fff',
      'fc00',
      'fd00:ec2',
      'fe80',
      '64:ff9b',
      '0',
    );
    const groups = fc.tuple(start, digits).map(([head, rest]) => {
      const given = head.split(':');
      return [...given, ...rest.map((group) => group.toString(16))].slice(0, 8).join(':');
    });
    const first = fc.constantFrom(0, 10, 100, 127, 168, 169, 172, 192, 198, 203, 224, 8);
    const second = fc.constantFrom(0, 2, 16, 18, 31, 51, 63, 64, 88, 100, 127, 128, 168, 254, 255);
    const byte = fc.oneof(second, fc.integer({ min: 0, max: 255 }));
    const ipv4 = fc.tuple(first, byte, byte, byte).map((bytes) => bytes.join('.'));
    const address = fc.oneof(
      ipv4,
      fc.ipV4(),
      groups,
      ipv4.map((inner) => `::ffff:${inner}`),
    );
    await fc.assert(
      fc.asyncProperty(address, fc.boolean(), async (where, isPrivate) => {
        const asked = await wasAsked(where.includes(':') ? `[${where}]` : where, isPrivate);
        expect(asked).toBe(mayReach(where, isPrivate ? 'private' : 'public'));
      }),
      { numRuns: 150 },
    );
  }, 30_000);
});
