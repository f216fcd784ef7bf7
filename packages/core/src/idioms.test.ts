import { expect, test } from 'vitest';
import { compileSpec } from '../test/kit.ts';

/** Messages and ways out of an expression. */
function told(value: string): readonly string[] {
  const text = `user: { attributes: { tier: string } }\nclaims:\n  a: { kind: descriptive, value: ${JSON.stringify(value)} }`;
  return compileSpec(text).findings.map(({ message, help }) => `${message} ${help}`);
}

const declare = (name: string) =>
  `Write \`user.attributes.${name}\`, and declare it: \`user: { attributes: { ${name}: string } }\`.`;

test.each([
  ['isMemberOfGroupName("a")', 'Unknown function `isMemberOfGroupName`. Write `"…" in user.groups`.'],
  ['isMemberOfAnyGroup("a", "b")', 'Write `user.groups.exists(g, g in ["…", "…"])`.'],
  [
    'String.substringAfter(user.email, "@")',
    'Unknown function `String.substringAfter`. Write `text.substring(',
  ],
  ['String.toLowerCase(user.email)', 'Unknown function `String.toLowerCase`. Write `text.lowerAscii()`.'],
  ['Arrays.contains(user.groups, "a")', 'Unknown function `Arrays.contains`. Write `"…" in list`.'],
  ['Groups.startsWith("OKTA", "a", 10)', 'Write `user.groups.filter(g, g.startsWith("…"))`.'],
  ['Convert.toInt(user.name)', 'Write `int(text)`.'],
  [
    'user.isMemberOf({"group.profile.name": "a"})',
    'Unknown function `user.isMemberOf`. Write `"…" in user.groups`.',
  ],
  ['user.department', `\`user\` has no field \`department\`. ${declare('department')}`],
  ['user.department.lowerAscii()', declare('department')],
  ['user.role_attributes.costs', 'Declare it: `user: { roleAttributes: { costs: list(string) } }`.'],
  ['user.app_metadata.plan', declare('plan')],
  ['user.profile.costCenter', declare('costCenter')],
  ['appuser.division', declare('division')],
  ['event.user.app_metadata.plan', declare('plan')],
  ['event.user.user_metadata.plan == "x" && true', declare('plan')],
  ['event.user.email', 'Write `user.email`.'],
  ['event.client.client_id', 'Write `client.id`.'],
  ['event.client.metadata.tier', 'Write `client.metadata`.'],
  ['event.organization.id', 'Write `org.id`.'],
  ['event.organization.display_name', 'Write `org.display_name`.'],
  ['event.connection.strategy', 'Write `connection.strategy`.'],
  ['event.stats.logins_count', 'Write `user.logins_count`.'],
  ['event.request.geoip.countryCode', 'Write `request.geo.country`.'],
  ['event.request.geoip.cityName', 'Write `request.geo.city`.'],
  ['event.tenant.id', 'Write `tenant.id`.'],
  ['user.nickName', 'Write `user.nickname`.'],
  ['event.authorization.roles', 'Write `user.roles`.'],
  ['event.request.query.account', 'Write `request.params.account`.'],
  ['event.transaction.requested_scopes', 'Write `request.scopes`.'],
  ['event.resource_server.identifier', 'Write `request.audience`.'],
  ['event.secrets.KEY', 'Secrets are for sources: write `${KEY}` in a header.'],
  ['event.request.userAttributes.email', 'Write `user.email`.'],
  ['realm_access.roles', 'Write `user.roles`.'],
  ['sub', 'Unknown name `sub`. Write `user.id`.'],
  ['aud', 'Write `request.audience`.'],
  ['client_id', 'Write `client.id`.'],
  ['user.login', 'Write `user.username`.'],
  ['user.firstName', 'Write `user.given_name`.'],
  ['user.emial', 'Did you mean `email`?'],
  ['max(1, 2)', 'Unknown function `max`. Use math.greatest(a, b).'],
  ['Math.max(1, 2)', 'Unknown function `Math.max`. Use math.greatest(a, b).'],
  ['hash(user.id)', 'Use hash.sha256(text), or hash.hmac("${KEY}", text) with a key of the deployment.'],
  ['base64(user.id)', 'Use base64.encode(text).'],
  ['Date.now()', 'Write now, without brackets: the time of issuance.'],
  ['JSON.parse(user.attributes.tier)', 'declared as a mapping of fields'],
])('%s is one finding, with what to write', (value, expected) => {
  const findings = told(value);
  expect(findings).toHaveLength(1);
  expect(findings[0]).toContain(expected);
});

test('what is wrong besides is told, too', () => {
  expect(told('String.len(user.emial) + event.user.name + user.rols')).toEqual([
    expect.stringContaining('`String.len`'),
    expect.stringContaining('Did you mean `email`?'),
    expect.stringContaining('Write `user.name`.'),
    expect.stringContaining('Did you mean `roles`?'),
  ]);
});

test('a name in a text or of a macro is not an idiom', () => {
  expect(told('size(user.roles.filter(sub, sub != "event.user.email")) > 0')).toEqual([]);
});
