import { atIssuer, type Finding, lossFindings, type Policy, takenNames } from '@claimsmith/core';
import { longestMs } from '@claimsmith/runtime';
import { builtInClaims, builtInValues, deadlineMs, isReserved } from '../limits.ts';
import { claimName } from '../names.ts';
import type { Limit } from '../plan/native/form.ts';
import {
  type ClaimPlan,
  forPeople,
  forPeopleHelp,
  gateOf,
  isOurs,
  limitTexts,
  planOf,
  ungatedParts,
} from '../plan/plan.ts';
import { scopeProblem } from '../plan/scope-plan.ts';
import { sentence } from '../plan/ways.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { lacks } from '../supplies.ts';
import { authorityFindings } from './authority.ts';
import { metadataFindings } from './metadata.ts';
import { orderFindings } from './order-findings.ts';

/** Says what of a policy Keycloak would drop, ignore or do otherwise. */
export function check(policy: Policy): readonly Finding[] {
  const settings = settingsOf(policy);
  const plan = planOf(policy);
  return atIssuer('keycloak', policy, [
    ...nameFindings(policy),
    ...writerFindings(policy, settings, plan),
    ...claimFindings(policy, plan),
    ...scopeFindings(policy, settings),
    ...(settings.scripts ? scriptFindings(policy, settings) : unscriptedFindings(policy, settings)),
    ...(settings.scripts ? [...orderFindings(policy), ...metadataFindings(policy)] : []),
    ...audienceFindings(policy, settings),
    ...authorityFindings(policy, settings),
    ...missingFindings(policy, settings, plan),
  ]);
}

const allowScripts = 'allow a policy script (`issuers: { keycloak: { scripts: true } }`)';

/** What one setting mends, whatever else there is to do about each. */
const needsScript = { rule: 'TE813', severity: 'error', remedy: `${sentence(allowScripts)}.` } as const;

function nameFindings(policy: Policy): readonly Finding[] {
  const { marker, source } = policy;
  const takenBy = takenNames(marker?.claim);
  const findings = policy.claims.flatMap((claim): readonly Finding[] => {
    const name = claimName(claim, policy);
    const alias = claim.as['keycloak'] !== undefined;
    const range = alias
      ? source.value(['claims', claim.name, 'as', 'keycloak'])
      : source.key(['claims', claim.name]);
    const other = takenBy(name, claim);
    if (other !== undefined) {
      const message = `\`${claim.name}\` and ${other} are both emitted as \`${name}\`.`;
      const help = 'Name one of them otherwise with `as: { keycloak: … }`.';
      return [{ rule: 'TE102', severity: 'error', message, range, help }];
    }
    if (isReserved(name)) {
      const message = `\`${name}\` is a claim of Keycloak's own: it would be ignored, or taken for Keycloak's word.`;
      const way = alias ? 'Choose another name' : 'Set `namespace:`, or name it with `as: { keycloak: … }`';
      return [{ rule: 'TE102', severity: 'error', message, range, help: `${way}.` }];
    }
    if (name === claim.name || alias) return [];
    const message = `\`${claim.name}\` is emitted as \`${name}\`: the bare name is Keycloak's own.`;
    const help = 'Say so with `as: { keycloak: … }` to choose the name.';
    return [{ rule: 'TE102', severity: 'info', message, range, help }];
  });
  if (marker && isReserved(marker.claim)) {
    findings.push({
      rule: 'TE102',
      severity: 'error',
      message: `The policy marker cannot be called \`${marker.claim}\`: that claim is Keycloak's own.`,
      range: source.value(['marker']),
      help: 'Choose another name with `marker:`.',
    });
  }
  return findings;
}

