import type { RuleInfo } from './rule.ts';

/** Rules that only an issuer can check, by its own limits. Each issuer package reports them with its name. */
export const issuerRules: readonly RuleInfo[] = [
  {
    id: 'TE102',
    slug: 'issuer-restricted-name',
    severity: 'error',
    also: ['info'],
    title: 'A claim has a name that the issuer accepts.',
    why: 'Some issuers silently drop a claim with a reserved name; others drop the whole answer. If the namespace is put before the name instead, the finding is an info.',
    mend: 'Set `namespace:`, or give the name at this issuer: `as: { auth0: https://acme.example/roles }`.',
    bad: `claims:
  roles: { value: user.roles, kind: authoritative }
issuers: { auth0: {} }`,
    good: `claims:
  roles:
    value: user.roles
    kind: authoritative
    maxItems: 20
    as: { auth0: https://acme.example/roles }
issuers: { auth0: { clients: all } }`,
  },
  {
    id: 'TE105',
    slug: 'namespace-not-owned',
    severity: 'error',
    title: 'A namespace is not a host of the issuer.',
    why: 'The issuer reserves names under its own host and refuses them.',
    mend: 'Use one of your own hosts.',
    bad: `namespace: https://acme.auth0.com/
claims:
  roles: { value: user.roles, kind: descriptive }
issuers: { auth0: {} }`,
    good: `namespace: https://acme.example/
claims:
  roles: { value: user.roles, kind: descriptive, maxItems: 20 }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE207',
    slug: 'grant-cannot-supply',
    severity: 'error',
    also: ['warning', 'info'],
    title:
      'A claim, deny rule or grant reads only fields that the issuer has with every grant type that it applies to.',
    why: 'With client credentials there is no user. The value would be missing in every such token, and an authoritative claim would deny it. For a descriptive claim that is then left out, the finding is an info.',
    mend: 'Leave `subjects` out, and the claim is for people; or name other subjects, or exclude machines under `issuers`.',
    bad: `claims:
  email: { value: user.email, kind: authoritative, subjects: [human, machine] }
issuers: { auth0: {} }`,
    good: `claims:
  email: { value: user.email, kind: authoritative }
issuers: { auth0: { clients: all } }`,
  },
  {
    id: 'TE210',
    slug: 'self-written-authority',
    severity: 'error',
    also: ['warning', 'info'],
    safety: true,
    title: 'Authority does not depend on what users can write themselves.',
    why: 'A user could set the attribute to a value that grants access, or remove a value that denies it.',
    mend: 'Keep the attribute where only administrators can write it, or use another one.',
    bad: `user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: authoritative }
issuers: { auth0: { attributesIn: user_metadata } }`,
    good: `user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: authoritative }
issuers: { auth0: { attributesIn: app_metadata, clients: all } }`,
    reference: 'https://cwe.mitre.org/data/definitions/807.html',
  },
  {
    id: 'TE704',
    slug: 'no-fail-open-guard',
    severity: 'error',
    fixable: true,
    also: ['warning', 'info'],
    safety: true,
    title: 'A guard makes tokens worthless that an issuer issues without the policy.',
    why: 'Otherwise, every deny rule and every required claim would be bypassed when the hook is down.',
    mend: 'Choose a guard under `issuers: { okta: { guard: … } }`. At Keycloak, set the `audience` that only the script gives.',
    bad: `claims: {}
deny:
  - { when: request.ip == "192.0.2.1", reason: blocked_address }
issuers: { okta: {} }`,
    good: `claims: {}
deny:
  - { when: request.ip == "192.0.2.1", reason: blocked_address }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
  },
  {
    id: 'TE705',
    slug: 'over-deadline',
    severity: 'error',
    title: 'Time-outs and retries of all sources fit into the deadline of the issuance.',
    why: 'After the deadline the issuer stops waiting. Some issuers then deny the login, others issue the token without the policy.',
    mend: 'Shorten `timeout`, or allow fewer retries.',
    bad: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, timeout: 9s }
