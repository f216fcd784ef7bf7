import type { Type } from '@claimsmith/cel';
import { type Finding, longestRounds, type Policy } from '@claimsmith/core';
import { longestMs } from '@claimsmith/runtime';
import { deadlineMs, expressionLimitCharacters, groupsLimit } from '../limits.ts';
import { type FeederPlan, feederPlans } from '../plan/feeders.ts';
import { anyName, isUnbounded } from '../plan/groups-pattern.ts';
import type { Plan } from '../plan/plan.ts';
import { deadlineOf, type GuardRecipe, type Settings } from '../settings.ts';
import { checkGroups } from './groups.ts';
import { placeOf } from './place.ts';

/** Findings about the hook, its feeders, and the guard that protects tokens when Okta cannot call it. */
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
      message: 'The guard has no effect: Okta makes all claims itself and does not call a hook.',
      range: source.value(['issuers', 'okta', 'guard']),
      help: 'Remove `guard`. If the policy needs one later, `check` says so.',
      fix: { remove: ['issuers', 'okta', 'guard'] },
    },
  ];
}

function guardFindings(policy: Policy, { settings, needsGuard }: Plan): readonly Finding[] {
  const { marker, spec } = policy;
  const { guard, audience } = settings;
  const range = placeOf(policy, ['guard']);
  const has = (recipe: GuardRecipe) => guard.includes(recipe);
  const findings: Finding[] = [];
  if (settings.observe !== undefined && guard.length > 0) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message: '`guard` changes every token, also tokens that the policy only observes.',
      range,
      help: 'Remove `guard` while there is `observe`.',
    });
  }
  if (needsGuard && guard.length === 0 && settings.observe !== undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'warning',
      message:
        'When Okta cannot call the hook, it issues the token without the policy, also for clients for which the policy is in force.',
      range,
      help: 'Remove `observe` soon, and choose a `guard` then.',
    });
  } else if (needsGuard && guard.length === 0) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message:
        'When Okta cannot call the hook, it issues the token without the policy, and services do not notice.',
      range,
      help: 'Choose a `guard` that makes such a token worthless: `sentinel` (services check the policy marker), `quarantine` (services refuse its audience), `short_life` (it expires after five minutes).',
    });
  }
  if (has('sentinel') && marker === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message: '`guard: [sentinel]` needs the policy marker, but `marker: false` turns it off.',
      range: policy.source.value(['marker']),
      help: 'Remove `marker: false`, or choose another guard.',
    });
  }
  if (has('quarantine') && audience === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message: 'With `guard: [quarantine]` the hook sets the real audience, but the spec does not give one.',
      range,
      help: 'Set `issuers: { okta: { audience: … } }`.',
    });
  }
  if (has('short_life') && spec.lifetime?.access === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'warning',
      message:
        'With `guard: [short_life]` all tokens live for five minutes, because the spec does not give a longer lifetime.',
      range,
      help: 'Set `lifetime: { access: … }`.',
    });
  }
  return findings;
}

/**
 * A guard cannot protect ID tokens: no service checks a marker in them, and the client decides their audience and life.
 */
function idTokenGuardFindings(policy: Policy, { idTokens = true, observe }: Settings): readonly Finding[] {
  const { deny, scopes, claims, source } = policy;
  const inId = claims.find(({ tokens }) => tokens.includes('id'));
  if (!idTokens && inId !== undefined) {
    return [
      {
        rule: 'TE704',
        severity: 'error',
        message: `\`${inId.name}\` goes into ID tokens, but \`idTokens: false\` says that clients do not get ID tokens.`,
        range: source.value(['issuers', 'okta', 'idTokens']),
        help: 'Remove `idTokens: false`, or remove `id` from the `tokens` of the claim.',
      },
    ];
  }
  const parts = [deny.length > 0 ? '`deny`' : '', scopes.length > 0 ? '`scopes`' : ''].filter(
    (part) => part !== '',
  );
  if (!idTokens || parts.length === 0 || observe === true) return [];
  return [
    {
      rule: 'TE704',
      severity: 'warning',
      message: `Guards do not protect ID tokens: when Okta cannot call the hook, a user that ${parts.join(' or ')} would refuse still gets an ID token and can log in with it.`,
      range: placeOf(policy, ['guard']),
      help: 'Let applications decide by the access token. If clients do not get ID tokens, set `idTokens: false`.',
    },
  ];
}

/** If the hook's own token came from the server that calls the hook, making that token would call the hook again. */
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
        ? 'The hook enriches the authorization server that issues the token for calling the hook, so Okta could never call it.'
        : 'The spec does not say which authorization server issues the token for calling the hook.',
      range: source.value(['issuers', 'okta', 'hook', isSame ? 'authorizationServer' : 'auth']),
      help: 'Name another authorization server with `hook: { authorizationServer: … }`.',
    },
  ];
}

/** The share of the deadline that sources may use. The rest is for the audit and the answer. */
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
        message: `A deadline of ${deadline} ms is too long: Okta waits three seconds in all, so it may be at most ${most} ms.`,
        range: source.value(['issuers', 'okta', 'hook', 'deadline']),
        help: `Write ${most}ms or less, or remove \`deadline\`.`,
      },
    ];
  }
  const longest = longestRounds(hook, longestMs);
  const budgetMs = Math.floor(deadline * sourcesShare);
  if (longest.ms <= budgetMs) return [];
  return [
    {
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${longest.ms} ms with all retries, ${longest.text}; the hook has ${budgetMs} ms.`,
      range: source.value(['sources']),
      help: 'Shorten `timeout`, or allow fewer retries.',
    },
  ];
}

/** Okta's pages mention only text, whole numbers and objects. */
function fractionFindings({ claims, source }: Policy): readonly Finding[] {
  const held = claims.filter(({ type }) => mayHoldFraction(type)).map(({ name }) => name);
  const [first] = held;
  if (first === undefined) return [];
  return [
    {
      rule: 'TE830',
      severity: 'info',
      message: `${held.map((name) => `\`${name}\``).join(', ')} may hold a fraction, and Okta's documentation does not say what happens to fractions in a hook's answer.`,
      range: source.key(['claims', first]),
      help: 'Try it in your org, or give the number in whole units (cents) or as text.',
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
    `Feeders (native claims) carry fields to the hook that Okta's request lacks: ${fields}. When Okta cannot call the hook, the feeders stay in the token.`,
    'Do not put secrets in these fields.',
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
    const patterns = [...new Set(open.map(({ value }) => value))];
    const matching = patterns.includes(anyName) ? [] : patterns.map((pattern) => `\`${pattern}\``);
    findings.push(tooManyGroups(matching.length === 0 ? '' : ` that match ${matching.join(' or ')}`, range));
  }
  return findings;
}

/** @param which the groups that count, as a clause; empty: all */
export function tooManyGroups(which: string, range: Finding['range']): Finding {
  return {
    rule: 'TE803',
    severity: 'info',
    message: `A user in more than ${groupsLimit} groups${which} gets no token, because Okta fails the request.`,
    range,
    help: 'Limit the groups with `issuers: { okta: { groups: … } }`.',
  };
}
