import { createPolicy, type Policy } from '@claimsmith/core';
import { readSpec } from '@claimsmith/core/spec';
import { expect, test } from 'vitest';
import { issuers } from '../issuers.ts';
import { changesOf } from './changes.ts';

const base = `version: 1
name: shop
namespace: https://shop.example/
lifetime: { access: 10m }
params: { limit: { type: int, default: 5 } }
user: { attributes: { plan: 'enum(free, gold)', level: string } }
tables: { regions: { de: eu } }
sources:
  crm:
    http: { url: "https://crm.shop.example/{user.id}" }
    returns: { tier: string, roles: list(string) }
    cache: 30s
    stale: 10s
    lag: 10s
    limit: 4kB
    retries: 1
applies: client.id != "legacy" && client.id != "batch"
claims:
  roles:
    value: crm.roles
    kind: authoritative
    when: client.id != "kiosk"
    subjects: [human]
    delegated: false
    clients: [web, app]
    audiences: [a1]
    maxAge: 15m
    maxItems: 3
    maxBytes: 300
  can_pay: { value: 'client.id == "web" && user.email_verified', kind: authoritative }
  limit: { const: 100, kind: authoritative }
  plan: { value: user.attributes.plan, kind: descriptive, onMissing: { default: free } }
  name: { value: user.name, kind: descriptive, maxBytes: 100 }
  max: { value: params.limit, kind: descriptive }
  level: { value: user.attributes.level, kind: descriptive, onMissing: deny }
subjects: { partner: client.name == "partner" }
scopes:
  orders.write: { grant: '"clerk" in user.roles && user.email_verified' }
  orders.read: { subjects: { human: '"clerk" in user.roles' } }
  audit.read: { grant: client.id == "audit", add: true }
  account.read.{account}: { grant: account == user.id }
authorizationDetails:
  payment: { fields: { amount: int }, grant: 'detail.amount < 100 && client.id == "web"' }
deny:
  - { when: client.id == "old" || client.id == "older", reason: old, subjects: [human, machine] }
  - { when: user.email == "x@shop.example", reason: blocked }
challenge:
  - { when: 'client.id == "bank" && !("mfa" in session.amr)', with: mfa, reason: step_up }
issuers:
  auth0: { clients: [web, app, audit], audiences: [a1], triggers: [post-login, credentials-exchange] }
  okta: { guard: [sentinel, short_life], groups: "shop-.*" }
  keycloak: { scripts: true, audience: a1, serviceAccounts: false, remove: { access: [realm_access, email] } }
`;

function policyOf(text: string): Policy {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const { draft, findings } = readSpec({ file: 'enrichment.yaml', text }, settings);
  if (draft === undefined) throw new Error(findings.map(({ message }) => message).join(' '));
  const { policy, findings: further } = createPolicy(draft.spec, draft.source, { flaws: draft.flaws });
  if (policy === undefined || findings.length > 0)
    throw new Error([...findings, ...further].map(({ message }) => message).join(' '));
  return policy;
}

const before = policyOf(base);

/** The effects that the texts of two specs show, as `part effect`. */
function effects(old: Policy, now: Policy): string {
  return changesOf(old, now)
    .map(({ part, effect }) => `${part} ${effect}`)
    .join(', ');
}

