import { openIdScopes as ownScopes } from '@claimsmith/core';

const openIdScopes = ownScopes.map((name) => `\`${name}\``).join(', ');

/** A table of keys: their place in the schema, and the text before the table. */
export interface Section {
  /** Dotted; `*` is any name, or any item of a list. Empty for the spec itself. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
  /** Whether the text itself says all of its keys. */
  readonly hasNoTable?: true;
}

export const opening = `# The spec

A spec says which claims go into which token, in YAML, JSON or TypeScript. This page lists every key, and every field that
expressions may read; it is generated from the schema. An unknown key is an error.

[expressions.md](expressions.md) describes the expression language, [rules.md](rules.md) what \`claimsmith check\` looks for,
[scenarios.md](scenarios.md) how to try a spec, [cli.md](cli.md) the commands, and [glossary.md](glossary.md) the words.

## What happens when a token is issued

1. **The subject.** If the policy reads \`subject_type\`, and the request does not show whether a person, a machine or an agent
   asks, the token is denied.
2. **\`applies\`**. If it is false, the token is left as it was, and nothing else happens.
3. **\`deny\`**, in the order written. The first rule that is true denies the token with its reason. A rule that fails because
   it reads a missing value denies it too, with the reason \`enrichment_unavailable\`.
4. **\`challenge\`**, in the order written. The first one that is true asks for another factor, or denies the token where the
   issuer cannot ask. Deny rules come first, so nobody is asked for a factor and then denied by a rule that was true before.
5. **\`claims\`**, each after those that it reads as \`claims.<name>\`.
6. **\`scopes\`**, for each requested scope.
7. **\`authorizationDetails\`**, for each requested one. If one is refused, the token is denied.

A source is asked at most once, together with the others, and only if something that is still to be decided reads it. A denied
token stays denied and carries nothing.

**Missing values.** A value is missing if it is absent, null, of another type than declared, or over \`maxItems\` or
\`maxBytes\`; if its source failed; or if the expression or the claim's \`when\` failed. \`onMissing\` says what happens then:

- \`deny\`: no token. The client learns \`enrichment_unavailable\` and nothing else. The default for authoritative claims.
- \`omit\`: the token goes without the claim. The default for descriptive claims.
- \`{ default: … }\`: the claim carries this value, which must have the claim's type.

Two cases do not count as missing: a \`when\` that is false, because the claim is not meant for this token, and an empty list.
So \`when: has(crm.tier)\` leaves the claim out where there is no value. If the source fails, the condition fails too, and
\`onMissing\` decides: an authoritative claim denies the token.

**Subjects.** A token is about a person, a machine or an agent. A part of the policy is for some of them:

- A claim that reads what only people have is for people. Machines and agents do not get it, and for them it is not missing
  either. What only people have is \`user.*\`, \`session.*\` and \`connection.*\`, the answer of a source that is asked with them, and a claim
  that is for people.
- A deny rule that reads such a field is for everybody who has a user: people, agents that act for one, and Keycloak's service
  accounts. So it also denies the agent of a suspended user. It is skipped only if there is no user at all.
- A grant that reads such a field is false for machines and agents.
- Everything else is for everybody.

A read that is checked first does not count: \`has(user.email) && …\`, \`user.?email\`, or a \`when\` that is false for machines.
Such a part stays for everybody. \`subjects\` says it yourself: \`subjects: [human, agent]\` on a claim or a deny rule, a grant
for each kind in a scope. At Keycloak, a service account is a user, so \`subjects: [human, machine]\` gives it the roles that it
has there. A name under the top-level \`subjects\` is a kind too: a subject has one kind, the first whose condition is true,
else \`subject_type\`. In a deny rule, \`human\`, \`machine\` and \`agent\` also mean subjects of your own kinds.
\`claimsmith explain <claim>\` shows the subjects that a claim is for, and why.

**Cognito, Keycloak and Okta do not recognize agents.** There, an agent counts as a person or a machine, so it gets what is for people or
for machines. If a policy names agents anywhere, \`check\` lists all parts that apply to them there although they are not for them.
If agents use one of these issuers, exclude their clients with a condition on \`client.id\`.

**Delegated tokens.** Somebody may act for the subject: a service or an agent that has exchanged the token of a user, or
somebody who has begun a session in the user's name. Then \`actor.sub\` is who acts, and \`actor.chain\` lists all actors, the
present one first, as the claim \`act\` of [RFC 8693](https://www.rfc-editor.org/rfc/rfc8693#name-act-actor-claim) nests them. The
claims of such a token are about the user. Authority is not delegated unless the spec says so:

- **Authoritative claims** are left out, and are not missing either. **Scopes** that the spec names are refused, and so are
  **authorization details**.
- \`delegated: true\` on a claim, a scope or a type of details gives it to delegated tokens too. A part that reads \`actor\` itself
  decides itself: \`when: actor.?sub.orValue("") == "refund-desk"\`. A part that names \`agent\` in \`subjects\` is also for agents
  that act for a user.
- **Descriptive claims** stay; \`delegated: false\` leaves one out. **Deny rules** apply as to the user's own token.

If it is unreadable who acts, or more than five do, the token is denied. Parameters of a request never make an actor.

**Who says who acts.** Auth0 does, and so does Keycloak with a policy script: there, the client that exchanges a token acts, or the
administrator who impersonates the user. At Cognito nobody acts for a user. Okta, and Keycloak without a script, do not say it:

- \`issuers.<id>.exchange: true\` says that tokens are exchanged there. Then \`check\` refuses everything that the policy keeps from
  delegated tokens (TE839), and conditions on the actor that would grant more (TE804). This is the default for a policy that
  reads \`actor\` or says \`delegated: false\`.
- \`exchange: false\` says that nobody acts for users there. This is the default for all other policies. \`test\` runs no scenario with
  an actor there, and marks it \`–\`. \`plan\`, \`verify\` and \`drift\` look whether the issuer exchanges tokens all the same. Okta's
  hook denies an exchanged token.

So no exchanged token grants more than the policy says. At Auth0, a token exchange profile that sets no actor makes a token of the
user's own ([auth0.md](auth0.md#token-exchange)).

**Scopes.** A scope that the spec names stays only if its \`grant\` is true. If the grant is false or fails, the scope is
removed; if the issuer cannot remove it, as Auth0 with client credentials, the token is denied. **Scopes that the spec does not
name are left to the issuer**, which grants or refuses them as it does without Claimsmith, unless the spec has a grant for them
all: \`'*': { grant: '"staff" in user.roles' }\`. \`*\` does not decide on OpenID's own scopes: ${openIdScopes}.

A dynamic scope such as \`account.read.{account}\` names one object. Its placeholder stands for 1 to 128 characters, up to the
text that follows it, and the grant reads it as a variable. A name that begins like a dynamic scope but does not match it
(because the placeholder is empty or too long) is refused, so that it cannot bypass the grant.

**Look-ups.** A claim with \`resolve: request\` is in no token: services look it up when they decide, with the same expression and
sources ([volatile-attributes.md](volatile-attributes.md)). Its expression may read what access tokens say at every issuer: \`user.id\`,
\`client.id\`, \`request.scopes\`, \`subject_type\`, \`actor\`, \`now\`, \`claims.<name>\` of the token, and a field that a claim of the
token holds as it is, such as \`org.id\` by \`tenant: { value: org.id, … }\`. \`check\` reports anything else. What is decided with
the token (other claims, scopes, authorization details) cannot read it. \`onMissing: deny\` refuses the request of the service.

**What the policy is for.** A condition under \`applies\` limits the whole policy: \`applies: client.metadata.?tier.orValue("") == "gold"\`.
Where it is false, a token is left as it was: no claims, no marker, no changed scopes, and no rule denies it. It reads only the
identity context, and is decided before any source is asked. **If it fails, the token is denied**, so a missing value never leads to
a token without the policy; \`has(…) && …\` says what a missing value means. It must not depend on what the caller chooses
(TE209), or on what users can write (TE210). Okta's native claims and Keycloak's mappers decide it themselves if they can
express it; otherwise the hook or the script does. At Keycloak an excluded token lacks the audience of the API; at Okta it
keeps the guard (TE832).

**Tokens that are left alone.** \`issuers.<id>.clients\` and \`issuers.<id>.audiences\` say which tokens the policy is for
at an issuer. Other tokens stay as the issuer made them: without claims, marker and changed scopes, and no rule denies them.
No source is asked for them. Services must not rely on the policy in such tokens, so let them require its marker or audience
(TE832). If the client is unknown, the token is denied. Auth0 and Cognito run a policy for every application: if the policy
may deny tokens, name the APIs or the clients, or write \`clients: all\` (TE836). At Okta, Keycloak and Cognito, all tokens have one
audience, so \`audiences\` must name it (TE837).

**Trying it in production.** With \`issuers.<id>.observe: true\` the policy runs and tells in its log what it would do, and tokens
stay as they are:

\`\`\`yaml
issuers:
  auth0: { observe: true }                # 1. for all clients
  # auth0: { observe: { except: [web] } } # 2. in force for one client
  # auth0: {}                             # 3. in force for all
\`\`\`

- **Nothing is in force.** No token has a claim of the policy, and nothing is denied or asked for. This is the only place where
  a fault opens something: an error, a time-out or a crash of the policy leaves the token as it is. Services must not rely on the
  policy yet; \`check\` warns (TE850), and \`plan\` says it again.
- **The log** has the revision, the names of the claims, the reason of a denial, and the codes of what is missing; never a value.
- Sources are asked as they will be, so logins wait for them as they will.
- \`{ clients: […] }\` observes only these clients; \`{ except: […] }\` observes all others. The policy is in force for a client
  that is not known.
- In \`test\`, scenarios check what the policy would do; the issuer's column is \`~\`.
- **Okta**: everything is decided by the hook, and \`guard\` is not allowed, because it would change tokens. The hook only takes
  its feeders out. If Okta cannot call it, they stay. **Keycloak** needs a policy script, because mappers change tokens (TE813).
  Scopes and lifetimes are left alone.

**Userinfo.** \`tokens: [userinfo]\` puts a claim into the answer of the [userinfo endpoint](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo),
which a client gets that has asked for \`openid\`. Such a claim is for the client: an authoritative claim never goes there.
Scenarios check it with \`expect: { userinfo: { … } }\`.

- **Keycloak** has answers of their own. Mappers compute a claim when the answer is asked for. The policy script decides when a
  token is issued, and keeps the claims in a note of the client's session until the next token; administrators of the realm can
  read it.
- **Auth0** makes the answer from the ID token, so a claim needs \`tokens: [id, userinfo]\` (TE843). All claims of the ID token are in
  the answer, also those that do not name \`userinfo\`.
- **Okta's** hook and **Cognito's** trigger change tokens, and no answers (TE843). To leave the claim out there, write
  \`when: issuer != "okta"\`.

**Claims of the issuer itself.** \`issuers.<id>.remove\` takes them out of the tokens that the policy is for:

\`\`\`yaml
issuers:
  keycloak: { scripts: true, audience: https://api.acme.example/, remove: { access: [realm_access, resource_access], userinfo: [email] } }
  okta: { remove: { id: [email] } }
  cognito: { remove: { id: [email, phone_number] } }
\`\`\`

Keycloak needs a policy script for it, Okta the hook: where Okta cannot call it, the claims stay. Auth0 has no call for it, so do
not grant the scope that gives the claim. What services need to check a token, such as \`sub\`, and claims of the policy
cannot be removed (TE844). What the policy decides does not change: it reads the identity context, and not the token.

**Settings as keys.** \`hash.hmac("\${PAIRWISE_KEY}", user.id)\` computes with a setting that only the deployment has: a secret of an
Auth0 Action, the environment of the hook server or the Lambda function, and of a Keycloak server, which lists it in
\`CLAIMSMITH_SETTINGS\`. No expression can read a setting otherwise. It is in no built file, log or finding, and scenarios use a
key of their own. Without the key, or with one of fewer than 16 characters, there is no value, and \`onMissing\` decides. \`verify\`
does not know the key, so it checks only that such claims are there.

**Types** of attributes, sources and details are \`string\`, \`bool\`, \`int\`, \`double\`, \`dyn\` (anything), \`list(T)\`,
\`map(T)\` with text as keys, or a mapping of field names to types. Brackets make a list of any type, as in
\`teams: [{ id: string, role: string }]\`. Two more are for fields that hold text: \`enum(free, gold)\`
takes these texts, and any other is a missing value; \`json(list(string))\` reads text that holds JSON of a type (at most 64 kB),
and anything else is a missing value. In a mapping on one line, quote a type with a comma (\`plan: 'enum(free, gold)'\`), or
write \`enum(free|gold)\`. **Durations** are written \`400ms\`, \`60s\`, \`15m\`, \`8h\`,
\`1d\`. **Sizes** are written \`256\`, \`256B\`, \`4kB\`. A **literal** is text, a number, \`true\`, \`false\`, or a list or mapping
of literals.
`;

