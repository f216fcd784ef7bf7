import {
  type Asked,
  challengeDeparture,
  type Departure,
  dependsOnActor,
  exchangeGrant,
  mappingOf,
  noTokens,
  observedDeparture,
  type Policy,
  type RawContext,
  textOf,
  type Verdict,
} from '@claimsmith/core';
import { evaluateProgram, generateProgram } from '@claimsmith/core/program';
import { type Decision, unavailable } from '@claimsmith/runtime';
import { builtInScopes } from '../limits.ts';
import { gateOf, planOf, ungatedParts } from '../plan/plan.ts';
import { grantsOf, refusedScopes } from '../plan/scope-plan.ts';
import { lifetimeMsOf, type Settings, settingsOf } from '../settings.ts';
import type { TriggerId } from '../supplies.ts';

/** A sentence without its end. */
export const cannotAsk = 'A policy script cannot ask for a factor, so the token is denied';

const serviceAccount: TriggerId = 'service-account';

/**
 * Differences at Keycloak: it refuses scopes that name an object, mappers leave out empty lists and deny nothing, and
 * service accounts get no part of the policy if the settings exclude them.
 */
export function departs(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined {
  const { scopes } = asked;
  const settings = settingsOf(policy);
  const refused = refusedScopes(policy);
  const named = policy.scopes.find(
    ({ pattern: [beginning = ''], placeholders }) =>
      placeholders.length > 0 && scopes.some((scope) => scope.startsWith(beginning)),
  );
  if (scopes.some((scope) => refused.some((beginning) => scope.startsWith(beginning)))) {
    return {
      rule: 'TE816',
      path: ['scopes', named?.name ?? ''],
      why: 'Keycloak has scopes with fixed names, so it refuses a request for a scope that names an object.',
      instead: { ...noTokens, denied: 'invalid_scope' },
    };
  }
  if (!settings.scripts && !settings.serviceAccounts && asked.trigger === serviceAccount) {
    return {
      rule: 'TE824',
      path: ['issuers', 'keycloak', 'serviceAccounts'],
      why: 'The realm does not give tokens to service accounts.',
      instead: { ...noTokens, denied: 'unauthorized_client' },
    };
  }
  const without = withoutPolicy(policy, verdict, asked);
  if (without !== undefined) return without;
  if (verdict.denied !== undefined)
    return (
      challengeDeparture(policy, verdict, cannotAsk) ??
      unpermitted(policy, verdict, asked) ??
      unrequired(policy, verdict, scopes)
    );
  const hidden = hidesActor(policy, asked);
  if (hidden !== undefined) return hidden;
  const access = withoutEmpty(verdict.access, policy);
  const id = withoutEmpty(verdict.id, policy);
  if (access === verdict.access && id === verdict.id) return undefined;
  const claims = { ...verdict.access, ...verdict.id };
  const dropped = Object.keys(claims).find(
    (name) => withoutEmpty({ [name]: claims[name] }, policy)[name] === undefined,
  );
  return {
    rule: 'TE822',
    path: ['claims', dropped ?? ''],
    why: 'Keycloak leaves an empty list out.',
    instead: { ...verdict, access, id },
  };
}

/** Grants by which the script knows who acts. */
const tellingGrants: readonly string[] = [
  'authorization_code',
  'implicit',
  'password',
  'client_credentials',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  'urn:openid:params:grant-type:ciba',
  exchangeGrant,
];

/** A token by another grant may come from an exchanged one, so the script denies it where that matters. */
function hidesActor(policy: Policy, { context }: Asked): Departure | undefined {
  const grant = textOf(mappingOf(context['request'])['grant_type']);
  if (grant === undefined || tellingGrants.includes(grant)) return undefined;
  if (!settingsOf(policy).scripts || !dependsOnActor(policy)) return undefined;
  return {
    rule: 'TE839',
    path: undefined,
    why: 'Keycloak does not say who acts for the user with this grant type, so the script denies the token.',
    instead: { ...noTokens, denied: unavailable },
  };
}

/** Tokens that the policy only observes, and tokens that it is not for. */
function withoutPolicy(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined {
  const { scopes } = asked;
  const settings = settingsOf(policy);
  const observed = observedDeparture(
    { id: 'keycloak', title: 'Keycloak' },
    settings.observe,
    asked.client,
    () => observedTokens(policy, scopes),
  );
  if (observed !== undefined) return observed;
  const others = notMeant(settings, asked);
  if (others !== undefined) {
    const own = new Set(grantsOf(policy).map(({ name }) => name));
    // Without a script, these clients do not have the scopes.
    const isRefused = !settings.scripts && scopes.some((name) => own.has(name));
    return {
      rule: 'TE832',
      path: ['issuers', 'keycloak', others === 'Service accounts' ? 'serviceAccounts' : 'clients'],
      isGuarded: true,
      why: `${others} get tokens without the policy: they lack its claims and scopes, and the audience of the API.`,
      instead: isRefused
        ? { ...noTokens, denied: 'invalid_scope' }
        : { ...untouched(policy), scopes: scopes.filter((name) => !own.has(name)) },
    };
  }
  if (verdict.left === true) {
    const own = new Set(settings.scripts ? grantsOf(policy).map(({ name }) => name) : []);
    return {
      rule: 'TE832',
      path: ['applies'],
      isGuarded: true,
      why: 'Tokens that `applies` excludes are without the policy: they lack its claims and scopes, and the audience of the API.',
      instead: { ...untouched(policy), scopes: scopes.filter((name) => !own.has(name)) },
    };
  }
  return undefined;
}

/** Tokens of a client whose tokens the policy only observes. Scopes of the policy are not granted, or not even there. */
function observedTokens(policy: Policy, scopes: readonly string[]): Verdict {
  const own = policy.scopes.map(({ name }) => name).filter((name) => !builtInScopes.includes(name));
  const isRefused = settingsOf(policy).observe === true && scopes.some((name) => own.includes(name));
  return isRefused
    ? { ...noTokens, denied: 'invalid_scope' }
    : { ...untouched(policy), scopes: scopes.filter((name) => !own.includes(name)) };
}

/** The tokens that the script leaves alone, if any. */
function notMeant({ serviceAccounts, clients }: Settings, { trigger, client }: Asked): string | undefined {
  if (!serviceAccounts && trigger === serviceAccount) return 'Service accounts';
  return clients === undefined || (client !== undefined && clients.includes(client))
    ? undefined
    : 'Clients that `clients` does not name';
}

/**
 * If a role opens everything, Keycloak still issues a token to users without it, but without the policy. Only parts
 * with their own roles go to users with these roles.
 */
function unpermitted(policy: Policy, { denied }: Verdict, { scopes, context }: Asked): Departure | undefined {
  const settings = settingsOf(policy);
  const gate = gateOf(policy, settings);
  const rule = policy.deny.find(({ reason }) => reason === denied);
  if (gate === true || gate === undefined || rule === undefined) return undefined;
  const left = ungatedParts(policy, settings);
  const others = scopes.filter((scope) => !policy.scopes.some(({ name }) => name === scope));
  const rest = left.claims.length + left.scopes.length === 0 ? undefined : decisionWithout(policy, context);
  const ofLeft = (claims: Verdict['access']) =>
    Object.fromEntries(
      Object.entries(withoutEmpty(claims, policy)).filter(([name]) => left.claims.includes(name)),
    );
  const granted = left.scopes.filter(
    (name) =>
      rest?.scopes.add.includes(name) || (scopes.includes(name) && !rest?.scopes.remove.includes(name)),
  );
  return {
    rule: 'TE819',
    path: [...rule.path, 'when'],
    isGuarded: true,
    why: 'Without a policy script, Keycloak cannot deny a token. It lacks the audience of the API and all claims except those with their own roles.',
    instead: {
      ...untouched(policy),
      access: ofLeft(rest?.access ?? {}),
      id: scopes.includes('openid') ? ofLeft(rest?.id ?? {}) : {},
      scopes: [...new Set([...others, ...granted])],
    },
  };
}

/** The policy's decision without its deny rules. Claims made by mappers do not read sources. */
function decisionWithout(policy: Policy, context: RawContext): Decision | undefined {
  const program = evaluateProgram(generateProgram({ ...policy, deny: [] }));
  const decision = program.decide(program.context(context), {});
  return decision.denied === undefined ? decision : undefined;
}

/**
 * Without a script, a missing value does not deny the token; the claim is left out. A denial does not say which value was
 * missing, or what the rest would be, so we announce only unambiguous cases.
 */
function unrequired(policy: Policy, { denied }: Verdict, scopes: readonly string[]): Departure | undefined {
  const settings = settingsOf(policy);
  if (settings.scripts || settings.missing !== 'guard' || denied !== unavailable) return undefined;
  const plans = planOf(policy).filter(({ by }) => by !== 'nothing');
  const others = plans.filter((plan) => plan.by !== 'mapper' || !plan.limits.includes('required'));
  const grants = grantsOf(policy);
  if (plans.length - others.length !== 1 || grants.some(({ roles }) => roles !== undefined)) return undefined;
  const gate = gateOf(policy, settings);
  const access = new Map<string, unknown>();
  const id = new Map<string, unknown>();
  for (const plan of others) {
    const isAlways = plan.by === 'mapper' && JSON.stringify(plan.condition) === JSON.stringify(gate);
    const { name, constant, tokens } = plan.claim;
    if (!isAlways || constant === undefined) return undefined;
    if (tokens.includes('access')) access.set(name, constant);
    if (tokens.includes('id')) id.set(name, constant);
  }
  if (policy.marker !== undefined) access.set(policy.marker.claim, policy.marker.value);
  const hasId = scopes.includes('openid');
  const added = grants.filter(({ isAdded }) => isAdded).map(({ name }) => name);
  const required = plans.find((plan) => !others.includes(plan));
  return {
    rule: 'TE819',
    path: ['claims', required?.claim.name ?? ''],
    isGuarded: true,
    why: 'Without a policy script, Keycloak cannot deny a token for a missing value; it leaves the claim out.',
    instead: {
      ...untouched(policy),
      access: Object.fromEntries(access),
      id: hasId ? Object.fromEntries(id) : {},
      scopes: [...new Set([...scopes, ...added])],
      audiences: settings.audience === undefined ? [] : [settings.audience],
    },
  };
}

/** A token that has only the policy's lifetime, which the realm gives to all tokens. */
function untouched(policy: Policy): Verdict {
  const lifetimeMs = lifetimeMsOf(policy);
  return {
    ...noTokens,
    denied: undefined,
    lifetimeSeconds: lifetimeMs === undefined ? undefined : lifetimeMs / 1000,
  };
}

/** Without the empty lists that mappers leave out. */
function withoutEmpty(claims: Verdict['access'], policy: Policy): Verdict['access'] {
  const dropped = planOf(policy)
    .filter((plan) => plan.by === 'mapper' && plan.limits.includes('empty_list'))
    .map(({ claim }) => claim.name);
  const kept = Object.entries(claims).filter(
    ([name, value]) => !(dropped.includes(name) && Array.isArray(value) && value.length === 0),
  );
  return kept.length === Object.keys(claims).length ? claims : Object.fromEntries(kept);
}
