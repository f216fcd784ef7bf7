import { constantText, type Expr, operationOf, pathOf } from '@claimsmith/cel';
import {
  atIssuer,
  attributePlaces,
  authoritiesOf,
  type ClaimWay,
  challengeFindings,
  enrichedOf,
  type Finding,
  longestRounds,
  lossFindings,
  nameFindings,
  observeFindings,
  oncePer,
  oneAudienceFindings,
  otherName,
  type Policy,
  type PolicyClaim,
  removalFindings,
  userinfoFindings,
  workloadHelp,
} from '@claimsmith/core';
import { longestMs } from '@claimsmith/runtime';
import {
  attributeNameLimit,
  changesLimit,
  deadlineMs,
  groupsClaim,
  isProtected,
  isVariable,
  lifetimeBoundsSeconds,
  standardAttributes,
  textInIdToken,
} from '../limits.ts';
import { claimName, claimNames, groupsClaimOf } from '../names.ts';
import { variableNames } from '../publish/environment.ts';
import { isPlace, placeOf, type Settings, settingsOf } from '../settings.ts';
import { cannotAsk } from '../simulator/departs.ts';
import { attributeBehind, declaredFields, lacks, suppliable } from '../supplies.ts';
import { versionFindings } from './version.ts';

/** Reports the parts of a policy that Cognito would drop, refuse or change. */
export const check = oncePer((policy: Policy): readonly Finding[] => {
  const settings = settingsOf(policy);
  return atIssuer('cognito', policy, [
    ...checkNames(policy),
    ...groupsFindings(policy),
    ...versionFindings(policy, settings),
    ...leftFindings(policy, settings),
    ...audienceFindings(policy, settings),
    ...oneAudienceFindings(policy, { id: 'cognito', title: 'Cognito' }, settings),
    ...missingFindings(policy, settings),
    ...placeFindings(policy, settings),
    ...sharedPlaceFindings(policy, settings),
    ...selfWrittenFindings(policy, settings),
    ...scopeFindings(policy),
    ...challengeFindings(
      policy,
      cannotAsk,
      'Let the user pool require a second factor, and let clients log in again when they get this reason.',
    ),
    ...observeFindings(policy, { id: 'cognito', title: 'Cognito' }, settings.observe),
    ...removalFindings(
      policy,
      { id: 'cognito', title: 'Cognito', names: claimNames(policy), isProtected },
      settings.remove,
    ),
    ...userinfoFindings(policy, {
      id: 'cognito',
      title: 'Cognito',
      isThere: () => false,
      why: 'it shows attributes of the user, and no trigger changes it',
      help: 'Use `id` instead, or keep the value in an attribute that the client may read.',
    }),
    ...capabilityFindings(policy),
    ...nestedFindings(policy),
    ...settingFindings(policy),
    ...sourceFindings(policy),
    ...deadlineFindings(policy),
  ]);
});

function checkNames(policy: Policy): readonly Finding[] {
  return nameFindings(policy, {
    issuer: 'cognito',
    name: (claim) => claimName(claim, policy),
    problem(name, claim) {
      if (name === groupsClaim) return groupsProblem(claim, settingsOf(policy));
      if (isProtected(name)) {
        const message = `Cognito does not let a trigger set a claim named \`${name}\`.`;
        return { message, help: otherName(claim, 'cognito', 'https://…') };
      }
      if (!textInIdToken.includes(name) || !claim.tokens.includes('id') || claim.type.kind === 'string')
        return undefined;
      const message = `In the ID token of Cognito, \`${name}\` is text; this claim is not.`;
      return { message, help: 'Choose another name, emit text, or leave it out of the ID token.' };
    },
    markerProblem(name) {
      if (!isProtected(name)) return undefined;
      const message = `Cognito does not let a trigger set the policy marker, because it is named \`${name}\`.`;
      return { message, help: 'Choose another name with `marker:`.' };
    },
    whyNotBare: 'Cognito protects the short name.',
  });
}