/** What is changed in the spec, what that does, and what it does to change it back. */
const cases: readonly (readonly [what: string | RegExp, to: string, there: string, back: string])[] = [
  // Claims
  ['    when: client.id != "kiosk"\n', '', 'claims.roles wider', 'claims.roles unknown'],
  [
    'client.id != "kiosk"',
    'client.id != "kiosk" || user.email_verified',
    'claims.roles wider',
    'claims.roles unknown',
  ],
  ['client.id != "kiosk"', 'client.id!="kiosk"', 'claims.roles unknown', 'claims.roles unknown'],
  ['subjects: [human]', 'subjects: [human, agent]', 'claims.roles wider', 'claims.roles unknown'],
  ['    subjects: [human]\n', '', 'claims.roles unknown', 'claims.roles unknown'],
  ['    delegated: false', '    delegated: true', 'claims.roles wider', 'claims.roles unknown'],
  ['    clients: [web, app]', '    clients: [web, app, kiosk]', 'claims.roles wider', 'claims.roles unknown'],
  ['    clients: [web, app]\n', '', 'claims.roles wider', 'claims.roles unknown'],
  ['    audiences: [a1]', '    audiences: [a1, a2]', 'claims.roles wider', 'claims.roles unknown'],
  ['maxAge: 15m', 'maxAge: 16m', 'claims.roles wider', 'claims.roles narrower'],
  ['maxItems: 3', 'maxItems: 4', 'claims.roles wider', 'claims.roles narrower'],
  ['    maxItems: 3\n', '', 'claims.roles wider', 'claims.roles narrower'],
  ['maxBytes: 300', 'maxBytes: 301', 'claims.roles wider', 'claims.roles narrower'],
  [
    "&& user.email_verified', kind",
    "|| user.email_verified', kind",
    'claims.can_pay wider',
    'claims.can_pay unknown',
  ],
  [" && user.email_verified', kind", "', kind", 'claims.can_pay wider', 'claims.can_pay unknown'],
  ['const: 100', 'const: 200', 'claims.limit changed', 'claims.limit changed'],
  ['value: crm.roles', 'value: user.groups', 'claims.roles unknown', 'claims.roles unknown'],
  [
    'level, kind: descriptive, onMissing: deny',
    'level, kind: descriptive',
    'claims.level wider',
    'claims.level narrower',
  ],
  ['default: free', 'default: gold', 'claims.plan same', 'claims.plan same'],
  ['maxBytes: 100', 'maxBytes: 120', 'claims.name same', 'claims.name same'],
  [
    'plan, kind: descriptive, onMissing: { default: free }',
    'plan, kind: authoritative',
    'claims.plan wider, claims.plan narrower',
    'claims.plan unknown, claims.plan wider, claims.plan wider',
  ],
  [
    'kind: authoritative }\n  limit',
    'kind: authoritative, as: { auth0: "https://shop.example/pay" } }\n  limit',
    'claims.can_pay wider',
    'claims.can_pay wider',
  ],
  ['  limit: { const: 100, kind: authoritative }\n', '', 'claims.limit unknown', 'claims.limit wider'],
  // Scopes and authorization details
  [" && user.email_verified' }", "' }", 'scopes["orders.write"] wider', 'scopes["orders.write"] narrower'],
  [
    "user.roles && user.email_verified' }",
    'user.roles && user.email_verified || client.id == "x"\' }',
    'scopes["orders.write"] wider',
    'scopes["orders.write"] narrower',
  ],
  [
    "user.roles && user.email_verified' }",
    'user.roles && (user.email_verified || client.id == "x")\' }',
    'scopes["orders.write"] wider',
    'scopes["orders.write"] narrower',
  ],
  [
    "user.roles && user.email_verified' }",
    "user.roles  &&  (user.email_verified)' }",
    'scopes["orders.write"] same',
    'scopes["orders.write"] same',
  ],
  [
    "user.roles && user.email_verified' }",
    "user.roles && user.email_verified', delegated: true }",
    'scopes["orders.write"] wider',
    'scopes["orders.write"] narrower',
  ],
  // It asks for more, and is for delegated tokens, because it reads the actor.
  [
    "user.roles && user.email_verified' }",
    'user.roles && user.email_verified && actor.?sub.orValue("") != "bot"\' }',
    'scopes["orders.write"] wider',
    'scopes["orders.write"] wider',
  ],
  [
    '  orders.write: { grant: \'"clerk" in user.roles && user.email_verified\' }\n',
    '',
    'scopes["orders.write"] wider',
    'scopes["orders.write"] narrower',
  ],
  [
    'human: \'"clerk" in user.roles\' }',
    'human: \'"clerk" in user.roles\', machine: client.id == "m" }',
    'scopes["orders.read"] wider',
    'scopes["orders.read"] narrower',
  ],
  [
    'human: \'"clerk" in user.roles\' }',
    'human: "true" }',
    'scopes["orders.read"] wider',
    'scopes["orders.read"] narrower',
  ],
  [
    'client.id == "audit", add: true',
    'client.id == "audit"',
    'scopes["audit.read"] narrower',
    'scopes["audit.read"] wider',
  ],
  [
    'grant: account == user.id',
    'grant: account == user.id || client.id == "x"',
    'scopes["account.read.{account}"] wider',
    'scopes["account.read.{account}"] narrower',
  ],
  [
    '  account.read.{account}',
    '  account.{account}',
    'scopes["account.read.{account}"] unknown, scopes["account.{account}"] unknown',
    'scopes["account.{account}"] unknown, scopes["account.read.{account}"] unknown',
  ],
  [
    'scopes:\n',
    'scopes:\n  "*": { grant: client.id == "web" }\n',
    'scopes["*"] narrower',
    'scopes["*"] wider',
  ],
  [
    'scopes:\n',
    'scopes:\n  account.read.all: { grant: client.id == "web" }\n',
    'scopes["account.read.all"] unknown',
    'scopes["account.read.all"] unknown',
  ],
  [
    'detail.amount < 100 && client.id == "web"',
    'client.id == "web"',
    'authorizationDetails.payment wider',
    'authorizationDetails.payment narrower',
  ],
  [
    'detail.amount < 100 &&',
    'detail.amount < 101 &&',
    'authorizationDetails.payment unknown',
    'authorizationDetails.payment unknown',
  ],
  [
    'fields: { amount: int }',
    'fields: { amount: int, iban: string }',
    'authorizationDetails.payment unknown',
    'authorizationDetails.payment unknown',
  ],
  [
    'fields: { amount: int },',
    'fields: { amount: int }, delegated: true,',
    'authorizationDetails.payment wider',
    'authorizationDetails.payment narrower',
  ],
  // Deny rules and challenges
  [
    '  - { when: user.email == "x@shop.example", reason: blocked }\n',
    '',
    'deny.blocked wider',
    'deny.blocked narrower',
  ],
  [
    'user.email == "x@shop.example"',
    'user.email == "x@shop.example" && user.email_verified',
    'deny.blocked wider',
    'deny.blocked narrower',
  ],
  ['client.id == "old" || client.id == "older"', 'client.id == "old"', 'deny.old wider', 'deny.old narrower'],
  ['subjects: [human, machine] }', 'subjects: [human] }', 'deny.old wider', 'deny.old narrower'],
  ['reason: old, subjects: [human, machine] }', 'reason: old }', 'deny.old narrower', 'deny.old wider'],
  ['reason: old,', 'reason: old, message: "Old",', 'deny.old same', 'deny.old same'],
  [
    'client.id == "bank" &&',
    'user.email_verified && client.id == "bank" &&',
    'challenge.step_up wider',
    'challenge.step_up narrower',
  ],
  [
    'with: mfa, reason: step_up',
    'with: mfa, reason: step_up, enroll: true',
    'challenge.step_up wider',
    'challenge.step_up narrower',
  ],
  [/challenge:\n.*\n/, '', 'challenge.step_up wider', 'challenge.step_up narrower'],
  // Everything else
  ['access: 10m', 'access: 11m', 'lifetime wider', 'lifetime unknown'],
  ['lifetime: { access: 10m }\n', '', 'lifetime wider', 'lifetime unknown'],
  ['cache: 30s', 'cache: 60s', 'sources.crm wider', 'sources.crm unknown'],
  ['    stale: 10s\n', '', 'sources.crm unknown', 'sources.crm wider'],
  ['lag: 10s', 'lag: 5s', 'sources.crm unknown', 'sources.crm unknown'],
  ['limit: 4kB', 'limit: 8kB', 'sources.crm unknown', 'sources.crm unknown'],
  ['retries: 1', 'retries: 2', 'sources.crm unknown', 'sources.crm unknown'],
  ['https://crm.shop', 'https://crm2.shop', 'sources.crm unknown', 'sources.crm unknown'],
  ['applies: client.id != "legacy" && client.id != "batch"\n', '', 'applies wider', 'applies wider'],
  [' && client.id != "batch"', '', 'applies wider', 'applies wider'],
  ['{ de: eu }', '{ de: eu, fr: eu }', 'tables.regions unknown', 'tables.regions unknown'],
  ['default: 5', 'default: 6', 'params.limit unknown', 'params.limit unknown'],
  ["'enum(free, gold)'", "'enum(free, gold, all)'", 'user.attributes unknown', 'user.attributes unknown'],
  [
    'client.name == "partner"',
    'client.name == "friend"',
    'subjects.partner unknown',
    'subjects.partner unknown',
  ],
  ['version: 1\n', 'version: 1\nmarker: false\n', 'marker unknown', 'marker unknown'],
  ['version: 1\n', 'version: 1\naudit: { key: "${AUDIT_KEY}" }\n', 'audit same', 'audit same'],
  ['version: 1\n', 'version: 1\nprofiles: [auditor]\n', 'profiles same', 'profiles same'],
  [
    'auth0: { clients: [web, app, audit]',
    'auth0: { clients: [web, app]',
    'issuers.auth0 wider',
    'issuers.auth0 wider',
  ],
  [
    'auth0: { clients: [web, app, audit]',
    'auth0: { clients: all',
    'issuers.auth0 wider',
    'issuers.auth0 wider',
  ],
  ['audit], audiences: [a1]', 'audit], audiences: [a1, a2]', 'issuers.auth0 wider', 'issuers.auth0 wider'],
  [
    'triggers: [post-login, credentials-exchange]',
    'triggers: [post-login]',
    'issuers.auth0 wider',
    'issuers.auth0 wider',
  ],
  [
    'keycloak: { scripts',
    'keycloak: { observe: true, scripts',
    'issuers.keycloak wider',
    'issuers.keycloak unknown',
  ],
  ['guard: [sentinel, short_life]', 'guard: [sentinel]', 'issuers.okta wider', 'issuers.okta unknown'],
  ['shop-.*', 'shop.*', 'issuers.okta unknown', 'issuers.okta unknown'],
  ['serviceAccounts: false', 'serviceAccounts: true', 'issuers.keycloak wider', 'issuers.keycloak unknown'],
  ['[realm_access, email]', '[realm_access]', 'issuers.keycloak wider', 'issuers.keycloak narrower'],
];

test.each(cases)('%s to %j', (from, to, there, back) => {
  expect(base.split(from)).toHaveLength(2);
  const after = policyOf(base.replace(from, () => to));
  expect([effects(before, after), effects(after, before)]).toEqual([there, back]);
});