/** Claims that a client scope of Keycloak's own writes too. The script comes after them, another mapper may not. */
function writerFindings(policy: Policy, settings: Settings, plan: readonly ClaimPlan[]): readonly Finding[] {
  const gate = gateOf(policy, settings);
  return plan.flatMap((entry): readonly Finding[] => {
    if (entry.by !== 'mapper') return [];
    const { claim, name } = entry;
    const scope = Object.keys(builtInClaims).find((key) => builtInClaims[key]?.includes(name));
    const isSame = builtInValues[name] !== undefined && builtInValues[name] === claim.value?.source;
    const isAlways = JSON.stringify(entry.condition) === JSON.stringify(gate);
    if (scope === undefined || (isSame && isAlways)) return [];
    const severity = scope === 'profile' || scope === 'email' ? 'error' : 'warning';
    const message = `Keycloak's own client scope \`${scope}\` writes \`${name}\` too; which one wins is not certain.`;
    const help = `Name the claim otherwise with \`as: { keycloak: … }\`, or ${allowScripts}.`;
    const range = policy.source.key(['claims', claim.name]);
    return [{ rule: 'TE102', severity, message, range, help }];
  });
}

/** What no mapper can say, and where mappers and the policy may part. */
function claimFindings({ source }: Policy, plan: readonly ClaimPlan[]): readonly Finding[] {
  return plan.flatMap((entry): readonly Finding[] => {
    const { claim } = entry;
    const range = source.key(['claims', claim.name]);
    if (entry.by === 'none') {
      const message = `No mapper of Keycloak makes \`${claim.name}\`: ${entry.why}`;
      const help = `${entry.help === undefined ? sentence(allowScripts) : `${entry.help}, or ${allowScripts}`}.`;
      return [{ ...needsScript, message, range, help }];
    }
    if (entry.by !== 'mapper') return [];
    return entry.limits.map((limit) => {
      const message = `\`${claim.name}\` at Keycloak: ${limitTexts[limit]}`;
      return { ...limitFindings[limit], message, range };
    });
  });
}

const limitFindings: Readonly<Record<Limit, Pick<Finding, 'rule' | 'severity' | 'help'>>> = {
  empty_list: {
    rule: 'TE822',
    severity: 'info',
    help: 'Let services take a claim that is not there for an empty list.',
  },
  composite: {
    rule: 'TE820',
    severity: 'warning',
    help: 'Keep the roles that it names apart from composite roles.',
  },
  json: {
    rule: 'TE821',
    severity: 'warning',
    help: 'The user profile that is built keeps other values out; write attributes through it alone.',
  },
  int: {
    rule: 'TE821',
    severity: 'info',
    help: 'The user profile that is built keeps such values out; write attributes through it alone.',
  },
  full_scope: {
    rule: 'TE823',
    severity: 'info',
    help: 'Leave `Full scope allowed` on for the clients.',
  },
  required: {
    rule: 'TE819',
    severity: 'warning',
    help: 'Let services refuse tokens without it; what is denied here is not denied at logins, refreshes or exchanges.',
  },
};

function scopeFindings(policy: Policy, settings: Settings): readonly Finding[] {
  return policy.scopes.flatMap((scope): readonly Finding[] => {
    const range = policy.source.key(['scopes', scope.name]);
    if (scope.placeholders.length > 0) {
      const message = `Keycloak knows scopes by fixed names: whoever asks for \`${scope.name}\` is refused.`;
      const help = 'Say the object in a claim, or in authorization details.';
      return [{ rule: 'TE816', severity: 'warning', message, range, help }];
    }
    if (isOurs(scope.name)) {
      const message = `\`${scope.name}\` is called like a client scope of Claimsmith's own.`;
      const help = 'Choose a name that does not begin with `claimsmith.`.';
      return [{ rule: 'TE008', severity: 'error', message, range, help }];
    }
    const problem = scopeProblem(scope, policy, settings);
    if (problem === undefined) return [];
    const message = `Keycloak cannot judge \`${scope.name}\`: ${problem.why}`;
    return [{ ...needsScript, message, range, help: `${problem.help}, or ${allowScripts}.` }];
  });
}

