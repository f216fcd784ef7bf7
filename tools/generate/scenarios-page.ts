import type { JsonSchema } from '@claimsmith/core/spec';
import { type SourceFailure, scenarioJsonSchema, sourceFailures } from '@claimsmith/core/spec';
import type { GeneratedFile } from './generated.ts';
import { cell, keyTable, type Words } from './key-table.ts';
import { contextFields } from './spec-page.ts';

/** docs/scenarios.md: every key of a scenario, and how to cover a policy. */
export function scenariosPage(): GeneratedFile {
  const file = fileSchema(scenarioJsonSchema(['<issuer>']));
  const content = [
    opening,
    keyTable(file, '', words),
    beforeScenario,
    keyTable(file, 'scenarios.*', words),
    beforeContext,
    contextTable(),
    afterContext,
    failureTable(),
    afterFailures,
    keyTable(file, 'scenarios.*.expect', words),
    afterExpect,
    keyTable(file, 'scenarios.*.decisions.*', words),
    afterDecisions,
    keyTable(file, 'scenarios.*.live', words),
    afterLive,
  ];
  return { path: 'docs/scenarios.md', content: `${content.join('\n\n')}\n` };
}

/** The form with shared values; the other form is only the list. */
function fileSchema({ anyOf }: JsonSchema): JsonSchema {
  const forms: readonly JsonSchema[] = Array.isArray(anyOf) ? anyOf : [];
  const found = forms.find(({ type }) => type === 'object');
  if (found === undefined) throw new Error('the schema of scenarios has no form that is a mapping');
  return found;
}

const opening = `# Scenarios

A scenario says who asks for a token, what the sources answer, and which tokens must come out. \`npx claimsmith preview\` shows
the tokens of each scenario; \`npx claimsmith test\` proves that all issuers sign the same.

Scenarios are in the folder \`scenarios\` beside the spec and in folders below it, in files that end in \`.yaml\`, \`.yml\` or
\`.json\`. The files are read in the order of their names. A warning names files whose names look like scenarios but end
otherwise. For a spec with a source \`crm\`:

\`\`\`yaml
context: # shared by all scenarios of this file
  request: { audience: https://api.acme.example/ }
sources:
  crm: { plan: gold, seats: 5 }

scenarios:
  - name: an admin
    context: { user: { id: u1, roles: [admin] } }
    expect:
      access: { roles: [admin], plan: gold }

  - name: the crm is too slow
    context: { user: { id: u1, roles: [admin] } }
    sources: { crm: { fails: timeout } }
    expect:
      access: { plan: free }

  - name: a nightly job
    context: { subject_type: machine, client: { id: nightly-job } }
    expect:
      absent: [roles, plan]
\`\`\`

A file may also be just the list of scenarios. For completion in your editor, run
\`npx claimsmith schema scenarios > scenarios.schema.json\`. An unknown key is an error. So is the name of a claim, a source, a
field of its answer or a user attribute that the spec does not have: a misspelt claim would always be \`absent\`. A file without
a scenario is an error, too.

## The file`;

const beforeScenario = `The shared values are merged into each scenario, mappings key by key. A scenario's own value wins; its lists replace the shared
lists.

## A scenario`;

const beforeContext = `## \`context\`

This is the identity context, with the names that expressions read. [spec.md](spec.md#the-identity-context) says where each
issuer takes them from. Give the fields that matter to the policy. Values of profiles, attributes, metadata and request parameters
may have a wrong type, to try how the policy handles it. All other values have the type below, or are \`null\`.`;

