import type { RuleInfo } from './rule.ts';

/** Rules that a spec must follow to become a policy. The reader and the compiler report them. */
const descriptions: readonly Omit<RuleInfo, 'unacceptable'>[] = [
  {
    id: 'TE001',
    slug: 'unreadable',
    severity: 'error',
    title: 'A spec is one YAML or JSON document of at most 1 MB.',
    why: 'Anything else could be read in two ways: the reviewer sees one policy, the compiler another.',
    mend: 'Correct the syntax at the place shown. Put an expression that contains quotes or `: ` in single quotes.',
    bad: `claims:
  admin: { value: "admin" in user.roles, kind: descriptive }`,
    good: `claims:
  admin: { value: '"admin" in user.roles', kind: descriptive }`,
  },
  {
    id: 'TE002',
    slug: 'unknown-key',
    severity: 'error',
    title: 'A spec has only known keys.',
    why: 'If a misspelt `when` or `onMissing` were ignored, tokens would say more than the author meant.',
    mend: 'Use the name that the finding suggests. `claimsmith schema` prints a JSON Schema that gives your editor completion.',
    bad: `claims:
  plan: { value: org.id, kind: descriptive, onMising: omit }`,
    good: `claims:
  plan: { value: org.id, kind: descriptive, onMissing: omit }`,
  },
  {
    id: 'TE003',
    slug: 'invalid-value',
    severity: 'error',
    title: 'Every key has a value of the right form.',
    why: 'Claimsmith does not guess what another value could mean.',
    mend: 'Write the value as docs/spec.md describes it for this key.',
    bad: `lifetime: { access: 600 }
claims: {}`,
    good: `lifetime: { access: 10m }
claims: {}`,
  },
  {
    id: 'TE004',
    slug: 'invalid-expression',
    severity: 'error',
    title: 'Every expression is CEL and matches the declared types.',
    why: 'An expression that cannot be evaluated would deny every login, or leave its claim out of every token.',
    mend: 'Correct the expression. Declare each attribute that it reads, with its type, under `user: { attributes: … }`.',
    bad: `claims:
  tier: { value: user.attributes.tier.toLowerCase(), kind: descriptive }`,
    good: `user: { attributes: { tier: string } }
claims:
  tier: { value: user.attributes.tier.lowerAscii(), kind: descriptive }`,
    reference: 'https://github.com/google/cel-spec/blob/master/doc/langdef.md',
  },
  {
    id: 'TE005',
    slug: 'claim-cycle',
    severity: 'error',
    title: 'Claims do not read each other in a cycle, and neither do sources.',
    why: 'In a cycle, no order gives every claim, or every question to a source, the values that it reads.',
    mend: 'Compute the shared part in another claim that both read, or repeat the expression. Ask one of the sources only with fields of the login.',
    bad: `claims:
  a: { value: claims.b, kind: descriptive }
  b: { value: claims.a, kind: descriptive }`,
    good: `claims:
  a: { value: org.id, kind: descriptive }
  b: { value: claims.a, kind: descriptive }`,
  },
  {
    id: 'TE006',
    slug: 'value-or-const',
    severity: 'error',
    title: 'A claim has either `value` or `const`.',
    why: 'With both, one of them would be ignored. With neither, the claim has no value.',
    mend: 'Keep `value` for an expression, or `const` for a constant.',
    bad: `claims:
  plan: { value: org.id, const: free, kind: descriptive }`,
    good: `claims:
  plan: { const: free, kind: descriptive }`,
  },
  {
    id: 'TE007',
    slug: 'default-type',
    severity: 'error',
    title: "A default has its claim's type.",
    why: 'Otherwise a service would get a value of another type on the day a source is down, and fail then.',
    mend: "Give a default of the claim's type.",
    bad: `claims:
  roles: { value: user.roles, kind: descriptive, onMissing: { default: none } }`,
    good: `claims:
  roles: { value: user.roles, kind: descriptive, maxItems: 20, onMissing: { default: [] } }`,
  },
  {
    id: 'TE008',
    slug: 'name-taken',
    severity: 'error',
    title: 'A name is not used twice, and is safe in every language that reads tokens.',
    why: 'A name such as `__proto__` reaches the prototype of objects in JavaScript. A name that already exists would hide its first meaning.',
    mend: 'Choose another name.',
    bad: `sources:
  user: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } }
claims: {}`,
    good: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } }
