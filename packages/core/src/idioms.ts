import type { Problem } from '@claimsmith/cel';

/** The expression for functions of issuers and other languages, to complete "write …". */
const functions: Readonly<Record<string, string>> = {
  isMemberOfGroupName: '"…" in user.groups',
  isMemberOfGroup: '"…" in user.groups, with the name of the group',
  isMemberOfAnyGroup: 'user.groups.exists(g, g in ["…", "…"])',
  isMemberOfGroupNameStartsWith: 'user.groups.exists(g, g.startsWith("…"))',
  isMemberOfGroupNameContains: 'user.groups.exists(g, g.contains("…"))',
  isMemberOfGroupNameRegex: 'user.groups.exists(g, g.glob("…*"))',
  'user.isMemberOf': '"…" in user.groups',
  'user.getGroups': 'user.groups.filter(g, g.startsWith("…"))',
  getFilteredGroups: 'user.groups.filter(g, g in ["…", "…"])',
  'Groups.startsWith': 'user.groups.filter(g, g.startsWith("…"))',
  'Groups.contains': 'user.groups.filter(g, g.contains("…"))',
  'Groups.endsWith': 'user.groups.filter(g, g.endsWith("…"))',
  'user.getInternalProperty': 'user.id, or the field that holds the property',
  'String.append': 'text + "…"',
  'String.join': '["…", "…"].join(",")',
  'String.len': 'size(text)',
  'String.removeSpaces': 'text.replace(" ", "")',
  'String.replace': 'text.replace("…", "…")',
  'String.replaceFirst': 'text.replace("…", "…", 1)',
  'String.stringContains': 'text.contains("…")',
  'String.stringSwitch': 'text == "…" ? "…" : "…", or a table',
  'String.substring': 'text.substring(0, 3)',
  'String.substringAfter': 'text.substring(text.indexOf("…") + 1), or email.domain(user.email)',
  'String.substringBefore': 'text.substring(0, text.indexOf("…")), or email.local(user.email)',
  'String.toLowerCase': 'text.lowerAscii()',
  'String.toUpperCase': 'text.upperAscii()',
  'Arrays.add': 'list + ["…"]',
  'Arrays.contains': '"…" in list',
  'Arrays.flatten': 'list + list',
  'Arrays.get': 'list[0]',
  'Arrays.isEmpty': 'size(list) == 0',
  'Arrays.remove': 'list.filter(x, x != "…")',
  'Arrays.size': 'size(list)',
  'Arrays.toCsvString': 'list.join(",")',
  'Convert.toInt': 'int(text)',
  'Convert.toNum': 'double(text)',
  'JSON.parse': 'user.attributes.<name>.<field>, declared as a mapping of fields',
};

/** The names of the context's fields at issuers, in tokens and in other languages. Longer names come first. */
const fields: readonly (readonly [pattern: RegExp, field: string])[] = [
  [/^(?:event\.)?(?:user\.)?(?:app_metadata|user_metadata)\.(\w+)/, 'user.attributes.$1'],
  [/^(?:user\.)?(?:profile|customAttributes)\.(\w+)/, 'user.attributes.$1'],
  [/^(?:appuser|idpuser)\.(\w+)/, 'user.attributes.$1'],
  [/^(?:event\.)?request\.userAttributes\.(\w+)/, 'user.$1'],
  [/^(?:event\.)?request\.groupConfiguration\b.*/, 'user.groups'],
  [/^(?:event\.)?(?:authorization\.roles|realm_access\.roles|resource_access\b.*)/, 'user.roles'],
  [/^(?:event\.)?organization\.(id|name|display_name|metadata)/, 'org.$1'],
  [/^event\.stats\.logins_count/, 'user.logins_count'],
  [/^(?:event\.)?request\.geoip\.countryCode\b/, 'request.geo.country'],
  [/^(?:event\.)?request\.geoip\.(continent|subdivision)Code\b/, 'request.geo.$1'],
  [/^(?:event\.)?request\.geoip\.cityName\b/, 'request.geo.city'],
  [/^(?:event\.)?request\.geoip\.timeZone\b/, 'request.geo.time_zone'],
  [/^(?:event\.client\.client_id|client\.(?:client_id|clientId)|context\.clientI[dD])/, 'client.id'],
  [/^(?:app\.(?:clientId|id)|client_id|clientId|azp)$/, 'client.id'],
  [/^(?:event\.)?transaction\.requested_scopes|^access\.scope|^scopes?$/, 'request.scopes'],
  [/^(?:event\.)?resource_server\.identifier|^aud(?:ience)?$/, 'request.audience'],
  [/^(?:event\.)?request\.(?:query|body)\.(\w+)/, 'request.params.$1'],
  [/^(?:event\.)?authentication\.methods/, 'session.amr'],
  [/^(?:event\.)?transaction\.acr_values/, 'request.acr_values'],
  [/^(?:user\.)?(?:user_id|userId|uid|sub)$|^event\.user\.user_id/, 'user.id'],
  [/^user\.(?:login|userName|preferred_username|user_name)|^preferred_username$/, 'user.username'],
  [/^user\.(?:firstName|first_name|givenName)$/, 'user.given_name'],
  [/^user\.(?:lastName|last_name|familyName|surname)$/, 'user.family_name'],
  [/^user\.(?:displayName|display_name|fullName|full_name)$/, 'user.name'],
  [/^user\.(?:mail|emailAddress|email_address)$/, 'user.email'],
  [/^user\.emailVerified$/, 'user.email_verified'],
  [/^user\.nick_?[nN]ame$/, 'user.nickname'],
  [/^user\.(?:phone|mobilePhone|primaryPhone|phoneNumber)$/, 'user.phone_number'],
  [/^user\.(?:language|preferredLanguage)$/, 'user.locale'],
  [/^user\.(?:timezone|timeZone)$/, 'user.zoneinfo'],
  [/^user\.(?:memberOf|groupNames|group)$/, 'user.groups'],
  [/^user\.(?:realmRoles|role)$/, 'user.roles'],
  [/^event\.(user|client|request|session|connection|tenant)\.(\w+)/, '$1.$2'],
];

