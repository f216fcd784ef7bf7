/*
 * Requests as Okta sends them, by flow: the shapes of its OpenAPI document and of live ones, with data of a company
 * that does not exist.
 */

export const nowMs = Date.parse('2026-11-20T10:00:00.000Z');

type Payload = Readonly<Record<string, unknown>> & { readonly data: Readonly<Record<string, unknown>> };

const issuer = 'https://acme.okta.example/oauth2/default';

export const ada = {
  id: '00u1ada',
  passwordChanged: '2026-01-07T12:00:00.000Z',
  profile: {
    login: 'ada@acme.example',
    firstName: 'Ada',
    lastName: 'Approver',
    locale: 'en_US',
    timeZone: 'Europe/Berlin',
  },
  _links: {
    groups: { href: 'https://acme.okta.example/api/v1/users/00u1ada/groups' },
    factors: { href: 'https://acme.okta.example/api/v1/users/00u1ada/factors' },
  },
};

const session = {
  id: '102session',
  userId: '00u1ada',
  login: 'ada@acme.example',
  createdAt: '2026-11-20T09:55:00.000Z',
  expiresAt: '2026-11-20T21:55:00.000Z',
  status: 'ACTIVE',
  lastPasswordVerification: '2026-11-20T09:55:00.000Z',
  lastFactorVerification: '2026-11-20T09:55:01.000Z',
  amr: ['PASSWORD'],
  idp: { id: '00oidp', type: 'OKTA' },
  mfaActive: false,
};

const client = { id: '0oa1web', name: 'Acme Web', type: 'PUBLIC' };

function envelope(source: string, data: Readonly<Record<string, unknown>>): Payload {
  return {
    eventId: '3OWo4oo-QQ-rBWfRyTmQYw',
    eventTime: '2026-11-20T10:00:00.000Z',
    eventType: 'com.okta.oauth2.tokens.transform',
    eventTypeVersion: '1.0',
    contentType: 'application/json',
    cloudEventVersion: '0.1',
    source,
    data,
  };
}

/** When Ada logged in. */
const auth_time = 1_795_168_500;

function accessToken(scopes: readonly string[], claims: Readonly<Record<string, unknown>>) {
  return {
    claims: { ver: 1, jti: 'AT.1', iss: issuer, aud: 'api://payments', cid: '0oa1web', ...claims },
    token: { lifetime: { expiration: 3600 } },
    scopes: Object.fromEntries(scopes.map((name) => [name, { id: `scp${name}`, action: 'GRANT' }])),
  };
}

export const idToken = {
  claims: {
    sub: '00u1ada',
    name: 'Ada Approver',
    ver: 1,
    iss: issuer,
    aud: '0oa1web',
    jti: 'ID.1',
    amr: ['pwd'],
    idp: '00oidp',
    auth_time,
  },
  token: { lifetime: { expiration: 3600 } },
};

function request(method: string, url: string) {
  return { id: 'reqX1', method, url: { value: url }, ipAddress: '192.0.2.7' };
}

/** Authorization code: Okta asks when the code is made. */
export const codeFlow = envelope(`${issuer}/v1/authorize`, {
  context: {
    request: request(
      'GET',
      `${issuer}/v1/authorize?scope=openid+payments.read&response_type=code&redirect_uri=https%3A%2F%2Fapp.acme.example%2Fcb&state=s1&nonce=n1&code_challenge=xyz&code_challenge_method=S256&client_id=0oa1web&channel=mobile`,
    ),
    protocol: {
      type: 'OAUTH2.0',
      request: {
        scope: 'openid payments.read',
        state: 's1',
        redirect_uri: 'https://app.acme.example/cb',
        response_mode: 'query',
        response_type: 'code',
        client_id: '0oa1web',
      },
      issuer: { uri: issuer },
      client,
    },
    session,
    user: ada,
    policy: { id: '00p1', rule: { id: '0pr1' } },
  },
  identity: idToken,
  access: accessToken(['openid', 'payments.read'], { sub: 'ada@acme.example', uid: '00u1ada', auth_time }),
});

