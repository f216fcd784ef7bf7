import { suggest } from '@claimsmith/cel';
import {
  addedScopes,
  atIssuer,
  attributePlaces,
  challengeFindings,
  enrichedOf,
  exchangeFindings,
  type Finding,
  fieldAt,
  issuerSettings,
  isUnder,
  lossFindings,
  observeFindings,
  oncePer,
  oneAudienceFindings,
  type Policy,
  removalFindings,
  userinfoFindings,
  workloadHelp,
} from '@claimsmith/core';
import { attributeType } from '../compile/manifest.ts';
import { claimNames, isReserved } from '../names.ts';
import { isUnbounded } from '../plan/groups-pattern.ts';
import { listedGroups, type Plan, planOf } from '../plan/plan.ts';
import { feederPrefix } from '../platform/policy.ts';
import { lifetimeBoundsSeconds } from '../platform/reserved.ts';
import { profilePlace, type Settings, settings, settingsOf } from '../settings.ts';
import { cannotAsk } from '../simulator/departs.ts';
import {
  canBeSupplied,
  declaredFields,
  isMetadataField,
  isUntyped,
  lacks,
  onlyWithIdToken,
  profilePaths,
  typeAt,
} from '../supplies.ts';
import { authorityPaths } from './authority.ts';
import { checkEveryone } from './groups.ts';
import { checkHook, tooManyGroups } from './hook.ts';
import { checkNames } from './names.ts';

/** Reports the parts of a policy that Okta would drop, refuse or change. */
export const check = oncePer((policy: Policy): readonly Finding[] => {
  const plan = planOf(policy);
  return atIssuer('okta', policy, [
    ...checkNames(policy, plan),
    ...checkEveryone(policy, plan.settings),
    ...supplyFindings(policy, plan.settings),
    ...placeFindings(policy),
    ...metadataFindings(policy, plan.settings),
    ...missingFindings(policy),
    ...attributeFindings(policy, plan.settings),
    ...authorityFindings(policy, plan.settings),
    ...audienceFindings(policy, plan),
    ...scopeFindings(policy),
    ...detailFindings(policy),
    ...challengeFindings(
      policy,
      cannotAsk,
      'Let an authentication policy of Okta ask for the factor, and let clients log in again when they get this reason.',
    ),
    ...observeFindings(policy, { id: 'okta', title: 'Okta' }, plan.settings.observe),
    ...removalFindings(
      policy,
      {
        id: 'okta',
        title: 'Okta',
        names: claimNames(policy),
        isProtected: (name, token) => isReserved(name, [token]) || name.startsWith(feederPrefix),
      },
      plan.settings.remove,
    ),
    ...stayFindings(policy, plan.settings),
    ...userinfoFindings(policy, {
      id: 'okta',
      title: 'Okta',
      isThere: () => false,
      why: 'a hook changes only tokens',
      help: 'Add a claim to the authorization server yourself, for `Userinfo / id_token request`, and remove `userinfo` here.',
    }),
    ...idTokenFindings(policy),
    ...lifetimeFindings(policy),
    ...leftFindings(policy, plan),
    ...groupsFindings(policy, plan),
    ...checkHook(policy, plan),
  ]);
});

/** Nothing takes a claim out where Okta cannot call the hook. */
function stayFindings({ source }: Policy, { remove }: Settings): readonly Finding[] {
  if (remove === undefined) return [];
  return [
    {
      rule: 'TE844',
      severity: 'info',
      message: 'When Okta cannot call the hook, the claims that `remove` names stay in the tokens.',
      range: source.key(['issuers', 'okta', 'remove']),
      help: 'If a claim must never be there, do not grant the scope that gives it, such as `email`.',
    },
  ];
}