/** Why a claim cannot be the groups of both tokens of people. */
function groupsProblem({ tokens, type, when }: PolicyClaim, { version }: Settings) {
  const where = `Cognito lists groups of \`${groupsClaim}\``;
  if (!(tokens.includes('access') && tokens.includes('id')))
    return {
      message: `${where} in both tokens, and this claim is for one of them.`,
      help: 'Write `tokens: [access, id]`, or name the claim in another way.',
    };
  if (type.kind !== 'list' || type.element.kind !== 'string')
    return {
      message: `${where} as a list of text, and this claim is not one.`,
      help: 'Emit a list of text.',
    };
  if (version === 'V3_0' && !(when !== undefined && isForPeople(when.root)))
    return {
      message: `${where} for people alone, and this claim is for others, too.`,
      help: 'Write `subjects: [human]`, or leave machines alone with `issuers: { cognito: { version: V2_0 } }`.',
    };
  return undefined;
}

/** Whether a condition holds for people alone: one of its parts that must all hold is `subject_type == "human"`. */
function isForPeople(condition: Expr): boolean {
  const operation = operationOf(condition);
  if (operation?.kind === 'and') return [operation.left, operation.right].some(isForPeople);
  if (operation?.kind !== 'compare' || operation.symbol !== '==') return false;
  const sides = [operation.left, operation.right];
  return (
    sides.some((side) => pathOf(side)?.join('.') === 'subject_type') &&
    sides.some((side) => constantText(side) === 'human')
  );
}

/** What is signed where the claim of groups has no value. */
function groupsFindings(policy: Policy): readonly Finding[] {
  const claim = groupsClaimOf(policy);
  if (claim === undefined) return [];
  return [
    {
      rule: 'TE822',
      severity: 'info',
      message: `\`${claim.name}\` at Cognito: where the list is empty or has no value, tokens have no \`${groupsClaim}\`.`,
      range: policy.source.key(['claims', claim.name]),
      help: 'Let services treat an absent claim as an empty list.',
    },
  ];
}

/** App clients that the policy is not for, and a policy for all of them that may deny. */
function leftFindings(policy: Policy, { clients, audiences }: Settings): readonly Finding[] {
  const { claims, deny, scopes, details, source } = policy;
  const doesRefuse = deny.length + scopes.length + details.length > 0;
  if (enrichedOf({ clients }) !== undefined)
    return [
      {
        rule: 'TE832',
        severity: 'info',
        message: `Cognito issues tokens of clients that \`clients\` does not name without the policy: they lack its claims and its marker${doesRefuse ? ', and are issued even if the policy would deny them' : ''}.`,
        range: source.value(['issuers', 'cognito', 'clients']),
        help: 'Let the API accept only tokens with the policy marker.',
      },
    ];
  const mayDeny = doesRefuse || claims.some(({ onMissing }) => onMissing === 'deny');
  if (!mayDeny || clients !== undefined || audiences !== undefined) return [];
  return [
    {
      rule: 'TE836',
      severity: 'warning',
      message: 'The policy is for every app client of the user pool, and may deny the logins of each.',
      range: source.value(['issuers', 'cognito']),
      help: 'Name the app clients with `issuers: { cognito: { clients: […] } }`. If it is for all of them, write `clients: all`.',
    },
  ];
}

/** What access tokens do not say, and claims for audiences that nobody tells the trigger. */
function audienceFindings(policy: Policy, { audience }: Settings): readonly Finding[] {
  const none: Finding = {
    rule: 'TE841',
    severity: 'info',
    message: 'Access tokens of Cognito have no audience: the trigger cannot set `aud`.',
    range: policy.source.key(['issuers', 'cognito']),
    help: 'Let services check `client_id`, the scopes, and the policy marker.',
  };
  const unread = policy.claims
    .filter((claim) => isOfOtherAudiences(claim, audience))
    .map(
      ({ name }): Finding => ({
        rule: 'TE831',
        severity: audience === undefined ? 'warning' : 'info',
        message:
          audience === undefined
            ? `\`${name}\` is in no token of Cognito, because the trigger does not know for which API a token is.`
            : `\`${name}\` is in no token of this user pool, because the claim's \`audiences\` do not name ${audience}.`,
        range: policy.source.value(['claims', name, 'audiences']),
        help:
          audience === undefined
            ? 'Say for which API the user pool is: `issuers: { cognito: { audience: … } }`.'
            : `If these tokens need the claim, add ${audience} to its \`audiences\`.`,
        about: { part: 'claim', name, fields: ['request.audience'] },
      }),
    );
  return [none, ...unread];
}