claims: {}`,
  },
  {
    id: 'TE009',
    slug: 'scope-name',
    severity: 'error',
    also: ['warning'],
    title:
      'A scope name has only characters that RFC 6749 allows, and text on both sides of each placeholder or its end.',
    why: 'A pattern that matches a scope in two ways could grant access to the wrong object.',
    mend: 'Use letters, digits and `.:/-_`, and put a separator between two placeholders.',
    bad: `claims: {}
scopes:
  account.{tenant}{account}: { grant: account in user.roles }`,
    good: `claims: {}
scopes:
  account.{account}: { grant: account in user.roles }`,
    reference: 'https://www.rfc-editor.org/rfc/rfc6749#section-3.3',
  },
  {
    id: 'TE010',
    slug: 'source-address',
    severity: 'error',
    title: "A source's address and headers are valid after their placeholders are filled in.",
    why: 'Values are escaped when they are filled in. A place where values cannot be escaped, or a header that cannot be sent, would fail each login.',
    mend: 'Put placeholders into the path or the query of the address. Remove headers that HTTP sets itself.',
    bad: `sources:
  crm: { http: { url: "https://crm.acme.example/?id={user.id" }, returns: { plan: string } }
claims: {}`,
    good: `sources:
  crm: { http: { url: "https://crm.acme.example/?id={user.id}" }, returns: { plan: string } }
claims: {}`,
  },
  {
    id: 'TE011',
    slug: 'ambiguous-scalar',
    severity: 'warning',
    fixable: true,
    title: 'Plain words mean the same to every YAML reader.',
    why: '`no`, `1_000` and `007` are text here, but booleans or numbers for other tools, which would read a different spec.',
    mend: 'Put the text in quotes, or write `true`, `false` or a plain number.',
    bad: `claims:
  beta: { const: yes, kind: descriptive }`,
    good: `claims:
  beta: { const: true, kind: descriptive }`,
  },
  {
    id: 'TE013',
    slug: 'source-kind',
    severity: 'error',
    title: 'A source has exactly one of `http`, `sql` and `dynamodb`.',
    why: 'With two of them, one would be ignored. Without any, the source could not be asked.',
    mend: 'Keep exactly one of them.',
    bad: `sources:
  crm: { returns: { plan: string } }
claims: {}`,
    good: `sources:
  crm: { http: { url: "https://crm.acme.example/" }, returns: { plan: string } }
claims: {}`,
  },
  {
    id: 'TE014',
    slug: 'source-query',
    severity: 'error',
    title:
      'A query is one statement that every database reads in the same way, and has all its parameters; `each` has one list with a bound.',
    why: 'A parameter in quotes is text, and a parameter without a value is NULL, so the query would ask something else.',
    mend: 'Write one `select`, give each `:parameter` a value under `params`, and leave parameters without quotes.',
    bad: `sources:
  db:
    sql: { connection: "\${DATABASE_URL}", query: "select role from member where id = :id" }
    returns: { role: string }
claims: {}`,
    good: `sources:
  db:
    sql:
      connection: \${DATABASE_URL}
      query: select role from member where id = :id
      params: { id: user.id }
    returns: { role: string }
claims: {}`,
  },
  {
    id: 'TE410',
    slug: 'injectable-lookup',
    severity: 'error',
    title: 'Values go into a query as parameters, never into its text.',
    why: 'A value that becomes part of the text can change what the query does.',
    mend: 'Write `:name` in the query, and its value under `params`.',
    bad: `sources:
  db:
    sql: { connection: "\${DATABASE_URL}", query: "select role from member where id = '{user.id}'" }
    returns: { role: string }
