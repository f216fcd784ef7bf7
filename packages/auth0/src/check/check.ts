import {
  addedScopes,
  askedWith,
  atIssuer,
  attributePlaces,
  authoritiesOf,
  challengeFindings,
  enrichedOf,
  type Finding,
  fieldAt,
  formatDuration,
  issuerSettings,
  longestRounds,
  lossFindings,
  nameFindings,
  observeFindings,
  oncePer,
  otherName,
  otherScopes,
  type Policy,
  type PolicyClaim,
  type PolicyScope,
  restsOn,
  type Situation,
  truthsIn,
  userinfoFindings,
  workloadHelp,
} from '@claimsmith/core';
import { contextFields } from '@claimsmith/core/program';
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
import {
  groupsAttribute,
  type Place,
  placeOf,
  placeOfGroups,
  placeText,
  readPlace,
  type Settings,
  settings,
  settingsOf,
} from '../settings.ts';
import { cannotAsk } from '../simulator/departs.ts';
import { lacks } from '../supplies.ts';
import { metadataFindings } from './metadata.ts';

/** Reports the parts of a policy that Auth0 would drop, refuse or change. */
export const check = oncePer((policy: Policy): readonly Finding[] => {
  const settings = settingsOf(policy);
  return atIssuer('auth0', policy, [
    ...checkNames(policy),
    ...audienceFindings(policy),
    ...missingFindings(policy, settings),
    ...untouchedFindings(policy, settings),
    ...metadataFindings(policy),
    ...placeFindings(policy),
    ...userMetadataFindings(policy, settings),
    ...groupFindings(policy, settings),
    ...oneAttributeFindings(policy, settings),
    ...scopeFindings(policy, settings),
    ...challengeFindings(policy, cannotAsk, challengeHelp),
    ...observeFindings(policy, { id: 'auth0', title: 'Auth0' }, settings.observe),
    ...userinfoFindings(policy, {
      id: 'auth0',
      title: 'Auth0',
      isThere: ({ tokens }) => tokens.includes('id'),
      why: 'Auth0 makes it from the ID token, which the claim is not in',
      help: 'Add `id` to `tokens`.',
    }),
    ...alsoInUserinfo(policy),
    ...capabilityFindings(policy),
    ...sourceFindings(policy),
    ...keepingFindings(policy),
    ...deadlineFindings(policy),
    ...secretFindings(policy),
  ]);
});

const challengeHelp =
  'In Security > Multi-factor Auth of the tenant, turn on a factor and "Customize MFA Factors using Actions". Let clients log in again when they get this reason.';

function checkNames(policy: Policy): readonly Finding[] {
  return nameFindings(policy, {
    issuer: 'auth0',
    name: (claim) => claimName(claim, policy),
    problem(name, claim) {
      if (isForbiddenNamespace(name)) {
        const message = `Auth0 reserves the namespace of \`${name}\`.`;
        return { rule: 'TE105', message, help: 'Use one of your own hosts.' };
      }
      if (!isRestricted(name)) return undefined;
      const message = `Auth0 silently drops a claim named \`${name}\`.`;
      return { message, help: otherName(claim, 'auth0', 'https://…') };
    },
    markerProblem(name) {
      if (!isRestricted(name) && !isForbiddenNamespace(name)) return undefined;
      const message = `Auth0 silently drops the policy marker, because it is named \`${name}\`.`;
      return { message, help: 'Choose another name with `marker:`.' };
    },
    whyNotBare: 'Auth0 drops the short name.',
  });
}

/** Claims of ID tokens that Auth0 shows there too. A policy without claims for userinfo leaves it to Auth0. */
function alsoInUserinfo({ claims, source }: Policy): readonly Finding[] {
  if (!claims.some(({ tokens }) => tokens.includes('userinfo'))) return [];
  return claims
    .filter(({ tokens }) => tokens.includes('id') && !tokens.includes('userinfo'))
    .map(({ name }) => ({
      rule: 'TE843',
      severity: 'info',
      message: `\`${name}\` is also in the userinfo answer of Auth0, which has all claims of the ID token.`,
      range: source.value(['claims', name, 'tokens']),
      help: 'To say so, add `userinfo` to `tokens`.',
    }));
}