/** `supply` for attributes that the spec does not declare: a misspelt name would have no effect. */
function supplyFindings({ spec, source }: Policy, { supply }: Settings): readonly Finding[] {
  const declared = Object.keys(spec.user?.attributes ?? {});
  return Object.keys(supply).flatMap((field): readonly Finding[] => {
    const [, name] = /^user\.attributes\.(.+)$/.exec(field) ?? [];
    if (name === undefined || declared.includes(name)) return [];
    const near = suggest(name, declared);
    return [
      {
        rule: 'TE002',
        severity: 'error',
        message: `The spec does not declare the attribute \`${name}\`.`,
        range: source.key(['issuers', 'okta', 'supply', field]),
        help:
          near === undefined
            ? `Declare it: \`user: { attributes: { ${name}: string } }\`.`
            : `Did you mean \`user.attributes.${near}\`?`,
      },
    ];
  });
}

/** `supply` for single fields of metadata that the spec does not declare, or beside one for the whole. */
function metadataFindings({ context, source }: Policy, { supply }: Settings): readonly Finding[] {
  return Object.keys(supply)
    .filter(isMetadataField)
    .flatMap((field): readonly Finding[] => {
      const [owner = '', , name = ''] = field.split('.');
      const whole = `${owner}.metadata`;
      const range = source.key(['issuers', 'okta', 'supply', field]);
      if (fieldAt(context, [owner, 'metadata', name]) === undefined)
        return [
          {
            rule: 'TE002',
            severity: 'error',
            message: `The spec does not declare \`${field}\`.`,
            range,
            help: `Declare it: \`${owner}: { metadata: { ${name}: string } }\`.`,
          },
        ];
      if (!Object.hasOwn(supply, whole)) return [];
      return [
        {
          rule: 'TE815',
          severity: 'error',
          message: `\`supply\` names a place for \`${field}\`, and one for \`${whole}\`, which includes it.`,
          range,
          help: 'Remove one of the two.',
        },
      ];
    });
}

/** Places of attributes that Okta does not have, and places that `supply` names too. */
function placeFindings({ spec, source }: Policy): readonly Finding[] {
  const { supply } = issuerSettings(settings, { spec }, 'okta');
  return Object.entries(attributePlaces(spec, 'okta')).flatMap(([name, place]): readonly Finding[] => {
    const range = source.value(['user', 'attributes', name, 'in', 'okta']);
    if (profilePlace(place) === undefined)
      return [
        {
          rule: 'TE815',
          severity: 'error',
          message: `\`${place}\` is not a place of an attribute at Okta.`,
          range,
          help: "Name an attribute of the user's profile, `planCode`, or a path: `user.<attribute>`, `appuser.<attribute>` or `app.profile.<property>`.",
        },
      ];
    if (!Object.hasOwn(supply, `user.attributes.${name}`)) return [];
    return [
      {
        rule: 'TE815',
        severity: 'error',
        message: `Two places at Okta are named for \`user.attributes.${name}\`.`,
        range,
        help: `Remove it from \`issuers.okta.supply\`, or from \`in\`.`,
      },
    ];
  });
}

/** Fields that Okta does not supply, with and without a user. */
function missingFindings(policy: Policy): readonly Finding[] {
  const login = { where: 'at a login', values: { subject_type: 'human' }, ...lacks(policy, 'login') };
  const machine = {
    values: { subject_type: 'machine', 'request.grant_type': 'client_credentials' },
    ...lacks(policy, 'client-credentials'),
  };
  const agents = [login, machine].map((situation) => ({
    ...situation,
    where: 'for an agent',
    values: { ...situation.values, subject_type: 'agent' },
    isSpecial: true,
  }));
  const situations = [
    login,
    {
      ...login,
      where: 'at a refresh that does not ask for `openid`',
      values: { ...login.values, 'request.grant_type': 'refresh_token' },
      lost: [...login.lost, ...onlyWithIdToken],
      isSpecial: true,
    },
    { where: 'with client credentials', ...machine },
    ...agents,
  ];
  const found = lossFindings(policy, {
    id: 'okta',
    title: 'Okta',
    situations,
    supplyHelp(fields, { absent }) {
      if (fields.some((field) => isUnder(['actor'], field)))
        return `Read who acts only where the issuer says it: \`issuer != "okta" && has(actor.sub)\`.`;
      const supplied = fields.filter(canBeSupplied).map((field) => {
        const isOfApp = isUnder(['client.metadata'], field) || absent.includes('user');
        return `${field}: ${isOfApp ? 'app.profile.<property>' : 'user.<attribute>'}`;
      });
      if (supplied.length === 0)
        return fields.includes('connection.name')
          ? 'Read the identity provider at Okta: `issuer == "okta" ? session.idp : connection.name`.'
          : workloadHelp(fields, 'Okta', 'okta');
      const what = supplied.length === 1 ? 'it' : 'them';
      return `Say where Okta keeps ${what}: \`issuers: { okta: { supply: { ${supplied.join(', ')} } } }\`.`;
    },
  });
  const { exchange } = settingsOf(policy);
  const silent = { id: 'okta', title: 'Okta', exchange };
  return [...found, ...exchangeFindings(policy, silent, login, '')];
}

