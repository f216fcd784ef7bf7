import type { Decision } from '@claimsmith/runtime';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { answerIn, deciding, hookOf, quarantine, requestOf, unavailable } from '../../test/hook-fixtures.ts';
import { changed, codeFlow, machineFlow } from '../../test/payloads.ts';
import { applyAnswer } from '../simulator/patch.ts';
import { type HookPolicy, reservedAccessNames, reservedIdNames } from './index.ts';

async function answerOf(
  decided: Partial<Decision>,
  payload: unknown = codeFlow,
  part: Partial<HookPolicy> = {},
) {
  const response = await hookOf(deciding(decided), part).fetch(requestOf(payload));
  expect(response.status).toBe(200);
  return answerIn(response);
}

const add = (name: string, value: unknown) => ({ op: 'add', path: `/claims/${name}`, value });

describe('the answer', () => {
  it('adds claims to the tokens that are asked for, and to no other', async () => {
    const decided = { access: { tenant: 'acme', roles: ['a', 'b'] }, id: { name: 'Ada "A" \u2028' } };
    const access = {
      type: 'com.okta.access.patch',
      value: [add('tenant', 'acme'), add('roles', ['a', 'b'])],
    };
    const identity = { type: 'com.okta.identity.patch', value: [add('name', 'Ada "A" \u2028')] };
    expect(await answerOf(decided)).toEqual({ commands: [access, identity] });
    expect(await answerOf(decided, machineFlow)).toEqual({ commands: [access] });
    expect(await answerOf(decided, changed(codeFlow, ['data', 'access'], undefined))).toEqual({
      commands: [identity],
    });
  });

  it('is an empty object where there is nothing to change', async () => {
    expect(await answerOf({})).toEqual({});
    expect(await answerOf({ id: { name: 'x' } }, machineFlow)).toEqual({});
  });

  it('escapes names that hold slashes and tildes', async () => {
    const { commands } = await answerOf({ access: { 'https://acme.example/r~s': 1 } });
    expect(commands[0].value[0].path).toBe('/claims/https:~1~1acme.example~1r~0s');
  });

  it('says the reason of a denial and nothing else', async () => {
    expect(await answerOf({ denied: 'account_suspended', access: { a: 1 } })).toEqual({
      error: { errorSummary: 'account_suspended' },
    });
  });
});

test('a denial says its message instead of the reason', async () => {
  expect(await answerOf({ denied: 'barred', message: 'This app is barred.' })).toEqual({
    error: { errorSummary: 'This app is barred.' },
  });
});

describe('a token that is left alone', () => {
  it('loses only the feeders: its guard and its other claims stay', async () => {
    const claims = { uid: '00u1ada', limit: 9, policy: 'unenriched', cs_email_1: 'e', aud: 'urn:nobody' };
    const payload = changed(codeFlow, ['data', 'access', 'claims'], claims);
    const own = { claims: { access: ['limit'], id: [] }, guard: quarantine('api://real') };
    expect(await answerOf({ left: true }, payload, own)).toEqual({
      commands: [{ type: 'com.okta.access.patch', value: [{ op: 'remove', path: '/claims/cs_email_1' }] }],
    });
    expect(await answerOf({ left: true })).toEqual({});
  });
});

describe("claims that are the hook's", () => {
  const own = { claims: { access: ['limit', 'a/b'], id: ['email'] } };
  const claims = (part: 'access' | 'identity', more: object) =>
    changed(codeFlow, ['data', part, 'claims'], { uid: '00u1ada', ...more });

  it('are taken out where a token brings them along and the policy leaves them out', async () => {
    expect(await answerOf({}, claims('access', { limit: 9, 'a/b': null, email: 'e' }), own)).toEqual({
      commands: [
        {
          type: 'com.okta.access.patch',
          value: [
            { op: 'remove', path: '/claims/limit' },
            { op: 'remove', path: '/claims/a~1b' },
          ],
        },
      ],
    });
    expect(await answerOf({}, claims('identity', { limit: 9, email: 'e' }), own)).toEqual({
      commands: [{ type: 'com.okta.identity.patch', value: [{ op: 'remove', path: '/claims/email' }] }],
    });
  });

  it('are overwritten where the policy gives them', async () => {
    const [{ value }] = (await answerOf({ access: { limit: 1 } }, claims('access', { limit: 9 }), own))
      .commands;
    expect(value).toEqual([add('limit', 1)]);
  });

  it('deny where Okta would not let them be taken out', async () => {
    const reserved = { claims: { access: ['uid'], id: [] } };
    expect(await answerOf({}, claims('access', {}), reserved)).toEqual(unavailable);
  });

  it('feeders of any version are taken out, though the policy has none', async () => {
    const [{ value }] = (await answerOf({}, claims('access', { cs_x_1: 1, css: 1, 'cs_/': 2 }))).commands;
    expect(value).toEqual([
      { op: 'remove', path: '/claims/cs_x_1' },
      { op: 'remove', path: '/claims/cs_~1' },
    ]);
  });
});