claims: {}`,
    good: `sources:
  db:
    sql:
      connection: \${DATABASE_URL}
      query: select role from member where id = :id
      params: { id: user.id }
    returns: { role: string }
claims: {}`,
    reference: 'https://cwe.mitre.org/data/definitions/89.html',
  },
  {
    id: 'TE606',
    slug: 'acceptance-invalid',
    severity: 'error',
    fixable: true,
    also: ['warning'],
    title: 'An acceptance of findings says where, why, who owns it and until when, and has not ended.',
    why: 'An acceptance without an owner or an end hides a problem forever. An acceptance that matches no finding is a warning.',
    mend: 'Fix the findings and remove the acceptance, or complete it. It may last at most 180 days, and 30 for errors of safety rules.',
    bad: `claims:
  limit: { value: org.id, kind: authoritative, onMissing: { default: none } }
accept:
  - { rule: TE702, at: claims.limit }`,
    good: `claims:
  limit: { value: org.id, kind: authoritative, onMissing: { default: none } }
accept:
  - rule: TE702
    at: claims.limit
    because: The new limits API is not ready before April.
    owner: billing@acme.example
    until: 2026-03-31`,
    standards: ['exceptions'],
  },
  {
    id: 'TE015',
    slug: 'scope-grant',
    severity: 'error',
    title: 'A scope has a grant, either for everybody or for known kinds of subject.',
    why: 'With a misspelt kind, its subjects would get the grant of the others.',
    mend: 'Use `human`, `machine`, `agent`, or a kind that the spec declares under `subjects`.',
    bad: `claims: {}
scopes:
  read: { subjects: { humans: '"reader" in user.roles' } }`,
    good: `claims: {}
scopes:
  read: { subjects: { human: '"reader" in user.roles' } }`,
  },
  {
    id: 'TE030',
    slug: 'unknown-issuer',
    severity: 'error',
    title: '`issuer` is compared only with the ids of issuers.',
    why: 'With a misspelt id, the branch for that issuer would be left out of the policy of every issuer.',
    mend: 'Use the id under which the issuer stands in `issuers`.',
    bad: `claims:
  tenant: { value: 'issuer == "okat" ? client.id : org.id', kind: descriptive }`,
    good: `claims:
  tenant: { value: 'issuer == "okta" ? client.id : org.id', kind: descriptive }`,
  },
  {
    id: 'TE031',
    slug: 'parameter-value',
    severity: 'error',
    title: 'Every parameter has a value of its type.',
    why: 'A build with a wrong value would publish a policy that nobody has written.',
    mend: 'Give the value with `--set name=value`, under `params` in the file of an environment, or as the `default` of the parameter.',
    bad: `params: { region: string }
claims:
  region: { value: params.region, kind: descriptive }`,
    good: `params: { region: { type: string, default: eu } }
claims:
  region: { value: params.region, kind: descriptive }`,
  },
  {
    id: 'TE032',
    slug: 'unknown-parameter',
    severity: 'error',
    title: 'Only declared parameters are given a value or filled in.',
    why: 'With a misspelt name, the policy would be built with another value than somebody meant.',
    mend: 'Use the declared name, or declare the parameter under `params`.',
    bad: `params: { tenant: { type: string, default: acme } }
namespace: "https://\${params.tennant}.example/"
claims:
  tenant: { value: params.tenant, kind: descriptive }`,
    good: `params: { tenant: { type: string, default: acme } }
namespace: "https://\${params.tenant}.example/"
claims:
  tenant: { value: params.tenant, kind: descriptive }`,
  },
  {
    id: 'TE033',
    slug: 'unused-parameter',
    severity: 'warning',
    title: 'Every parameter is read.',
    why: 'Somebody who sets it expects another policy.',
    mend: 'Read it as `params.name` in an expression or `${params.name}` in a text, or remove it.',
    bad: `params: { region: { type: string, default: eu } }