/** Fields that an attribute of a profile cannot hold. */
function attributeFindings(policy: Policy, settings: Settings): readonly Finding[] {
  return [...declaredFields(policy)].flatMap((field): readonly Finding[] => {
    const paths = profilePaths(field, settings);
    const name = field.replace(/^user\.attributes\./, '');
    const range =
      name === field
        ? policy.source.value(['issuers', 'okta', 'supply', field])
        : policy.source.key(['user', 'attributes', name]);
    if (name !== field && (paths.length === 0 || name.includes('.'))) {
      return [
        {
          rule: 'TE815',
          severity: 'error',
          message: `Okta does not allow an attribute named \`${name}\`.`,
          range,
          help: `Name Okta's attribute with \`supply: { ${field}: user.<attribute> }\`.`,
        },
      ];
    }
    if (typeAt(policy, field).kind === 'list' && isUntyped(field, settings)) {
      return [
        {
          rule: 'TE815',
          severity: 'error',
          message: `\`${field}\` is a list and comes from the profile of an app: there, a single value looks the same as a list with one item.`,
          range,
          help: 'Keep it in an attribute with an array type, of the user or of the user in the app. Or take it from a source.',
        },
      ];
    }
    // The profile of an app holds any JSON.
    const isTyped = paths.some((path) => !path.startsWith('app.'));
    if (!isTyped || attributeType(typeAt(policy, field)) !== undefined) return [];
    return [
      {
        rule: 'TE815',
        severity: 'error',
        message: `An attribute of Okta cannot hold \`${field}\`: attributes are text, numbers, booleans, or lists of text or numbers.`,
        range,
        help: 'Keep it in the profile of the app (`app.profile.…`), or take it from a source.',
      },
    ];
  });
}

function authorityFindings(policy: Policy, settings: Settings): readonly Finding[] {
  const paths = authorityPaths(policy, settings);
  if (paths.length === 0) return [];
  return [
    {
      rule: 'TE210',
      severity: 'info',
      message: `Access depends on what Okta stores in ${paths.map((path) => `\`${path}\``).join(', ')}: users must not be able to write ${paths.length === 1 ? 'it' : 'them'}.`,
      range: policy.source.key(['issuers', 'okta']),
      help: 'In Okta, set the user permission of the attribute to read-only or hidden.',
    },
  ];
}

function audienceFindings(policy: Policy, { settings, claims }: Plan): readonly Finding[] {
  const { audience } = settings;
  if (audience === undefined) return [];
  return policy.claims
    .filter(
      ({ name, audiences }) => claims[name]?.via === 'native' && audiences?.includes(audience) === false,
    )
    .map(({ name }) => ({
      rule: 'TE831',
      severity: 'info',
      message: `\`${name}\` is not in tokens of this authorization server, because the claim's \`audiences\` do not name ${audience}.`,
      range: policy.source.value(['claims', name, 'audiences']),
      help: `If these tokens need the claim, add ${audience} to its \`audiences\`.`,
    }));
}