describe('scopes', () => {
  it('that are refused and held deny: a hook cannot take them out', async () => {
    const refused = { scopes: { add: [], remove: ['payments.read'] } };
    expect(await answerOf(refused)).toEqual({ error: { errorSummary: 'scope_refused' } });
    expect(await answerOf(refused, changed(codeFlow, ['data', 'access', 'scopes'], 'x'))).toEqual({
      error: { errorSummary: 'scope_refused' },
    });
  });

  it('that are refused and not held change nothing', async () => {
    const refused = { scopes: { add: [], remove: ['other', 'toString'] } };
    expect(await answerOf(refused)).toEqual({});
    const alone = changed(codeFlow, ['data', 'access'], undefined);
    expect(await answerOf({ scopes: { add: [], remove: ['payments.read'] } }, alone)).toEqual({});
  });

  it('are never added', async () => {
    expect(await answerOf({ scopes: { add: ['more'], remove: [] } })).toEqual(unavailable);
  });
});

describe('the lifetime', () => {
  const replace = (value: number) => [
    { type: 'com.okta.access.patch', value: [{ op: 'replace', path: '/token/lifetime/expiration', value }] },
  ];

  it.each([300, 600, 86_400])('is set to %i seconds', async (lifetimeSeconds) => {
    expect(await answerOf({ lifetimeSeconds })).toEqual({ commands: replace(lifetimeSeconds) });
  });

  it('is left where it is right already, or no access token is asked for', async () => {
    expect(await answerOf({ lifetimeSeconds: 3600 })).toEqual({});
    expect(
      await answerOf({ lifetimeSeconds: 600 }, changed(codeFlow, ['data', 'access'], undefined)),
    ).toEqual({});
  });

  it.each([299, 86_401, 300.5, Number.NaN, 0])('denies where it cannot be %d', async (lifetimeSeconds) => {
    expect(await answerOf({ lifetimeSeconds })).toEqual(unavailable);
  });

  it('denies where the token has none to replace', async () => {
    const payload = changed(codeFlow, ['data', 'access', 'token'], undefined);
    expect(await answerOf({ lifetimeSeconds: 600 }, payload)).toEqual(unavailable);
  });
});

describe('what Okta would not apply', () => {
  it.each([...reservedAccessNames, 'aud', 'sub', ''])('denies for %s in an access token', async (name) => {
    expect(await answerOf({ access: { fine: 1, [name]: 'x' } })).toEqual(unavailable);
  });

  it.each([...reservedIdNames, ''])('denies for %s in an ID token', async (name) => {
    expect(await answerOf({ id: { fine: 1, [name]: 'x' } })).toEqual(unavailable);
  });

  it.each([null, Number.NaN, Number.POSITIVE_INFINITY])('denies for the value %s', async (value) => {
    expect(await answerOf({ access: { fine: 1, x: value } })).toEqual(unavailable);
    expect(await answerOf({ id: { fine: 1, x: value } })).toEqual(unavailable);
  });

  it('denies for what is larger than 256 KB', async () => {
    expect((await answerOf({ access: { x: 'ä'.repeat(120_000) } })).commands).toHaveLength(1);
    expect(await answerOf({ access: { x: 'ä'.repeat(128_000) } })).toEqual(unavailable);
    expect(await answerOf({ access: { x: 'x'.repeat(255_000) } })).toHaveProperty('commands');
  });
});

describe('the audience under quarantine', () => {
  const at = ['data', 'access', 'claims', 'aud'];
  const guard = quarantine('api://real');

  it('is replaced, whether it is nobody or already the real one', async () => {
    for (const audience of ['urn:nobody', 'api://real', ['urn:nobody']]) {
      const [{ value }] = (await answerOf({}, changed(codeFlow, at, audience), { guard })).commands;
      expect(value).toEqual([{ op: 'replace', path: '/claims/aud', value: 'api://real' }]);
    }
  });

  it('tells what of the guard is not in place at Okta', async () => {
    const whole = {
      ...guard,
      sentinel: { claim: 'policy', value: 'unenriched' },
      shortLifeSeconds: 300,
    };
    const told = async (claims: object, expiration: unknown) => {
      const missing: string[] = [];
      const aimed = changed(codeFlow, ['data', 'access', 'token', 'lifetime', 'expiration'], expiration);
      const payload = changed(aimed, ['data', 'access', 'claims'], { uid: '00u1ada', ...claims });
      const options = { onMissing: (part: string) => missing.push(part) };
      await hookOf(deciding({}), { guard: whole }, options).fetch(requestOf(payload));
      return missing;
    };
    expect(await told({ aud: 'urn:nobody', policy: 'unenriched' }, 300)).toEqual([]);
    expect(await told({ aud: 'api://real', policy: 'unenriched' }, 300)).toEqual(['quarantine']);
    expect(await told({ aud: 'urn:nobody', policy: 'shop@1' }, 300)).toEqual(['sentinel']);
    expect(await told({ aud: 'urn:nobody', policy: 'unenriched' }, 301)).toEqual(['short_life']);
    expect(await told({ aud: 'urn:nobody' }, undefined)).toEqual(['sentinel', 'short_life']);
  });

  it('of another authorization server is not made that of the API', async () => {
    for (const audience of ['api://other', undefined, null, [], ['urn:nobody', 'api://other']])
      expect(await answerOf({}, changed(codeFlow, at, audience), { guard })).toEqual(unavailable);
  });
});

