import { mappingOf } from '@claimsmith/core';
import { describe, expect, it, test } from 'vitest';
import { findingsOf, policyOf, surroundings } from '../../test/fixtures.ts';
import { cognito } from '../index.ts';

const alias = 'as: { cognito: "cognito:groups" }';
const spec = (claim: string, settings = 'clients: all') => `
claims: { groups: { ${claim}, tokens: [access, id], ${alias} } }
issuers: { cognito: { ${settings} } }
`;
const billing = `value: 'user.groups.filter(g, g.startsWith("billing"))', kind: descriptive`;
const roles = {
  iamRolesToOverride: ['arn:aws:iam::123456789012:role/clerk'],
  preferredRole: 'arn:aws:iam::123456789012:role/clerk',
};

function eventOf(version: string, groupsToOverride: readonly string[]) {
  return {
    version,
    triggerSource: 'TokenGeneration_HostedAuth',
    userName: 'ada',
    callerContext: { clientId: 'web' },
    request: {
      userAttributes: { sub: 'u1' },
      groupConfiguration: { groupsToOverride, ...roles },
      ...(version === '1' ? {} : { scopes: ['openid'] }),
    },
    response: {},
  };
}

/** The answer of the built function, and what the simulator signs. */
async function answerOf(text: string, event: ReturnType<typeof eventOf>) {
  const built = await cognito.compile(policyOf(`version: 1\nname: shop\n${text}`));
  const code = built.artifacts[0]?.content ?? '';
  const { handler }: { handler(event: object): Promise<object> } = await import(
    /* @vite-ignore */ `data:text/javascript,${encodeURIComponent(code)}`
  );
  const { response } = mappingOf(await handler(event));
  const [details] = Object.values(mappingOf(response));
  const signed = await cognito.simulator.simulate(built, { trigger: 'login', event }, surroundings());
  return { details: mappingOf(details), signed };
}

describe.each([
  ['1', 'V1_0'],
  ['2', 'V2_0'],
  ['3', 'V3_0'],
])('a claim named cognito:groups, version %s', (version, setting) => {
  const text = spec(billing, `clients: all, version: ${setting}`);

  it('replaces the groups of both tokens, and repeats the roles', async () => {
    const { details, signed } = await answerOf(text, eventOf(version, ['billing-eu', 'staff']));
    expect(details['groupOverrideDetails']).toEqual({ groupsToOverride: ['billing-eu'], ...roles });
    expect(JSON.stringify(details)).not.toContain('cognito:groups');
    expect(signed.access).toMatchObject({ 'cognito:groups': ['billing-eu'] });
    expect(signed.id).toEqual({ 'cognito:groups': ['billing-eu'] });
    expect(signed.notes).toEqual([]);
  });

  it('takes all groups out where its list is empty', async () => {
    const { details, signed } = await answerOf(text, eventOf(version, ['staff']));
    expect(details['groupOverrideDetails']).toEqual({ groupsToOverride: [], ...roles });
    expect(signed.access).not.toHaveProperty('cognito:groups');
    expect(signed.id).toEqual({});
    expect(signed.notes).toEqual([]);
  });

  it('takes all groups out where it is not for the token', async () => {
    const some = spec(`${billing}, clients: [other]`, `clients: all, version: ${setting}`);
    const { details } = await answerOf(some, eventOf(version, ['billing-eu']));
    expect(details['groupOverrideDetails']).toEqual({ groupsToOverride: [], ...roles });
  });
});

it('stands beside what is removed', async () => {
  const text = spec(billing, 'clients: all, remove: { id: [email] }');
  const { details } = await answerOf(text, eventOf('3', ['billing']));
  expect(details).toMatchObject({
    idTokenGeneration: { claimsToAddOrOverride: {}, claimsToSuppress: ['email'] },
    groupOverrideDetails: { groupsToOverride: ['billing'], ...roles },
  });
});

it('machines have no groups to replace', async () => {
  const event = { ...eventOf('3', []), triggerSource: 'TokenGeneration_ClientCredentials' };
  const { details } = await answerOf(spec(billing), event);
  expect(details).not.toHaveProperty('groupOverrideDetails');
});

test.each([
  [`${billing}, when: 'subject_type == "human" && user.email_verified'`, 'info TE822'],
  [billing, 'info TE822'],
  [
    `${billing}, subjects: [human, machine]`,
    'error TE102 Cognito lists groups of `cognito:groups` for people alone',
  ],
  ['const: [a], kind: descriptive', 'error TE102 Cognito lists groups of `cognito:groups` for people alone'],
  ['value: user.username, kind: descriptive', 'as a list of text'],
])('%s: %s', (claim, finding) => {
  expect(findingsOf(spec(claim)).join('\n')).toContain(finding);
});

test('it is for both tokens', () => {
  const one = spec(billing).replace('tokens: [access, id], ', '');
  expect(findingsOf(one).join('\n')).toContain('in both tokens, and this claim is for one of them');
});
