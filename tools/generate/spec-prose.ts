/** A table of keys: where they stand in the schema, and what is said before them. */
export interface Section {
  /** Dotted; `*` is any name, or any item of a list. Empty for the spec itself. */
  readonly path: string;
  readonly title: string;
  readonly text: string;
}

export const opening = `# The spec

A spec says which claims go into which token, in YAML, JSON or TypeScript. This page has every key and every field that
expressions may read; it is made from the schema itself. [expressions.md](expressions.md) has the language of the
expressions, [rules.md](rules.md) what \`claimsmith check\` looks for, [scenarios.md](scenarios.md) how to try
a spec, [cli.md](cli.md) the commands. An unknown key is an error.

## What happens when a token is issued

1. **Who it is about.** A policy that reads \`subject_type\` gives no token where it can't be told whether a person, a
   machine or an agent asks.
2. **\`deny\`**, in the order written. The first rule that is true ends it, with its reason. A rule that fails (it reads
   what has no value) ends it too, with the reason \`enrichment_unavailable\`.
3. **\`claims\`**, each after those that it reads as \`claims.<name>\`.
4. **\`scopes\`**, for each scope that was asked for.
5. **\`authorizationDetails\`**, for each that was asked for: one that is refused refuses the token.

A source is asked once, together with the others, and only if something that is to be decided reads it. Once a token is
denied it stays denied, and carries nothing.

**Missing values.** A value is missing where it is absent, null, of another type than declared, over \`maxItems\` or
\`maxBytes\`, where its source failed, or where the expression or the claim's \`when\` failed. \`onMissing\` says what then:

- \`deny\`: no token. The client learns \`enrichment_unavailable\` and nothing else. The default for authoritative claims.
- \`omit\`: the token goes without the claim. The default for descriptive ones.
- \`{ default: … }\`: the claim carries this value, which must be of its type.

A \`when\` that is false is no missing value: the claim is simply not for this token. Nor is an empty list.

**Scopes.** A scope that the spec names stays only where its \`grant\` is true; where the grant is false or fails, the
scope is taken out; where an issuer can't take it out, as Auth0 with client credentials, the token is refused.
**Scopes that the spec does not name are left to the issuer**, which grants or refuses them as without Claimsmith.

A dynamic scope, \`account.read.{account}\`, names one object: its placeholder stands for 1 to 128 characters,
up to the text that follows it, and the grant reads it as a variable. A name that begins like a dynamic scope but does
not fit it (nothing in the place of the placeholder, or too much) is refused, so it is no way round the grant.

**Types** of attributes, sources and details: \`string\`, \`bool\`, \`int\`, \`double\`, \`dyn\` (anything), \`list(T)\`,
\`map(T)\` with text as keys, or a mapping of field names to types. **Durations** are written \`400ms\`, \`60s\`, \`15m\`,
\`8h\`, \`1d\`; **sizes** \`256\`, \`256B\`, \`4kB\`. A **literal** is text, a number, \`true\`, \`false\`, or lists and mappings of
them.
`;

export const beforeKeys = `In the sections below, \`<name>\` is a name of your choice.
`;

