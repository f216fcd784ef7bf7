import {
  atIssuer,
  authoritiesOf,
  contextFields,
  type Finding,
  formatDuration,
  longestRoundsMs,
  lossFindings,
  nameFindings,
  otherName,
  type Policy,
  type PolicyClaim,
  type Situation,
} from '@claimsmith/core';
import { longestMs } from '@claimsmith/runtime';
import {
  addedScopesLimit,
  cacheLifetimeLimitMs,
  cacheLimits,
  deadlineMs,
  isForbiddenNamespace,
  isNamespaced,
  isRestricted,
  ownApi,
  scopeLimitCharacters,
  secretLimits,
  triggers,
} from '../limits.ts';
import { claimName } from '../names.ts';
import { groupsAttribute, type Settings, settingsOf } from '../settings.ts';
import { lacks } from '../supplies.ts';
import { metadataFindings } from './metadata.ts';

/** Says what of a policy Auth0 would drop, refuse or do otherwise. */
export function check(policy: Policy): readonly Finding[] {
  const settings = settingsOf(policy);
  return atIssuer('auth0', policy, [
    ...checkNames(policy),
    ...audienceFindings(policy),
    ...missingFindings(policy, settings),
    ...untouchedFindings(policy, settings),
    ...metadataFindings(policy),
    ...userMetadataFindings(policy, settings),
    ...groupFindings(policy, settings),
    ...oneAttributeFindings(policy, settings),
    ...scopeFindings(policy, settings),
    ...capabilityFindings(policy),
    ...sourceFindings(policy),
    ...keepingFindings(policy),
    ...deadlineFindings(policy),
    ...secretFindings(policy),
  ]);
}

function checkNames(policy: Policy): readonly Finding[] {
  return nameFindings(policy, {
    issuer: 'auth0',
    name: (claim) => claimName(claim, policy),
    problem(name, claim) {
      if (isForbiddenNamespace(name)) {
        const message = `Auth0 keeps the namespace of \`${name}\` to itself.`;
        return { rule: 'TE105', message, help: 'Use a host of your own.' };
      }
      if (!isRestricted(name)) return undefined;
      const message = `Auth0 drops a claim called \`${name}\` without a word.`;
      return { message, help: otherName(claim, 'auth0', 'https://…') };
    },
    markerProblem(name) {
      if (!isRestricted(name) && !isForbiddenNamespace(name)) return undefined;
      const message = `Auth0 drops the policy marker without a word: it is called \`${name}\`.`;
      return { message, help: 'Choose another name with `marker:`.' };
    },
    whyNotBare: 'Auth0 drops the bare name.',
  });
}

/** Whose tokens the settings leave alone. */
function untouchedFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const left = Object.keys(triggers).filter((trigger) => !settings.triggers.some((one) => one === trigger));
  const doesRefuse = policy.deny.length + policy.scopes.length + policy.details.length > 0;
  return left.map((trigger) => ({
    rule: 'TE832',
    severity: doesRefuse ? 'warning' : 'info',
    message: `Auth0 issues the tokens of ${trigger} without the policy: they lack its claims and its marker${doesRefuse ? ', and nothing of it refuses them' : ''}.`,
    range: policy.source.value(['issuers', 'auth0', 'triggers']),
    help: 'Let the API accept only tokens with the policy marker.',
  }));
}

/** Claims for tokens that Auth0 makes for itself. */
function audienceFindings(policy: Policy): readonly Finding[] {
  return policy.claims.flatMap((claim) =>
    ownAudiences(claim).flatMap(({ audience, path }): readonly Finding[] => {
      const api = ownApi(audience);
      const name = claimName(claim, policy);
      if (api === 'other' && isNamespaced(name)) return [];
      const why =
        api === 'management'
          ? 'Auth0 puts no claim of an Action into a token for its Management API'
          : `Auth0 puts only claims with a namespace into a token for an API of its own, and this one is called \`${name}\``;
      return [
        {
          rule: 'TE831',
          severity: 'warning',
          message: `\`${claim.name}\` is in no token for \`${audience}\`: ${why}.`,
          range: policy.source.value(['claims', claim.name, ...path]),
          help:
            api === 'management'
              ? 'Name the audience of an API of your own.'
              : `${otherName(claim, 'auth0', 'https://…')}`,
        },
      ];
    }),
  );
}

/** The APIs of Auth0's own that a claim names, each once. */
function ownAudiences({ audiences = [], when }: PolicyClaim) {
  const listed = audiences.map((audience, index) => ({ audience, path: ['audiences', index] }));
  const compared = (when?.source.match(/https:\/\/[^"'\s]+/g) ?? []).map((audience) => ({
    audience,
    path: ['when'],
  }));
  return [...listed, ...compared].filter(({ audience }) => ownApi(audience) !== undefined);
}

