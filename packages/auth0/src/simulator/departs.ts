import {
  type Asked,
  challengeDeparture,
  type Departure,
  enrichedOf,
  leftAloneBy,
  mappingOf,
  noTokens,
  observedDeparture,
  type Policy,
  textOf,
  type Verdict,
} from '@claimsmith/core';
import { scopeRefused } from '@claimsmith/runtime';
import { claimsLimitBytes, isNamespaced, ownApi } from '../limits.ts';
import { claimNames } from '../names.ts';
import { isTooLarge, tooLarge } from '../platform/outcome.ts';
import { lifetimeMsOf, settingsOf } from '../settings.ts';

/** A sentence without its end. */
export const cannotAsk =
  'Auth0 can ask for a factor only at a login in a browser; elsewhere the token is denied';

/** Whether a user is there who can be asked. */
function isInBrowser({ trigger, context }: Asked): boolean {
  if (trigger !== 'post-login') return false;
  const { grant_type: grantType = 'authorization_code', params } = mappingOf(context['request']);
  const { prompt } = mappingOf(params);
  return inBrowsers.includes(grantType) && !/\bnone\b/.test(String(prompt));
}

/** The grant types of logins in a browser. */
const inBrowsers: readonly unknown[] = [
  'authorization_code',
  'implicit',
  'urn:ietf:params:oauth:grant-type:device_code',
];

/** Tokens that the settings exclude: they lack the policy. */
function leftOut(policy: Policy, asked: Asked): Departure | undefined {
  const { trigger, client, context } = asked;
  const settings = settingsOf(policy);
  const setting = settings.triggers.some((one) => one === trigger)
    ? leftAloneBy(enrichedOf(settings) ?? {}, client, textOf(mappingOf(context['request'])['audience']))
    : 'triggers';
  if (setting === undefined) return undefined;
  return {
    rule: 'TE832',
    path: ['issuers', 'auth0', setting],
    why: `Auth0 issues these tokens without the policy: \`${setting}\` excludes them.`,
    isGuarded: true,
    instead: untouched(policy, asked),
  };
}

/** The tokens that Auth0 issues by itself. */
function untouched(policy: Policy, { scopes, context }: Asked): Verdict {
  const { audience } = mappingOf(context['request']);
  const lifetimeMs = lifetimeMsOf(policy);
  return {
    ...noTokens,
    denied: undefined,
    scopes,
    audiences: typeof audience === 'string' ? [audience] : [],
    lifetimeSeconds: lifetimeMs === undefined ? undefined : lifetimeMs / 1000,
  };
}

/** How Auth0 treats tokens for its own APIs, and what an Action cannot do with client credentials. */
export function departs(policy: Policy, verdict: Verdict, asked: Asked): Departure | undefined {
  const left =
    leftOut(policy, asked) ??
    observedDeparture({ id: 'auth0', title: 'Auth0' }, settingsOf(policy).observe, asked.client, () =>
      untouched(policy, asked),
    );
  if (left !== undefined) return left;
  if (verdict.denied !== undefined)
    return isInBrowser(asked) ? undefined : challengeDeparture(policy, verdict, cannotAsk);
  const large = sizeDeparts(policy, verdict);
  if (large !== undefined) return large;
  const shown = userinfoDeparts(policy, verdict);
  return scopesDepart(policy, verdict, asked) ?? claimsDepart(policy, shown?.instead ?? verdict) ?? shown;
}

/** The Action denies what Auth0 would fail with its own error. How large claims are, only the values say. */
function sizeDeparts(policy: Policy, { access, id }: Verdict): Departure | undefined {
  const names = claimNames(policy);
  const signed = (claims: Verdict['access']) =>
    Object.fromEntries(Object.entries(claims).map(([name, value]) => [names[name] ?? name, value]));
  if (!isTooLarge(signed(access)) && !isTooLarge(signed(id))) return undefined;
  return {
    rule: 'TE803',
    path: undefined,
    why: `Auth0 takes at most ${claimsLimitBytes} bytes of claims for each token; the Action denies more.`,
    instead: { ...noTokens, denied: tooLarge },
  };
}

/** Auth0's userinfo answer has all claims of the ID token. */
function userinfoDeparts({ claims }: Policy, verdict: Verdict): Departure | undefined {
  const { userinfo, id } = verdict;
  const also = claims.find(
    ({ name }) => userinfo !== undefined && Object.hasOwn(id, name) && !Object.hasOwn(userinfo, name),
  );
  return (
    also && {
      rule: 'TE843',
      path: ['claims', also.name, 'tokens'],
      why: "Auth0's userinfo answer has all claims of the ID token.",
      instead: { ...verdict, userinfo: id },
    }
  );
}

/** With client credentials, an Action cannot change the scopes, so it refuses the token instead. */
function scopesDepart(policy: Policy, verdict: Verdict, { trigger, scopes }: Asked): Departure | undefined {
  if (trigger !== 'credentials-exchange') return undefined;
  const isRefused = scopes.some((scope) => !verdict.scopes.includes(scope));
  if (isRefused) {
    return {
      rule: 'TE808',
      path: ['scopes', policy.scopes[0]?.name ?? ''],
      why: 'With client credentials, a refused scope denies the token: an Action cannot remove scopes there.',
      instead: { ...noTokens, denied: scopeRefused },
    };
  }
  const kept = verdict.scopes.filter((scope) => scopes.includes(scope));
  if (kept.length === verdict.scopes.length) return undefined;
  const added = verdict.scopes.find((scope) => !scopes.includes(scope));
  return {
    rule: 'TE809',
    path: ['scopes', added ?? '', 'add'],
    why: 'With client credentials an Action cannot add scopes.',
    instead: { ...verdict, scopes: kept },
  };
}

/** A client may request one of Auth0's own APIs; the policy's claims are not for those. */
function claimsDepart(policy: Policy, verdict: Verdict): Departure | undefined {
  const [api] = verdict.audiences.map(ownApi);
  if (api === undefined) return undefined;
  const names = claimNames(policy);
  const kept = Object.entries(verdict.access).filter(
    ([name]) => api === 'other' && isNamespaced(names[name] ?? name),
  );
  if (kept.length === Object.keys(verdict.access).length) return undefined;
  return {
    rule: 'TE831',
    path: undefined,
    why:
      api === 'management'
        ? 'Auth0 ignores claims of Actions in tokens for its Management API.'
        : 'In tokens for its own APIs, Auth0 accepts only claims with a namespace.',
    instead: { ...verdict, access: Object.fromEntries(kept) },
  };
}