export const sections: readonly Section[] = [
  {
    path: '',
    title: 'The top of the file',
    text: 'A spec holds `version`, `name`, `claims`, and what they need.',
  },
  { path: 'lifetime', title: '`lifetime`', text: 'How long tokens live, so that freshness can be proven.' },
  { path: 'user', title: '`user`', text: 'What the policy knows of a user beyond the standard fields.' },
  { path: 'org', title: '`org`', text: 'What the policy knows of an organization beyond its id and name.' },
  {
    path: 'sources.*',
    title: '`sources.<name>`',
    text: `A store of attributes that is asked when a token is issued. It has exactly one of \`http\`, \`sql\` and
\`dynamodb\`. Expressions read \`<name>.<field>\`. What it is asked with may read the identity context and tables; where
that has no value, it is not asked, and counts as failed.`,
  },
  {
    path: 'sources.*.http',
    title: '`sources.<name>.http`',
    text: 'A GET; anything but 200 with JSON of the declared types is a failed source.',
  },
  {
    path: 'sources.*.sql',
    title: '`sources.<name>.sql`',
    text: `A query. Its parameters are bound and never become part of its text; \`:name\` in quotes is text, and
\`{…}\` or \`\${NAME}\` in a query is refused. Without a row the fields have no value. With \`rows: many\` expressions read a
list: \`directory.rows.map(r, r.role)\`.

A source only asks. A query begins with \`select\`, \`with\`, \`values\` or \`table\`; what surely does more is refused (TE014), and
databases are opened for reading alone: SQLite read-only, PostgreSQL and MySQL in sessions that only read, which are set up
again before each query. What a database's own functions do is up to its permissions, so give a source a role that may
read what it needs and no more.

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
    text: 'One item by its primary key. Without an item the fields have no value.',
  },
  {
    path: 'claims.*',
    title: '`claims.<name>`',
    text: 'One claim. It has either `value` or `const`.',
  },
  {
    path: 'scopes.*',
    title: '`scopes.<name>`',
    text: 'One scope, or all that a pattern such as `account.read.{account}` fits.',
  },
  {
    path: 'authorizationDetails.*',
    title: '`authorizationDetails.<type>`',
    text: 'One type of RFC 9396. Types that the spec does not name are left to the issuer.',
  },
  { path: 'deny.*', title: '`deny`', text: 'A list of rules; each has both keys.' },
  {
    path: 'accept.*',
    title: '`accept`',
    text: `A list of findings that somebody lives with for a while. All keys are required. An accepted finding forbids nothing:
\`check\` and \`build\` succeed, \`check --accepted\` shows it with its reason, SARIF marks it as suppressed. It holds up to
and including the day \`until\`, 180 days ahead at most; errors of rules about safety (rules.md says which) are accepted
for 30 days at most. An acceptance that is incomplete, has ended, or names no part of the spec is an error, one that no
finding needs a warning (TE606). A part is named by its path: \`claims.roles\`, \`deny.<reason>\`, \`scopes.<name>\`,
\`issuers.okta\` for all findings about Okta, \`issuers.okta.claims.roles\` for that claim at Okta alone; \`check --json\`
says it for each finding as \`at\`. Acceptances change nothing that is built, nor the revision of the policy.

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

/** By path: what keys mean, where the schema does not say it or says it too shortly for a page. */
export const meanings: Readonly<Record<string, string>> = {
  $schema: 'Where an editor finds the JSON Schema. Nothing else reads it.',
  owner: 'Who answers for the claims that name no owner of their own.',
  namespace: 'Prefix for claim names that an issuer refuses bare: `https://acme.example/`.',
  marker: 'Name of the claim that says which version of the policy made the token, or `false` for none.',
  lifetime: 'How long tokens live.',
  user: 'The attributes of users.',
  org: 'The metadata of organizations.',
  tables: 'Small constant maps, compiled in: `tables.region[user.attributes.country]`.',
  claims: 'The claims, by name.',
  scopes: 'The scopes that the policy decides on, by name or pattern.',
  deny: 'Conditions under which nobody gets a token.',
  accept: 'Findings that are accepted for a while, see below.',
  issuers:
    'The issuers that the spec is for, each with its settings; `{}` where the defaults do. Without it: all.',
  'lifetime.access': 'How long an access token lives. What `maxAge` is proven with.',
  'user.attributes': 'The attributes of a user and their types: `user.attributes.<name>` in expressions.',
  'org.metadata':
    'The metadata of an organization and their types: `org.metadata.<name>` in expressions. Without it they are of any name, and of no known type.',
  'sources.*.owner': 'Who answers for the source.',
  'sources.*.http.url':
    'The address. `{user.id}` is an expression, filled in and escaped; `${NAME}` is a setting of the deployment.',
  'sources.*.http.headers': 'Headers of the request; `${NAME}` is a secret of the deployment.',
  'claims.*.value': 'Where the value comes from.',
  'claims.*.when': 'The claim is emitted only where this is true. Default: always.',
  'claims.*.tokens': 'The tokens that carry it. An authoritative claim never goes into an ID token.',
  'claims.*.onMissing': 'What a missing value ends in, see above.',
  'claims.*.owner': 'Who answers for the claim.',
  'claims.*.consumers': 'The services that rely on it.',
  'claims.*.purpose': 'What they rely on it for.',
  'claims.*.reviewBy': 'The day until which somebody must look at it again: `2027-01-31`.',
  'claims.*.as': 'The name at one issuer, where it must differ: `{ auth0: https://acme.example/roles }`.',
  'authorizationDetails.*.fields': 'The fields that may be read, each with its type: `detail.<field>`.',
  'authorizationDetails.*.grant': 'The detail is granted only where this is true; else the token is refused.',
  'deny.*.when': 'Where this is true, there is no token.',
  'deny.*.reason': 'A constant word; it reaches the client.',
};
