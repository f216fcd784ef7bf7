// What a careful engineer would write by hand for the policy in cognito.ts, with the same guarantees: only declared fields are
// read, texts are parsed strictly, nothing is taken from prototypes, missing values deny or are left out as said, every error
// ends without a token and with a constant text, and one record is logged: a UUID of version 7, names and codes, never a value.

const prefix = 'payments:';
const plans = ['gold', 'free'];

const own = (record, name) =>
  typeof record === 'object' && record !== null && !Array.isArray(record) && Object.hasOwn(record, name)
    ? record[name]
    : undefined;

const textOf = (value) => (typeof value === 'string' && value.length <= 65_536 ? value : undefined);

function listOf(value) {
  if (!Array.isArray(value) || value.length > 5_000) return undefined;
  for (const item of value) if (textOf(item) === undefined) return undefined;
  return value;
}

function parsedInt(text) {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text);
    return Number.isSafeInteger(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function parsedTexts(text) {
  if (text === undefined) return undefined;
  try {
    return listOf(JSON.parse(text));
  } catch {
    return undefined;
  }
}

const grants = {
  TokenGeneration_HostedAuth: 'authorization_code',
  TokenGeneration_Authentication: 'password',
  TokenGeneration_NewPasswordChallenge: 'password',
  TokenGeneration_AuthenticateDevice: 'password',
  TokenGeneration_RefreshTokens: 'refresh_token',
  TokenGeneration_ClientCredentials: 'client_credentials',
};

function record(event, startMs, decision, reason) {
  const now = Date.now();
  const time = now.toString(16).padStart(12, '0');
  const client = own(event.callerContext, 'clientId');
  const { policy: _, ...claims } = decision?.access ?? {};
  const entry = {
    claimsmith: 'bench@hand',
    id: `${time.slice(0, 8)}-${time.slice(8)}-7${crypto.randomUUID().slice(15)}`,
    decision: decision === undefined ? 'denied' : 'issued',
    reason,
    client: typeof client === 'string' ? client : undefined,
    claims: Object.keys(claims),
    sources: {},
    causes: Object.fromEntries((decision?.missing ?? []).map((name) => [name, 'omitted: no_such_key'])),
    grant: typeof event.triggerSource === 'string' ? own(grants, event.triggerSource) : undefined,
    scopesRemoved: decision?.suppress.length || undefined,
    ms: now - startMs,
    issuer: 'cognito',
  };
  console.log(JSON.stringify(entry));
}

class Denied extends Error {}

function decide(event) {
  const machine = event.triggerSource === 'TokenGeneration_ClientCredentials';
  if (!machine && !/^TokenGeneration_/.test(String(event.triggerSource)))
    throw new Denied('enrichment_unavailable');
  const request = own(event, 'request');
  const attributes = own(request, 'userAttributes');
  const configured = own(own(request, 'groupConfiguration'), 'groupsToOverride');
  const groups = machine
    ? undefined
    : listOf(configured ?? (own(request, 'groupConfiguration') ? [] : undefined));
  const scopes = listOf(own(request, 'scopes')) ?? [];
  const access = {};
  const missing = [];
  if (!machine) {
    if (groups === undefined) throw new Denied('enrichment_unavailable');
    if (groups.includes('suspended')) throw new Denied('account_suspended');
    const tenant = textOf(own(attributes, 'custom:org'));
    if (tenant === undefined) throw new Denied('enrichment_unavailable');
    access.tenant_id = tenant;
    const roles = [];
    for (const group of groups) if (group.startsWith(prefix)) roles.push(group.slice(prefix.length));
    if (roles.length > 20) throw new Denied('enrichment_unavailable');
    access.roles = roles;
    const level = parsedInt(textOf(own(attributes, 'custom:level')));
    if (level === undefined) throw new Denied('enrichment_unavailable');
    access.level = level;
    const plan = textOf(own(attributes, 'custom:plan'));
    if (plan !== undefined && plans.includes(plan)) access.plan = plan;
    else missing.push('plan');
    const teams = parsedTexts(textOf(own(attributes, 'custom:teams')));
    if (teams === undefined) missing.push('teams');
    else access.teams = teams;
  }
  access.policy = 'bench@hand';
  const mayPay = !machine && access.roles.includes('approver') && access.level >= 3;
  return {
    access,
    suppress: mayPay ? [] : ['payments/approve'].filter((scope) => scopes.includes(scope)),
    missing,
  };
}

export const handler = async (event) => {
  const startMs = Date.now();
  let reason = 'enrichment_unavailable';
  let decision;
  try {
    if (event.version === '2' || event.version === '3') {
      decision = decide(event);
      return {
        ...event,
        response: {
          claimsAndScopeOverrideDetails: {
            idTokenGeneration: { claimsToAddOrOverride: {} },
            accessTokenGeneration: {
              claimsToAddOrOverride: decision.access,
              scopesToAdd: [],
              scopesToSuppress: decision.suppress,
            },
          },
        },
      };
    }
  } catch (error) {
    if (error instanceof Denied) reason = error.message;
  } finally {
    record(event, startMs, decision, decision === undefined ? reason : undefined);
  }
  throw new Error(reason);
};
