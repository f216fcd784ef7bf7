import type { RuleInfo } from './rule.ts';

/** Rules that only an issuer can check, by its own limits. Each issuer package reports them with its name. */
export const issuerRules: readonly RuleInfo[] = [
  {
    id: 'TE102',
    slug: 'issuer-restricted-name',
    severity: 'error',
    also: ['info'],
    title: 'A claim has a name that the issuer accepts.',
    why: 'Some issuers drop a reserved name without a word, others the whole answer. Where the namespace is put before the name instead, an info says so.',
    mend: 'Set `namespace:`, or give the name at this issuer: `as: { auth0: https://acme.example/roles }`.',
    bad: `claims:
  roles: { value: user.roles, kind: authoritative, when: subject_type == "human" }
issuers: { auth0: {} }`,
    good: `claims:
  roles:
    value: user.roles
    kind: authoritative
    when: subject_type == "human"
    as: { auth0: https://acme.example/roles }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE105',
    slug: 'namespace-not-owned',
    severity: 'error',
    title: 'A namespace is not a host of the issuer.',
    why: 'The issuer keeps names under its own host to itself, and refuses them.',
    mend: 'Use a host of your own.',
    bad: `namespace: https://acme.auth0.com/
claims:
  roles: { value: user.roles, kind: descriptive, when: subject_type == "human" }
issuers: { auth0: {} }`,
    good: `namespace: https://acme.example/
claims:
  roles: { value: user.roles, kind: descriptive, when: subject_type == "human" }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE207',
    slug: 'grant-cannot-supply',
    severity: 'error',
    also: ['warning', 'info'],
    title:
      'A claim, rule or grant reads only what the issuer knows with every grant type that it applies to.',
    why: 'With client credentials there is no user: the value would be missing in every such token, and an authoritative claim would deny it. A descriptive claim that is left out anyway where it has no value is an info.',
    mend: 'Keep the claim to people with `when: subject_type == "human"`, begin a condition with `subject_type == "human" && …`, or leave machines out in the settings of the issuer.',
    bad: `claims:
  email: { value: user.email, kind: authoritative }
issuers: { auth0: {} }`,
    good: `claims:
  email: { value: user.email, kind: authoritative, when: subject_type == "human" }
issuers: { auth0: {} }`,
  },
  {
    id: 'TE210',
    slug: 'self-written-authority',
    severity: 'error',
    also: ['warning', 'info'],
    safety: true,
    title: 'Authority rests on nothing that users can write themselves.',
    why: 'A user could set the attribute to a value that grants, or remove the one that denies.',
    mend: 'Keep the attribute where only administrators write it, or rest on another one.',
    bad: `user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: authoritative, when: subject_type == "human" }
issuers: { auth0: { attributesIn: user_metadata } }`,
    good: `user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier, kind: authoritative, when: subject_type == "human" }
issuers: { auth0: { attributesIn: app_metadata } }`,
    reference: 'https://cwe.mitre.org/data/definitions/807.html',
  },
  {
    id: 'TE704',
    slug: 'no-fail-open-guard',
    severity: 'error',
    also: ['warning', 'info'],
    safety: true,
    title: 'Where an issuer issues tokens without the policy, something makes them worthless.',
    why: 'Otherwise a hook that is down would be a way around every deny rule and every required claim.',
    mend: 'Choose a guard under `issuers: { okta: { guard: … } }`. At Keycloak, name the `audience` that the script alone gives.',
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
    why: 'After its deadline the issuer stops waiting: some then deny the login, others issue the token without the policy.',
    mend: 'Shorten `timeout`, or retry less.',
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
    title: "What is built stays within the issuer's limits: sizes, counts and lifetimes.",
    why: 'The issuer would refuse it on upload, or fail logins.',
    mend: 'Narrow what is fed or built, or choose a value within the limits that the finding names.',
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
    why: 'The field is absent in every token request at that issuer, so the claim, rule or grant that reads it never works there.',
    mend: 'Say where the issuer keeps the value (at Okta with `supply`), read another field, or leave the part out.',
    bad: `claims:
  tenant: { value: org.id, kind: authoritative, when: subject_type == "human" }
issuers: { okta: {} }`,
    good: `claims:
  tenant: { value: org.id, kind: authoritative, when: subject_type == "human" }
issuers: { okta: { supply: { org.id: user.organization }, guard: [sentinel] } }`,
  },
  {
    id: 'TE805',
    slug: 'lifetime-set-elsewhere',
    severity: 'info',
    title: "The policy's token lifetime is also set at the issuer, where the policy cannot set it.",
    why: "Otherwise tokens live as long as the issuer's own setting lets them.",
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
    title: 'Where the issuer has no groups, the spec names the attribute that holds them.',
    why: 'A user without that attribute has no value for `user.groups`, and what rests on groups fails for this user.',
    mend: 'Give every user the attribute, `[]` at least, and name it: `issuers: { auth0: { groupsIn: groups } }`.',
    bad: `claims:
  teams: { value: user.groups, kind: authoritative, when: subject_type == "human" }
issuers: { auth0: {} }`,
    good: `claims:
  teams: { value: user.groups, kind: authoritative, when: subject_type == "human" }
issuers: { auth0: { groupsIn: groups } }`,
  },
  {
    id: 'TE807',
    slug: 'feeders-visible',
    severity: 'info',
    title: 'Fields that native claims feed to the hook are not secret.',
    why: 'If the hook cannot be called, these claims stay in the token, and its bearer can read them.',
    mend: 'Do not put secrets into these attributes.',
    bad: `user: { attributes: { limit: string } }
claims:
  limit: { value: user.attributes.limit + " EUR", kind: authoritative, when: 'subject_type == "human" && request.ip != ""' }
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
    why: 'The issuer cannot take a refused scope out of a token, so the whole token is denied.',
    mend: 'Let clients request only scopes that they need, or keep the scope to some users with the rules of the issuer.',
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
    why: 'The issuer leaves the scope out without a word.',
    mend: 'Let the client request the scope, or grant it to the client at the issuer.',
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
    why: 'Without that scope the issuer makes no ID token, and these claims are in no token.',
    mend: 'Let clients that need these claims request `openid`.',
    bad: `claims:
  name: { value: user.name, kind: descriptive, tokens: [id], when: subject_type == "human" }
issuers: { okta: {} }`,
    good: `claims:
  name: { value: user.name, kind: descriptive, when: subject_type == "human" }
issuers: { okta: {} }`,
  },
  {
    id: 'TE811',
    slug: 'no-authorization-details',
    severity: 'info',
    title: 'Authorization details are judged only where the issuer knows them.',
    why: 'No client can request them at this issuer, and no token there carries them.',
    mend: 'Where this issuer issues the token, say in a claim or a scope what may be done.',
    bad: `claims: {}
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= 100.0 }
issuers: { okta: {} }`,
    good: `claims: {}
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= 100.0 }
issuers: { auth0: {} }`,
    reference: 'https://www.rfc-editor.org/rfc/rfc9396',
  },
  {
    id: 'TE812',
    slug: 'preview-feature-needed',
    severity: 'info',
    title: 'The server has the preview feature that the build uses.',
    why: 'Without it the server does not run what was built.',
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
    title: 'A policy without a policy script says only what protocol mappers and role mappings can say.',
    why: 'Keycloak would leave the claim, the denial or the check out of every token.',
    mend: 'Allow a policy script, or write the part as a mapper can say it: one attribute, one role, no computation.',
    bad: `claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("app:"))', kind: descriptive }