/** Tokens that the policy does not reach. */
function untouchedFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const left = Object.keys(triggers).filter((trigger) => !settings.triggers.some((one) => one === trigger));
  const { clients, audiences } = enrichedOf(settings) ?? {};
  const excluded = [
    ...left.map((trigger) => ['triggers', `the tokens of ${trigger}`] as const),
    ...(clients === undefined
      ? []
      : [['clients', 'tokens of clients that `clients` does not name'] as const]),
    ...(audiences === undefined
      ? []
      : [['audiences', 'tokens for audiences that `audiences` does not name'] as const]),
  ];
  return [
    ...excluded.map(([setting, tokens]) => untouchedFinding(policy, setting, tokens)),
    ...everyone(policy),
  ];
}

function untouchedFinding(policy: Policy, setting: string, tokens: string): Finding {
  const doesRefuse = refuses(policy);
  return {
    rule: 'TE832',
    severity: doesRefuse && setting === 'triggers' ? 'warning' : 'info',
    message: `Auth0 issues ${tokens} without the policy: they lack its claims and its marker${doesRefuse ? ', and are issued even if the policy would deny them' : ''}.`,
    range: policy.source.value(['issuers', 'auth0', setting]),
    help: 'Let the API accept only tokens with the policy marker.',
  };
}

function refuses({ deny, scopes, details }: Policy): boolean {
  return deny.length + scopes.length + details.length > 0;
}

/** An Action of a trigger runs for every application of the tenant. */
function everyone(policy: Policy): readonly Finding[] {
  const { clients, audiences } = issuerSettings(settings, policy, 'auth0');
  if (clients !== undefined || audiences !== undefined) return [];
  if (!refuses(policy) && !policy.claims.some((claim) => mayBeMissing(policy, claim))) return [];
  return [
    {
      rule: 'TE836',
      severity: 'warning',
      message: 'The policy is for every application of the Auth0 tenant, and may deny the logins of each.',
      range: policy.source.value(['issuers', 'auth0']),
      help: 'Name the APIs with `issuers: { auth0: { audiences: [https://…] } }`, or the applications with `clients: […]`. If it is for all of them, write `clients: all`.',
    },
  ];
}

/** What every login has. A list that is longer than a claim allows denies, too, but few users of an application have one. */
const inEveryLogin: readonly string[] = ['user.id', 'user.roles', 'client.id', 'subject_type'];

/** Whether a token is denied because a user of another application lacks something, or a source fails. */
function mayBeMissing(policy: Policy, { onMissing, reads }: PolicyClaim): boolean {
  if (onMissing !== 'deny') return false;
  const { fields, sources } = restsOn(policy)(reads);
  return sources.length > 0 || fields.some((field) => !inEveryLogin.includes(field));
}

/** Claims for tokens for Auth0's own APIs. */
function audienceFindings(policy: Policy): readonly Finding[] {
  return policy.claims.flatMap((claim) =>
    ownAudiences(claim).flatMap(({ audience, path }): readonly Finding[] => {
      const api = ownApi(audience);
      const name = claimName(claim, policy);
      if (api === 'other' && isNamespaced(name)) return [];
      const why =
        api === 'management'
          ? 'Auth0 ignores claims of Actions in tokens for its Management API'
          : `in tokens for its own APIs, Auth0 accepts only claims with a namespace, and this one is named \`${name}\``;
      return [
        {
          rule: 'TE831',
          severity: 'warning',
          message: `\`${claim.name}\` is not in tokens for \`${audience}\`: ${why}.`,
          range: policy.source.value(['claims', claim.name, ...path]),
          help:
            api === 'management'
              ? 'Name the audience of one of your APIs.'
              : `${otherName(claim, 'auth0', 'https://…')}`,
        },
      ];
    }),
  );
}

