import {
  addedUp,
  atIssuer,
  attributePlaces,
  challengeFindings,
  exchangeFindings,
  type Finding,
  isUnder,
  lossFindings,
  observeFindings,
  oncePer,
  oneAudienceFindings,
  type Policy,
  removalFindings,
  takenNames,
} from '@claimsmith/core';
import { longestMs } from '@claimsmith/runtime';
import { builtInClaims, builtInValues, deadlineMs, isNeeded, isReserved } from '../limits.ts';
import { claimName, claimNames } from '../names.ts';
import type { Limit } from '../plan/native/form.ts';
import {
  appliesOf,
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
import { settings as readSettings, roleOwners, type Settings, settingsOf } from '../settings.ts';
import { cannotAsk } from '../simulator/departs.ts';
import { lacks } from '../supplies.ts';
import { authorityFindings } from './authority.ts';
import { metadataFindings } from './metadata.ts';
import { orderFindings } from './order-findings.ts';
import { serviceAccountFindings } from './service-accounts.ts';

/** Says what of a policy Keycloak would drop, ignore or do otherwise. */
export const check = oncePer((policy: Policy): readonly Finding[] => {
  const settings = settingsOf(policy);
  const plan = planOf(policy);
  return atIssuer('keycloak', policy, [
    ...nameFindings(policy),
    ...placeFindings(policy),
    ...writerFindings(policy, settings, plan),
    ...claimFindings(policy, plan),
    ...scopeFindings(policy, settings),
    ...(settings.scripts ? scriptFindings(policy, settings) : unscriptedFindings(policy, settings)),
    ...(settings.scripts
      ? [
          ...orderFindings(policy),
          ...metadataFindings(policy),
          ...challengeFindings(
            policy,
            cannotAsk,
            'Let the authentication flow ask for the factor, and let clients log in again with `acr_values` when they get this reason.',
          ),
        ]
      : []),
    ...observeFindings(policy, { id: 'keycloak', title: 'Keycloak' }, settings.observe),
    ...unobservable(policy, settings),
    ...removalFindings(
      policy,
      { id: 'keycloak', title: 'Keycloak', names: claimNames(policy), isProtected: isNeeded },
      settings.remove,
    ),
    ...unremovable(policy, settings),
    ...audienceFindings(policy, settings),
    ...leftFindings(policy, settings),
    ...messageFindings(policy),
    ...authorityFindings(policy, settings),
    ...missingFindings(policy, settings, plan),
    ...serviceAccountFindings(policy, settings),
  ]);
});

/** Mappers change tokens, and only a script can tell without changing them. */
function unobservable({ source }: Policy, { observe, scripts }: Settings): readonly Finding[] {
  if (observe === undefined || scripts) return [];
  return [
    {
      ...needsScript,
      message: 'Keycloak can only observe with a policy script, because mappers change tokens.',
      range: source.value(['issuers', 'keycloak', 'observe']),
      help: `${sentence(allowScripts)}, or remove \`observe\`.`,
    },
  ];
}

/** Other mappers belong to others, and only a script runs after them. */
function unremovable({ source }: Policy, { remove, scripts }: Settings): readonly Finding[] {
  if (remove === undefined || scripts) return [];
  return [
    {
      ...needsScript,
      rule: 'TE844',
      message: 'Keycloak takes claims of its own out of tokens only with a policy script.',
      range: source.key(['issuers', 'keycloak', 'remove']),
      help: `${sentence(allowScripts)}, or remove \`remove\` and take the client scopes that give the claims (such as \`roles\` or \`email\`) off the clients.`,
    },
  ];
}

/** Attributes for which the spec names two places. */
function placeFindings({ spec, source }: Policy): readonly Finding[] {
  const { attributes = {} } = readSettings.parse(spec.issuers?.['keycloak'] ?? {});
  return Object.keys(attributePlaces(spec, 'keycloak'))
    .filter((name) => Object.hasOwn(attributes, name))
    .map((name) => ({
      rule: 'TE815',
      severity: 'error',
      message: `Two places at Keycloak are named for \`user.attributes.${name}\`.`,
      range: source.value(['user', 'attributes', name, 'in', 'keycloak']),
      help: 'Remove it from `issuers.keycloak.attributes`, or from `in`.',
    }));
}

const allowScripts = 'allow a policy script (`issuers: { keycloak: { scripts: true } }`)';

/** Findings that `scripts: true` would fix; each may have another help. */
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
      const help = 'Rename one of them with `as: { keycloak: … }`.';
      return [{ rule: 'TE102', severity: 'error', message, range, help }];
    }
    if (isReserved(name)) {
      const message = `Keycloak reserves the claim \`${name}\`: it would be ignored, or confused with Keycloak's own claim.`;
      const way = alias ? 'Choose another name' : 'Set `namespace:`, or rename it with `as: { keycloak: … }`';
      return [{ rule: 'TE102', severity: 'error', message, range, help: `${way}.` }];
    }
    if (name === claim.name || alias) return [];
    const message = `\`${claim.name}\` is emitted as \`${name}\`: Keycloak reserves the name without it.`;
    const help = 'To choose the name yourself, write `as: { keycloak: … }`.';
    return [{ rule: 'TE102', severity: 'info', message, range, help }];
  });
  if (marker && isReserved(marker.claim)) {
    findings.push({
      rule: 'TE102',
      severity: 'error',
      message: `The policy marker cannot be named \`${marker.claim}\`: Keycloak reserves that claim.`,
      range: source.value(['marker']),
      help: 'Choose another name with `marker:`.',
    });
  }
  return findings;
}

