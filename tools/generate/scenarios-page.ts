import { type JsonSchema, type SourceFailure, scenarioJsonSchema, sourceFailures } from '@claimsmith/core';
import type { GeneratedFile } from './generated.ts';
import { cell, keyTable, type Words } from './key-table.ts';
import { contextFields } from './spec-page.ts';

/** docs/scenarios.md: every key of a scenario, and how to write what coverage asks for. */
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
  ];
  return { path: 'docs/scenarios.md', content: `${content.join('\n\n')}\n` };
}

/** The form with what scenarios share; the other is the list alone. */
function fileSchema({ anyOf }: JsonSchema): JsonSchema {
  const forms: readonly JsonSchema[] = Array.isArray(anyOf) ? anyOf : [];
  const found = forms.find(({ type }) => type === 'object');
  if (found === undefined) throw new Error('the schema of scenarios has no form that is a mapping');
  return found;
}

const opening = `# Scenarios

A scenario says who asks for a token, what the sources answer, and what must come out. \`npx claimsmith preview\` shows the
tokens of each, \`npx claimsmith test\` proves that all issuers sign the same. Run both inside the clone.

Scenarios stand in the folder \`scenarios\` beside the spec and in folders below it, in files that end in \`.yaml\`, \`.yml\`
or \`.json\`. They are read in the order of their names; a warning names a file that only looks like one of them. For a spec
with a source \`crm\`:

\`\`\`yaml
context: # what all scenarios of this file share
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

A file may also be the list of scenarios alone. Editors complete a file after
\`npx claimsmith schema scenarios > scenarios.schema.json\`. An unknown key is an error, and so is the name of a
claim, a source, a field of its answer or a user attribute that the spec does not have: a misspelt claim would always be
\`absent\`. A file without a scenario is an error, too.

## The file`;

const beforeScenario = `What the scenarios share is merged into each of them, mappings key by key. A scenario's own value wins; its
lists replace the shared ones.

## A scenario`;

const beforeContext = `## \`context\`

The identity context, by the names that expressions read; [spec.md](spec.md) says where each issuer takes them from. Say
what matters to the policy. Values of a profile, of attributes, metadata and parameters may be of a wrong type, to see what
the policy makes of them. All other values are of the type below, or \`null\`: issuers make them themselves.`;

const afterContext = `**Absent and null.** A field that is not said has no value, but for those above that say otherwise. \`null\` says that the
value is not known: a claim that reads it is missing, and its \`onMissing\` decides. So \`user: { id: u1 }\` is a user
without roles, and \`user: { id: u1, roles: null }\` is one of whom nobody knows the roles. Some issuers always know some
lists, as Okta does groups and Keycloak roles: there an unknown list is an empty one, and \`test\` marks it \`~\`.

**The audience.** Say \`request.audience\` where the policy reads it or claims name \`audiences\`: issuers have one of their
own otherwise.

**Who asks.** With a \`user\` it is a person. Without one, with \`subject_type: machine\` or \`agent\`, or with the grant type
\`client_credentials\`, it is a machine. The \`user\` and \`session\` that it shares with scenarios of people are then left
out; those that it says itself are kept. At Keycloak a machine has a user, its service account: \`user: { roles: [job] }\`
gives that one a role. Issuers that have no user for machines do without. An agent with a \`user\` acts for that user.

## \`sources\`

What each source answers, by its name. Nothing goes over the network. An answer is what the source would send: for HTTP
its JSON, for SQL the row, for DynamoDB the item. With \`rows: many\` it is \`{ rows: [{ role: viewer }] }\`. Where there is
no row or item it is \`{}\`, or \`{ rows: [] }\`.

- A field that is absent, null or of another type than declared has no value; the other fields do.
- Text, a list or \`null\` where fields are declared is no answer: the source has failed, as \`malformed\`.
- **A source of which a scenario says nothing has failed**, as \`network\`. \`preview\` and \`test\` say so where it was asked.
- A source that nothing to be decided reads is not asked, whatever the scenario says.

\`{ fails: … }\` says that it fails, and how. The policy treats all failures alike; issuers and \`preview\` tell them apart.
There are no half-slow answers: one comes within the source's \`timeout\`, or it is \`timeout\`.`;

const afterFailures = `## \`expect\`

What must come out, by the names of the spec, the policy marker's among them: issuers may use others. What is not named may be anything. A denial that
is not named is none: a token must be issued. Without \`expect\` the policy's column in \`test\` shows \`·\`, and the issuers are
compared with the policy alone.`;