export const beforeKeys = `In the sections below, \`<name>\` is a name of your choice.
`;

export const sections: readonly Section[] = [
  {
    path: '',
    title: 'The top of the file',
    text: 'A spec holds `version`, `name`, `claims`, and what the claims need.',
  },
  {
    path: 'params',
    title: '`params`',
    hasNoTable: true,
    text: `Values that a build fixes, so that one spec serves several stages, regions or customers. A parameter has a type, and the value
that it has where none is given:

\`\`\`yaml
params:
  stage: string
  region: { type: string, default: eu }
namespace: https://\${params.region}.acme.example/
claims:
  region: { value: params.region, kind: descriptive }
  debug: { value: user.roles, when: params.stage != "prod", kind: descriptive }
\`\`\`

- **Types** are \`string\`, \`bool\`, \`int\`, \`double\` and \`list(string)\`.
- **Values** come from \`--set stage=prod\`, or from \`params\` in the file of an [environment](publishing.md#1-write-an-environment):
  \`--env prod\`. \`--set\` wins. A list is written \`--set tiers=free,gold\`. A parameter without a value is an error (TE031).
- **Expressions** read \`params.stage\`. **Texts** hold \`\${params.stage}\`: all values of a spec that are not expressions or queries, and
  the texts of scenarios. A text that is only \`\${params.limit}\` gives a value of the type of the parameter, so it can also stand for
  a number, a duration or a list. Names, such as those of claims and scopes, are written out.
- The values are part of the built files and of the revision: two environments with different values have two revisions. What a
  value rules out is left out, like the branch of another issuer. Values are not secrets.

\`\${params.name}\` is fixed when building; \`\${NAME}\` is a setting, which a deployment supplies and only sources read.`,
  },
  {
    path: 'lifetime',
    title: '`lifetime`',
    text: 'How long tokens live. `check` proves with it how fresh values are.',
  },
  {
    path: 'user',
    title: '`user`',
    text: `The fields of a user that are not standard fields. An attribute is declared with its type, or with its type and the place
where an issuer keeps it, in the words of that issuer:

\`\`\`yaml
user:
  attributes:
    country: string
    plan:
      type: string
      in: { auth0: app_metadata.billing.plan, cognito: 'custom:plan_code', keycloak: plan_code, okta: planCode }
    theme: { type: string, in: { auth0: user_metadata } }
\`\`\`

- **Auth0**: \`app_metadata\` or \`user_metadata\`, for the attribute's own name there, or with a path below it. Users can change
  their own \`user_metadata\`, so authority must not depend on it (TE210).
- **Cognito**: the name of the attribute, \`custom:plan\` or that of a standard one.
- **Keycloak**: the name of the user attribute.
- **Okta**: the name of an attribute of the user's profile, or a path as in \`supply\`: \`appuser.planCode\`.

An issuer that \`in\` does not name keeps the attribute where it keeps the others, under the attribute's own name.`,
  },
  { path: 'org', title: '`org`', text: 'The fields of an organization that are not standard fields.' },
  {
    path: 'session',
    title: '`session`',
    text: 'What Keycloak keeps with a session. Authenticators and the mappers of identity providers write it at the login.',
  },
  { path: 'client', title: '`client`', text: 'The fields of a client that are not standard fields.' },
  {
    path: 'sources.*',
    title: '`sources.<name>`',
    text: `A service or database that is asked when a token is issued. It has exactly one of \`http\`, \`sql\` and \`dynamodb\`.
Expressions read \`<name>.<field>\`. The question (an address, a body, parameters) may read the identity context, tables, and
the answers of other sources. If one of those values is missing, the source is not asked and counts as failed.

**One after another.** A source whose question reads \`profile.org_id\` is asked after \`profile\`, and \`profile\` is asked
only if something needs it. All of them share the issuer's deadline: \`check\` adds up their times and reports those that do
not fit (TE705). If \`profile\` fails, the other source is not asked, and the outcome names both. A value is as old as the
oldest answer that it rests on, so \`maxAge\` covers them all. Sources that need each other's answers are an error (TE005).

\`\`\`yaml
sources:
  profile:
    http: { url: "https://profiles.acme.example/{user.id}" }
    returns: { org_id: string }
  entitlements:
    http: { url: "https://entitlements.acme.example/{profile.org_id}" }
    returns: { plan: string }
\`\`\`

**Only where.** A source with \`when\` is asked only where the condition is true. Where it is false, its fields have no value,
and \`onMissing\` decides. Where the condition fails, the source has failed.

**A list.** If the answer itself is a JSON list, write brackets: \`returns: [{ role: string }]\`. Expressions read the list
\`<name>.items\`, such as \`grants.items.exists(g, g.role == "admin")\`; with \`each\`, an element of \`<name>.answers\` is the
list for it. Only sources over HTTP can answer a list. It is one answer, of at most 5,000 items: a source does not ask for
further pages.

**For each element.** With \`each: { team: user.attributes.teams }\` a source is asked once for each element of a list, by the
name \`team\` in the question. Expressions read the list \`<name>.answers\`, in the order of the elements. \`maxItems\` is
required and at most 10; a longer list is a failure of the source, and so is a failure for one element. The questions go out
at the same time; Keycloak asks them one after another, and \`check\` counts their times together there.

\`\`\`yaml
sources:
  memberships:
    each: { team: user.attributes.teams }
    maxItems: 10
    http: { url: "https://teams.acme.example/{team}/members/{user.id}" }
    when: '"staff" in user.roles'
    returns: { role: string }
claims:
  team_roles: { value: "memberships.answers.map(m, m.role)", kind: authoritative }
\`\`\``,
  },
  {
    path: 'sources.*.http',
    title: '`sources.<name>.http`',
    text: `A request for JSON. The source has failed unless the answer has status 200 and JSON of the declared types.

**POST.** A look-up whose question does not fit into an address is sent with \`method: POST\` and a \`body\`. Each text in the
body is an expression, as in \`params\`; write a fixed text in quotes of its own: \`'"gold"'\`. Numbers, truth values, lists and
mappings stay as they are. The body is encoded as JSON, so a value never changes its structure. It has no settings; put
credentials into a header. The \`content-type\` is \`application/json\` unless \`headers\` says otherwise. A source only looks
something up, so a POST may be repeated like a GET: after a failure, and for each token.

An answer to a POST that has \`errors\` (a list with something in it) is a failure, because GraphQL gives \`errors\` beside an
incomplete \`data\`:

\`\`\`yaml
directory:
  http:
    url: https://graph.acme.example/graphql
    method: POST
    headers: { authorization: "Bearer \${GRAPH_TOKEN}" }
    body:
      query: '"query($id: ID!) { user(id: $id) { plan } }"'
      variables: { id: user.id }
  returns: { data: { user: { plan: string } } }
\`\`\``,
  },
  {
    path: 'sources.*.http.auth.oauth2',
    title: '`sources.<name>.http.auth.oauth2`',
    text: `The source is asked with an access token, which the client gets for itself (client credentials, RFC 6749). The token
goes into the header \`authorization\`. Its address is https and the same for everybody, and the secret is a setting.

A token is kept in the memory of the process until shortly before it expires, at most 30 seconds. While one is got, all
questions wait for it. One without a positive \`expires_in\` is used once. If the source answers 401, the question is repeated
once with a new token. All of this happens within the source's \`timeout\`; without a token the source fails.

Where tokens are kept: the hook server keeps one for each source. An Auth0 Action keeps it in the instance that runs it, not in
\`api.cache\`, because the tenant's other Actions can read that. A Keycloak script has no memory of its own, so it gets a token
for each token request (TE827).

\`\`\`yaml
entitlements:
  http:
    url: https://entitlements.acme.example/v1/users/{user.id}
    auth:
      oauth2:
        tokenUrl: https://login.acme.example/oauth2/token
        clientId: \${ENTITLEMENTS_ID}
        clientSecret: \${ENTITLEMENTS_SECRET}
        scope: entitlements.read
  returns: { plan: string }
\`\`\``,
  },
  {
    path: 'sources.*.http.auth.aws',
    title: '`sources.<name>.http.auth.aws`',
    text: `The request is signed for a service of AWS (Signature Version 4): an API Gateway with IAM authorization, the address of a
Lambda function, AppSync. The AWS SDK finds the credentials where the server runs and renews them: a role, environment
variables, a profile. The signature covers the method, the address, the body and all headers. The hook server needs the packages
\`@smithy/signature-v4\` and \`@aws-sdk/credential-provider-node\`. The function of Cognito signs with its role. An Auth0 Action and a Keycloak script have no AWS credentials
(TE814).

\`\`\`yaml
entitlements:
  http:
    url: https://entitlements.acme.example/v1/users/{user.id}
    auth: { aws: { region: eu-central-1, service: execute-api } }
  returns: { plan: string }
\`\`\``,
  },
  {
    path: 'sources.*.sql',
    title: '`sources.<name>.sql`',
    text: `A query. Its parameters are bound and never become part of its text. \`:name\` in quotes is text, and \`{…}\` or \`\${NAME}\`
in a query is refused. If there is no row, the fields have no value. With \`rows: many\` expressions read a list:
\`directory.rows.map(r, r.role)\`.

A source only reads. A query begins with \`select\`, \`with\`, \`values\` or \`table\`; a query that surely writes is refused
(TE014). Databases are opened for reading only: SQLite read-only, PostgreSQL and MySQL in read-only sessions, which are set up
again before each query. The database's permissions decide what its functions may do, so give a source a role that may read
only what it needs.

\`\`\`yaml
directory:
  sql:
    connection: \${DIRECTORY_URL}
    query: select role from user_role where user_id = :id
    params: { id: user.id }
    rows: many
  returns: { role: string }
\`\`\``,
  },
  {
    path: 'sources.*.dynamodb',
    title: '`sources.<name>.dynamodb`',
    text: 'One item by its primary key. If there is no item, the fields have no value.',
  },
  {
    path: 'claims.*',
    title: '`claims.<name>`',
    text: 'One claim. It has either `value` or `const`.',
  },
  {
    path: 'scopes.*',
    title: '`scopes.<name>`',
    text: 'One scope, or all scopes that match a pattern such as `account.read.{account}`.',
  },
  {
    path: 'authorizationDetails.*',
    title: '`authorizationDetails.<type>`',
    text: 'One type of authorization details (RFC 9396). Types that the spec does not name are left to the issuer.',
  },
  {
    path: 'deny.*',
    title: '`deny`',
    text: `A list of deny rules. Each has \`when\` and \`reason\`. A \`message\` is what the client sees instead of the reason: a constant
text for apps that match on it. Logs, audits and scenarios keep the reason. Each reason has one message (TE034). If a rule fails,
the client sees \`enrichment_unavailable\` and no message. Keycloak cannot show any text (TE838).`,
  },
  {
    path: 'challenge.*',
    title: '`challenge`',
    text: `Step-up: what a login must prove before it gets a token. While \`when\` is true, no token is issued, so no token has a claim
of the policy before the factor is given.

\`\`\`yaml
challenge:
  - when: '"payments.approve" in request.scopes && !("mfa" in session.?amr.orValue([]))'
    with: mfa
    reason: step_up_required
\`\`\`

- **Auth0** asks for one of the factors that the user has set up. A user without a factor is denied with the reason, unless
  \`enroll: true\`: then the user may set one up. Whoever knows the password can do that, so use \`enroll\` only if a factor
  that the attacker chooses is better than none.
- **Where nothing can ask**, the token is denied with \`reason\`: at Auth0 for a refresh, a password grant, an exchange of tokens,
  \`prompt=none\` and client credentials, and everywhere at Okta and Keycloak. \`check\` announces it (TE840), and \`test\`
  marks it \`~\`. A client that gets the reason sends the user to a new login.
- **After the factor**, the condition must be false, else the token is denied. At Auth0 and Okta, \`session.amr\` lists \`mfa\`
  then; at Keycloak, \`session.acr\` is the level of the login: \`issuer == "keycloak" ? session.acr != "2" : !("mfa" in
  session.amr)\`. A challenge that stays due is an error (TE708).
- **A condition that fails**, because it reads a missing value, denies the token with \`enrichment_unavailable\`. It never lets a
  login pass.
- \`subjects\` means what it means in a deny rule, and is inferred in the same way.`,
  },
  {
    path: 'accept.*',
    title: '`accept`',
    text: `A list of findings that you accept for a while. All keys are required. With an accepted finding, \`check\` and \`build\`
succeed; \`check --accepted\` shows it with its reason, and SARIF marks it as suppressed. An acceptance is valid up to and
including the day \`until\`, at most 180 days ahead, and at most 30 days for errors of safety rules ([rules.md](rules.md) says
which). An acceptance that is incomplete, has ended, or names an unknown part of the spec is an error; one that matches no
finding is a warning (TE606).

\`at\` names a part by its path: \`claims.roles\`, \`deny.<reason>\`, \`scopes.<name>\`, \`issuers.okta\` for all findings about
Okta, \`issuers.okta.claims.roles\` for one claim at Okta only. \`check --json\` gives the path of each finding as \`at\`. An
acceptance does not change the built files or the revision of the policy.

\`\`\`yaml
accept:
  - rule: TE816
    at: issuers.keycloak.scopes.account.read.{account}
    because: Only Okta and Auth0 issue these tokens until the migration.
    owner: identity@acme.example
    until: 2027-03-31
\`\`\``,
  },
];