/** What the triggers do not tell the policy. */
function missingFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const situations = settings.triggers.flatMap((trigger): readonly Situation[] => {
    if (trigger === 'post-login') {
      return ['human', 'agent'].map((subject_type) => ({
        where: 'at a login',
        values: { subject_type },
        ...lacks(trigger),
      }));
    }
    return ['machine', 'agent'].map((subject_type) => ({
      where: 'with client credentials',
      values: { subject_type, 'request.grant_type': 'client_credentials' },
      ...lacks(trigger),
    }));
  });
  return lossFindings(policy, {
    title: 'Auth0',
    situations,
    machineHelp: 'leave machines out with `issuers: { auth0: { triggers: [post-login] } }`',
  });
}

/** What users can write themselves grants nothing, and refuses nothing. */
function userMetadataFindings(policy: Policy, { attributesIn }: Settings): readonly Finding[] {
  if (attributesIn !== 'user_metadata') return [];
  const fromUser = (field: string) => field === 'user.groups' || field.startsWith('user.attributes');
  return authoritiesOf(policy)
    .filter(({ fields }) => fields.some(fromUser))
    .map(({ title, path }) => ({
      rule: 'TE210',
      severity: 'error',
      message: `${title} rests on an attribute from user_metadata, which users can change themselves.`,
      range: policy.source.value(path),
      help: 'Keep the attribute in app_metadata, or rest on another.',
    }));
}

/** A spec that says where groups are knows that they are none of Auth0's own. */
function groupFindings(policy: Policy, settings: Settings): readonly Finding[] {
  if (settings.groupsIn !== undefined) return [];
  const attribute = groupsAttribute(settings);
  const first = authoritiesOf(policy).find(({ fields }) => fields.includes('user.groups'));
  if (first === undefined) return [];
  return [
    {
      rule: 'TE806',
      severity: 'warning',
      message: `Auth0 has no groups: ${first.title.replace(/^T/, 't')} reads \`${settings.attributesIn}.${attribute}\`, and has no value for a user without that attribute.`,
      range: policy.source.value(first.path),
      help: `Give every user the attribute, \`[]\` at least, and say so: \`issuers: { auth0: { groupsIn: ${attribute} } }\`.`,
    },
  ];
}

/** A policy that reads both takes one for the other. */
function oneAttributeFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const attribute = groupsAttribute(settings);
  const fields = contextFields(policy);
  if (!fields.has('user.groups') || !fields.has(`user.attributes.${attribute}`)) return [];
  return [
    {
      rule: 'TE804',
      severity: 'error',
      message: `At Auth0 \`user.groups\` and \`user.attributes.${attribute}\` are one value, \`${settings.attributesIn}.${attribute}\`.`,
      range: policy.source.key(['user', 'attributes', attribute]),
      help: 'Name another attribute for groups, `issuers: { auth0: { groupsIn: … } }`, or read only one of the two.',
    },
  ];
}

function scopeFindings(policy: Policy, { triggers }: Settings): readonly Finding[] {
  const [first] = policy.scopes;
  if (first === undefined) return [];
  const findings: Finding[] = [];
  const add = (
    rule: string,
    severity: Finding['severity'],
    message: string,
    help: string,
    path: readonly string[],
  ) => findings.push({ rule, severity, message, range: policy.source.key(path), help });
  findings.push(...scopeLimitFindings(policy));
  const dynamic = policy.scopes.find(({ placeholders }) => placeholders.length > 0);
  if (triggers.includes('post-login') && dynamic) {
    // The outcome is closed: no token rather than a wrong one.
    add(
      'TE818',
      'info',
      'A refresh that sends no `scope` is denied: Auth0 tells an Action the granted scopes on Enterprise plans alone.',
      'Let clients send `scope` when they refresh.',
      ['scopes', dynamic.name],
    );
  }
  if (triggers.includes('credentials-exchange')) {
    add(
      'TE808',
      'info',
      'With client credentials a refused scope denies the token: an Action cannot take it out.',
      'Let machines ask for the scopes they need, and no others.',
      ['scopes', first.name],
    );
    for (const { name } of policy.scopes.filter((scope) => scope.add)) {
      add(
        'TE809',
        'warning',
        `\`${name}\` is not added with client credentials: an Action cannot add scopes there.`,
        "Grant it to the client in Auth0's API settings.",
        ['scopes', name, 'add'],
      );
    }
  }
  return findings;
}

/** Of what stands for a placeholder. */
const placeholderCharacters = { least: 1, most: 128 };

