import type { Type } from '@claimsmith/cel';
import { type Finding, longestRoundsMs, type Policy } from '@claimsmith/core';
import { longestMs } from '@claimsmith/runtime';
import { deadlineMs, expressionLimitCharacters, groupsLimit } from '../limits.ts';
import { type FeederPlan, feederPlans } from '../plan/feeders.ts';
import { isUnbounded } from '../plan/groups-pattern.ts';
import type { Plan } from '../plan/plan.ts';
import { deadlineOf, type GuardRecipe, type Settings } from '../settings.ts';
import { checkGroups } from './groups.ts';
import { placeOf } from './place.ts';

/** What is wrong with the hook, what feeds it, and what stands in for it where it cannot be called. */
export function checkHook(policy: Policy, plan: Plan): readonly Finding[] {
  const { hook, settings } = plan;
  if (hook === undefined) return needlessGuard(policy, settings);
  return [
    ...guardFindings(policy, plan),
    ...idTokenGuardFindings(policy, settings),
    ...authFindings(policy, settings),
    ...deadlineFindings(hook, settings),
    ...feederFindings(policy, feederPlans(hook, settings)),
    ...checkGroups(hook, settings),
    ...fractionFindings(hook),
  ];
}

function needlessGuard({ source }: Policy, { guard }: Settings): readonly Finding[] {
  if (guard.length === 0) return [];
  return [
    {
      rule: 'TE704',
      severity: 'info',
      message: 'There is nothing to guard: Okta makes all claims itself, and no hook is called.',
      range: source.value(['issuers', 'okta', 'guard']),
      help: 'Leave `guard:` out: as soon as one is needed, a finding says so.',
    },
  ];
}

function guardFindings(policy: Policy, { settings, needsGuard }: Plan): readonly Finding[] {
  const { marker, spec } = policy;
  const { guard, audience } = settings;
  const range = placeOf(policy, ['guard']);
  const has = (recipe: GuardRecipe) => guard.includes(recipe);
  const findings: Finding[] = [];
  if (needsGuard && guard.length === 0) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message:
        'Where the hook cannot be called, Okta issues the token without what the policy decides, and nothing tells.',
      range,
      help: 'Choose with `guard:` what makes such a token worthless: `sentinel` (services look at the policy marker), `quarantine` (its audience is nobody), `short_life` (it ends after five minutes).',
    });
  }
  if (has('sentinel') && marker === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message: 'The sentinel is the policy marker, and `marker: false` turns that off.',
      range,
      help: 'Leave `marker:` out, or choose another guard.',
    });
  }
  if (has('quarantine') && audience === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message: 'With quarantine the hook gives the real audience, and the spec does not say it.',
      range,
      help: 'Say it with `issuers: { okta: { audience: … } }`.',
    });
  }
  if (has('short_life') && spec.lifetime?.access === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'warning',
      message:
        'With short_life all tokens live for five minutes: the spec sets no lifetime that the hook could give.',
      range,
      help: 'Set `lifetime: { access: … }`.',
    });
  }
  return findings;
}

/** An ID token is what a login is: nobody looks for a marker in it, and its audience and life are the client's affair. */
function idTokenGuardFindings(policy: Policy, { idTokens = true }: Settings): readonly Finding[] {
  const { deny, scopes, claims, source } = policy;
  const inId = claims.find(({ tokens }) => tokens.includes('id'));
  if (!idTokens && inId !== undefined) {
    return [
      {
        rule: 'TE704',
        severity: 'error',
        message: `\`${inId.name}\` goes into ID tokens, and \`idTokens: false\` says that there are none.`,
        range: source.value(['issuers', 'okta', 'idTokens']),
        help: 'Leave `idTokens` out, or drop `id` from the `tokens` of the claim.',
      },
    ];
  }
  const parts = [deny.length > 0 ? '`deny`' : '', scopes.length > 0 ? '`scopes`' : ''].filter(
    (part) => part !== '',
  );
  if (!idTokens || parts.length === 0) return [];
  return [
    {
      rule: 'TE704',
      severity: 'warning',
      message: `No guard covers ID tokens: where the hook cannot be called, whom ${parts.join(' or ')} would refuse still logs in by one.`,
      range: placeOf(policy, ['guard']),
      help: 'Let applications decide by the access token; where no client gets an ID token, say so with `idTokens: false`.',
    },
  ];
}