claims:
  plan: { value: crm.plan, kind: descriptive }
issuers: { auth0: {} }`,
    good: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, timeout: 2s }
claims:
  plan: { value: crm.plan, kind: descriptive }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE803',
    slug: 'issuer-limit',
    severity: 'error',
    also: ['info'],
    unacceptable: true,
    title: "The built files stay within the issuer's limits: sizes, counts and lifetimes.",
    why: 'The issuer would refuse them on upload, or fail logins.',
    mend: 'Make the named part smaller, or choose a value within the limits that the finding names.',
    bad: `lifetime: { access: 2m }
claims: {}
issuers: { okta: {} }`,
    good: `lifetime: { access: 5m }
claims: {}
issuers: { okta: {} }`,
  },
  {
    id: 'TE804',
    slug: 'field-not-supplied',
    severity: 'error',
    safety: true,
    title: 'A policy reads only fields that the issuer can supply.',
    why: 'The field is absent in every token request at that issuer, so a claim, deny rule or grant that reads it never works there.',
    mend: 'Say where the issuer keeps the value (at Okta with `supply`), read another field, or remove the part that reads it.',
    bad: `claims:
  tenant: { value: org.id, kind: authoritative, subjects: [human] }
issuers: { okta: {} }`,
    good: `claims:
  tenant: { value: org.id, kind: authoritative, subjects: [human] }
issuers: { okta: { supply: { org.id: user.organization }, guard: [sentinel] } }`,
  },
  {
    id: 'TE805',
    slug: 'lifetime-set-elsewhere',
    severity: 'info',
    title: 'If the policy cannot set the token lifetime at an issuer, somebody sets it there by hand.',
    why: "Otherwise tokens live as long as the issuer's own configuration says.",
    mend: 'Set the lifetime at the issuer, as the finding says.',
    bad: `lifetime: { access: 10m }
claims: {}
issuers: { auth0: {} }`,
    good: `lifetime: { access: 10m }
claims: {}
issuers: { okta: {} }`,
  },
  {
    id: 'TE806',
    slug: 'no-groups',
    severity: 'warning',
    title: 'If the issuer has no groups, the spec names the attribute that holds them.',
    why: 'For a user without that attribute, `user.groups` is missing, and everything that reads groups fails.',
    mend: 'Give every user the attribute, at least as `[]`, and name it: `issuers: { auth0: { groupsIn: groups } }`.',
    bad: `claims:
  teams: { value: user.groups, kind: authoritative }
issuers: { auth0: {} }`,
    good: `claims:
  teams: { value: user.groups, kind: authoritative, maxItems: 20 }
issuers: { auth0: { groupsIn: groups, clients: all } }`,
  },
  {
    id: 'TE807',
    slug: 'feeders-visible',
    severity: 'info',
    title: 'Feeders do not carry secrets.',
    why: 'If Okta cannot call the hook, these native claims stay in the token, and its holder can read them.',
    mend: 'Do not put secrets in these attributes.',
    bad: `user: { attributes: { limit: string } }
claims:
  limit: { value: user.attributes.limit + " EUR", kind: authoritative, when: 'request.ip != ""' }
issuers: { okta: { guard: [sentinel] } }`,
    good: `claims:
  address: { value: request.ip, kind: descriptive }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE808',
    slug: 'scope-not-removable',
    severity: 'info',
    title: 'Clients ask only for scopes that the policy grants them.',
    why: 'The issuer cannot remove a refused scope from a token, so the whole token is denied.',
    mend: 'Let clients request only scopes that they need, or limit the scope to some users with the rules of the issuer.',
    bad: `claims: {}
scopes:
  read: { grant: client.id == "app" }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
    good: `claims:
  may_read: { value: client.id == "app", kind: authoritative }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE809',
    slug: 'scope-not-addable',
    severity: 'error',
    also: ['warning'],
    title: 'A policy adds scopes only where the issuer can add them.',
    why: 'The issuer silently leaves the scope out.',
    mend: 'Let the client request the scope, or grant it to the client at the issuer. If other issuers add it, begin the grant with a condition such as `issuer != "okta" &&`: it is then false at this issuer.',
    bad: `claims: {}
scopes:
  read: { grant: client.id == "app", add: true }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
    good: `claims: {}