const afterContext = `**Absent and null.** A field that the scenario leaves out has no value, except for the defaults above. \`null\` means that the
value is unknown: a claim that reads it is missing, and its \`onMissing\` decides. So \`user: { id: u1 }\` is a user without
roles, and \`user: { id: u1, roles: null }\` is a user with unknown roles. Some issuers always know some lists, such as Okta the
groups and Keycloak the roles: there an unknown list counts as empty, and \`test\` marks it \`~\`.

**The audience.** Give \`request.audience\` if the policy reads it or a claim names \`audiences\`. Otherwise each issuer uses its
own.

**Who asks.** With a \`user\`, a person asks. A machine asks if there is no \`user\`, or with \`subject_type: machine\` or \`agent\`,
or with the grant type \`client_credentials\`. For a machine, the shared \`user\` and \`session\` of the file are left out; its own
are kept. At Keycloak a machine has a user, its service account: \`user: { roles: [job] }\` gives it a role. Issuers without
users for machines ignore it. An agent with a \`user\` acts for that user.

## \`sources\`

What each source answers, by its name. Nothing goes over the network. An answer is what the source would send: its JSON for
HTTP, the row for SQL, the item for DynamoDB. With \`rows: many\` it is \`{ rows: [{ role: viewer }] }\`. Without a row or item it
is \`{}\`, or \`{ rows: [] }\`. A source that returns a list answers one: \`grants: [{ role: admin }]\`.

- A field that is absent, null or of another type than declared has no value. The other fields keep theirs.
- If fields are declared and the answer is text, a list or \`null\`, the source has failed as \`malformed\`; so it has if a
  list is declared and the answer is something else.
- **A source that the scenario does not mention has failed**, as \`network\`. \`preview\` and \`test\` say so if it was asked.
- A source is asked only if something that is to be decided reads it, whatever the scenario says.

\`{ fails: … }\` makes the source fail in the given way. The policy treats all failures in the same way; issuers and \`preview\`
distinguish them. Slow answers are not simulated: an answer comes within the source's \`timeout\`, or it is \`timeout\`.`;

const afterFailures = `## \`expect\`

What must come out, with the names of the spec, also for the policy marker; issuers may use other names. Claims and scopes that
you do not name may be anything. Without \`denied\` or \`challenged\`, a
token must be issued. Without \`expect\`, the policy's column in \`test\`
shows \`·\`, and the issuers are only compared with the policy.`;

const afterExpect = `If the policy denies as \`denied\` says, there are no tokens, and nothing else is compared. The reasons:

| reason | when |
|---|---|
| \`enrichment_unavailable\` | a claim with \`onMissing: deny\` is missing, or a deny rule fails |
| such as \`account_suspended\` | the deny rule with this \`reason\` is true, or a challenge that the issuer cannot ask for |
| \`authorization_details_refused\` | a requested authorization detail is not granted |

\`challenged: mfa\` says that a [challenge](spec.md#challenge) is due: the user is asked for a factor, and there are no tokens. An
issuer that cannot ask denies the token instead; \`test\` marks it \`~\`. What happens after the factor is another scenario, with
\`session: { amr: [pwd, mfa] }\`.

An issuer may have to deny a token where the policy only removes something: Okta does so for a scope. \`test\` marks it \`~\` and
says why. If the scenario says what comes out at that issuer, and it does, the mark is \`✓\`:

\`\`\`yaml
expect:
  scopes: [openid]
  okta: { denied: scope_refused }
\`\`\`

Such an expectation replaces the rest for that issuer. It does not excuse a difference that \`check\` has not announced: that
still fails.

**Personal data.** \`test\` looks at the values of the claims that come out. An IBAN, a card number or a birth date in a claim without
\`purpose\` and \`consumers\` is a warning at the claim ([TE404](rules/TE404.md)), also if no name says what it is. With
\`profiles: [pedantic]\` the same holds for e-mail addresses and phone numbers in access tokens ([TE202](rules/TE202.md)).

## \`decisions\`

What [Cedar](decide-with-cedar.md) must decide with the access token that each issuer signs. The spec needs \`cedar\`, and a schema and policies
in the folder \`cedar\` beside it. \`entities\` say what the service tells Cedar besides the token.`;

const afterDecisions = `\`\`\`yaml
entities:
  Record::"case": { attrs: { level: 2, site: berlin } }
decisions:
  - { action: Open, resource: Record::"case", allow: true }
\`\`\`

## \`live\`

\`npx claimsmith verify\` asks the running issuers of an [environment](publishing.md#verify) for the tokens of the scenarios that
have \`live\`, and compares them with what the policy decides for the scenario. It changes nothing there.`;