/** Auth0's own APIs that a claim names, each once. */
function ownAudiences({ audiences = [], when }: PolicyClaim) {
  const listed = audiences.map((audience, index) => ({ audience, path: ['audiences', index] }));
  const compared = (when?.source.match(/https:\/\/[^"'\s]+/g) ?? []).map((audience) => ({
    audience,
    path: ['when'],
  }));
  return [...listed, ...compared].filter(({ audience }) => ownApi(audience) !== undefined);
}

/** Fields that the triggers do not supply. */
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
    id: 'auth0',
    title: 'Auth0',
    situations,
    supplyHelp: (fields) =>
      fields.includes('session.idp')
        ? 'Read the connection at Auth0: `issuer == "auth0" ? connection.name : session.idp`.'
        : workloadHelp(fields, 'Auth0', 'auth0'),
    machineHelp: 'exclude machines with `issuers: { auth0: { triggers: [post-login] } }`',
  });
}

/** Authority must not depend on what users can write themselves. */
function userMetadataFindings(policy: Policy, settings: Settings): readonly Finding[] {
  return authoritiesOf(policy).flatMap(({ title, path, fields }): readonly Finding[] => {
    const written = fields.find((field) => placeBehind(field, policy, settings)?.store === 'user_metadata');
    if (written === undefined) return [];
    return [
      {
        rule: 'TE210',
        severity: 'error',
        message: `${title} depends on an attribute in user_metadata, which users can change themselves.`,
        range: policy.source.value(path),
        help: 'Keep the attribute in app_metadata, or use another one.',
      },
    ];
  });
}

/** Where a user has the value of a field; undefined for fields that are not in metadata. */
function placeBehind(field: string, policy: Policy, settings: Settings): Place | undefined {
  if (field === 'user.groups') return placeOfGroups(settings);
  const name = attributeIn(field, policy);
  return name === undefined ? undefined : placeOf(name, settings);
}

/** The declared attributes that a policy reads, by name. */
function attributesRead(policy: Policy): readonly string[] {
  const names = contextFields(policy).flatMap((field) => attributeIn(field, policy) ?? []);
  return [...new Set(names)];
}

/** The declared attribute that a field is, or lies in. Names of attributes may hold dots. */
function attributeIn(field: string, { context }: Policy): string | undefined {
  const declared = fieldAt(context, ['user', 'attributes']);
  if (declared?.kind !== 'record' || !field.startsWith('user.attributes.')) return undefined;
  const steps = field.split('.').slice(2);
  return steps
    .map((_, index) => steps.slice(0, index + 1).join('.'))
    .find((name) => Object.hasOwn(declared.fields, name));
}

/** Attribute places that Auth0 does not have. */
function placeFindings({ spec, source }: Policy): readonly Finding[] {
  return Object.entries(attributePlaces(spec, 'auth0'))
    .filter(([name, place]) => readPlace(place, name) === undefined)
    .map(([name, place]) => ({
      rule: 'TE815',
      severity: 'error',
      message: `\`${place}\` is not a place of an attribute at Auth0.`,
      range: source.value(['user', 'attributes', name, 'in', 'auth0']),
      help: 'Write `app_metadata` or `user_metadata`, or with a path, `app_metadata.billing.plan`.',
    }));
}

/** A spec with `groupsIn` shows that its author knows that Auth0's events have no groups. */
function groupFindings(policy: Policy, settings: Settings): readonly Finding[] {
  if (settings.groupsIn !== undefined) return [];
  const attribute = groupsAttribute(settings);
  const first = authoritiesOf(policy).find(({ fields }) => fields.includes('user.groups'));
  if (first === undefined) return [];
  return [
    {
      rule: 'TE806',
      severity: 'warning',
      message: `Auth0's events have no groups: ${first.title.replace(/^T/, 't')} reads \`${settings.attributesIn}.${attribute}\`, which is missing for a user without that attribute.`,
      range: policy.source.value(first.path),
      help: `Give every user the attribute, at least as \`[]\`, and confirm it with \`issuers: { auth0: { groupsIn: ${attribute} } }\`; or read the groups of Auth0 itself with \`groupsIn: api\`.`,
    },
  ];
}