scopes:
  read: { grant: client.id == "app" }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
  },
  {
    id: 'TE810',
    slug: 'id-token-needs-openid',
    severity: 'info',
    title: 'Clients that need claims in an ID token ask for `openid`.',
    why: 'Without that scope the issuer does not make an ID token, so these claims are not in any token.',
    mend: 'Let clients that need these claims request `openid`.',
    bad: `claims:
  name: { value: user.name, kind: descriptive, tokens: [id] }
issuers: { okta: {} }`,
    good: `claims:
  name: { value: user.name, kind: descriptive }
issuers: { okta: {} }`,
  },
  {
    id: 'TE811',
    slug: 'no-authorization-details',
    severity: 'info',
    title: 'A policy decides on authorization details only at issuers that support them.',
    why: 'Clients cannot request them at this issuer, and tokens do not carry them.',
    mend: 'For this issuer, use a claim or a scope to say what the client may do.',
    bad: `claims: {}
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= 100.0 }
issuers: { okta: {} }`,
    good: `claims: {}
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= 100.0 }
issuers: { auth0: { clients: all } }`,
    reference: 'https://www.rfc-editor.org/rfc/rfc9396',
  },
  {
    id: 'TE812',
    slug: 'preview-feature-needed',
    severity: 'info',
    title: 'The server has the preview feature that the built files need.',
    why: 'Without it the server does not run the policy script.',
    mend: 'Copy the JAR to `providers/`, and start the server with `--features=scripts`.',
    bad: `claims:
  tenant: { value: org.id, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: descriptive }
issuers: { keycloak: {} }`,
  },
  {
    id: 'TE813',
    slug: 'script-needed',
    severity: 'error',
    safety: true,
    title: 'A policy without a policy script uses only what protocol mappers and role mappings can express.',
    why: 'Otherwise tokens would lack the claim, or Keycloak would not apply the deny rule.',
    mend: 'Allow a policy script (`scripts: true`), or write the part so that a mapper can express it: one attribute, one role, no computation.',
    bad: `claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("app:"))', kind: descriptive }
issuers: { keycloak: {} }`,
    good: `claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("app:"))', maxItems: 20, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE814',
    slug: 'source-out-of-reach',
    severity: 'error',
    unacceptable: true,
    title: 'The issuer can reach every source from where the policy runs.',
    why: 'A source that cannot be reached fails at each login.',
    mend: 'Put an HTTP endpoint in front of it that this issuer can reach.',
    bad: `sources:
  crm: { http: { url: "https://crm.internal/", private: true }, returns: { plan: string } }
claims: {}
issuers: { auth0: {} }`,
    good: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } }
claims: {}
issuers: { auth0: {} }`,
  },
  {
    id: 'TE815',
    slug: 'attribute-not-holdable',
    severity: 'error',
    title: 'A user attribute has a name and a type that the issuer can store.',
    why: 'The issuer could not store the value, so tokens would never have it.',
    mend: 'Give the attribute another name or type at this issuer, or take the value from a source.',
    bad: `user: { attributes: { cost-center: string } }
claims:
  center: { value: 'user.attributes["cost-center"]', kind: descriptive }
issuers: { okta: {} }`,
    good: `user: { attributes: { cost-center: string } }
claims:
  center: { value: 'user.attributes["cost-center"]', kind: descriptive }
issuers: { okta: { supply: { user.attributes.cost-center: user.costCenter } } }`,
  },
  {
    id: 'TE816',
    slug: 'dynamic-scope-unknown',
    severity: 'warning',
    title: 'For a scope that names an object, the issuer has one scope for each object.',
    why: 'The issuer has scopes with fixed names, and refuses a request for any other scope.',
    mend: 'Create a scope for each object, or name the object in a claim or in authorization details.',
    bad: `user: { attributes: { accounts: list(string) } }
claims: {}
scopes:
  account.{account}: { grant: account in user.attributes.accounts }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
    good: `user: { attributes: { accounts: list(string) } }
claims:
  accounts: { value: user.attributes.accounts, maxItems: 20, kind: authoritative }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE817',
    slug: 'detail-not-removable',
    severity: 'info',
    title: 'Clients ask only for authorization details that the policy grants them.',
    why: 'The issuer cannot remove a refused detail from a token, so the whole token is denied.',
    mend: 'Let clients request only details that the policy grants them.',
    bad: `claims: {}
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= 100.0 }
issuers: { auth0: {} }`,
    good: `claims:
  limit: { const: 100.0, kind: authoritative }
issuers: { auth0: { clients: all } }`,
    reference: 'https://www.rfc-editor.org/rfc/rfc9396',
  },
  {
    id: 'TE818',
    slug: 'refresh-without-scope',
    severity: 'info',
    title: 'Clients send `scope` when they refresh a token with dynamic scopes.',
    why: 'At a refresh, the issuer does not tell the policy the granted scopes, so a refresh without `scope` is denied.',
    mend: 'Let clients send `scope` with each refresh.',
    bad: `claims: {}
scopes:
  account.{account}: { grant: account in user.roles }
issuers: { auth0: { triggers: [post-login] } }`,
    good: `claims: {}
scopes:
  accounts: { grant: '"accounts" in user.roles' }
issuers: { auth0: { triggers: [post-login] } }`,
  },
  {
    id: 'TE819',
    slug: 'denial-not-native',
    severity: 'warning',
    title: 'Services refuse tokens that lack the audience or a required claim.',
    why: 'Without a policy script, Keycloak cannot deny a token. It issues a token without that audience or claim instead.',
    mend: 'Let services check the audience and the claims that they require, or allow a policy script.',
    bad: `claims:
  app: { const: true, kind: descriptive }
deny:
  - { when: '!("staff" in user.roles)', reason: not_staff }
issuers: { keycloak: { audience: https://api.acme.example/ } }`,
    good: `claims:
  app: { const: true, kind: descriptive }
deny:
  - { when: '!("staff" in user.roles)', reason: not_staff }
issuers: { keycloak: { audience: https://api.acme.example/, scripts: true } }`,
  },
  {
    id: 'TE820',
    slug: 'composite-role-passes',
    severity: 'warning',
    safety: true,
    title: 'Roles that the policy tests are not composite.',
    why: 'Without a policy script, a condition on a composite role is also true for a user who has only a part of that role.',
    mend: 'Do not make these roles composite, or allow a policy script.',
    bad: `claims:
  app: { const: true, kind: descriptive, when: '"staff" in user.roles' }
issuers: { keycloak: {} }`,
    good: `claims:
  app: { const: true, kind: descriptive }
issuers: { keycloak: {} }`,
  },
  {
    id: 'TE821',
    slug: 'attribute-type-unchecked',
    severity: 'warning',
    also: ['info'],
    title: 'User attributes are written only through the user profile, which checks their type.',
    why: 'A mapper does not check the type of an attribute, so a service could get another type than the spec says.',
    mend: 'Write the attribute only through the user profile that the build writes.',
    bad: `user: { attributes: { limit: int } }
claims:
  limit: { value: user.attributes.limit, kind: descriptive }
issuers: { keycloak: {} }`,
    good: `user: { attributes: { limit: string } }
claims:
  limit: { value: user.attributes.limit, kind: descriptive }
issuers: { keycloak: {} }`,
  },
  {
    id: 'TE822',
    slug: 'empty-list-left-out',
    severity: 'info',
    title: 'Services treat an absent list as an empty one.',
    why: 'The issuer leaves a claim with an empty list out of the token.',
    mend: 'Let services treat an absent claim as an empty list.',
    bad: `claims:
  teams: { value: user.groups, kind: descriptive }
issuers: { keycloak: {} }`,
    good: `claims:
  teams: { value: user.groups, kind: descriptive, maxItems: 20 }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE823',
    slug: 'full-scope-needed',
    severity: 'info',
    title: 'Clients have `Full scope allowed`.',
    why: 'Without it, Keycloak sees only some roles of the user, and claims about roles lack the others.',
    mend: 'Keep `Full scope allowed` on for the clients.',
    bad: `claims:
  roles: { value: user.roles, kind: authoritative }
issuers: { keycloak: {} }`,
    good: `claims:
  roles: { value: user.roles, kind: authoritative, maxItems: 20 }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE824',
    slug: 'only-people-promised',
    severity: 'info',
    title: 'If the spec says that only people get tokens, service accounts are off in the realm.',
    why: 'Mappers cannot distinguish people from service accounts, so the realm has to enforce it.',
    mend: 'Turn service accounts off for the clients that are enriched.',
    bad: `claims:
  app: { const: true, kind: descriptive }
issuers: { keycloak: { serviceAccounts: false } }`,
    good: `claims:
  app: { const: true, kind: descriptive }
issuers: { keycloak: {} }`,
  },
  {
    id: 'TE825',
    slug: 'audience-given-natively',
    severity: 'error',
    also: ['warning'],
    safety: true,
    title: 'Only the policy gives tokens the audience of the API.',
    why: 'Keycloak gives the id of a client as an audience to every user with a role of that client, so a denied token would have the audience too.',
    mend: 'Use another audience for the API, such as its address.',
    bad: `claims:
  tenant: { value: org.id, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: payments-api, rolesFrom: { client: payments-api } } }`,
    good: `claims:
  tenant: { value: org.id, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/, rolesFrom: { client: payments-api } } }`,
  },
  {
    id: 'TE827',
    slug: 'cache-without-effect',
    severity: 'info',
    also: ['warning'],
    title:
      'A source has `cache`, `stale` or `auth` only where the issuer can keep answers and access tokens.',
    why: 'Without a cache the source and its token endpoint are asked for every token, and a stale answer cannot replace a failed one.',
    mend: 'Make sure that the source can answer a request for each login and refresh.',
    bad: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string }, cache: 1m }