const afterLive = `\`\`\`yaml
- name: an admin
  context: { user: { id: u1, roles: [admin] } }
  sources: { crm: { plan: gold, seats: 5 } }
  live:
    client: web
    user: ada
    auth0: { client: 4kVq0DmW1kZr7WLz, user: ada@acme.example }
\`\`\`

The running issuer knows the user, the roles and the client itself, and its sources answer what they know. So the scenario must
say what is true there: keep a test user for each scenario that has \`live\`, with exactly the scenario's attributes and roles.
The scenario's scopes and audience are asked for, and the token must have that audience. At Okta, it is the audience of the
authorization server. \`now\` has no effect: the issuer's clock is that of the real world.

## What coverage asks for

\`test\` ends with the cases of coverage that no scenario has tried. A case counts only if it shows: a claim that is emitted, left
out or has its default must be so in an issued token; a missing claim counts as a denial only if nothing else denies. This is how
to write each case:

| missing case | write |
|---|---|
| a claim is emitted | a context in which its \`when\`, \`audiences\` and \`clients\` hold and what it reads has a value |
| a claim is missing | \`null\` for a field that it reads: \`context: { user: { roles: null } }\`; or a failure of its source: \`sources: { crm: { fails: timeout } }\`; or, if that failure denies because of another claim, an answer without the field: \`sources: { crm: { plan: null } }\`; or more than \`maxItems\` or \`maxBytes\` |
| a claim is left out for its subject | a subject that the claim is not for: \`context: { subject_type: machine }\` |
| a claim is left out by \`when\` | a context in which \`when\` is false, for a subject that the claim is for |
| a claim has a \`when\` that fails | \`null\` for a field that its \`when\` reads |
| a claim is left out for its audience, or for its client | an audience or a client that the claim does not name: \`context: { request: { audience: … } }\`, \`context: { client: { id: … } }\` |
| a source answers | \`sources: { crm: { plan: gold } }\`, and a claim that reads it |
| a source fails | \`sources: { crm: { fails: timeout } }\`, and a claim that reads it |
| a deny rule holds | a context in which its \`when\` is true, and \`expect: { denied: … }\` |
| a deny rule fails | \`null\` for a field that it reads, and \`expect: { denied: enrichment_unavailable }\` |
| a challenge is due | a context in which its \`when\` is true, and \`expect: { challenged: mfa }\` |
| a challenge is not due | a context in which its \`when\` is false, and tokens |
| a challenge fails | \`null\` for a field that it reads, and \`expect: { denied: enrichment_unavailable }\` |
| a scope is granted | \`context: { request: { scopes: [orders.read] } }\`, and what makes its \`grant\` true |
| a scope is refused | the same, and what makes its \`grant\` false |
| a scope, or an authorization detail, has a grant that fails | the same, and \`null\` for a field that its \`grant\` reads |
| an authorization detail is granted, or refused | \`context: { request: { authorization_details: [{ type: payment, amount: 5 }] } }\` |
| a policy of Cedar decides | a decision that rests on the policy at this place |

These are never missing: a \`const\`, and an expression that always has a value.

## What scenarios notice

A scenario may try a case without checking its result. \`npx claimsmith test --mutate\` makes small changes to the policy and lists
those that no scenario notices, each with a scenario that would. It changes
expressions (operators, literals, and whole conditions), \`const\`, \`onMissing\`, \`maxItems\`, \`maxBytes\`, \`tokens\`, \`audiences\`, \`clients\`,
\`subjects\`, \`delegated\`, \`add\` of scopes, reasons of rules, and values of tables. It does **not** change sources (addresses, queries,
parameters, \`each\`, and bounds such as \`timeout\`, \`retries\`, \`cache\`, \`stale\`, \`lag\` and \`limit\`), \`maxAge\`, \`lifetime\`, names of claims, the
marker, messages, or settings of issuers: nothing that it prints is about those. A change for which its search finds no situation that shows it
is listed apart, as one that made no difference; the search takes kinds of subjects from your scenarios alone.

These scenarios notice most:

- \`only: true\` in a scenario that names all claims: then no claim may be in another token
- as many items as \`maxItems\` allows in one scenario, and one more in another
- a value exactly at a bound: \`amount: 5000\` if the limit is 5000
- each branch of a condition, and each value of a table, in some scenario
- for each claim that [services look up](volatile-attributes.md), \`lookups\` with a value, with \`null\` for a subject that it is not for, and
  with what comes of a source that fails \`later\``;

