import { describe, expect, it } from 'vitest';
import { surroundings } from '../../test/fixtures.ts';
import { runTrigger, type TriggerVersion } from '../index.ts';

const event = {
  version: '2',
  triggerSource: 'TokenGeneration_HostedAuth',
  userName: 'ada',
  callerContext: { clientId: 'client' },
  request: {
    userAttributes: { sub: 'u1' },
    groupConfiguration: { groupsToOverride: ['staff'] },
    scopes: ['openid', 'read'],
  },
  response: {},
};

function run(body: string, version: TriggerVersion = 'V2_0', own: object = {}, around = surroundings()) {
  const code = `export const handler = async (event) => {\n${body}\n};`;
  return runTrigger(code, version, { ...event, ...own }, around);
}

const answer = (details: string) =>
  run(`return { ...event, response: { claimsAndScopeOverrideDetails: ${details} } };`);
const old = (details: string) =>
  run(`return { ...event, response: { claimsOverrideDetails: ${details} } };`, 'V1_0');

describe('a function that behaves', () => {
  it('sets claims and scopes of the tokens, in one call', async () => {
    const issuance = await run(`
      console.log('called %s', event.triggerSource);
      event.response.claimsAndScopeOverrideDetails = {
        idTokenGeneration: { claimsToAddOrOverride: { nickname: 'a', list: [1, 'x', true] } },
        accessTokenGeneration: {
          claimsToAddOrOverride: { n: 1, deep: { a: [null] } },
          scopesToAdd: ['write'], scopesToSuppress: ['read'],
        },
      };
      return event;`);
    expect(issuance).toEqual({
      denied: undefined,
      access: { n: 1, deep: { a: [null] } },
      id: { nickname: 'a', list: [1, 'x', true] },
      scopes: ['openid', 'write'],
      audiences: [],
      lifetimeSeconds: undefined,
      notes: [],
      requests: [],
      log: ['called TokenGeneration_HostedAuth'],
      elapsedMs: 0,
    });
  });

  it('changes nothing with an answer without details', async () => {
    for (const details of ['null', 'undefined', '{}'])
      expect(await answer(details)).toMatchObject({
        denied: undefined,
        access: {},
        scopes: ['openid', 'read'],
      });
  });

  it('has no ID token for a machine, and in a browser only with openid', async () => {
    const body = `return { ...event, response: { claimsAndScopeOverrideDetails: {
      idTokenGeneration: { claimsToAddOrOverride: { a: 'x' } } } } };`;
    const id = async (own: object) => (await run(body, 'V3_0', own)).id;
    const asked = (...scopes: string[]) => ({ request: { ...event.request, scopes } });
    expect(await id({ triggerSource: 'TokenGeneration_ClientCredentials' })).toEqual({});
    expect(await id(asked('read'))).toEqual({});
    expect(await id(asked('aws.cognito.signin.user.admin'))).toEqual({});
    const own = {
      ...asked('aws.cognito.signin.user.admin'),
      triggerSource: 'TokenGeneration_Authentication',
    };
    expect(await id(own)).toEqual({ a: 'x' });
  });

  it('may read its environment, and ask', async () => {
    const around = surroundings({ 'https://x.example/': () => Response.json({ ok: 1 }) }, { TOKEN: 't' });
    const { access } = await run(
      `const body = await (await fetch('https://x.example/')).json();
      return { ...event, response: { claimsAndScopeOverrideDetails: {
        accessTokenGeneration: { claimsToAddOrOverride: { said: process.env.TOKEN + body.ok } } } } };`,
      'V2_0',
      {},
      around,
    );
    expect(access).toEqual({ said: 't1' });
  });
});

