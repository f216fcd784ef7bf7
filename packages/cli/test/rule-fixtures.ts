/** A further bad and a further good spec for rules, without `version` and `name`; each rule's page has the first ones. */
export const ruleFixtures: Readonly<Record<string, { readonly bad: string; readonly good: string }>> = {
  TE103: {
    bad: 'claims:\n  app: { value: user.roles.join(" "), kind: descriptive, as: { okta: roles } }',
    good: 'claims:\n  groups: { value: user.groups, kind: descriptive, maxItems: 9 }',
  },
  TE104: {
    bad: 'claims:\n  hasura: { const: a, kind: descriptive }',
    good: 'claims:\n  nickname: { value: user.nickname, kind: descriptive, tokens: [id] }',
  },
  TE107: {
    bad: 'claims:\n  p\u0430yments: { value: org.id, kind: descriptive }',
    good: 'claims:\n  платежи: { value: org.id, kind: descriptive }\n  payments: { value: org.name, kind: descriptive }',
  },
  TE202: {
    bad: 'claims:\n  called: { value: user.name, kind: descriptive }',
    good: 'claims:\n  mail: { value: user.email, kind: descriptive, purpose: Receipts, consumers: [billing] }',
  },
  TE203: {
    bad: 'claims:\n  plan: { value: org.name, kind: descriptive, onMissing: { default: free } }\n  gold: { const: true, when: claims.plan == "gold", kind: authoritative }',
    good: 'claims:\n  plan: { value: org.name, kind: authoritative }\n  shown: { value: claims.plan, kind: descriptive }',
  },
  TE204: {
    bad: 'claims:\n  tenant: { value: org.id, kind: authoritative }\nissuers: { keycloak: { scripts: true, audience: https://a.example/ }, cognito: { clients: all } }',
    good: 'claims:\n  tenant: { value: org.id, kind: authoritative, audiences: [https://a.example/] }\nissuers: { auth0: { clients: all } }',
  },
  TE301: {
    bad: 'claims:\n  tenant: { value: org.id, kind: descriptive, consumers: [""] }',
    good: 'claims: {}',
  },
  TE302: {
    bad: "user: { attributes: { profile: map(dyn) } }\nclaims:\n  profile: { value: 'user.?attributes.?profile.orValue({})', kind: descriptive }",
    good: 'user: { attributes: { flags: map(bool) } }\nclaims:\n  flags: { value: user.attributes.flags, kind: descriptive }',
  },
  TE303: {
    bad: 'claims:\n  teams: { value: \'user.groups.filter(g, g != "all")\', kind: descriptive }',
    good: 'claims:\n  teams: { value: \'user.groups.only(["a", "b"]).distinct()\', kind: descriptive }\n  both: { value: "[user.id, user.username]", kind: descriptive }',
  },
  TE304: {
    bad: "claims:\n  teams: { value: 'user.?groups.orValue([])', maxItems: 9, kind: descriptive }",
    good: 'claims:\n  is_member: { value: \'"a" in user.groups\', kind: descriptive }',
  },
  TE306: {
    bad: 'tables: { may: { ops: ["ReadWrite.All"] } }\nclaims:\n  access: { value: \'tables.may[user.username]\', maxItems: 3, kind: authoritative }',
    good: 'claims:\n  is_open: { value: \'"*" in user.roles\', kind: authoritative }\n  level: { value: org.name, kind: descriptive, onMissing: { default: viewer } }',
  },
  TE401: {
    bad: '# key of the old account: AKIAIOSFODNN7EXAMPLE\nclaims: {}',
    good: 'tables: { api_key: { acme: the-key-of-the-tenant-acme } }\nclaims: {}',
  },
  TE402: {
    bad: 'sources: { bank: { http: { url: "https://b.example/{user.id}" }, returns: { card: { pin: string } } } }\nclaims:\n  p: { value: bank.card.pin, kind: descriptive }',
    good: 'user: { attributes: { pin: string } }\nclaims:\n  has_pin: { value: \'user.attributes.pin != ""\', kind: descriptive }',
  },
  TE403: {
    bad: 'claims:\n  v: { value: \'request.params.?code_verifier.orValue("")\', kind: descriptive }',
    good: 'claims:\n  code: { value: request.params.code, kind: descriptive }',
  },
  TE404: {
    bad: 'user: { attributes: { kontonummer: string } }\nclaims:\n  konto: { value: user.attributes.kontonummer, kind: descriptive, purpose: Lastschrift }',
    good: 'user: { attributes: { iban: string } }\nclaims:\n  account: { value: user.attributes.iban, kind: descriptive, purpose: Direct debits, consumers: [billing] }',
  },
  TE405: {
    bad: 'user: { attributes: { handicap: string } }\nclaims:\n  needs_ramp: { value: user.attributes.handicap == "yes", kind: descriptive }',
    good: 'user: { attributes: { service_health: string, union_id: string } }\nclaims:\n  health: { value: user.attributes.service_health, kind: descriptive }\n  union: { value: user.attributes.union_id, kind: descriptive }',
  },
  TE504: {
    bad: 'claims:\n  from_office: { value: request.ip == "10.0.0.1", kind: authoritative }',
    good: 'user: { attributes: { trust_score: int } }\nclaims:\n  score: { value: user.attributes.trust_score, kind: authoritative }\n  ip: { value: request.ip, kind: descriptive }',
  },
  TE505: {
    bad: 'lifetime: { access: 1h }\nclaims: {}\nscopes: { a: { grant: \'"a" in user.roles\' } }',
    good: 'claims:\n  app: { value: client.id, kind: descriptive }',
  },
  TE601: {
    bad: 'sources: { crm: { http: { url: "https://c.example/" }, returns: { a: string } } }\nclaims:\n  a: { value: crm.a, kind: descriptive, owner: me }',
    good: 'claims:\n  a: { const: b, kind: descriptive, owner: me }',
  },
  TE603: { bad: 'marker: false\nclaims: {}', good: 'claims: {}' },
  TE604: {
    bad: 'user: { attributes: { limit: int } }\nclaims:\n  limit: { value: user.attributes.limit, kind: authoritative, subjects: [human, agent] }',
    good: 'claims:\n  env: { const: production, kind: authoritative, subjects: [machine] }\n  plan: { value: org.id, kind: descriptive }',
  },
  TE605: {
    bad: 'owner: me\nclaims:\n  a: { const: b, kind: descriptive, reviewBy: 2026-03-14 }',
    good: 'claims:\n  a: { const: b, kind: descriptive, reviewBy: 2026-03-15 }',
  },
  TE703: {
    bad: 'claims:\n  suspended: { const: true, when: \'"s" in user.groups\', kind: descriptive }',
    good: 'user: { attributes: { locked_until: string } }\nclaims:\n  locked_until: { value: user.attributes.locked_until, kind: descriptive }',
  },
  TEA02: {
    bad: 'claims: {}\nscopes: { a: { grant: subject_type == "human", add: true } }',
    good: 'claims:\n  clerk: { value: \'"clerk" in user.roles\', kind: authoritative }\nscopes: { a: { grant: claims.clerk, add: true } }',
  },
  TEA06: {
    bad: 'claims: {}\nscopes:\n  "a.{x}.{y}": { grant: \'x in user.groups && y != "0"\' }',
    good: 'claims: {}\nscopes:\n  "a.{x}.{y}": { grant: \'issuer != "okta" && user.groups.exists(g, g == x) && y in ["read", "write"]\' }',
  },
  TEN01: {
    bad: 'claims:\n  mail: { value: user.email, when: has(user.email), kind: descriptive }\nissuers: { keycloak: { scripts: true, audience: https://a.example/ } }',
    good: 'claims:\n  login: { value: user.username, kind: descriptive }\nissuers: { keycloak: { scripts: true, audience: https://a.example/ } }',
  },
  TEN02: {
    bad: 'owner: me\nclaims:\n  a: { const: b, kind: authoritative, subjects: [human, agent] }',
    good: 'claims:\n  a: { value: user.id, kind: authoritative }',
  },
  TEN05: {
    bad: 'claims:\n  mail: { value: user.email, kind: authoritative, subjects: [agent] }',
    good: 'claims:\n  owner_of_calendar: { value: user.id, kind: authoritative, subjects: [human, agent] }',
  },
  TEN06: {
    bad: 'claims:\n  a: { const: b, kind: authoritative, subjects: [agent] }',
    good: 'claims:\n  a: { const: b, kind: descriptive, subjects: [machine] }',
  },
  TE108: {
    bad: 'claims:\n  https://claims.customers.orders.acme.example/shop/u: { const: x, kind: descriptive }\n  https://claims.customers.orders.acme.example/shop/v: { const: x, kind: descriptive }\n  https://claims.customers.orders.acme.example/shop/w: { const: x, kind: descriptive }\n  https://claims.customers.orders.acme.example/shop/x: { const: x, kind: descriptive }\n  https://claims.customers.orders.acme.example/shop/y: { const: x, kind: descriptive }\n  https://claims.customers.orders.acme.example/shop/z: { const: x, kind: descriptive }\n',
    good: 'claims:\n  https://claims.customers.orders.acme.example/shop/u: { const: x, kind: descriptive }',
  },
  TE210: {
    bad: 'user: { attributes: { level: int } }\nclaims:\n  level: { value: user.attributes.level + 1, kind: authoritative }\nissuers: { auth0: { clients: all, attributesIn: user_metadata } }',
    good: 'user: { attributes: { level: int } }\nclaims:\n  level: { value: user.attributes.level + 1, kind: authoritative }\nissuers: { auth0: { clients: all } }',
  },
  TE501: {
    bad: 'sources: { hr: { http: { url: "https://hr.acme.example/" }, returns: { level: int }, lag: 1h } }\nclaims:\n  level: { value: hr.level, kind: authoritative }',
    good: 'sources: { hr: { http: { url: "https://hr.acme.example/" }, returns: { level: int } } }\nclaims:\n  level: { value: hr.level, kind: authoritative }',
  },
  TE502: {
    bad: 'lifetime: { access: 1h }\nclaims:\n  roles: { value: user.roles, kind: authoritative, maxItems: 9, maxAge: 1h }',
    good: 'lifetime: { access: 59m }\nclaims:\n  roles: { value: user.roles, kind: authoritative, maxItems: 9, maxAge: 1h }',
  },
  TE503: {
    bad: 'lifetime: { access: 61m }\nclaims: {}\nscopes: { a: { grant: \'"a" in user.roles\' } }',
    good: 'lifetime: { access: 30d }\nclaims:\n  plan: { value: org.id, kind: descriptive }',
  },
  TE606: {
    bad: 'claims:\n  limit: { value: org.id, kind: authoritative, onMissing: { default: none } }\naccept: [{ rule: TE702, at: claims.limit, because: Later., owner: me, until: 2026-03-14 }]',
    good: 'claims:\n  limit: { value: org.id, kind: authoritative, onMissing: { default: none } }\naccept: [{ rule: TE702, at: claims.limit, because: Later., owner: me, until: 2026-03-15 }]',
  },
  TE801: {
    bad: 'user: { attributes: { ids: list(string) } }\nclaims:\n  ids: { value: user.attributes.ids, kind: descriptive, maxItems: 400 }',
    good: 'user: { attributes: { ids: list(int) } }\nclaims:\n  ids: { value: user.attributes.ids, kind: descriptive, maxItems: 100 }',
  },
};

