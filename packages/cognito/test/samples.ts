/*
 * Events of the trigger that AWS documents, that aws-lambda-go tests with, and that emulators send: with parts missing,
 * null, empty or of another type.
 */

const caller = { awsSdkVersion: '1', clientId: 'client' };

/** By a name for people; each is of version V2_0 or V3_0. */
export const samples: Readonly<Record<string, object>> = {
  documented: {
    version: '2',
    triggerSource: 'TokenGeneration_HostedAuth',
    region: 'us-east-1',
    userPoolId: 'us-east-1_EXAMPLE',
    userName: 'ada',
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId: 'client' },
    request: {
      userAttributes: { sub: 'u1', 'cognito:user_status': 'CONFIRMED', email_verified: 'true' },
      groupConfiguration: {
        groupsToOverride: ['staff'],
        iamRolesToOverride: ['arn:aws:iam::123456789012:role/a'],
        preferredRole: ['arn:aws:iam::123456789012:role/a'],
      },
      scopes: ['openid'],
      clientMetadata: {},
    },
    response: { claimsAndScopeOverrideDetails: [] },
  },
  'aws-lambda-go': {
    version: '2',
    triggerSource: 'TokenGeneration_Authentication',
    region: 'region',
    userPoolId: 'pool',
    userName: 'ada',
    callerContext: caller,
    request: {
      userAttributes: { sub: 'u1', email: 'ada@acme.example' },
      groupConfiguration: {
        groupsToOverride: ['staff'],
        iamRolesToOverride: ['role'],
        preferredRole: null,
      },
      scopes: ['aws.cognito.signin.user.admin'],
    },
    response: { claimsAndScopeOverrideDetails: null },
  },
  'a refresh without client metadata': {
    version: '3',
    triggerSource: 'TokenGeneration_RefreshTokens',
    userName: 'ada',
    callerContext: caller,
    request: {
      userAttributes: { sub: 'u1' },
      groupConfiguration: { groupsToOverride: ['staff'], iamRolesToOverride: null },
      scopes: ['openid'],
      clientMetadata: null,
    },
    response: null,
  },
};

/** Events of V1_0, which has no scopes. */
export const oldSamples: Readonly<Record<string, object>> = {
  documented: {
    version: '1',
    triggerSource: 'TokenGeneration_HostedAuth',
    userName: 'ada',
    callerContext: caller,
    request: {
      userAttributes: { sub: 'u1', email: 'ada@acme.example' },
      groupConfiguration: { groupsToOverride: ['staff'], iamRolesToOverride: [], preferredRole: 'role' },
      clientMetadata: { hint: 'h' },
    },
    response: {},
  },
  ...Object.fromEntries(
    ['Authentication', 'NewPasswordChallenge', 'AuthenticateDevice', 'RefreshTokens'].map((source) => [
      source,
      {
        version: '1',
        triggerSource: `TokenGeneration_${source}`,
        userName: 'ada',
        callerContext: caller,
        request: { userAttributes: { sub: 'u1', email: 'ada@acme.example' }, groupConfiguration: {} },
        response: { claimsOverrideDetails: null },
      },
    ]),
  ),
};

/** The event that aws-lambda-go tests V1_0 with. Cognito has no trigger source of that name. */
export const madeUpSample = {
  version: '1',
  triggerSource: 'PreTokenGen',
  region: 'region',
  userPoolId: 'pool',
  userName: 'ada',
  callerContext: caller,
  request: {
    userAttributes: { sub: 'u1', email: 'ada@acme.example', phone_number: '+49301234567' },
    groupConfiguration: {
      groupsToOverride: ['group-A', 'group-B'],
      iamRolesToOverride: ['arn:aws:iam::123456789012:role/a'],
      preferredRole: 'arn:aws:iam::123456789012:role/a',
    },
    clientMetadata: { key: 'value' },
  },
  response: {
    claimsOverrideDetails: {
      claimsToAddOrOverride: { key: 'value' },
      claimsToSuppress: ['email'],
      groupOverrideDetails: { groupsToOverride: ['group-A'], iamRolesToOverride: [], preferredRole: 'role' },
    },
  },
};

/** Events of machines, as handlers of others show them. */
export const machineSamples: Readonly<Record<string, object>> = {
  'scopes and metadata alone': {
    version: '3',
    triggerSource: 'TokenGeneration_ClientCredentials',
    userPoolId: 'pool',
    userName: 'client',
    callerContext: caller,
    request: { scopes: ['api/read'], clientMetadata: { job: 'nightly' } },
    response: { claimsAndScopeOverrideDetails: null },
  },
  'empty parts': {
    version: '3',
    triggerSource: 'TokenGeneration_ClientCredentials',
    userName: 'ClientCredentials',
    callerContext: caller,
    request: {
      userAttributes: {},
      groupConfiguration: { groupsToOverride: [], iamRolesToOverride: [], preferredRole: '' },
      scopes: ['api/read'],
    },
    response: {},
  },
  'null parts': {
    version: '3',
    triggerSource: 'TokenGeneration_ClientCredentials',
    callerContext: caller,
    request: { userAttributes: null, groupConfiguration: null, scopes: ['api/read'], clientMetadata: null },
  },
};