describe('what Cognito does not take', () => {
  it.each(['sub', 'aud', 'scope', 'cognito:groups', 'cognito:x', 'dev:x', 'token_use', 'identities'])(
    '%s is protected',
    async (name) => {
      const { access, id, notes } = await answer(`{
        idTokenGeneration: { claimsToAddOrOverride: { '${name}': 'evil' } },
        accessTokenGeneration: { claimsToAddOrOverride: { '${name}': 'evil', kept: 1 } } }`);
      expect([access, id]).toEqual([{ kept: 1 }, {}]);
      expect(notes).toHaveLength(2);
    },
  );

  it('an audience is set only if it is the client', async () => {
    const { access } = await answer(
      "{ accessTokenGeneration: { claimsToAddOrOverride: { aud: 'client' } } }",
    );
    expect(access).toEqual({ aud: 'client' });
  });

  it('suppressing wins', async () => {
    const { access, scopes } = await answer(`{ accessTokenGeneration: {
      claimsToAddOrOverride: { a: 1, b: 2 }, claimsToSuppress: ['a'],
      scopesToAdd: ['write'], scopesToSuppress: ['write'] } }`);
    expect([access, scopes]).toEqual([{ b: 2 }, ['openid', 'read']]);
  });

  it.each(['{}', 'null', '{ groupsToOverride: [] }'])(
    'groups are lost with the override %s',
    async (groups) => {
      const { notes } = await answer(`{ groupOverrideDetails: ${groups} }`);
      expect(notes).toEqual([
        'groupOverrideDetails without groups: Cognito removes all groups from the tokens.',
      ]);
      expect((await answer('{ groupOverrideDetails: event.request.groupConfiguration }')).notes).toEqual([]);
    },
  );

  it.each([
    ['a list for an answer', 'return [];'],
    ['nothing', ''],
    ['text', "return 'x';"],
    ['no response', 'return { version: 2 };'],
    ['a list for a response', 'return { response: [] };'],
    ['text for details', "return { response: { claimsAndScopeOverrideDetails: 'x' } };"],
    [
      'a list of claims',
      'return { response: { claimsAndScopeOverrideDetails: { idTokenGeneration: { claimsToAddOrOverride: [1] } } } };',
    ],
    [
      'null for a claim',
      'return { response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: { a: null } } } } };',
    ],
    [
      'a scope with white space',
      "return { response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { scopesToAdd: ['a b'] } } } };",
    ],
    [
      'an address that is not text',
      'return { response: { claimsAndScopeOverrideDetails: { idTokenGeneration: { claimsToAddOrOverride: { address: {} } } } } };',
    ],
    [
      'too many changes',
      `const all = Object.fromEntries(Array.from({ length: 4999 }, (_, i) => ['c' + i, i]));
      return { response: { claimsAndScopeOverrideDetails: { accessTokenGeneration: { claimsToAddOrOverride: all } } } };`,
    ],
  ])('%s ends without a token', async (_, body) => {
    expect((await run(body)).denied?.error).toBe('InvalidLambdaResponseException');
  });

  it('V1_0 takes texts for the ID token alone', async () => {
    expect(await old("{ claimsToAddOrOverride: { a: 'x', b: 'y' }, claimsToSuppress: ['b'] }")).toMatchObject(
      {
        id: { a: 'x' },
        access: {},
      },
    );
    for (const value of ['1', 'true', '{}', "['x']"])
      expect((await old(`{ claimsToAddOrOverride: { a: ${value} } }`)).denied?.error).toBe(
        'InvalidLambdaResponseException',
      );
    const other = await run(
      "return { ...event, response: { claimsAndScopeOverrideDetails: { idTokenGeneration: { claimsToAddOrOverride: { a: 'x' } } } } };",
      'V1_0',
    );
    expect(other).toMatchObject({ denied: undefined, id: {} });
  });
});

describe('a function that fails', () => {
  it('ends the login, and shows its text', async () => {
    const { denied, notes } = await run("throw new Error('secret');");
    expect(denied).toEqual({ error: 'UserLambdaValidationException', description: 'secret' });
    expect(notes).toHaveLength(1);
  });

  it('is called three times if it hangs', async () => {
    const { denied, elapsedMs, log } = await run("console.log('called'); await new Promise(() => {});");
    expect(denied?.error).toBe('UnexpectedLambdaException');
    expect([elapsedMs, log]).toEqual([15_000, ['called', 'called', 'called']]);
  });

  it('may answer at the second call', async () => {
    const code = `let calls = 0;
export const handler = async (event) => {
  if (++calls === 1) await new Promise((resolve) => setTimeout(resolve, 5000));
  return { ...event, response: { claimsAndScopeOverrideDetails: {
    accessTokenGeneration: { claimsToAddOrOverride: { calls } } } } };
};`;
    const { access, elapsedMs } = await runTrigger(code, 'V2_0', event, surroundings());
    expect([access, elapsedMs]).toEqual([{ calls: 2 }, 5_000]);
  });

  it.each(['export const handler = (event) => event;', 'const handler = 1;', 'export const handler = ('])(
    'cannot be called: %s',
    async (code) => {
      const { denied } = await runTrigger(code, 'V2_0', event, surroundings());
      expect(denied?.error).toBe('UserLambdaValidationException');
    },
  );
});