const afterExpect = `Where \`denied\` is met there are no tokens, and nothing else is looked at. The reasons:

| reason | when |
|---|---|
| \`enrichment_unavailable\` | a claim with \`onMissing: deny\` is missing, or a deny rule failed |
| \`account_suspended\`, and the like | the \`reason\` of the spec's \`deny\` rule that is true |
| \`authorization_details_refused\` | an authorization detail that was asked for is not granted |

An issuer may have to refuse what the policy only leaves out, such as Okta a scope. \`test\` marks it \`~\` and says why.
Where a scenario says itself what comes out at that issuer, and it does, the mark is \`✓\`:

\`\`\`yaml
expect:
  scopes: [openid]
  okta: { denied: scope_refused }
\`\`\`

Such an expectation stands in place of the rest for that issuer, and excuses nothing: a difference that \`check\` has not
announced fails as ever.

## What coverage asks for

\`test\` ends with the cases of the policy that no scenario has tried. A case counts only where it can be seen: a claim
that is emitted, left out or has its default must be so in a token that is issued; a claim that is missing counts as a
denial only where nothing else denies. How to write each:

| no scenario in which | write |
|---|---|
| a claim is emitted | a context in which its \`when\`, \`audiences\` and \`clients\` hold and what it reads has a value |
| a claim is missing | \`null\` for a field that it reads: \`context: { user: { roles: null } }\`; or a failure of its source: \`sources: { crm: { fails: timeout } }\`, where that denies for another claim an answer without the field: \`sources: { crm: { plan: null } }\`; or more than \`maxItems\` or \`maxBytes\` |
| a claim is left out by \`when\` | a context in which \`when\` is false: \`context: { subject_type: machine }\` for \`subject_type == "human"\` |
| a claim has a \`when\` that fails | \`null\` for a field that its \`when\` reads |
| a claim is left out for its audience, or for its client | \`context: { request: { audience: … } }\` or \`context: { client: { id: … } }\` that it does not name |
| a source answers | \`sources: { crm: { plan: gold } }\`, and a claim that reads it |
| a source fails | \`sources: { crm: { fails: timeout } }\`, and a claim that reads it |
| a deny rule holds | a context in which its \`when\` is true, and \`expect: { denied: … }\` |
| a deny rule fails | \`null\` for a field that it reads, and \`expect: { denied: enrichment_unavailable }\` |
| a scope is granted | \`context: { request: { scopes: [orders.read] } }\`, and what makes its \`grant\` true |
| a scope is refused | the same, and what makes its \`grant\` false |
| a scope, or an authorization detail, has a grant that fails | the same, and \`null\` for a field that its \`grant\` reads |
| an authorization detail is granted, or refused | \`context: { request: { authorization_details: [{ type: payment, amount: 5 }] } }\` |

A \`const\` can't be missing, nor a value that always comes to something.

## What scenarios notice

A case that was tried is not one that was looked at: \`npx claimsmith test --mutate\` changes the policy in small ways and
lists the changes that no scenario notices, each with the scenario that would. What notices most:

- \`only: true\` in one scenario that names all claims: no claim may be in another token
- as many items as \`maxItems\` allows in one scenario, and one more in another
- a value just at a bound that is compared: \`amount: 5000\` where the limit is 5000
- each branch of a condition, and each value of a table, in some scenario`;

const meanings = {
  $schema: 'Where an editor finds the JSON Schema. Nothing else reads it.',
  context: 'What all contexts of the file have in common.',
  sources: 'What the sources answer in all scenarios of the file.',
  scenarios: 'The scenarios.',
  'scenarios.*.name': 'What `--scenario` takes. No two scenarios beside a spec share one.',
  'scenarios.*.context': 'Who asks, and for what: see below.',
  'scenarios.*.sources': 'What each source answers, or how it fails: see below.',
  'scenarios.*.now':
    'When the token is issued: `2026-11-21T08:00:00Z`, or Unix seconds. Without it 2026-01-01T00:00:00Z, so that tests give the same on any day.',
  'scenarios.*.expect': 'What must come out: see below.',
  'scenarios.*.expect.access': 'Claims of the access token: each must have just this value.',
  'scenarios.*.expect.id': 'Claims of the ID token.',
  'scenarios.*.expect.scopes': 'All scopes that are granted, in any order.',
  'scenarios.*.expect.denied': 'There is no token, and this is the reason.',
  'scenarios.*.expect.absent': 'Claims that neither token carries.',
  'scenarios.*.expect.only':
    'No token carries another claim than those named, but for the policy marker. Without `scopes` it grants no scope that the spec decides on.',
  'scenarios.*.expect.<issuer>':
    'What must come out at `auth0`, `okta` or `keycloak`: the same keys as here, in place of them.',
};

const words: Words = {
  meanings,
  types: {
    sources: 'mapping of answers',
    'scenarios.*.sources': 'mapping of answers',
    'scenarios.*.now': 'time or whole number',
    scenarios: 'list of mappings',
    'scenarios.*.expect.access': 'mapping of values',
    'scenarios.*.expect.id': 'mapping of values',
  },
};

/** What the command fills in; any other field has no value. */
const unsaid: Readonly<Record<string, string>> = {
  'user.id': 'a made-up id',
  'user.roles': 'no roles: `[]`',
  'user.groups': 'no groups: `[]`',
  'client.id': 'a made-up id',
  'client.name': '`Client`',
  'client.metadata': 'no entries: `{}`',
  'request.params': 'no parameters: `{}`',
  'request.grant_type': '`authorization_code` for a person, `client_credentials` for a machine',
  'request.scopes': '`[openid]` for a person, `[]` for a machine',
  subject_type: '`human` with a `user`, else `machine`',
};

function contextTable(): string {
  const rows = contextFields().map(
    ({ path, type }) => `| \`${path}\` | ${cell(type)} | ${unsaid[path] ?? 'no value'} |`,
  );
  return ['| field | type | where the scenario does not say |', '|---|---|---|', ...rows].join('\n');
}

const failures: Readonly<Record<SourceFailure, string>> = {
  timeout: 'no answer within the source’s `timeout`, on any attempt',
  network: 'no connection',
  status: 'an answer with another status than 200, or an error of the database',
  too_large: 'an answer over the source’s `limit`',
  malformed: 'an answer that is not the declared JSON',
  ambiguous: 'a query that gave several rows, without `rows: many`',
  open: 'not asked, since it has failed too often of late; only where our server asks',
};

function failureTable(): string {
  const rows = sourceFailures.map((failure) => `| \`{ fails: ${failure} }\` | ${failures[failure]} |`);
  return ['| answer | means |', '|---|---|', ...rows].join('\n');
}