/** Fields that a policy reads at the same place, or one inside another: each could be only one of the two. */
function oneAttributeFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const names = attributesRead(policy);
  const places = new Map(names.map((name) => [placeText(placeOf(name, settings)), name] as const));
  const ofGroups = placeOfGroups(settings);
  if (ofGroups !== undefined && contextFields(policy).includes('user.groups')) {
    const held = overlapping(ofGroups, places);
    if (held !== undefined) return [groupsClash(policy, held, ofGroups)];
  }
  return names.flatMap((name): readonly Finding[] => {
    const place = placeOf(name, settings);
    const other = overlapping(place, places);
    if (other === undefined || other === name) return [];
    return [
      {
        rule: 'TE804',
        severity: 'error',
        message: `At Auth0 \`user.attributes.${name}\` and \`user.attributes.${other}\` are both in \`${placeText(placeOf(other, settings))}\`.`,
        range: policy.source.key(['user', 'attributes', name]),
        help: 'Declare one attribute, with the type of the whole value.',
      },
    ];
  });
}

/** The attribute at a place, or the one around it. */
function overlapping({ store, steps }: Place, places: ReadonlyMap<string, string>): string | undefined {
  return steps
    .map((_, index) => places.get(placeText({ store, steps: steps.slice(0, index + 1) })))
    .find((name) => name !== undefined);
}

function groupsClash(policy: Policy, attribute: string, place: Place): Finding {
  return {
    rule: 'TE804',
    severity: 'error',
    message: `At Auth0 \`user.groups\` and \`user.attributes.${attribute}\` are the same value, \`${placeText(place)}\`.`,
    range: policy.source.key(['user', 'attributes', attribute]),
    help: 'Name another attribute for groups, `issuers: { auth0: { groupsIn: … } }`, or read only one of the two.',
  };
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
  const dynamic = policy.scopes.find(
    ({ name, placeholders }) => placeholders.length > 0 || name === otherScopes,
  );
  if (triggers.includes('post-login') && dynamic) {
    // The outcome is closed: no token rather than a wrong one.
    add(
      'TE818',
      'info',
      'A refresh without `scope` is denied: Auth0 tells an Action the granted scopes only on Enterprise plans.',
      'Let clients send `scope` when they refresh.',
      ['scopes', dynamic.name],
    );
  }
  if (triggers.includes('credentials-exchange')) {
    add(
      'TE808',
      'info',
      'With client credentials, a refused scope denies the token: an Action cannot remove scopes there.',
      'Let machines ask only for scopes that they need.',
      ['scopes', first.name],
    );
    for (const { name } of addedScopes(policy).filter((scope) => isForMachines(policy, scope))) {
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

/** Whether a machine may get the scope: a grant that reads what only people have is false for machines. */
function isForMachines(policy: Policy, { grant }: PolicyScope): boolean {
  const machine = { where: '', values: { subject_type: 'machine' }, absent: [], lost: [] };
  return truthsIn(policy, grant, machine).includes('true');
}

/** The length of the text that a placeholder stands for. */
const placeholderCharacters = { least: 1, most: 128 };

/** Scopes with names that are too long for Auth0, and more scopes than one execution may add. */
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
        ? `A scope at Auth0 has at most ${scopeLimitCharacters} characters; this one has ${least}, so tokens could never carry it.`
        : `A scope at Auth0 has at most ${scopeLimitCharacters} characters; a scope that matches this pattern may have ${most}, and tokens never carry longer ones.`,
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
      message: `An Action can add at most ${addedScopesLimit} scopes; the policy adds ${added.length}.`,
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
      message: 'An Action cannot set the lifetime of a token; the settings of the API in Auth0 do.',
      range: source.value(['lifetime', 'access']),
      help: `Name the API in the environment that you publish to, or set its lifetime to ${spec.lifetime.access / 1000} seconds.`,
    });
  }
  const [detail] = details;
  if (detail !== undefined) {
    findings.push({
      rule: 'TE817',
      severity: 'info',
      message:
        'A refused authorization detail denies the login, because an Action cannot remove it. At a refresh, details are not checked again, because Auth0 does not tell the Action about them.',
      range: source.key(['authorizationDetails', detail.type]),
      help: 'Let clients ask only for details that the policy grants them.',
    });
  }
  return findings;
}