/** Scopes that no API at Auth0 can have, and more of them than one execution may add. */
function scopeLimitFindings({ scopes, source }: Policy): readonly Finding[] {
  const findings: Finding[] = [];
  for (const { name, pattern, placeholders } of scopes) {
    const literal = pattern.join('').length;
    const least = literal + placeholders.length * placeholderCharacters.least;
    const most = literal + placeholders.length * placeholderCharacters.most;
    if (most <= scopeLimitCharacters) continue;
    const isNever = least > scopeLimitCharacters;
    findings.push({
      rule: 'TE803',
      severity: isNever ? 'error' : 'info',
      message: isNever
        ? `A scope at Auth0 has ${scopeLimitCharacters} characters at most; this one has ${least}, and no token could carry it.`
        : `A scope at Auth0 has ${scopeLimitCharacters} characters at most; one of this pattern may have ${most}, and longer ones are in no token.`,
      range: source.key(['scopes', name]),
      help: 'Choose a shorter name.',
    });
  }
  const added = scopes.filter(({ add }) => add);
  const first = added[addedScopesLimit];
  if (first !== undefined) {
    findings.push({
      rule: 'TE803',
      severity: 'error',
      message: `An Action can add ${addedScopesLimit} scopes; the policy adds ${added.length}.`,
      range: source.value(['scopes', first.name, 'add']),
      help: 'Let clients ask for the others.',
    });
  }
  return findings;
}

function capabilityFindings({ spec, details, source }: Policy): readonly Finding[] {
  const findings: Finding[] = [];
  if (spec.lifetime?.access !== undefined) {
    findings.push({
      rule: 'TE805',
      severity: 'info',
      message: 'An Action cannot set the lifetime of a token.',
      range: source.value(['lifetime', 'access']),
      help: `Set the lifetime of the API in Auth0 to ${spec.lifetime.access / 1000} seconds.`,
    });
  }
  const [detail] = details;
  if (detail !== undefined) {
    findings.push({
      rule: 'TE817',
      severity: 'info',
      message: 'A refused authorization detail denies the login: an Action cannot take it out.',
      range: source.key(['authorizationDetails', detail.type]),
      help: 'What was granted at a login is not judged again at its refreshes: Auth0 does not tell it there.',
    });
  }
  return findings;
}

/** An Action asks over HTTP, from the internet. */
function sourceFindings({ sources, source }: Policy): readonly Finding[] {
  return sources.flatMap((asked): readonly Finding[] => {
    const { name, kind } = asked;
    if (kind === 'http' && !asked.private) return [];
    const isHttp = kind === 'http';
    return [
      {
        rule: 'TE814',
        severity: 'error',
        message: isHttp
          ? `An Action runs at Auth0 and cannot reach \`${name}\` on a private network.`
          : `An Action cannot ask \`${name}\`: it has no pool of connections, and no address of its own to let in.`,
        range: source.key(['sources', name, kind, ...(isHttp ? ['private'] : [])]),
        help: isHttp
          ? 'Give it an address on the internet, or drop `private` if it has one.'
          : 'Put an HTTP endpoint before it that answers with JSON, and use `http`.',
      },
    ];
  });
}

/** The cache of a trigger is small, and forgets. */
function keepingFindings({ sources, source }: Policy): readonly Finding[] {
  const rare = sources
    .filter(
      ({ kind, staleMs, ...asked }) =>
        staleMs > 0 && kind === 'http' && 'url' in asked && asked.url.length > 1,
    )
    .map(
      ({ name }): Finding => ({
        rule: 'TE827',
        severity: 'warning',
        message: `Auth0 keeps ${cacheLimits.entries} answers in the cache of a trigger, for all users together: a \`stale\` answer of \`${name}\` seldom stands in.`,
        range: source.value(['sources', name, 'stale']),
        help: 'Let the source be there at every login, or keep its answers in attributes of the user.',
      }),
    );
  const long = sources
    .filter(({ cacheMs, staleMs }) => cacheMs + staleMs > cacheLifetimeLimitMs)
    .map(
      ({ name, cacheMs }): Finding => ({
        rule: 'TE803',
        severity: 'error',
        message: `Auth0 keeps an answer for ${formatDuration(cacheLifetimeLimitMs)} at most; \`cache\` and \`stale\` of \`${name}\` are longer together.`,
        range: source.value(['sources', name, cacheMs > cacheLifetimeLimitMs ? 'cache' : 'stale']),
        help: 'Shorten them.',
      }),
    );
  return [...rare, ...long];
}

function deadlineFindings(policy: Policy): readonly Finding[] {
  const totalMs = longestRoundsMs(policy, longestMs);
  if (totalMs <= deadlineMs) return [];
  return [
    {
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${totalMs} ms with all retries; the Action has ${deadlineMs} ms.`,
      range: policy.source.value(['sources']),
      help: 'Shorten timeouts, or retry less.',
    },
  ];
}

function secretFindings({ secrets, source }: Policy): readonly Finding[] {
  const { count } = secretLimits;
  const range = source.value(['sources']);
  const findings: Finding[] = [];
  if (secrets.length > count) {
    findings.push({
      rule: 'TE803',
      severity: 'error',
      message: `The policy needs ${secrets.length} secrets, an Action holds ${count}.`,
      range,
      help: 'Put several sources behind one endpoint, or share a token among them.',
    });
  }
  return findings;
}