/** Claims that Keycloak's own client scopes also write. The script runs after them; another mapper may not. */
function writerFindings(policy: Policy, settings: Settings, plan: readonly ClaimPlan[]): readonly Finding[] {
  const gate = gateOf(policy, settings);
  return plan.flatMap((entry): readonly Finding[] => {
    if (entry.by !== 'mapper' || isReserved(entry.name)) return [];
    const { claim, name } = entry;
    const scope = Object.keys(builtInClaims).find((key) => builtInClaims[key]?.includes(name));
    const isSame = builtInValues[name] !== undefined && builtInValues[name] === claim.value?.source;
    const isAlways = JSON.stringify(entry.condition) === JSON.stringify(gate);
    if (scope === undefined || (isSame && isAlways)) return [];
    const severity = scope === 'profile' || scope === 'email' ? 'error' : 'warning';
    const message = `Keycloak's own client scope \`${scope}\` writes \`${name}\` too, and it is undefined which value wins.`;
    const help = `Rename the claim with \`as: { keycloak: … }\`, or ${allowScripts}.`;
    const range = policy.source.key(['claims', claim.name]);
    return [{ rule: 'TE102', severity, message, range, help }];
  });
}

/** Claims that mappers cannot express, or not exactly. */
function claimFindings({ source }: Policy, plan: readonly ClaimPlan[]): readonly Finding[] {
  return plan.flatMap((entry): readonly Finding[] => {
    const { claim } = entry;
    const range = source.key(['claims', claim.name]);
    if (entry.by === 'none') {
      const message = `Keycloak's mappers cannot make \`${claim.name}\`: ${entry.why}`;
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
    help: 'Let services treat an absent claim as an empty list.',
  },
  composite: {
    rule: 'TE820',
    severity: 'warning',
    help: 'Do not make the named roles composite.',
  },
  json: {
    rule: 'TE821',
    severity: 'warning',
    help: `Let services check its type, or ${allowScripts}.`,
  },
  double: {
    rule: 'TE821',
    severity: 'warning',
    help: 'Write the attribute only through the built user profile, which rejects other values.',
  },
  int: {
    rule: 'TE821',
    severity: 'info',
    help: 'Write the attribute only through the built user profile, which rejects such values.',
  },
  bool: {
    rule: 'TE821',
    severity: 'info',
    help: 'Write the attribute only through the built user profile, which rejects other texts.',
  },
  note: {
    rule: 'TE821',
    severity: 'warning',
    help: `Let what writes the note write only this type, or ${allowScripts}.`,
  },
  full_scope: {
    rule: 'TE823',
    severity: 'info',
    help: 'Keep `Full scope allowed` on for the clients.',
  },
  required: {
    rule: 'TE819',
    severity: 'warning',
    help: 'Let services refuse tokens without the claim.',
  },
};

function scopeFindings(policy: Policy, settings: Settings): readonly Finding[] {
  return policy.scopes.flatMap((scope): readonly Finding[] => {
    const range = policy.source.key(['scopes', scope.name]);
    if (scope.placeholders.length > 0) {
      const message = `Keycloak has scopes with fixed names, so it refuses requests for \`${scope.name}\`.`;
      const help = 'Name the object in a claim, or in authorization details.';
      return [{ rule: 'TE816', severity: 'warning', message, range, help }];
    }
    if (isOurs(scope.name)) {
      const message = `The name \`${scope.name}\` is reserved for client scopes of Claimsmith.`;
      const help = 'Choose a name that does not begin with `claimsmith.`.';
      return [{ rule: 'TE008', severity: 'error', message, range, help }];
    }
    const problem = scopeProblem(scope, policy, settings);
    if (problem === undefined) return [];
    const message = `Keycloak cannot decide about the scope \`${scope.name}\`: ${problem.why}`;
    return [{ ...needsScript, message, range, help: `${problem.help}, or ${allowScripts}.` }];
  });
}

/** Parts of the policy that need the script. */
function unscriptedFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { deny, details, source, spec } = policy;
  const gate = gateOf(policy, settings);
  const findings = deny.flatMap((rule): readonly Finding[] => {
    const range = source.value([...rule.path, 'when']);
    if (gate === true) return [];
    if (gate !== undefined) {
      const { claims, scopes } = ungatedParts(policy, settings);
      const left = [...claims, ...scopes].map((name) => `\`${name}\``).join(', ');
      const lacking =
        left === ''
          ? 'and all claims instead'
          : `instead, and all claims and scopes except ${left}, which have their own roles`;
      const message = `Without a policy script, Keycloak cannot deny a token for \`${rule.reason}\`. The token lacks the audience \`${settings.audience}\` ${lacking}.`;
      const help = 'Let services check the audience, and do not make the named roles composite.';
      return [{ rule: 'TE819', severity: 'warning', message, range, help }];
    }
    const message = `Without a policy script, Keycloak cannot deny a token for \`${rule.reason}\`.`;
    const isPromised = gateOf(policy, forPeople(settings)) !== undefined;
    const way = isPromised
      ? forPeopleHelp
      : 'Deny users who lack a role (`!("x" in user.roles)`) and set the `audience`';
    const help = `${way}, or ${allowScripts}.`;
    return [{ ...needsScript, message, range, help }];
  });
  if (appliesOf(policy, settings) === undefined) {
    findings.push({
      ...needsScript,
      message: 'Without a policy script, Keycloak cannot decide `applies`.',
      range: source.value(['applies']),
      help: `Test only a role (\`"x" in user.roles\`) or \`client.id\`, in a policy without \`deny\` and \`scopes\`, or ${allowScripts}.`,
    });
  }
  for (const { type } of details) {
    findings.push({
      ...needsScript,
      message: `Without a policy script, Keycloak does not check authorization details of type \`${type}\`.`,
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
        'Mappers cannot distinguish people from service accounts, so you have to make sure that only people get these tokens.',
      range: source.value(['issuers', 'keycloak', 'serviceAccounts']),
      help:
        settings.clients === undefined
          ? 'The built realm refuses tokens to service accounts. In another realm, turn service accounts off for all clients.'
          : 'Turn service accounts off for the enriched clients, as in the built realm.',
    });
  }
  if (spec.lifetime?.access !== undefined) {
    findings.push({
      rule: 'TE805',
      severity: 'info',
      message: 'A mapper cannot set the lifetime of a token; the built realm sets it.',
      range: source.value(['lifetime', 'access']),
      help: `In another realm, set Access Token Lifespan to ${spec.lifetime.access / 1000} seconds.`,
    });
  }
  return findings;
}

/** Without a script, nothing runs after the mappers and removes what other mappers write. */
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
      message: `In an existing realm, other mappers may also write ${names.join(' or ')}, and it is undefined which value wins.`,
      range: policy.source.value(['issuers', 'keycloak']),
      help: 'List them with `claimsmith preview --live <url>`. If the realm is made only from realm.json, set `ownRealm: true`. Or allow a policy script.',
    },
  ];
}