/** An Action asks over HTTP, from the internet. */
function sourceFindings(policy: Policy): readonly Finding[] {
  const { sources, source } = policy;
  return sources.flatMap((asked): readonly Finding[] => {
    const { name, kind } = asked;
    if (kind === 'http' && asked.aws !== undefined) return [awsFinding(policy, name)];
    if (kind === 'http' && !asked.private) return [];
    const isHttp = kind === 'http';
    return [
      {
        rule: 'TE814',
        severity: 'error',
        message: isHttp
          ? `An Action runs at Auth0 and cannot reach \`${name}\` on a private network.`
          : `An Action cannot ask the ${kind} source \`${name}\`: it cannot keep connections open, and has no fixed address that a firewall could let in.`,
        range: source.key(['sources', name, kind, ...(isHttp ? ['private'] : [])]),
        help: isHttp
          ? 'Give it an address on the internet, or remove `private` if it has one.'
          : 'Put an HTTP endpoint in front of it that answers with JSON, and use `http`.',
      },
    ];
  });
}

function awsFinding({ source }: Policy, name: string): Finding {
  return {
    rule: 'TE814',
    severity: 'error',
    message: `An Action has no AWS credentials with which it could sign the request to \`${name}\`.`,
    range: source.key(['sources', name, 'http', 'auth', 'aws']),
    help: 'Let the service accept access tokens, and use `auth: { oauth2: … }`.',
  };
}

/** The cache of a trigger is small and short-lived. */
function keepingFindings({ sources, source }: Policy): readonly Finding[] {
  const rare = sources
    .filter((asked) => asked.staleMs > 0 && asked.kind === 'http' && askedWith(asked).length > 0)
    .map(
      ({ name }): Finding => ({
        rule: 'TE827',
        severity: 'warning',
        message: `Auth0 keeps ${cacheLimits.entries} answers in the cache of a trigger, for all users together, so it rarely has a \`stale\` answer of \`${name}\` when the source fails.`,
        range: source.value(['sources', name, 'stale']),
        help: 'Make sure that the source is available at every login, or store its answers in attributes of the user.',
      }),
    );
  const long = sources
    .filter(({ cacheMs, staleMs }) => cacheMs + staleMs > cacheLifetimeLimitMs)
    .map(
      ({ name, cacheMs }): Finding => ({
        rule: 'TE803',
        severity: 'error',
        message: `Auth0 keeps an answer for at most ${formatDuration(cacheLifetimeLimitMs)}; \`cache\` and \`stale\` of \`${name}\` add up to more.`,
        range: source.value(['sources', name, cacheMs > cacheLifetimeLimitMs ? 'cache' : 'stale']),
        help: 'Shorten `cache` or `stale`.',
      }),
    );
  return [...rare, ...long];
}

function deadlineFindings(policy: Policy): readonly Finding[] {
  const longest = longestRounds(policy, longestMs);
  if (longest.ms <= deadlineMs) return [];
  return [
    {
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${longest.ms} ms with all retries, ${longest.text}; the Action has ${deadlineMs} ms.`,
      range: policy.source.value(['sources']),
      help: 'Shorten `timeout`, or allow fewer retries.',
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
      message: `The policy needs ${secrets.length} secrets; an Action can hold ${count}.`,
      range,
      help: 'Put several sources behind one endpoint, or share a token among them.',
    });
  }
  return findings;
}