/** By path: the meaning of keys, where the schema has none or a shorter one. */
export const meanings: Readonly<Record<string, string>> = {
  $schema: 'Where an editor finds the JSON Schema. Only editors read it.',
  owner: 'The owner of the claims that do not name one.',
  namespace: 'Prefix for claim names that an issuer refuses without one: `https://acme.example/`.',
  marker: 'Name of the policy marker, the claim that holds the revision; `false` for no marker.',
  params: 'Values that a build fixes, by name: `params.region` in expressions, `${params.region}` in texts.',
  lifetime: 'How long tokens live.',
  user: 'The attributes of users.',
  org: 'The metadata of organizations.',
  client: 'The metadata of clients.',
  session: 'The notes of sessions.',
  tables: 'Small constant maps, compiled in: `tables.region[user.attributes.country]`.',
  claims: 'The claims, by name.',
  scopes: 'The scopes that the policy decides on, by name or pattern.',
  deny: 'Conditions under which the token is denied.',
  challenge: 'Conditions under which a login needs another factor before it gets a token.',
  accept: 'Findings that you accept for a while; see below.',
  issuers:
    'The issuers that the spec is for, each with what it needs to know; `{}` for the defaults. Without it: all issuers.',
  'lifetime.access': 'How long an access token lives. `maxAge` is proven with it.',
  'session.notes':
    'The notes of a session and their types: `session.notes.<name>` in expressions. Credentials, such as tokens of other providers, cannot be read.',
  'client.metadata':
    'The metadata of a client and their types: `client.metadata.<name>` in expressions. Without it, any name may be read, as text.',
  'user.identities':
    'The declared fields of the profile that another identity provider has sent, for each linked account: `user.identities.exists(i, i.attributes.department == "sales")`.',
  'user.roleAttributes':
    "Attributes of the user's roles at Keycloak: `user.role_attributes.<name>` in expressions, the values of all effective roles, sorted, each once. No value if no role has one. Only the policy script can read them.",
  'user.attributes': 'The attributes of a user and their types: `user.attributes.<name>` in expressions.',
  'org.metadata':
    'The metadata of an organization and their types: `org.metadata.<name>` in expressions. Without it, any name may be read, with an unknown type.',
  'sources.*.owner': 'The owner of the source.',
  'sources.*.http.url':
    'The address. `{user.id}` is an expression, filled in and escaped; `${NAME}` is a setting.',
  'sources.*.http.headers': 'Headers of the request; `${NAME}` is a setting, such as a secret.',
  'claims.*.value': 'The expression that computes the value.',
  'claims.*.when': 'The token has the claim only if this is true. Default: always.',
  'claims.*.tokens':
    'What carries it: tokens, and the userinfo answer. An authoritative claim goes into access tokens alone.',
  'claims.*.onMissing': 'What happens when the value is missing; see above.',
  'claims.*.owner': 'The owner of the claim.',
  'claims.*.consumers': 'The services that rely on it.',
  'claims.*.purpose': 'What the services use it for.',
  'claims.*.reviewBy': 'The day by which somebody must review it: `2027-01-31`.',
  'claims.*.as': 'The name at one issuer, if it must differ: `{ auth0: https://acme.example/roles }`.',
  'authorizationDetails.*.fields': 'The fields that may be read, each with its type: `detail.<field>`.',
  'authorizationDetails.*.grant':
    'The detail is granted only if this is true; otherwise the token is denied.',
  'deny.*.when': 'If this is true, the token is denied.',
  'deny.*.reason': 'A constant word, which the client sees.',
  'challenge.*.when': 'While this is true, the login gets no token.',
  'challenge.*.reason': 'A constant word, which the client sees where the token is denied instead.',
};