/** Keycloak itself gives the id of a client as an audience to every user with a role of that client. */
function audienceFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { audience, scripts } = settings;
  if (audience === undefined) return [];
  const range = policy.source.value(['issuers', 'keycloak', 'audience']);
  // Without a script, a denial only removes the audience.
  const isGate = !scripts && policy.deny.length > 0;
  if (roleOwners(settings).includes(audience) && (scripts || isGate)) {
    return [
      {
        rule: 'TE825',
        severity: 'error',
        message: `Keycloak itself gives the audience \`${audience}\` to every user with a role of that client.`,
        range,
        help: 'Use another audience for the API, such as its address, so that only the policy gives it.',
      },
    ];
  }
  if (audience.includes(':') || !(scripts || isGate)) return [];
  return [
    {
      rule: 'TE825',
      severity: isGate ? 'error' : 'warning',
      message: `If \`${audience}\` is a client with roles or authorization services, Keycloak itself gives tokens that audience.`,
      range,
      help: isGate
        ? 'Use another audience for the API, such as its address. Otherwise a denied token keeps its audience.'
        : 'Use another audience for the API, such as its address.',
    },
  ];
}

function scriptFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { audience } = settings;
  const { source } = policy;
  const range = source.value(['issuers', 'keycloak', 'scripts']);
  const findings: Finding[] = [
    {
      rule: 'TE812',
      severity: 'info',
      message: 'The policy script needs its JAR on the server, and the preview feature `scripts`.',
      range,
      help: 'Copy the JAR to `providers/` and start the server with `--features=scripts`.',
    },
  ];
  if (audience === undefined) {
    findings.push({
      rule: 'TE704',
      severity: 'error',
      message:
        'Keycloak skips a script that fails or is missing, and services could not recognize such a token.',
      range,
      help: "Set the API's `audience`; then only the script gives it.",
    });
  }
  return [...findings, ...sourceFindings(policy)];
}