claims:
  plan: { value: crm.plan, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } }
claims:
  plan: { value: crm.plan, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE828',
    slug: 'groups-filtered-out',
    severity: 'error',
    also: ['warning'],
    safety: true,
    title: 'The filter of groups lets through every group that the policy looks for.',
    why: 'A deny rule about a group that is filtered out would never be true, and a grant would never be given.',
    mend: 'Add an alternative for the group to the filter, or remove `groups`: the hook gets only groups that the policy looks for anyway.',
    bad: `claims: {}
deny:
  - { when: '"suspended" in user.groups', reason: suspended }
issuers: { okta: { groups: "app:.*", guard: [sentinel], idTokens: false } }`,
    good: `claims: {}
deny:
  - { when: '"suspended" in user.groups', reason: suspended }
issuers: { okta: { groups: "app:.*|suspended", guard: [sentinel], idTokens: false } }`,
  },
  {
    id: 'TE829',
    slug: 'hook-calls-itself',
    severity: 'error',
    title:
      'The token that protects the hook comes from another authorization server than the one that the hook enriches.',
    why: 'Otherwise Okta would call the hook to make the token that it needs to call the hook.',
    mend: 'Name another authorization server: `hook: { authorizationServer: … }`.',
    bad: `claims:
  address: { value: request.ip, kind: descriptive }
issuers: { okta: { guard: [sentinel], hook: { auth: oauth } } }`,
    good: `claims:
  address: { value: request.ip, kind: descriptive }
issuers: { okta: { guard: [sentinel], hook: { auth: oauth, authorizationServer: internal } } }`,
  },
  {
    id: 'TE830',
    slug: 'fraction-unproven',
    severity: 'info',
    title: 'Numbers in the answer of a hook are whole numbers, or were tried in the org.',
    why: "Okta's documentation does not say what happens to a fraction in a hook's answer.",
    mend: 'Try it in the org, or give the number in whole units (cents) or as text.',
    bad: `user: { attributes: { limit: double } }
claims:
  limit: { value: user.attributes.limit, kind: descriptive, when: 'request.ip != ""' }
issuers: { okta: { guard: [sentinel] } }`,
    good: `user: { attributes: { limit_cents: int } }
claims:
  limit_cents: { value: user.attributes.limit_cents, kind: descriptive, when: 'request.ip != ""' }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE831',
    slug: 'claim-in-no-token',
    severity: 'info',
    also: ['warning'],
    title: 'Every claim is in at least one token of the issuer.',
    why: 'The claim names only audiences whose tokens the policy does not enrich at this issuer: those of other authorization servers, or of the issuer itself.',
    mend: 'Name the audience of one of your APIs that this issuer makes tokens for.',
    bad: `claims:
  app: { const: true, kind: descriptive, audiences: ["https://other.acme.example/"] }
issuers: { okta: { audience: https://api.acme.example/ } }`,
    good: `claims:
  app: { const: true, kind: descriptive, audiences: ["https://api.acme.example/"] }
issuers: { okta: { audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE832',
    slug: 'tokens-left-alone',
    severity: 'info',
    also: ['warning'],
    title: 'Services do not rely on the policy in tokens that `issuers` excludes from it.',
    why: 'These tokens have no claims and no marker of the policy; at Keycloak they also lack its scopes and the audience of its API. At Auth0 they are issued even if the policy would deny them; the finding is then a warning.',
    mend: 'Let the API accept only tokens with the audience or the marker of the policy.',
    bad: `claims:
  tenant: { value: org.id, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/, clients: [web] } }`,
    good: `claims:
  tenant: { value: org.id, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE833',
    slug: 'order-not-kept',
    severity: 'error',
    also: ['warning'],
    title: 'A policy does not depend on the order of a list if the issuer does not keep the order.',
    why: 'Keycloak does not keep the order of roles, groups and values of an attribute, so the first element may be another one than at other issuers.',
    mend: 'Sort the list, or ask whether it contains a value.',
    bad: `claims:
  first: { value: 'user.roles[0]', kind: authoritative, when: 'size(user.roles) > 0' }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `claims:
  first: { value: 'user.roles.sort()[0]', kind: authoritative, when: 'size(user.roles) > 0' }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE834',
    slug: 'metadata-of-no-type',
    severity: 'error',
    also: ['warning'],
    title: 'Metadata of organizations is read with the type that the issuer stores.',
    why: 'At Keycloak, every attribute of an organization is a list of texts. A policy that reads it as a text would decide differently there, unless the spec declares its type. At Auth0, every one is a text.',
    mend: 'Declare the metadata that the policy reads; for Auth0, as text.',
    bad: `claims:
  tier: { value: org.metadata.tier, kind: authoritative }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `org: { metadata: { tier: string } }
claims:
  tier: { value: org.metadata.tier, kind: authoritative }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE835',
    slug: 'claim-of-other-writers',
    severity: 'warning',
    title: 'Only the policy writes its authoritative claims.',
    why: 'Mappers with the same priority run in an undefined order: in an existing realm, the value of another mapper could win.',
    mend: 'List the other mappers with `claimsmith preview --live <url>` and remove them. Set `ownRealm: true` if the realm is made only from realm.json, or allow a policy script, which runs after all mappers.',
    bad: `claims:
  login: { value: user.username, kind: authoritative }
issuers: { keycloak: { audience: https://api.acme.example/ } }`,
    good: `claims:
  login: { value: user.username, kind: authoritative }
issuers: { keycloak: { audience: https://api.acme.example/, ownRealm: true } }`,
  },
  {
    id: 'TE836',
    slug: 'policy-for-everybody',
    severity: 'warning',
    title:
      'A policy that may deny tokens says which applications of an Auth0 tenant or a Cognito user pool it is for.',
    why: 'It runs for every application there. A missing value or a source that fails would lock people out of applications that the policy has nothing to do with.',
    mend: 'Name the APIs with `audiences`, or the applications with `clients`; write `clients: all` if it is for all of them.',
    bad: `claims:
  tenant: { value: org.id, kind: authoritative }
issuers: { auth0: {} }`,
    good: `claims:
  tenant: { value: org.id, kind: authoritative }
issuers: { auth0: { audiences: ["https://api.acme.example/"] } }`,
  },
  {
    id: 'TE838',
    slug: 'message-not-shown',
    severity: 'info',
    title: 'Apps do not need the message of a denial where the issuer does not show it.',
    why: 'Keycloak has no way to tell a client why a policy denies: the client gets a token that has already expired.',
    mend: "Let the app treat such a token as a denial. The server's log has the reason.",
    bad: `claims: {}
deny: [{ when: client.id == "barred", reason: barred, message: This app is barred }]
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `claims: {}
deny: [{ when: client.id == "barred", reason: barred }]
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE839',
    slug: 'no-actor',
    severity: 'error',
    unacceptable: true,
    title:
      'Where tokens are exchanged, the issuer says who acts, or the policy keeps nothing from delegated tokens.',
    why: 'At Okta, and at Keycloak without a policy script, an exchanged token does not say who acts for the user. It would carry all authority of the user.',
    mend: 'Write `delegated: true` where a service that acts for a user may have it, leave the rest out at this issuer, or exchange no tokens there and write `exchange: false`.',
    bad: `claims:
  grade: { value: user.attributes.grade, kind: authoritative }
user: { attributes: { grade: string } }
issuers: { okta: { guard: [sentinel], idTokens: false, exchange: true } }`,
    good: `claims:
  grade: { value: user.attributes.grade, kind: authoritative, delegated: true }
user: { attributes: { grade: string } }
issuers: { okta: { guard: [sentinel], idTokens: false, exchange: true } }`,
    reference: 'https://www.rfc-editor.org/rfc/rfc8693#name-delegation-vs-impersonation',
  },
  {
    id: 'TE845',
    slug: 'look-up-lacks-field',
    severity: 'error',
    safety: true,
    title: 'The tokens of each issuer say everything that a claim with `resolve: request` reads.',
    why: 'A service knows only the token. It could not look the claim up, or would find another value than the policy means.',
    mend: 'Put the field into tokens as a claim of its own (`tenant: { value: org.id, … }`), or read a field that tokens have: `user.id`, `client.id`, `request.scopes`.',
    bad: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.email}" }, returns: { daily_limit: double } }
claims:
  daily_limit: { value: bank.daily_limit, kind: authoritative, resolve: request, subjects: [human] }
issuers: { okta: {} }`,
    good: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { daily_limit: double } }
claims:
  daily_limit: { value: bank.daily_limit, kind: authoritative, resolve: request, subjects: [human] }
issuers: { okta: {} }`,
  },
  {
    id: 'TE850',
    slug: 'policy-not-in-force',
    severity: 'warning',
    title: 'A policy is in force.',
    why: 'With `observe`, the policy runs and logs what it would do, and tokens stay as they are: nothing is denied, and no token has its claims. A fault of the policy changes nothing either.',
    mend: 'Read the log, then put the policy in force: first for single clients with `observe: { except: […] }`, then for all by removing `observe`.',
    bad: `claims:
  app: { const: true, kind: descriptive }
issuers: { auth0: { observe: true } }`,
    good: `claims:
  app: { const: true, kind: descriptive }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE840',
    slug: 'challenge-becomes-denial',
    severity: 'info',
    title: 'A challenge denies the token where the issuer cannot ask.',
    why: 'Only Auth0 can ask, and only at a login in a browser. At other issuers, at a refresh, and where a machine asks, the token is denied with the reason of the challenge.',
    mend: "Let clients log in again when they get this reason, and let the issuer's own rules for logins ask for the factor. A deny rule says the same without the request.",
    bad: `claims: {}
challenge:
  - { when: '!("mfa" in session.amr)', with: mfa, reason: step_up_required }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
    good: `claims: {}
deny:
  - { when: '!("mfa" in session.?amr.orValue([]))', reason: step_up_required }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
  },
  {
    id: 'TE841',
    slug: 'no-audience',
    severity: 'info',
    title: 'Services check what access tokens of the issuer have.',
    why: 'Access tokens of Cognito have no audience, so a token for one API looks the same to another.',
    mend: 'Check `client_id`, the scopes, and the policy marker, which name what the token is for.',
    bad: `claims:
  app: { const: true, kind: descriptive }
issuers: { cognito: {} }`,
    good: `claims:
  app: { const: true, kind: descriptive }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE842',
    slug: 'trigger-too-old',
    severity: 'error',
    also: ['info'],
    title: 'The version of the trigger can carry what the policy decides.',
    why: 'The first version of the trigger of Cognito sets texts in ID tokens, and nothing in access tokens.',
    mend: 'Choose V2_0, or V3_0, which also runs for machines. Both need the feature plan Essentials or Plus.',
    bad: `claims:
  mail: { value: user.email, kind: descriptive }
issuers: { cognito: { version: V1_0 } }`,
    good: `claims:
  mail: { value: user.email, kind: descriptive }
issuers: { cognito: { version: V2_0 } }`,
  },
  {
    id: 'TE843',
    slug: 'userinfo-not-made',
    severity: 'error',
    also: ['info'],
    title: 'The issuer can put the claims into its userinfo answer.',
    why: 'Auth0 makes the answer from the ID token, so it also shows all claims of that. The hook of Okta and the trigger of Cognito change tokens, and no answers.',
    mend: 'At Auth0, add `id` to the tokens of the claim. Elsewhere use a token, or leave the claim out with `when: issuer != "okta"`.',
    bad: `claims:
  plan: { value: user.attributes.plan, kind: descriptive, tokens: [userinfo] }
user: { attributes: { plan: string } }
issuers: { auth0: {} }`,
    good: `claims:
  plan: { value: user.attributes.plan, kind: descriptive, tokens: [id, userinfo] }
user: { attributes: { plan: string } }
issuers: { auth0: {} }`,
    reference: 'https://openid.net/specs/openid-connect-core-1_0.html#UserInfo',
  },
  {
    id: 'TE844',
    slug: 'own-claim-stays',
    severity: 'error',
    also: ['info'],
    title: "An issuer's own claim can be taken out.",
    why: 'Services and the issuer need some claims to check a token. Keycloak takes others out only with a policy script, and Okta only where it can call the hook.',
    mend: 'Leave the claim out of `remove`. At Keycloak, allow a script, or take the client scope that gives the claim off the clients.',
    bad: `claims:
  plan: { const: gold, kind: descriptive }
issuers: { cognito: { clients: all, remove: { id: [sub] } } }`,
    good: `claims:
  plan: { const: gold, kind: descriptive }
issuers: { cognito: { clients: all, remove: { id: [email] } } }`,
  },
  {
    id: 'TEN01',
    slug: 'human-claims-on-machines',
    severity: 'warning',
    title: 'A claim about people is not in tokens of machines by accident.',
    why: 'At Keycloak a service account is a user with roles, groups and attributes of its own. A claim that reads them behind `has` or `.?` is in its tokens too, and services take the machine for a person.',
    mend: 'Write who the claim is for: `subjects: [human]`, or `subjects: [human, machine]` if machines are meant too.',
    bad: `claims:
  app_roles: { value: 'user.?roles.orValue([])', maxItems: 20, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `claims:
  app_roles: { value: 'user.?roles.orValue([])', maxItems: 20, kind: descriptive, subjects: [human] }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    standards: ['humanUse', 'leastPrivilege'],
  },
];
