import type { RuleInfo } from './rule.ts';

/** What must hold before a spec is a policy at all. The reader and the compiler report these themselves. */
const descriptions: readonly Omit<RuleInfo, 'unacceptable'>[] = [
  {
    id: 'TE001',
    slug: 'unreadable',
    severity: 'error',
    title: 'A spec is one YAML or JSON document of at most 1 MB.',
    why: 'Two readers could take another text to mean different things: the reviewer one policy, the compiler another.',
    mend: 'Correct the syntax at the place shown. Put an expression that has quotes or `: ` in it between single quotes.',
    bad: `claims:
  admin: { value: "admin" in user.roles, kind: descriptive }`,
    good: `claims:
  admin: { value: '"admin" in user.roles', kind: descriptive }`,
  },
  {
    id: 'TE002',
    slug: 'unknown-key',
    severity: 'error',
    title: 'A spec has no keys beyond those of the language.',
    why: 'If a misspelt `when` or `onMissing` were ignored, tokens would say more than the author meant.',
    mend: 'Use the name that the finding suggests. `claimsmith schema` prints a JSON Schema with which editors complete the keys.',
    bad: `claims:
  plan: { value: org.id, kind: descriptive, onMising: omit }`,
    good: `claims:
  plan: { value: org.id, kind: descriptive, onMissing: omit }`,
  },
  {
    id: 'TE003',
    slug: 'invalid-value',
    severity: 'error',
    title: 'Every key has a value of its kind.',
    why: 'Claimsmith does not guess what another value was to mean.',
    mend: 'Give the value as docs/spec.md describes it for this key.',
    bad: `lifetime: { access: 600 }
claims: {}`,
    good: `lifetime: { access: 10m }
claims: {}`,
  },
  {
    id: 'TE004',
    slug: 'invalid-expression',
    severity: 'error',
    title: 'Every expression is CEL and fits the declared types.',
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
    title: 'Claims do not read each other in a circle.',
    why: 'No order of evaluation would give every claim the values that it reads.',
    mend: 'Compute the shared part in a claim that reads neither of them, or repeat the expression.',
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
    title: "A default is of its claim's type.",
    why: 'Otherwise a service would read another type on the day a source is down, and fail then.',
    mend: "Give a default of the claim's type.",
    bad: `claims:
  roles: { value: user.roles, kind: descriptive, onMissing: { default: none } }`,
    good: `claims:
  roles: { value: user.roles, kind: descriptive, onMissing: { default: [] } }`,
  },
  {
    id: 'TE008',
    slug: 'name-taken',
    severity: 'error',
    title: 'A name is not taken, and is safe in every language that reads tokens.',
    why: 'A name such as `__proto__` reaches the prototype of objects in JavaScript. A name that is taken hides what it stood for.',
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
    why: 'A pattern that fits a scope in two ways could grant access to the wrong object.',
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
    title: "A source's address and headers are valid once their placeholders are filled in.",
    why: 'Values are escaped where they are filled in. A place where no value can be escaped, or a header that cannot be sent, would fail each login.',
    mend: 'Put placeholders into the path or the query of the address. Leave headers that HTTP sets itself out.',
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
    title: 'Plain words mean the same to every YAML reader.',
    why: '`no`, `1_000` and `007` are text here, and a truth value or a number to other tools: they would read another spec.',
    mend: 'Put the text in quotes, or write the value plainly.',
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
    why: 'With two of them one would be ignored. With none there is nothing to ask.',
    mend: 'Keep one.',
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
    title: 'A query is one statement that every database reads alike, and has all its parameters.',
    why: 'A parameter in quotes is text, and one without a value is NULL: the query would ask something else.',
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
    title: 'Nothing is put into the text of a query: values are parameters.',
    why: 'A value that becomes part of the text can turn the query into another.',
    mend: 'Write `:name` in the query, and give its value under `params`.',
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
    also: ['warning'],
    title: 'An acceptance of findings says where, why, who answers for it and until when, and has not ended.',
    why: 'An acceptance that nobody answers for, or that never ends, hides a fault for good. One that accepts nothing is a warning.',
    mend: 'Mend the findings and remove the acceptance, or complete it. It ends after 180 days at most, after 30 for errors of rules about safety.',
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
  },
  {
    id: 'TE302',
    slug: 'whole-object-copied',
    severity: 'error',
    title: 'A policy picks fields, never whole records or maps of the context.',
    why: 'A field that somebody adds to the record tomorrow would be in tokens tomorrow.',
    mend: 'Pick the fields that services need.',
    bad: `claims:
  org: { value: org.metadata, kind: descriptive }`,
    good: `claims:
  org_tier: { value: 'org.metadata["tier"]', kind: descriptive }`,
  },
  {
    id: 'TE015',
    slug: 'scope-grant',
    severity: 'error',
    title: 'A scope has a grant, for everybody or for kinds of subject that exist.',
    why: 'A misspelt kind would leave its subjects to the grant of the others.',
    mend: 'Use `human`, `machine`, `agent`, or a kind that the spec declares under `subjects`.',
    bad: `claims: {}
scopes:
  read: { subjects: { humans: '"reader" in user.roles' } }`,
    good: `claims: {}
scopes:
  read: { subjects: { human: '"reader" in user.roles' } }`,
  },
  {
    id: 'TE017',
    slug: 'scenario-name',
    severity: 'error',
    title: 'A scenario names what its spec has: claims, sources and their fields, attributes, metadata.',
    why: 'A misspelt claim is absent from every token: a scenario that expects its absence would pass whatever tokens say.',
    mend: 'Use the name as the spec has it.',
  },
  {
    id: 'TE018',
    slug: 'scenario-not-read',
    severity: 'warning',
    title: 'Every file of scenarios is read.',
    why: 'A scenario in a file with another ending would never run, and look as if it did.',
    mend: 'Rename the file to `.yaml`, `.yml` or `.json`, or move it out of the folder.',
  },
];

/** Without them there is no policy that could be built. */
export const structureRules: readonly RuleInfo[] = descriptions.map((rule) => ({
  ...rule,
  unacceptable: true,
}));