/** Tokens that the settings exclude from the policy. */
function leftFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { scripts, serviceAccounts, clients } = settings;
  const excluded = [
    ...(serviceAccounts || !scripts ? [] : [['serviceAccounts', 'Service accounts'] as const]),
    ...(clients === undefined ? [] : [['clients', 'Clients that `clients` does not name'] as const]),
  ];
  const byCondition: readonly Finding[] =
    policy.applies === undefined
      ? []
      : [
          {
            rule: 'TE832',
            severity: 'info',
            message:
              'Tokens that `applies` excludes are without the policy: they lack its claims and scopes, and the audience of the API.',
            range: policy.source.value(['applies']),
            help: 'Let the API accept only tokens with its audience.',
          },
        ];
  const findings = excluded.map(
    ([setting, whose]): Finding => ({
      rule: 'TE832',
      severity: 'info',
      message: `${whose} get tokens without the policy: they lack its claims and scopes, and the audience of the API.`,
      range: policy.source.value(['issuers', 'keycloak', setting]),
      help: 'Let the API accept only tokens with its audience.',
    }),
  );
  return [
    ...findings,
    ...byCondition,
    ...oneAudienceFindings(policy, { id: 'keycloak', title: 'Keycloak' }, settings),
  ];
}

/** Keycloak cannot tell a client why its token is worthless. */
function messageFindings({ deny, source }: Policy): readonly Finding[] {
  const first = deny.find(({ message }) => message !== undefined);
  if (first === undefined) return [];
  return [
    {
      rule: 'TE838',
      severity: 'info',
      message:
        'Keycloak does not show the message of a denial: the client gets a token that has already expired.',
      range: source.value([...first.path, 'message']),
      help: "Let the app treat such a token as a denial; the server's log has the reason.",
    },
  ];
}