issuers: { keycloak: {} }`,
    good: `claims:
  roles: { value: 'user.roles.filter(r, r.startsWith("app:"))', kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE814',
    slug: 'source-out-of-reach',
    severity: 'error',
    unacceptable: true,
    title: 'A source can be asked from where the policy runs at the issuer.',
    why: 'A source that cannot be reached fails at each login.',
    mend: 'Put an HTTP endpoint before it that this issuer can reach.',
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
    title: 'A user attribute has a name and a type that the issuer can hold.',
    why: 'The value could not be stored there, so no token would ever have it.',
    mend: 'Give the attribute another name or type at this issuer, or take the value from a source.',
    bad: `user: { attributes: { cost-center: string } }
claims:
  center: { value: 'user.attributes["cost-center"]', kind: descriptive, when: subject_type == "human" }
issuers: { okta: {} }`,
    good: `user: { attributes: { cost-center: string } }
claims:
  center: { value: 'user.attributes["cost-center"]', kind: descriptive, when: subject_type == "human" }
issuers: { okta: { supply: { user.attributes.cost-center: user.costCenter } } }`,
  },
  {
    id: 'TE816',
    slug: 'dynamic-scope-unknown',
    severity: 'warning',
    title: 'Scopes that name an object exist at the issuer, one for each object.',
    why: 'The issuer knows scopes by fixed names, and refuses a request for any other.',
    mend: 'Create a scope for each object, or name the object in a claim or in authorization details.',
    bad: `user: { attributes: { accounts: list(string) } }
claims: {}
scopes:
  account.{account}: { grant: subject_type == "human" && account in user.attributes.accounts }
issuers: { okta: { guard: [sentinel], idTokens: false } }`,
    good: `user: { attributes: { accounts: list(string) } }
claims:
  accounts: { value: user.attributes.accounts, kind: authoritative, when: subject_type == "human" }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE817',
    slug: 'detail-not-removable',
    severity: 'info',
    title: 'Clients ask only for authorization details that the policy grants them.',
    why: 'The issuer cannot take a refused detail out of a token, so the whole token is denied.',
    mend: 'Let clients request only details that the policy grants them.',
    bad: `claims: {}
authorizationDetails:
  payment: { fields: { amount: double }, grant: detail.amount <= 100.0 }
issuers: { auth0: {} }`,
    good: `claims:
  limit: { const: 100.0, kind: authoritative }
issuers: { auth0: {} }`,
    reference: 'https://www.rfc-editor.org/rfc/rfc9396',
  },
  {
    id: 'TE818',
    slug: 'refresh-without-scope',
    severity: 'info',
    title: 'Clients send `scope` when they refresh a token with dynamic scopes.',
    why: 'The issuer does not tell the granted scopes at a refresh, so a refresh without `scope` is denied.',
    mend: 'Let clients send `scope` with each refresh.',
    bad: `claims: {}
scopes:
  account.{account}: { grant: subject_type == "human" && account in user.roles }
issuers: { auth0: { triggers: [post-login] } }`,
    good: `claims: {}
scopes:
  accounts: { grant: subject_type == "human" && "accounts" in user.roles }
issuers: { auth0: { triggers: [post-login] } }`,
  },
  {
    id: 'TE819',
    slug: 'denial-not-native',
    severity: 'warning',
    title: 'Services refuse tokens that lack the audience or a required claim.',
    why: 'Nothing native denies a token: instead of a denial, Keycloak issues a token without that audience or claim.',
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
    title: 'Roles that the policy tests are not part of composite roles.',
    why: 'A native condition on a role also holds for a user who has a composite role that contains it.',
    mend: 'Keep these roles out of composite roles, or allow a policy script.',
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
    why: 'A mapper does not check the type of an attribute: a service could read another type than the policy says.',
    mend: 'Write the attribute only through the user profile that is built.',
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
    title: 'Services read an absent list as an empty one.',
    why: 'The issuer leaves a claim with an empty list out of the token.',
    mend: 'Let services take an absent claim for an empty list.',
    bad: `claims:
  teams: { value: user.groups, kind: descriptive }
issuers: { keycloak: {} }`,
    good: `claims:
  teams: { value: user.groups, kind: descriptive }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE823',
    slug: 'full-scope-needed',
    severity: 'info',
    title: 'Clients have `Full scope allowed`.',
    why: 'Without it a token names only some roles of its user, and claims about roles lack the others.',
    mend: 'Leave `Full scope allowed` on for the clients.',
    bad: `claims:
  roles: { value: user.roles, kind: authoritative }
issuers: { keycloak: {} }`,
    good: `claims:
  roles: { value: user.roles, kind: authoritative }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE824',
    slug: 'only-people-promised',
    severity: 'info',
    title: 'Service accounts get no tokens where the spec says so.',
    why: 'Mappers cannot tell people from service accounts: the realm has to keep the promise.',
    mend: 'Switch service accounts off for the clients that are enriched.',
    bad: `claims:
  app: { const: true, kind: descriptive, when: subject_type == "human" }
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
    title: 'The audience of the API comes from the policy alone.',
    why: 'Keycloak gives the id of a client as an audience to every user with a role of that client, so a denied token would have the audience too.',
    mend: 'Give the API an audience of its own, such as its address.',
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
    title: 'A source has `cache` or `stale` only where the issuer can keep answers.',
    why: 'Without a cache the source is asked for every token, and no stale answer serves when it is down.',
    mend: 'Let the source answer as many requests as there are logins and refreshes.',
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
    title: 'The filter of groups lets every group through that the policy looks for.',
    why: 'A deny rule about a group that is filtered out would never hold, and a grant would never be given.',
    mend: 'Give the filter an alternative for the group, or leave `groups` out: only groups that the policy looks for are fed anyway.',
    bad: `claims: {}
deny:
  - { when: 'subject_type == "human" && "suspended" in user.groups', reason: suspended }
issuers: { okta: { groups: "app:.*", guard: [sentinel], idTokens: false } }`,
    good: `claims: {}
deny:
  - { when: 'subject_type == "human" && "suspended" in user.groups', reason: suspended }
issuers: { okta: { groups: "app:.*|suspended", guard: [sentinel], idTokens: false } }`,
  },
  {
    id: 'TE829',
    slug: 'hook-calls-itself',
    severity: 'error',
    title: 'The token that protects the hook comes from another authorization server than the hook enriches.',
    why: 'Otherwise Okta would call the hook to make the very token that it needs to call the hook.',
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
    title: 'Numbers that a hook answers with are whole, or were tried in the org.',
    why: "Okta's documentation does not say what happens to a fraction in a hook's answer.",
    mend: 'Try it in the org, or give the number in whole units (cents) or as text.',
    bad: `user: { attributes: { limit: double } }
claims:
  limit: { value: user.attributes.limit, kind: descriptive, when: 'subject_type == "human" && request.ip != ""' }
issuers: { okta: { guard: [sentinel] } }`,
    good: `user: { attributes: { limit_cents: int } }
claims:
  limit_cents: { value: user.attributes.limit_cents, kind: descriptive, when: 'subject_type == "human" && request.ip != ""' }
issuers: { okta: { guard: [sentinel] } }`,
  },
  {
    id: 'TE831',
    slug: 'claim-in-no-token',
    severity: 'info',
    also: ['warning'],
    title: 'Every claim is in some token of the issuer.',
    why: 'The claim is only for audiences that this issuer puts none of its claims into tokens for: those of other authorization servers, or of the issuer itself.',
    mend: 'Name the audience of an API of your own that this issuer makes tokens for.',
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
    title: 'Tokens that the settings exclude need nothing from the policy.',
    why: 'They are issued without its claims and its marker, at Keycloak without its scopes and the audience of its API too. At Auth0 nothing of the policy refuses them: a warning where it would.',
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
    title: 'A policy does not depend on the order of a list that the issuer keeps in no order.',
    why: 'Keycloak keeps roles, groups and the values of an attribute in no order: the first element there may be another one than at other issuers.',
    mend: 'Sort the list, or ask what is in it.',
    bad: `claims:
  first: { value: 'user.roles[0]', kind: authoritative, when: 'subject_type == "human" && size(user.roles) > 0' }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
    good: `claims:
  first: { value: 'user.roles.sort()[0]', kind: authoritative, when: 'subject_type == "human" && size(user.roles) > 0' }
issuers: { keycloak: { scripts: true, audience: https://api.acme.example/ } }`,
  },
  {
    id: 'TE834',
    slug: 'metadata-of-no-type',
    severity: 'error',
    also: ['warning'],
    title: 'Metadata of organizations is read as what the issuer keeps.',
    why: 'At Keycloak every attribute of an organization is a list of texts: a policy that takes one for a text would decide differently there, unless its type is declared. At Auth0 every one is a text.',
    mend: 'Declare the metadata that the policy reads; for Auth0 as text.',
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
    title: 'Nobody but the policy writes its authoritative claims.',
    why: 'Mappers of one priority run in no certain order: in a realm that exists already, the value of another mapper could win.',
    mend: 'List the other writers with `claimsmith preview --live <url>` and remove them. Say `ownRealm: true` where the realm is made from realm.json alone, or allow a policy script, which comes after all mappers.',
    bad: `claims:
  roles: { value: user.roles, kind: authoritative }
issuers: { keycloak: { audience: https://api.acme.example/ } }`,
    good: `claims:
  roles: { value: user.roles, kind: authoritative }
issuers: { keycloak: { audience: https://api.acme.example/, ownRealm: true } }`,
  },
];