/** What needs the script. */
function unscriptedFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { deny, details, source, spec } = policy;
  const gate = gateOf(policy, settings);
  const findings = deny.flatMap((rule, index): readonly Finding[] => {
    const range = source.value(['deny', index, 'when']);
    if (gate === true) return [];
    if (gate !== undefined) {
      const { claims, scopes } = ungatedParts(policy, settings);
      const left = [...claims, ...scopes].map((name) => `\`${name}\``).join(', ');
      const lacking =
        left === ''
          ? 'and all claims instead'
          : `instead, and all claims and scopes but ${left}, which have roles of their own`;
      const message = `Nothing native denies a token for \`${rule.reason}\`; it lacks the audience \`${settings.audience}\` ${lacking}.`;
      const help =
        'Let services check the audience; keep the roles that it names apart from composite roles.';
      return [{ rule: 'TE819', severity: 'warning', message, range, help }];
    }
    const message = `Nothing native denies a token for \`${rule.reason}\`.`;
    const isPromised = gateOf(policy, forPeople(settings)) !== undefined;
    const way = isPromised
      ? forPeopleHelp
      : 'Deny who lacks a role (`!("x" in user.roles)`) and say the `audience`';
    const help = `${way}, or ${allowScripts}.`;
    return [{ ...needsScript, message, range, help }];
  });
  for (const { type } of details) {
    findings.push({
      ...needsScript,
      message: `Keycloak does not judge authorization details of type \`${type}\`.`,
      range: source.key(['authorizationDetails', type]),
      help: `${sentence(allowScripts)}.`,
    });
  }
  findings.push(...otherWriterFindings(policy, settings));
  if (!settings.serviceAccounts) {
    findings.push({
      rule: 'TE824',
      severity: 'info',
      message:
        'Mappers cannot tell people from service accounts: that only people get these tokens is your promise.',
      range: source.value(['issuers', 'keycloak', 'serviceAccounts']),
      help:
        settings.clients === undefined
          ? 'The realm that is built refuses tokens to service accounts; in another, switch them off for all clients.'
          : 'Switch service accounts off for the clients that are enriched, as they are in the realm that is built.',
    });
  }
  if (spec.lifetime?.access !== undefined) {
    findings.push({
      rule: 'TE805',
      severity: 'info',
      message: 'A mapper cannot set the lifetime of a token; the realm that is built does.',
      range: source.value(['lifetime', 'access']),
      help: `In another realm set Access Token Lifespan to ${spec.lifetime.access / 1000} seconds.`,
    });
  }
  return findings;
}

/** Nothing comes after the mappers to take out what those of others write. */
function otherWriterFindings(policy: Policy, settings: Settings): readonly Finding[] {
  if (settings.ownRealm) return [];
  const claims = planOf(policy).flatMap(({ by, name, claim }) =>
    by === 'mapper' && claim.kind === 'authoritative' ? [`\`${name}\``] : [],
  );
  const isGated = typeof gateOf(policy, settings) === 'object';
  const names = isGated ? [...claims, `the audience \`${settings.audience}\``] : claims;
  if (names.length === 0) return [];
  return [
    {
      rule: 'TE835',
      severity: 'warning',
      message: `In a realm that exists already, other mappers may write ${names.join(', ')} too, and which one wins is not certain.`,
      range: policy.source.value(['issuers', 'keycloak']),
      help: 'List them with `claimsmith preview --live <url>`; where the realm is made from realm.json alone, say `ownRealm: true`, or allow a policy script.',
    },
  ];
}

/** Keycloak gives a client's id for an audience to whoever has a role of it, with no regard to a policy. */
function audienceFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { audience, rolesFrom, scripts } = settings;
  if (audience === undefined) return [];
  const range = policy.source.value(['issuers', 'keycloak', 'audience']);
  // Without a script, the audience is all that a native denial takes away.
  const isGate = !scripts && policy.deny.length > 0;
  if (rolesFrom !== 'realm' && rolesFrom.client === audience && (scripts || isGate)) {
    return [
      {
        rule: 'TE825',
        severity: 'error',
        message: `Keycloak itself gives the audience \`${audience}\` to whoever has a role of that client.`,
        range,
        help: 'Give the API an audience of its own, such as its address: it must come from the policy alone.',
      },
    ];
  }
  if (audience.includes(':') || !(scripts || isGate)) return [];
  return [
    {
      rule: 'TE825',
      severity: isGate ? 'error' : 'warning',
      message: `If \`${audience}\` is a client with roles or with authorization services, Keycloak itself gives that audience.`,
      range,
      help: isGate
        ? 'Give the API an audience of its own, such as its address: without it a denial takes nothing away.'
        : 'Give the API an audience of its own, such as its address.',
    },
  ];
}

function scriptFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { audience } = settings;
  const { source, sources } = policy;
  const range = source.value(['issuers', 'keycloak', 'scripts']);
  const findings: Finding[] = [
    {
      rule: 'TE812',
      severity: 'info',
      message: 'The policy script needs a server with the preview feature `scripts`, and its JAR there.',
      range,
      help: 'Copy the JAR to `providers/` and start with `--features=scripts`.',
    },
  ];
  if (audience === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message:
        'Keycloak skips a script that fails or is not there; nothing would tell such a token from an enriched one.',
      range,
      help: "Say the API's `audience`, which then the script alone gives.",
    });
  }
  const excluded = [
    ...(settings.serviceAccounts ? [] : [['serviceAccounts', 'service accounts'] as const]),
    ...(settings.clients === undefined ? [] : [['clients', 'other clients'] as const]),
  ];
  for (const [setting, whose] of excluded) {
    findings.push({
      rule: 'TE832',
      severity: 'info',
      message: `The tokens of ${whose} are not enriched: they lack the audience of the API, and the policy's scopes.`,
      range: source.value(['issuers', 'keycloak', setting]),
      help: 'Let the API accept only tokens with its audience.',
    });
  }
  for (const { kind, name, cacheMs, staleMs } of sources) {
    if (kind === 'http' && (cacheMs > 0 || staleMs > 0)) {
      findings.push({
        rule: 'TE827',
        severity: 'info',
        message: `The policy script has no cache: it asks \`${name}\` anew for each request of tokens, and nothing stale stands in.`,
        range: source.value(['sources', name, cacheMs > 0 ? 'cache' : 'stale']),
        help: 'Let the source answer as many requests as there are logins and refreshes.',
      });
    }
    if (kind === 'http') continue;
    findings.push({
      rule: 'TE814',
      severity: 'error',
      message: `A script at Keycloak cannot ask the ${kind} source \`${name}\`.`,
      range: source.key(['sources', name]),
      help: 'Put an HTTP endpoint before it.',
    });
  }
  const totalMs = sources.reduce((sum, asked) => sum + longestMs(asked), 0);
  if (totalMs > deadlineMs) {
    findings.push({
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${totalMs} ms with all retries; the script has ${deadlineMs} ms.`,
      range: source.value(['sources']),
      help: 'Shorten timeouts, or retry less.',
    });
  }
  return findings;
}

/** What Keycloak does not tell the policy. */
function missingFindings(policy: Policy, settings: Settings, plan: readonly ClaimPlan[]): readonly Finding[] {
  // A mapper leaves out what is not there, as the claim says that it may.
  const leftOut = new Set(plan.filter(({ by }) => by !== 'script').map(({ claim }) => claim.name));
  const people = { where: 'of a user', values: { subject_type: 'human' }, ...lacks('user') };
  const machines = {
    where: 'of a service account',
    values: { subject_type: 'machine', 'request.grant_type': 'client_credentials' },
    ...lacks('service-account'),
  };
  const known = settings.serviceAccounts ? [people, machines] : [people];
  const agents = known.map((situation) => ({
    ...situation,
    where: 'for an agent',
    values: { ...situation.values, subject_type: 'agent' },
    isSpecial: true,
  }));
  const situations = [...known, ...agents];
  return lossFindings(policy, {
    title: 'Keycloak',
    situations,
    machineHelp: 'give service accounts no tokens (`issuers: { keycloak: { serviceAccounts: false } }`)',
    isHarmless: ({ part, name, becomes }) =>
      part === 'claim' && becomes.kind === 'fails' && leftOut.has(name),
  });
}