/** Features of a source that a script cannot use. */
function sourceFindings({ source, sources }: Policy): readonly Finding[] {
  const findings: Finding[] = [];
  for (const asked of sources) {
    const { kind, name, cacheMs, staleMs } = asked;
    if (kind === 'http' && asked.oauth2 !== undefined) {
      findings.push({
        rule: 'TE827',
        severity: 'info',
        message: `The policy script has nowhere safe to keep an access token: it gets a new one for \`${name}\` for each token request.`,
        range: source.key(['sources', name, 'http', 'auth']),
        help: 'Make sure that the token endpoint can answer a request for each login and refresh.',
      });
    }
    if (kind === 'http' && (cacheMs > 0 || staleMs > 0)) {
      findings.push({
        rule: 'TE827',
        severity: 'info',
        message: `The policy script has no cache: it asks \`${name}\` for each token request, and cannot use a stale answer.`,
        range: source.value(['sources', name, cacheMs > 0 ? 'cache' : 'stale']),
        help: 'Make sure that the source can answer a request for each login and refresh.',
      });
    }
    if (kind === 'http' && asked.aws !== undefined) {
      findings.push({
        rule: 'TE814',
        severity: 'error',
        message: `A script at Keycloak has no AWS credentials with which it could sign the request to \`${name}\`.`,
        range: source.key(['sources', name, 'http', 'auth', 'aws']),
        help: 'Let the service accept access tokens, and use `auth: { oauth2: … }`.',
      });
    }
    if (kind === 'http') continue;
    findings.push({
      rule: 'TE814',
      severity: 'error',
      message: `A script at Keycloak cannot ask the ${kind} source \`${name}\`.`,
      range: source.key(['sources', name]),
      help: 'Put an HTTP endpoint in front of it.',
    });
  }
  const longest = addedUp(
    sources.map((asked) => ({ name: asked.name, ms: longestMs(asked) * (asked.each?.maxItems ?? 1) })),
  );
  if (longest.ms > deadlineMs) {
    findings.push({
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${longest.ms} ms with all retries, ${longest.text}; the script has ${deadlineMs} ms.`,
      range: source.value(['sources']),
      help: 'Shorten `timeout`, or allow fewer retries.',
    });
  }
  return findings;
}

/** Fields that Keycloak does not supply. */
function missingFindings(policy: Policy, settings: Settings, plan: readonly ClaimPlan[]): readonly Finding[] {
  // A mapper leaves out a missing value, which these claims allow.
  const leftOut = new Set(plan.filter(({ by }) => by !== 'script').map(({ claim }) => claim.name));
  const people = {
    where: 'for a user',
    values: { subject_type: 'human' },
    ...lacks(policy, 'user'),
  };
  const machines = {
    where: 'for a service account',
    values: { subject_type: 'machine', 'request.grant_type': 'client_credentials' },
    ...lacks(policy, 'service-account'),
  };
  const known = settings.serviceAccounts ? [people, machines] : [people];
  const agents = known.map((situation) => ({
    ...situation,
    where: 'for an agent',
    values: { ...situation.values, subject_type: 'agent' },
    isSpecial: true,
  }));
  const situations = [...known, ...agents];
  const found = lossFindings(policy, {
    id: 'keycloak',
    title: 'Keycloak',
    situations,
    supplyHelp: (fields) =>
      fields.some((field) => isUnder(['actor'], field))
        ? actorHelp
        : fields.includes('connection.name')
          ? 'Read the identity provider at Keycloak: `issuer == "keycloak" ? session.idp : connection.name`.'
          : undefined,
    machineHelp: 'exclude service accounts (`issuers: { keycloak: { serviceAccounts: false } }`)',
    isHarmless: ({ part, name, becomes }) =>
      part === 'claim' && becomes.kind === 'fails' && leftOut.has(name),
  });
  if (settings.scripts) return found;
  const silent = { id: 'keycloak', title: 'Keycloak', exchange: settings.exchange };
  return [...found, ...exchangeFindings(policy, silent, people, 'allow a policy script, which can tell,')];
}

const actorHelp =
  'Allow a policy script, which can tell who acts: `issuers: { keycloak: { scripts: true } }`.';