function isOfOtherAudiences({ audiences }: PolicyClaim, audience: string | undefined): boolean {
  return audiences !== undefined && !(audience !== undefined && audiences.includes(audience));
}

/** The claims that no token of the user pool has. */
export function ways(policy: Policy): Readonly<Record<string, ClaimWay>> {
  const { audience } = settingsOf(policy);
  const why = 'The user pool is not for its audiences.';
  return Object.fromEntries(
    policy.claims
      .filter((claim) => isOfOtherAudiences(claim, audience))
      .map(({ name }) => [name, { via: 'left out', why, isLeftOut: true }]),
  );
}

/** Fields that events do not have. */
function missingFindings(policy: Policy, { version }: Settings): readonly Finding[] {
  const login = { where: 'at a login', values: { subject_type: 'human' }, ...lacks(policy, 'login') };
  const machine = {
    where: 'with client credentials',
    values: { subject_type: 'machine', 'request.grant_type': 'client_credentials' },
    ...lacks(policy, 'client-credentials'),
  };
  const own = version === 'V3_0' ? [login, machine] : [login];
  const browser = {
    ...login,
    where: 'at a login in a browser',
    lost: [...login.lost, 'request.params'],
    isSpecial: true,
  };
  const agents = own.map((situation) => ({
    ...situation,
    where: 'for an agent',
    values: { ...situation.values, subject_type: 'agent' },
    isSpecial: true,
  }));
  return lossFindings(policy, {
    id: 'cognito',
    title: 'Cognito',
    situations: [...own, browser, ...agents],
    machineHelp: 'leave machines alone with `issuers: { cognito: { version: V2_0 } }`',
    supplyHelp(fields, { absent }) {
      if (fields.includes('request.audience'))
        return 'Say for which API the user pool is: `issuers: { cognito: { audience: … } }`.';
      const isMachine = absent.includes('user');
      const listed = fields.filter(
        (field) => field.startsWith('client.') || (isMachine && field.startsWith('org.')),
      );
      if (listed.length > 0)
        return `Say it of the app clients: \`issuers: { cognito: { appClients: { <client id>: { ${listedText(listed)} } } } }\`.`;
      const supplied = fields.filter((field) => suppliable.includes(field) && !isMachine);
      if (supplied.length === 0) return workloadHelp(fields, 'Cognito', 'cognito');
      const places = supplied.map(
        (field) =>
          `${field}: ${field === 'user.roles' ? 'groups' : `custom:${field.split('.')[field.startsWith('org.') ? 0 : 1]}`}`,
      );
      return `Say in which attribute Cognito keeps ${supplied.length === 1 ? 'it' : 'them'}: \`issuers: { cognito: { supply: { ${places.join(', ')} } } }\`.`;
    },
  });
}

function listedText(fields: readonly string[]): string {
  return fields
    .map((field) => {
      const [group, name = ''] = field.split('.');
      if (group === 'org') return `org: { ${name}: … }`;
      return name === 'metadata' ? 'metadata: { … }' : `${name}: …`;
    })
    .join(', ');
}