/**
 * The same faults in other places. Each line of a spec that ends in `# TE504` must have such a finding, and no other line may
 * have one.
 */
export const otherPlaces: readonly string[] = [
  `sources:
  bank: { http: { url: "https://b.example/{user.id}" }, returns: { balance: double, limit: double } }
claims:
  rich: { value: user.email_verified, when: bank.balance > 0.0, kind: authoritative } # TE504
  limit: { value: bank.limit, when: bank.limit > 0.0, kind: authoritative }
scopes:
  pay: { grant: bank.balance > 100.0 } # TE504
  read: { grant: user.email_verified }
authorizationDetails:
  payment: { fields: { amount: double }, grant: bank.balance > detail.amount } # TE504`,
  `user: { attributes: { trade_union: string, nick: string } }
claims:
  app: { value: user.attributes.nick, when: user.attributes.trade_union == "x", kind: descriptive } # TE405
  blutgruppe: { const: A, kind: descriptive } # TE405
  info: { value: user.attributes.nick, kind: descriptive, as: { okta: diagnosis } } # TE405`,
  `user: { attributes: { nick: string } }
claims:
  info: { value: user.attributes.nick, kind: descriptive, as: { okta: https://s.example/home_address } } # TE404
  note: { value: user.attributes.nick, kind: descriptive, as: { okta: https://s.example/note } }`,
  `user: { attributes: { teams: list(string), flags: map(bool) } }
params: { tiers: { type: list(string), default: [a] } }
tables: { may: { a: [r, w] } }
claims:
  all: { value: '{"teams": user.attributes.teams}', kind: descriptive } # TE303
  flags: { value: user.attributes.flags, kind: descriptive } # TE303
  nested: { value: "[user.attributes.teams]", kind: descriptive } # TE303
  first: { value: '{"teams": user.attributes.teams.slice(0, 2)}', kind: descriptive }
  few: { value: user.attributes.flags, kind: descriptive, maxBytes: 200 }
  tiers: { value: params.tiers, kind: descriptive }
  may: { value: 'tables.may[?user.id].orValue(["r"])', kind: descriptive }
  ids: { value: '{"id": user.id}', kind: descriptive }`,
  `user: { attributes: { accounts: list(string) } }
claims: {}
scopes:
  a.{x}: { grant: 'x == user.id || true' } # TEA06
  b.{x}: { grant: 'x in user.attributes.accounts || x != ""' } # TEA06
  c.{x}: { grant: 'client.id == "a" && (x == user.id || request.params.a == "1")' } # TEA06
  d.{x}: { grant: '"support" in user.roles || x in user.attributes.accounts' }
  e.{x}: { grant: '(x == "a" || x == "b") && user.email_verified' }`,
  `claims:
  email_verified: { const: "true", kind: descriptive } # TE103
  locale: { value: user.logins_count, kind: descriptive } # TE103
  app: { value: user.created_at, kind: descriptive, as: { okta: updated_at } } # TE103
  updated_at: { value: user.logins_count, kind: descriptive }
  phone_number_verified: { value: user.email_verified, kind: descriptive }`,
  `user: { attributes: { privateKeyPem: string, publicKeyPem: string } }
claims:
  a: { value: user.attributes.privateKeyPem, kind: descriptive } # TE402
  b: { value: user.attributes.publicKeyPem, kind: descriptive }`,
  `org: { metadata: { plan: string } }
user: { attributes: { any: map(dyn) } }
claims:
  a: { value: "[user.attributes.any]", kind: descriptive } # TE302
  b: { value: "[request.params]", kind: descriptive } # TE302
  c: { value: '{"m": has(client.id) ? client.metadata : {}}', kind: descriptive } # TE302
  plan: { value: org.metadata.plan, kind: descriptive }`,
];