describe('law', () => {
  // Through JSON, which does not know a negative zero.
  const json: fc.Arbitrary<unknown> = fc.json().map((text) => JSON.parse(text));
  const name = fc.oneof(
    fc.constantFrom(
      'roles',
      'https://acme.example/roles',
      'cs_email',
      'cs_feeders',
      'n',
      'aud',
      'scp',
      'groups',
      'policy',
    ),
    fc.string(),
  );
  const claims = fc.dictionary(
    name,
    json.filter((value) => value !== null),
    { maxKeys: 6 },
  );
  const audience = fc.constantFrom('urn:nobody', 'urn:nobody', 'real', 'other');
  const token = fc.record({
    claims: fc
      .tuple(fc.dictionary(name, json, { maxKeys: 6 }), audience)
      .map(([some, aud]) => ({ ...some, aud })),
    token: fc.oneof(
      fc.record({ lifetime: fc.record({ expiration: fc.oneof(fc.integer(), fc.string()) }) }),
      json,
    ),
    scopes: fc.oneof(fc.dictionary(fc.constantFrom('a', 'b'), fc.constant({ action: 'GRANT' })), json),
  });
  const decided = fc.record({
    access: claims,
    id: claims,
    scopes: fc.record({ add: fc.constant([]), remove: fc.subarray(['a', 'b']) }),
    lifetimeSeconds: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
  });
  const feeders = {
    proof: 'cs_feeders',
    items: [{ claim: 'cs_email', field: 'user.email', kind: 'value' as const }],
  };

  it('no answer is one that Okta drops, and what it decided is then in the tokens', async () => {
    let issued = 0;
    const tokens = fc.record({ access: token, identity: token }, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(tokens, decided, fc.boolean(), async (incoming, outcome, isFed) => {
        const { access, identity } = incoming;
        const claimsOf = (part: typeof access) => ({
          ...part,
          claims: { ...part?.claims, cs_feeders: true },
        });
        const data = {
          context: {},
          ...(access && { access: isFed ? claimsOf(access) : access }),
          ...(identity && { identity: isFed ? claimsOf(identity) : identity }),
        };
        const part = {
          guard: quarantine('real'),
          claims: { access: ['n', 'roles'], id: ['roles', 'https://acme.example/roles'] },
          ...(isFed ? { feeders } : {}),
        };
        const payload = { ...codeFlow, data };
        const response = await hookOf(deciding(JSON.parse(JSON.stringify(outcome))), part).fetch(
          requestOf(payload),
        );
        const text = await response.text();
        const lifetime = (token: unknown) => Number(Object(Object(Object(token).token).lifetime).expiration);
        const applied = applyAnswer(
          { status: response.status, body: text },
          {
            access: data.access && { claims: data.access.claims, lifetimeSeconds: lifetime(data.access) },
            id: data.identity && { claims: data.identity.claims, lifetimeSeconds: lifetime(data.identity) },
          },
        );
        if (applied.kind === 'denied') return;
        expect(applied).toMatchObject({ kind: 'patched' });
        if (applied.kind !== 'patched') return;
        issued++;
        const { access: after, id } = applied.tokens;
        if (after) {
          expect(after.claims).toMatchObject({ ...outcome.access, aud: 'real' });
          for (const gone of ['cs_email', ...part.claims.access])
            if (!Object.hasOwn(outcome.access, gone)) expect(Object.keys(after.claims)).not.toContain(gone);
          if (outcome.lifetimeSeconds !== undefined)
            expect(after.lifetimeSeconds).toBe(outcome.lifetimeSeconds);
        }
        if (id) {
          expect(id.claims).toMatchObject(outcome.id);
          for (const gone of ['cs_email', ...part.claims.id])
            if (!Object.hasOwn(outcome.id, gone)) expect(Object.keys(id.claims)).not.toContain(gone);
        }
      }),
      { numRuns: 1500 },
    );
    expect(issued).toBeGreaterThan(100);
  });
});