/** Attributes with names that Cognito cannot have, and groups where an attribute must be. */
function placeFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const { spec, source } = policy;
  const said = attributePlaces(spec, 'cognito');
  const placed = Object.entries(said).map(([name, place]) => ({
    place,
    range: source.value(['user', 'attributes', name, 'in', 'cognito']),
  }));
  const unplaced = declaredFields(policy).flatMap((field) => {
    const [, name] = /^user\.attributes\.(.+)$/s.exec(field) ?? [];
    if (name === undefined || Object.hasOwn(said, name)) return [];
    return [{ place: placeOf(name, settings), range: source.key(['user', 'attributes', name]) }];
  });
  const findings = [...placed, ...unplaced]
    .filter(({ place }) => !isPlace(place))
    .map(
      ({ place, range }): Finding => ({
        rule: 'TE815',
        severity: 'error',
        message: `\`${place}\` is not an attribute that Cognito can have.`,
        range,
        help: `Name one with \`in: { cognito: custom:… }\`: up to ${attributeNameLimit} characters without spaces, or a standard attribute.`,
      }),
    );
  const groups = Object.entries(settings.supply)
    .filter(([field, place]) => place === 'groups' && field !== 'user.roles')
    .map(
      ([field]): Finding => ({
        rule: 'TE815',
        severity: 'error',
        message: `\`${field}\` cannot be the groups of a user; only \`user.roles\` can.`,
        range: source.value(['issuers', 'cognito', 'supply', field]),
        help: 'Name an attribute: `custom:…`.',
      }),
    );
  return [...findings, ...groups];
}

/** Two fields in one attribute have one value: they must be the same type. */
function sharedPlaceFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const held = new Map<string, string>();
  return declaredFields(policy).flatMap((field): readonly Finding[] => {
    const place = attributeBehind(field, settings);
    if (place === undefined) return [];
    const other = held.get(place);
    held.set(place, field);
    if (other === undefined) return [];
    return [
      {
        rule: 'TE804',
        severity: 'error',
        message: `At Cognito \`${other}\` and \`${field}\` are both the attribute \`${place}\`.`,
        range: policy.source.key(['issuers', 'cognito']),
        help: 'Read only one of the two, or keep them in two attributes.',
      },
    ];
  });
}

/** Users can change standard attributes, and custom ones if an app client may write them. */
function selfWrittenFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const own = new Set<string>();
  const findings = authoritiesOf(policy).flatMap(({ title, path, fields }): readonly Finding[] => {
    const places = fields.flatMap((field) => {
      const declared = declaredFields(policy).find((one) => one === field || field.startsWith(`${one}.`));
      const isOurs = field.startsWith('user.attributes.') || Object.hasOwn(settings.supply, field);
      const place = declared && isOurs ? attributeBehind(declared, settings) : undefined;
      return place === undefined ? [] : [place];
    });
    const written = places.find((place) => standardAttributes.includes(place));
    for (const place of places) if (place.startsWith('custom:')) own.add(place);
    if (written === undefined) return [];
    return [
      {
        rule: 'TE210',
        severity: 'error',
        message: `${title} depends on \`${written}\`, which users can change themselves.`,
        range: policy.source.value(path),
        help: 'Keep the value in a custom attribute that no app client may write.',
      },
    ];
  });
  if (own.size === 0) return findings;
  const list = [...own].map((place) => `\`${place}\``).join(', ');
  return [
    ...findings,
    {
      rule: 'TE210',
      severity: 'info',
      message: `Access depends on ${list}: users can change ${own.size === 1 ? 'it' : 'them'} through an app client that may write ${own.size === 1 ? 'it' : 'them'}.`,
      range: policy.source.key(['issuers', 'cognito']),
      help: 'Leave the attribute out of `WriteAttributes` of every app client.',
    },
  ];
}

function scopeFindings({ claims, scopes, source }: Policy): readonly Finding[] {
  const dynamic = scopes
    .filter(({ placeholders }) => placeholders.length > 0)
    .map(
      ({ name }): Finding => ({
        rule: 'TE816',
        severity: 'warning',
        message: `Cognito grants only scopes that a resource server of the user pool has, so it needs one for each object of \`${name}\`.`,
        range: source.key(['scopes', name]),
        help: 'Create these scopes (at most 100 in a resource server), or let services decide by a claim.',
      }),
    );
  const changes = scopes.length + claims.reduce((sum, { tokens }) => sum + tokens.length, 0);
  if (changes <= changesLimit) return dynamic;
  return [
    ...dynamic,
    {
      rule: 'TE803',
      severity: 'error',
      message: `Cognito accepts at most ${changesLimit} claims and scopes in one transaction; the policy has ${changes}.`,
      range: source.value(['claims']),
      help: 'Put several values into one claim.',
    },
  ];
}