function scopeFindings(policy: Policy): readonly Finding[] {
  const { scopes, source } = policy;
  const [first] = scopes;
  if (first === undefined) return [];
  const findings: Finding[] = [
    {
      rule: 'TE808',
      severity: 'info',
      message: 'A refused scope denies the token: a hook cannot remove scopes.',
      range: source.key(['scopes', first.name]),
      help: 'Let clients ask only for scopes that they need, or limit the scope to users and clients with an access policy rule.',
    },
  ];
  const dynamic = scopes.filter(({ placeholders }) => placeholders.length > 0);
  for (const { name } of addedScopes(policy)) {
    findings.push({
      rule: 'TE809',
      severity: 'error',
      message: `Okta cannot add the scope \`${name}\`: a hook cannot change scopes.`,
      range: source.key(['scopes', name, 'add']),
      help: 'Let the client ask for it, or begin the grant with `issuer != "okta" &&`.',
    });
  }
  for (const { name } of dynamic) {
    findings.push({
      rule: 'TE816',
      severity: 'warning',
      message: `Okta grants only scopes that the authorization server has, so it needs one scope for each object of \`${name}\`.`,
      range: source.key(['scopes', name]),
      help: 'Create these scopes, or let services decide by a claim.',
    });
  }
  return findings;
}

function detailFindings({ details, source }: Policy): readonly Finding[] {
  const [first] = details;
  if (first === undefined) return [];
  return [
    {
      rule: 'TE811',
      severity: 'info',
      message:
        'Okta does not put authorization details into tokens. The hook denies a request that has them in its address; Okta ignores them elsewhere.',
      range: source.key(['authorizationDetails', first.type]),
      help: 'For Okta, use a claim or a scope to say what the client may do.',
    },
  ];
}

function idTokenFindings({ claims, source }: Policy): readonly Finding[] {
  const first = claims.find(({ tokens }) => tokens.includes('id'));
  if (first === undefined) return [];
  return [
    {
      rule: 'TE810',
      severity: 'info',
      message: 'Okta makes an ID token only if the client asks for `openid`.',
      range: source.key(['claims', first.name]),
      help: 'Let clients that need the claim ask for `openid`.',
    },
  ];
}

/** Differences of native claims that list groups. */
function groupsFindings(policy: Policy, { claims }: Plan): readonly Finding[] {
  return listedGroups(policy).flatMap((name): readonly Finding[] => {
    const made = claims[name];
    const range = policy.source.key(['claims', name]);
    const pattern = made?.via === 'native' ? (made.value?.value ?? '') : '';
    return [
      {
        rule: 'TE822',
        severity: 'info',
        message: `\`${name}\` at Okta: an empty list of groups is left out of the token.`,
        range,
        help: 'Let services treat an absent claim as an empty list.',
      },
      ...(isUnbounded(pattern) ? [tooManyGroups(` that \`${name}\` lists`, range)] : []),
    ];
  });
}

/** Tokens that the settings exclude from the policy. */
function leftFindings(policy: Policy, { settings, hook }: Plan): readonly Finding[] {
  const findings: Finding[] = [...oneAudienceFindings(policy, { id: 'okta', title: 'Okta' }, settings)];
  if (policy.applies !== undefined && hook !== undefined && settings.guard.length > 0) {
    findings.push({
      rule: 'TE832',
      severity: 'info',
      message: 'Tokens that `applies` excludes keep the guard, so services that check it refuse them.',
      range: policy.source.value(['applies']),
      help: 'If such clients call the API, give them another authorization server.',
    });
  }
  if (enrichedOf(settings)?.clients === undefined) return findings;
  findings.push({
    rule: 'TE832',
    severity: 'info',
    message:
      'Clients that `clients` does not name get tokens without the policy: they lack its claims, and no hook denies them.',
    range: policy.source.value(['issuers', 'okta', 'clients']),
    help: 'Let the API accept only tokens with the policy marker. Or give only these clients access to the authorization server.',
  });
  return findings;
}

function lifetimeFindings({ spec, source }: Policy): readonly Finding[] {
  const { least, most } = lifetimeBoundsSeconds;
  const seconds = (spec.lifetime?.access ?? least * 1000) / 1000;
  if (Number.isInteger(seconds) && seconds >= least && seconds <= most) return [];
  return [
    {
      rule: 'TE803',
      severity: 'error',
      message: `Okta's access tokens live for ${least} to ${most} whole seconds; the spec says ${seconds}.`,
      range: source.value(['lifetime', 'access']),
      help: 'Choose a lifetime from 5m to 1d.',
    },
  ];
}