/** A hook whose own token comes from the server that calls it would be called to make that token. */
function authFindings({ source }: Policy, settings: Settings): readonly Finding[] {
  const { auth, authorizationServer } = settings.hook;
  if (auth !== 'oauth') return [];
  const isSame = authorizationServer?.toLowerCase() === settings.authorizationServer.toLowerCase();
  if (authorizationServer !== undefined && !isSame) return [];
  return [
    {
      rule: 'TE829',
      severity: 'error',
      message: isSame
        ? 'The authorization server that the hook enriches would call the hook for the token that it calls it with.'
        : 'The spec does not say which authorization server gives Okta its token for the hook.',
      range: source.value(['issuers', 'okta', 'hook', isSame ? 'authorizationServer' : 'auth']),
      help: 'Name another one with `hook: { authorizationServer: … }`.',
    },
  ];
}

/** Of the deadline, the part that sources may use: the rest is for recording and answering. */
const sourcesShare = 0.95;

function deadlineFindings(hook: Policy, settings: Settings): readonly Finding[] {
  const { source } = hook;
  const deadline = deadlineOf(settings);
  const most = deadlineMs[settings.hook.auth];
  if (deadline > most) {
    return [
      {
        rule: 'TE705',
        severity: 'error',
        message: `A deadline of ${deadline} ms leaves too little of Okta's three seconds; it may be ${most} ms.`,
        range: source.value(['issuers', 'okta', 'hook', 'deadline']),
        help: `Write ${most}ms or less, or leave it out.`,
      },
    ];
  }
  const totalMs = longestRoundsMs(hook, longestMs);
  const budgetMs = Math.floor(deadline * sourcesShare);
  if (totalMs <= budgetMs) return [];
  return [
    {
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${totalMs} ms with all retries; the hook has ${budgetMs} ms.`,
      range: source.value(['sources']),
      help: 'Shorten timeouts, or retry less.',
    },
  ];
}

/** Okta's pages speak of text, whole numbers and objects. */
function fractionFindings({ claims, source }: Policy): readonly Finding[] {
  const held = claims.filter(({ type }) => mayHoldFraction(type)).map(({ name }) => name);
  const [first] = held;
  if (first === undefined) return [];
  return [
    {
      rule: 'TE830',
      severity: 'info',
      message: `What Okta makes of a fraction in a hook's answer is nowhere written: ${held.map((name) => `\`${name}\``).join(', ')} may hold one.`,
      range: source.key(['claims', first]),
      help: 'Try it in the org, or give the number in whole units (cents), or as text.',
    },
  ];
}

function mayHoldFraction(type: Type): boolean {
  switch (type.kind) {
    case 'double':
      return true;
    case 'dyn':
      return type.numbers !== 'int' && type.numbers !== 'none';
    case 'list':
      return mayHoldFraction(type.element);
    case 'map':
    case 'optional':
      return mayHoldFraction(type.value);
    case 'record':
      return Object.values(type.fields).some((field) => mayHoldFraction(field.type));
    default:
      return false;
  }
}

function feederFindings(policy: Policy, feeders: readonly FeederPlan[]): readonly Finding[] {
  if (feeders.length === 0) return [];
  const { spec, source } = policy;
  const range = spec.issuers === undefined ? placeOf(policy, []) : source.key(['issuers', 'okta']);
  const findings: Finding[] = [];
  const add = (rule: string, severity: Finding['severity'], message: string, help: string) =>
    findings.push({ rule, severity, message, range, help });
  const fields = feeders.map(({ field }) => `\`${field}\``).join(', ');
  add(
    'TE807',
    'info',
    `Native claims tell the hook what its request does not: ${fields}. Where it cannot be called they stay in the token.`,
    'Let none of them be secret.',
  );
  const long = feeders.find(({ value }) => value.length > expressionLimitCharacters);
  if (long !== undefined) {
    add(
      'TE803',
      'error',
      `The expression of \`${long.claim}\` is longer than Okta's ${expressionLimitCharacters} characters.`,
      'Let the policy read fewer fields, or supply them from fewer places.',
    );
  }
  const open = feeders.filter(({ kind, value }) => kind === 'groups' && isUnbounded(value));
  if (open.length > 0) {
    add(
      'TE803',
      'info',
      `A user in more than ${groupsLimit} groups that match ${open.map(({ value }) => value).join(' or ')} gets no token: Okta fails the request.`,
      'Narrow them with `issuers: { okta: { groups: … } }`.',
    );
  }
  return findings;
}
