import { describe, expect, test } from 'vitest';
import { createPolicy } from '../index.ts';
import { readSpec } from '../spec/index.ts';

const head = `version: 1
name: bare
user: { attributes: { status: string, level: int, tags: list(string), address: { city: string } } }
tables: { region: { DE: eu, US: us } }
sources:
  crm: { http: { url: "https://crm.example/{client.id}" }, returns: { plan: string, seats: { used: int } } }
  bans: { sql: { connection: "sqlite:a", query: "select reason from bans where id = :id", params: { id: client.id } }, returns: { reason: string } }
  roles: { sql: { connection: "sqlite:a", query: "select role from r", rows: many }, returns: { role: string } }
`;

function findings(rest: string) {
  const { spec, source, findings: found } = readSpec({ file: 'spec.yaml', text: head + rest }, {});
  if (spec === undefined) throw new TypeError(found.map(({ message }) => message).join('\n'));
  const created = createPolicy(spec, source);
  if (created.policy === undefined) throw new TypeError(created.findings.map((each) => each.message).join());
  return created.findings.filter(({ rule }) => rule === 'TE707');
}

const deny = (when: string) =>
  findings(`claims: { a: { const: 1, kind: descriptive } }\ndeny: [{ when: '${when}', reason: no }]\n`);

describe('a deny rule', () => {
  test.each<[when: string, missing: string]>([
    ['user.attributes.status == "suspended"', '`user.attributes.status`'],
    ['subject_type == "human" && user.attributes.status == "suspended"', '`user.attributes.status`'],
    ['user.attributes["status"] == "suspended"', '`user.attributes.status`'],
    ['user.attributes.address.city == "Berlin"', '`user.attributes.address.city`'],
    ['"blocked" in user.attributes.tags', '`user.attributes.tags`'],
    ['user.attributes.tags.exists(t, t == "blocked")', '`user.attributes.tags`'],
    ['user.email == "a@b.c" || org.id == "o1"', '`user.email` or `org.id`'],
    ['!(user.attributes.level >= 3)', '`user.attributes.level`'],
    ['has(user.attributes.level) || user.attributes.status == "x"', '`user.attributes.status`'],
    ['!has(user.attributes.status) && user.attributes.status == "x"', '`user.attributes.status`'],
    ['client.metadata.tier == "old"', '`client.metadata.tier`'],
    ['has(org.metadata.tier) && org.metadata.tier == "old"', '`org.metadata`'],
    ['request.params.channel == "x"', '`request.params.channel`'],
    ['request.audience == "urn:x"', '`request.audience`'],
    ['"mfa" in session.amr', '`session.amr`'],
    ['bans.reason == "fraud"', '`bans.reason`'],
    [
      'has(user.attributes.status) && tables.region[user.attributes.status] == "eu"',
      '`tables.region[user.attributes.status]`',
    ],
    ['has(user.attributes.level) ? user.attributes.status == "x" : false', '`user.attributes.status`'],
  ])('%s', (when, missing) => {
    const [found, ...more] = deny(when);
    expect(more).toEqual([]);
    expect(found?.message).toBe(
      `The deny rule \`no\` fails without ${missing}: the token is denied with \`enrichment_unavailable\`.`,
    );
  });

  test.each([
    'has(user.attributes.status) && user.attributes.status == "suspended"',
    'user.attributes.status == "suspended" && has(user.attributes.status)',
    '!has(user.attributes.level) || user.attributes.level < 3',
    '!(has(user.attributes.level) && user.attributes.level >= 3)',
    'has(user.attributes.status) ? user.attributes.status == "x" : false',
    '!has(user.attributes.status) ? false : user.attributes.status == "x"',
    'user.attributes.?status.orValue("") == "suspended"',
    'user.?attributes.?status.orValue("") == "suspended"',
    'client.?metadata.?tier.orValue("") == "old"',
    'has(client.metadata.tier) && client.metadata["tier"] == "old"',
    '"tier" in client.metadata && client.metadata.tier == "old"',
    'has(user.attributes.status) && user.attributes.status in tables.region && tables.region[user.attributes.status] == "eu"',
    'user.groups.exists(g, g == "suspended") || "banned" in user.roles',
    'request.ip == "192.0.2.1" || request.grant_type == "password" || "a" in request.scopes',
    'client.id == "x" || client.name == "y"',
    'crm.plan == "none" || crm.seats.used > 5',
    'roles.rows.exists(r, r.role == "banned")',
    'tables.region.DE == "eu"',
  ])('that says what holds: %s', (when) => {
    expect(deny(when)).toEqual([]);
  });

  test('what the help says mends it', () => {
    for (const when of ['user.attributes.status == "x"', 'tables.region[client.id] == "eu"']) {
      const help = deny(when)[0]?.help ?? '';
      const ways = [...help.matchAll(/`([^`]*…)`/g)].map(([, way = '']) => way.replace('…', when));
      expect(ways).toHaveLength(2);
      for (const way of ways) expect(deny(way)).toEqual([]);
    }
  });
});

describe('a `when`', () => {
  const when = (rest: string) =>
    findings(`claims: { a: { value: client.id, when: '${rest.split('|')[0]}', ${rest.split('|')[1]} } }\n`);

  test('that fails ends as a missing value: a denial, or a default', () => {
    const bare = 'user.attributes.status == "beta"';
    expect(when(`${bare}|kind: authoritative`)[0]?.message).toContain('the token is denied');
    expect(when(`${bare}|kind: descriptive, onMissing: { default: x }`)[0]?.message).toContain(
      'has its default',
    );
    expect(when(`${bare}|kind: descriptive`)).toEqual([]);
    expect(when('user.attributes.status != "beta"|kind: descriptive')[0]?.message).toContain('is left out');
  });
});

describe('a grant', () => {
  const grant = (text: string) =>
    findings(`claims: { a: { const: 1, kind: descriptive } }
scopes: { read: { grant: '${text}' } }
authorizationDetails: { pay: { fields: { amount: double }, grant: '${text}' } }
`).map(({ message }) => message);

  test('that asks for a value gives nothing without it', () => {
    expect(grant('user.attributes.level >= 3')).toEqual([]);
  });

  test('that asks for the opposite seems to give it', () => {
    const message = (name: string) =>
      `The grant of \`${name}\` fails without \`user.attributes.status\`: it is not granted.`;
    expect(grant('user.attributes.status != "suspended"')).toEqual([message('read'), message('pay')]);
    expect(grant('!(user.attributes.status == "suspended")')).toEqual([message('read'), message('pay')]);
  });
});