claims: {}`,
    good: `params: { region: { type: string, default: eu } }
claims:
  region: { value: params.region, kind: descriptive }`,
  },
  {
    id: 'TE017',
    slug: 'scenario-name',
    severity: 'error',
    title:
      'A scenario uses only names that the spec has: claims, sources and their fields, attributes, metadata.',
    why: 'A misspelt claim is absent from every token, so a scenario that expects its absence would always pass.',
    mend: 'Use the name that the spec has.',
  },
  {
    id: 'TE018',
    slug: 'scenario-not-read',
    severity: 'warning',
    title: 'Every file of scenarios is read.',
    why: 'A scenario in a file with another ending would never run, although it looks as if it did.',
    mend: 'Rename the file to `.yaml`, `.yml` or `.json`, or move it out of the folder.',
  },
  {
    id: 'TE020',
    slug: 'cedar-files',
    severity: 'error',
    also: ['warning'],
    title: 'Cedar accepts the schema and the policies in the folder `cedar`.',
    why: 'A policy with a misspelt attribute never permits anything, or never forbids what it was written for.',
    mend: 'Correct the schema or the policy at the place shown. `claimsmith engine --for cedar` prints the schema with the type of the token.',
  },
  {
    id: 'TE021',
    slug: 'decision',
    severity: 'error',
    title: 'A decision of a scenario asks for actions, types and entities that the Cedar schema has.',
    why: 'Cedar denies every request that it cannot read, so a decision that expects a denial would always pass.',
    mend: 'Use the names of the schema in the folder `cedar`.',
  },
  {
    id: 'TE034',
    slug: 'ambiguous-message',
    severity: 'error',
    title: 'Each reason for a denial has one message, and each message one reason.',
    why: 'Apps and audits could not tell why a token was denied.',
    mend: 'Write the same `message` wherever the `reason` is the same, and another one elsewhere.',
    bad: `claims: {}
deny:
  - { when: client.id == "a", reason: suspended, message: Sorry }
  - { when: client.id == "b", reason: barred, message: Sorry }`,
    good: `claims: {}
deny:
  - { when: client.id == "a", reason: suspended, message: Your account is suspended }
  - { when: client.id == "b", reason: barred, message: This app is barred }`,
  },
  {
    id: 'TE035',
    slug: 'looked-up-too-late',
    severity: 'error',
    title: 'What is decided with the token does not read a claim that is looked up per request.',
    why: 'A claim with `resolve: request` has no value yet when the token is made.',
    mend: 'Put the claim into tokens, without `resolve: request`, or let the service decide with it.',
    bad: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { daily_limit: double } }
claims:
  daily_limit: { value: bank.daily_limit, kind: authoritative, resolve: request }
scopes:
  pay: { grant: claims.daily_limit > 0.0 }`,
    good: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { daily_limit: double } }
claims:
  daily_limit: { value: bank.daily_limit, kind: authoritative, resolve: request }
scopes:
  pay: { grant: '"payer" in user.roles' }`,
  },
  {
    id: 'TE036',
    slug: 'looked-up-and-carried',
    severity: 'error',
    title: 'A claim that is looked up per request has no place in tokens, and the policy has a marker.',
    why: 'Settings of tokens would have no effect. Without a marker, nothing shows a service that the policy made a token.',
    mend: 'Remove `tokens` and `as`, or `resolve: request`. Remove `marker: false`.',
    bad: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { daily_limit: double } }
claims:
  daily_limit: { value: bank.daily_limit, kind: authoritative, resolve: request, tokens: [access] }`,
    good: `sources:
  bank: { http: { url: "https://bank.acme.example/{user.id}" }, returns: { daily_limit: double } }
claims:
  daily_limit: { value: bank.daily_limit, kind: authoritative, resolve: request }`,
  },
];

/** A spec that breaks one of them cannot be built. */
export const structureRules: readonly RuleInfo[] = descriptions.map((rule) => ({
  ...rule,
  unacceptable: true,
}));