export const implicitFlow = envelope(`${issuer}/v1/authorize`, {
  context: {
    request: request(
      'GET',
      `${issuer}/v1/authorize?scope=openid&response_type=id_token%20token&client_id=0oa1web`,
    ),
    protocol: {
      type: 'OAUTH2.0',
      request: {
        scope: 'openid',
        state: 'foobar',
        redirect_uri: 'https://app.acme.example/cb',
        response_mode: 'okta_post_message',
        response_type: 'id_token token',
        client_id: '0oa1web',
      },
      issuer: { uri: issuer },
      client,
    },
    session,
    user: ada,
    policy: { id: '00p1', rule: { id: '0pr1' } },
  },
  identity: idToken,
  access: accessToken(['openid'], { sub: 'ada@acme.example', uid: '00u1ada', auth_time }),
});

/** Refresh. Okta's document says `OriginalGrant`, its people's code reads `originalGrant`. */
export function refreshFlow(spelling: 'originalGrant' | 'OriginalGrant' = 'originalGrant'): Payload {
  return envelope(`${issuer}/v1/token`, {
    context: {
      request: request('POST', `${issuer}/v1/token`),
      protocol: {
        type: 'OAUTH2.0',
        request: { client_id: '0oa1web', scope: 'openid offline_access' },
        [spelling]: {
          authorization: {
            scope: 'openid offline_access',
            state: 's1',
            redirect_uri: 'https://app.acme.example/cb',
            response_mode: 'query',
            response_type: 'code',
            client_id: '0oa1web',
          },
          refresh_token: { jti: 'oar1' },
        },
        issuer: { uri: issuer },
        client,
      },
      user: ada,
      policy: { id: '00p1', rule: { id: '0pr1' } },
    },
    identity: idToken,
    access: accessToken(['openid', 'offline_access'], { sub: 'ada@acme.example', uid: '00u1ada', auth_time }),
    refresh_token: { jti: 'oar1' },
  });
}

/** Client credentials: neither user nor session, and no ID token. */
export const machineFlow = envelope(`${issuer}/v1/token`, {
  context: {
    request: request('POST', `${issuer}/v1/token?region=eu`),
    protocol: {
      type: 'OAUTH2.0',
      request: { grant_type: 'client_credentials', scope: 'settlements.write', client_id: '0oa2job' },
      issuer: { uri: issuer },
      client: { id: '0oa2job', name: 'Settlement job', type: 'CONFIDENTIAL' },
    },
    policy: { id: '00p1', rule: { id: '0pr2' } },
  },
  access: accessToken(['settlements.write'], { sub: '0oa2job', cid: '0oa2job' }),
});

/**
 * On-Behalf-Of: a service exchanges the access token of a user. No such request is published; this is the shape of the others
 * at the token endpoint.
 */
export const exchangeFlow = envelope(`${issuer}/v1/token`, {
  context: {
    request: request('POST', `${issuer}/v1/token`),
    protocol: {
      type: 'OAUTH2.0',
      request: {
        grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
        scope: 'payments.read',
        client_id: '0oa3svc',
      },
      issuer: { uri: issuer },
      client: { id: '0oa3svc', name: 'Ledger', type: 'CONFIDENTIAL' },
    },
    user: ada,
    policy: { id: '00p1', rule: { id: '0pr3' } },
  },
  access: accessToken(['payments.read'], { sub: 'ada@acme.example', uid: '00u1ada', cid: '0oa3svc' }),
});

/** A copy with the value at a path of `data` replaced, or taken out where it is undefined. */
export function changed(payload: Payload, path: readonly string[], value: unknown): Payload {
  const copy = structuredClone(payload);
  let part: unknown = copy;
  for (const name of path.slice(0, -1)) part = Reflect.get(Object(part), name);
  const last = path.at(-1) ?? '';
  if (value === undefined) Reflect.deleteProperty(Object(part), last);
  else Reflect.set(Object(part), last, value);
  return copy;
}