/** One problem for each word of an issuer in an expression. Its help says what to write instead. */
export function withIdioms(problems: readonly Problem[], text: string): readonly Problem[] {
  const told: Problem[] = [];
  let end = 0;
  for (const found of problems) {
    // Problems that follow from an unknown beginning are left out.
    if (told.length > 0 && found.range.start < end) continue;
    const chain = chainAt(text, found.range.start);
    const meant = chain && (functionMeant(chain, found, problems) ?? fieldMeant(chain, found));
    told.push(meant ?? found);
    end = meant === undefined || chain === undefined ? 0 : chain.end;
  }
  return told;
}

/** Names with dots between them: `event.user.email`. */
interface Chain {
  readonly name: string;
  readonly start: number;
  readonly end: number;
  /** Whether the last name is that of a function. */
  readonly isCall: boolean;
}

function chainAt(text: string, position: number): Chain | undefined {
  for (const match of text.matchAll(/[A-Za-z_]\w*(?:\.\??[A-Za-z_]\w*)*/g)) {
    const [name] = match;
    const end = match.index + name.length;
    if (match.index > position) return undefined;
    if (position >= end) continue;
    return {
      name: name.replaceAll('.?', '.'),
      start: match.index,
      end,
      isCall: /^\s*\(/.test(text.slice(end)),
    };
  }
  return undefined;
}

function functionMeant(chain: Chain, found: Problem, problems: readonly Problem[]): Problem | undefined {
  if (!chain.isCall) return undefined;
  const { name, start, end } = chain;
  const range = { start, end };
  const own = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (own !== undefined) return unknownFunction(name, range, `write \`${own}\``);
  // `Math.max`: the function says what is meant, not its namespace.
  const called = problems.find(
    ({ code, range: at }) =>
      at.start > start && at.start < end && (code === 'unknown_function' || code === 'unsupported'),
  );
  if (found.code !== 'unknown_name' || called === undefined || called === found) return undefined;
  return unknownFunction(name, range, called.help?.startsWith('did you mean') ? undefined : called.help);
}

function unknownFunction(name: string, range: Problem['range'], help: string | undefined): Problem {
  const found = { code: 'unknown_function', message: `unknown function \`${name}\``, range } as const;
  return help === undefined ? found : { ...found, help };
}

function fieldMeant({ name, end, isCall }: Chain, found: Problem): Problem | undefined {
  if (found.code !== 'unknown_name' && found.code !== 'unknown_field') return undefined;
  const path = isCall ? name.replace(/\.?\w+$/, '') : name;
  const [, setting] = /^event\.secrets\.(\w+)/.exec(path) ?? [];
  const range = {
    start: found.range.start,
    end: Math.max(found.range.end, end - (name.length - path.length)),
  };
  if (setting !== undefined)
    return { ...found, range, help: `secrets are for sources: write \`\${${setting}}\` in a header` };
  for (const [pattern, field] of fields) {
    const match = pattern.exec(path);
    if (match === null) continue;
    const meant = match[0].replace(pattern, field);
    return { ...found, help: `write \`${meant}\`${declared(meant)}` };
  }
  const [, attribute] = /^user\.(?!(?:role_)?attributes\b)(\w+)/.exec(path) ?? [];
  const isNear = found.help?.startsWith('did you mean') === true;
  if (attribute === undefined || isNear || found.code !== 'unknown_field') return undefined;
  const meant = `user.attributes.${attribute}`;
  return { ...found, help: `write \`${meant}\`${declared(meant)}` };
}

function declared(field: string): string {
  const [, attribute] = /^user\.attributes\.(\w+)/.exec(field) ?? [];
  return attribute === undefined
    ? ''
    : `, and declare it: \`user: { attributes: { ${attribute}: string } }\``;
}