const meanings = {
  $schema: 'Where an editor finds the JSON Schema. Only editors read it.',
  context: 'What all contexts of the file have in common.',
  sources: 'What the sources answer in all scenarios of the file.',
  scenarios: 'The scenarios.',
  'scenarios.*.name': 'The name, as for `--scenario`. It must be unique among the scenarios of a spec.',
  'scenarios.*.context': 'Who asks, and for what; see below.',
  'scenarios.*.sources': 'What each source answers, or how it fails; see below.',
  'scenarios.*.later':
    'What sources answer later, when a service looks values up. Without it, the same as in `sources`.',
  'scenarios.*.now':
    'When the token is issued: `2026-11-21T08:00:00Z`, or Unix seconds. Without it 2026-01-01T00:00:00Z, so that tests give the same result every day.',
  'scenarios.*.expect': 'What must come out; see below.',
  entities: 'What decisions of all scenarios ask about; see below.',
  'scenarios.*.entities': 'What decisions ask about; see below.',
  'scenarios.*.decisions': 'What Cedar must decide with the tokens; see below.',
  'scenarios.*.decisions.*.resource': 'The resource, such as `Record::"r1"`.',
  'scenarios.*.live':
    'How `verify` asks running issuers for these tokens; see below. Without it they are not asked.',
  'scenarios.*.live.client':
    'The client that asks, by its `client_id`. Without it, only the issuers below are asked.',
  'scenarios.*.live.user': 'The name by which the user logs in. Without it, the client asks for itself.',
  'scenarios.*.live.<issuer>':
    'How `auth0`, `okta` or `keycloak` is asked. It has the same keys as here and replaces them.',
  'scenarios.*.expect.access': 'Claims of the access token: each must have exactly this value.',
  'scenarios.*.expect.id': 'Claims of the ID token.',
  'scenarios.*.expect.scopes': 'All granted scopes, in any order.',
  'scenarios.*.expect.denied': 'The token is denied, with this reason.',
  'scenarios.*.expect.challenged': 'The user is asked for this instead of getting tokens.',
  'scenarios.*.expect.lookups':
    'What a service looks up with the token: each claim with `resolve: request` must have exactly this value, or `null` if it has none. `{ denied: unavailable }`: a source fails. `{ denied: missing }`: the sources have no value.',
  'scenarios.*.expect.absent': 'Claims that neither token carries.',
  'scenarios.*.expect.only':
    'The tokens carry only the named claims, and the policy marker. Without `scopes`, no scope that the spec decides on may be granted.',
  'scenarios.*.expect.<issuer>':
    'What must come out at `auth0`, `okta` or `keycloak`. It has the same keys as here and replaces them.',
};

const words: Words = {
  meanings,
  types: {
    sources: 'mapping of answers',
    'scenarios.*.sources': 'mapping of answers',
    'scenarios.*.now': 'time or whole number',
    scenarios: 'list of mappings',
    'scenarios.*.later': 'mapping of answers',
    'scenarios.*.decisions.*.context': 'mapping of values',
    'scenarios.*.expect.access': 'mapping of values',
    'scenarios.*.expect.lookups': 'mapping of values',
    'scenarios.*.expect.id': 'mapping of values',
  },
};

/** The defaults that the command fills in; any other field has no value. */
const unsaid: Readonly<Record<string, string>> = {
  'user.id': 'a made-up id',
  'user.identities': 'no linked accounts: `[]`',
  'user.roles': 'no roles: `[]`',
  'user.groups': 'no groups: `[]`',
  'client.id': 'a made-up id',
  'client.name': '`Client`',
  'client.metadata': 'no entries: `{}`',
  'request.params': 'no parameters: `{}`',
  'request.grant_type': '`authorization_code` for a person, `client_credentials` for a machine',
  'request.scopes': '`[openid]` for a person, `[]` for a machine',
  subject_type: '`human` with a `user`, else `machine`',
  now: 'the `now` of the scenario, beside its `context`',
};

function contextTable(): string {
  const rows = contextFields().map(
    ({ path, type }) => `| \`${path}\` | ${cell(type)} | ${unsaid[path] ?? 'no value'} |`,
  );
  return ['| field | type | without it |', '|---|---|---|', ...rows].join('\n');
}

const failures: Readonly<Record<SourceFailure, string>> = {
  timeout: 'no answer within the source’s `timeout`, on any attempt',
  network: 'no connection',
  status: 'an answer with a status other than 200 or with GraphQL’s `errors`, or an error of the database',
  too_large: 'an answer over the source’s `limit`',
  malformed: 'an answer that is not JSON of the declared types',
  ambiguous: 'a query that gave several rows, without `rows: many`',
  open: 'not asked, because it has failed too often recently; only if our server asks',
  token: 'not asked, because the token endpoint in its `auth` gave no access token',
};

function failureTable(): string {
  const rows = sourceFailures.map((failure) => `| \`{ fails: ${failure} }\` | ${failures[failure]} |`);
  return ['| answer | means |', '|---|---|', ...rows].join('\n');
}