function capabilityFindings({ spec, claims, details, source }: Policy): readonly Finding[] {
  const findings: Finding[] = [];
  const [detail] = details;
  if (detail !== undefined)
    findings.push({
      rule: 'TE811',
      severity: 'info',
      message: 'Cognito has no authorization details: clients cannot ask for them.',
      range: source.key(['authorizationDetails', detail.type]),
      help: 'For Cognito, use a claim or a scope to say what the client may do.',
    });
  const inId = claims.find(({ tokens }: PolicyClaim) => tokens.includes('id'));
  if (inId !== undefined)
    findings.push({
      rule: 'TE810',
      severity: 'info',
      message: 'In a browser, Cognito makes an ID token only if the client asks for `openid`.',
      range: source.key(['claims', inId.name]),
      help: 'Let clients that need the claim ask for `openid`.',
    });
  const lifetimeMs = spec.lifetime?.access;
  if (lifetimeMs === undefined) return findings;
  const seconds = lifetimeMs / 1000;
  const range = source.value(['lifetime', 'access']);
  const { least, most } = lifetimeBoundsSeconds;
  if (seconds < least || seconds > most || !Number.isInteger(seconds))
    findings.push({
      rule: 'TE803',
      severity: 'error',
      message: `Access tokens of Cognito live for ${least} to ${most} whole seconds; the spec says ${seconds}.`,
      range,
      help: 'Choose a lifetime from 5m to 1d.',
    });
  else
    findings.push({
      rule: 'TE805',
      severity: 'info',
      message: 'A trigger cannot set the lifetime of a token; the app clients of the user pool do.',
      range,
      help: `Set \`AccessTokenValidity\` of each app client to ${seconds} seconds.`,
    });
  return findings;
}

/** Lists of lists and of objects, of which the documents of AWS say nothing. */
function nestedFindings({ claims, source }: Policy): readonly Finding[] {
  return claims
    .filter(({ type }) => type.kind === 'list' && ['list', 'map', 'record'].includes(type.element.kind))
    .map(({ name }) => ({
      rule: 'TE842',
      severity: 'info',
      message: `AWS documents lists of texts, numbers and booleans; \`${name}\` is a list of lists or objects. If Cognito does not take it, nobody gets a token.`,
      range: source.key(['claims', name]),
      help: 'Try it in a user pool for tests, or put the list into an object.',
    }));
}

/** A setting becomes a variable of the function, whose name Lambda checks. */
function settingFindings(policy: Policy): readonly Finding[] {
  return variableNames(policy)
    .filter((name) => !isVariable(name))
    .map((name) => ({
      rule: 'TE803',
      severity: 'error',
      message: `Lambda takes no variable named \`${name}\`: a name has two characters or more, and begins with a letter.`,
      range: policy.source.key(['issuers', 'cognito']),
      help: `Give the setting \`\${${name}}\` another name.`,
    }));
}

/** The function has no files of its own. */
function sourceFindings({ sources, source }: Policy): readonly Finding[] {
  return sources.flatMap((asked): readonly Finding[] => {
    const { name, kind } = asked;
    if (kind !== 'sql' || !asked.connection.startsWith('sqlite:')) return [];
    return [
      {
        rule: 'TE814',
        severity: 'error',
        message: `The function cannot ask \`${name}\`: it has no SQLite and no file of its own.`,
        range: source.value(['sources', name, 'sql', 'connection']),
        help: 'Use PostgreSQL, MySQL or MariaDB, or DynamoDB.',
      },
    ];
  });
}

function deadlineFindings(policy: Policy): readonly Finding[] {
  const longest = longestRounds(policy, longestMs);
  if (longest.ms <= deadlineMs) return [];
  return [
    {
      rule: 'TE705',
      severity: 'error',
      message: `Asking the sources may take ${longest.ms} ms with all retries, ${longest.text}; the function has ${deadlineMs} ms, because Cognito may call it three times.`,
      range: policy.source.value(['sources']),
      help: 'Shorten `timeout`, or allow fewer retries.',
    },
  ];
}
