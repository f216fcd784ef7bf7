import { readFileSync } from 'node:fs';
import { readScenarios, readSpec } from '@claimsmith/core/spec';
import { issuers } from '../../packages/cli/src/issuers.ts';
import type { GeneratedFile } from './generated.ts';

const folder = 'examples/recipes';

/** docs/recipes.md: the claims of examples/recipes and its folder login, with what comes out of their first scenarios. */
export function recipesPage(): GeneratedFile {
  const { sections, context } = recipesIn('');
  const login = recipesIn('login/');
  const time = recipesIn('time/');
  const split = sections.findIndex((section) => section.startsWith('### stringify'));
  return {
    path: 'docs/recipes.md',
    content: `# Recipes

This page shows the transformations of other products as expressions. They are the claims of \`examples/recipes\`, and
\`npx claimsmith test examples/recipes\` runs each of them at every issuer. The results below are those for this user:

${shown(context['user'])}

## Microsoft Entra's transformations

${sections.slice(0, split).join('\n')}
## ZITADEL's list

These are the transformations that users ask for in [zitadel#10830](https://github.com/zitadel/zitadel/issues/10830). A claim
name that collides with a registered claim is a finding (TE101). A name that an issuer refuses gets the spec's \`namespace\`.

${sections.slice(split).join('\n')}
## What a login says

These are the claims of \`examples/recipes/login\`. [spec.md](spec.md#the-identity-context) says which issuer supplies which
field; an issuer without the field leaves a descriptive claim out, and \`check\` announces it. The results are those for this
login:

${shown(login.context)}

${login.sections.join('\n')}
## Time, networks and encoded values

These are the claims of \`examples/recipes/time\`. [expressions.md](expressions.md#times) says what times and addresses can do.
The results are those on Friday, 2026-05-01 at 07:30 UTC, for this login:

${shown(time.context)}

${time.sections.join('\n')}
## Look-ups one after another

A profile over GraphQL with an access token, entitlements of the profile's organization, and one question for each team.
[spec.md](spec.md#sourcesname) says how sources are asked, and \`npx claimsmith test examples/recipes/sources\` tries this spec at
every issuer:

\`\`\`yaml
${readExample('sources/enrichment.yaml').text.trim()}
\`\`\`

## What Actions, hooks and Lambda functions do in code

Most code that enriches tokens does one of these things. \`npx claimsmith test examples/recipes/from-code\` tries them at every
issuer:

\`\`\`yaml
${readExample('from-code/enrichment.yaml').text.trim()}
\`\`\`

Some code does what a spec cannot do:

| the code | why a spec does not do it | what to do instead |
|---|---|---|
| writes to the profile of the user, as \`setAppMetadata\` | a policy only reads, so it may run as often as an issuer likes | keep that part in an Action or trigger of its own |
| copies all of \`user_metadata\`, or all parameters of a request | nobody could say what a token holds (TE302) | name the fields |
| sends a look-up to a host from the request | the caller would choose who gets the credentials of the source (TE010) | a [parameter](spec.md#params) for each stage |
| names a claim after a value | services could not know its name | a fixed name |
| asks another provider with the user's own access token | an Action gets that token, expressions do not | a service of yours that has the token answers as a source |
| reads page after page of a list | a source gets one answer | a service of yours that answers the whole list |
| adds a scope that holds a value, as \`customer:4711\` | only a request can say which object it names (TE009) | a claim |
| grants to a user although the look-up has failed | a fault must not widen a token | a descriptive claim with a default |
| changes \`sub\`, \`scope\` or \`cognito:groups\` as a claim | the issuer or the protocol owns them (TE101, TE102) | a claim of another name; \`scopes\` |
| encrypts a value | expressions have no ciphers | a pseudonym by \`hash.hmac\`, encrypted tokens of the issuer, or no claim |
| matches a regular expression | some run for seconds | \`startsWith\`, \`endsWith\`, \`glob\`, \`extract\` |

## A factor before a token

A [challenge](spec.md#challenge) asks administrators, and whoever approves payments, for another factor. Auth0 asks; the others
deny with the reason. \`npx claimsmith test examples/recipes/step-up\` tries it at every issuer:

\`\`\`yaml
${readExample('step-up/enrichment.yaml').text.trim()}
\`\`\`

## In production, for one client first

The policy tells what it [would do](spec.md#what-happens-when-a-token-is-issued) for every client, then it is in force for one, then
for all. \`npx claimsmith test examples/recipes/observe\` shows it at every issuer:

\`\`\`yaml
${readExample('observe/enrichment.yaml').text.trim()}
\`\`\`

## A policy for some apps

\`applies\` leaves the tokens of other apps as they were. Beside it: another value in each token under one name, a grant for all scopes
that the spec does not name, and texts that apps match on. \`npx claimsmith test examples/recipes/for-some\` tries it at every
issuer:

\`\`\`yaml
${readExample('for-some/enrichment.yaml').text.trim()}
\`\`\`

## A pseudonym for each service

Services that know a user by different names cannot join what they know. \`hash.hmac\` computes the names with a key that only the
deployment has, so nobody else can find the user behind one, and \`npx claimsmith test examples/recipes/pairwise\` tries it at
every issuer. Whoever changes the key changes all pseudonyms. \`hash.sha256\` has no key: of an e-mail address, a number or
another text that can be guessed, it hides nothing.

\`\`\`yaml
${readExample('pairwise/enrichment.yaml').text.trim()}
\`\`\`

## What only the app sees

A claim of the userinfo answer is in no token, and tokens need not carry what Keycloak itself puts into them. Here they are also
for two clients only: with \`issuers.<id>.clients\`, tokens of others are left alone. \`npx claimsmith test examples/recipes/card\`
tries it:

\`\`\`yaml
${readExample('card/enrichment.yaml').text.trim()}
\`\`\`

## Who acts for a user

A service exchanges the token of a user. It keeps what describes the user, and only the authority that is delegated.
[spec.md](spec.md#what-happens-when-a-token-is-issued) says what a delegated token is. It works where the issuer says who acts: at
Auth0 if the token exchange profile [sets an actor](auth0.md#token-exchange), and at Keycloak with a policy script
([what it denies](keycloak-reference.md#what-a-value-proves)). \`npx claimsmith test examples/recipes/on-behalf\` tries this spec:

\`\`\`yaml
${readExample('on-behalf/enrichment.yaml').text.trim()}
\`\`\`

Agents act for users, too. Auth0 recognizes them; \`npx claimsmith test examples/recipes/agents\`:

\`\`\`yaml
${readExample('agents/enrichment.yaml').text.trim()}
\`\`\`

## One spec for several stages, customers and issuers

What differs between them is a [parameter](spec.md#params), or a branch for an issuer. \`npx claimsmith test examples/recipes/stages
--env dev\` runs the scenarios of this spec with the values of a stage:

\`\`\`yaml
${readExample('stages/enrichment.yaml').text.trim()}
\`\`\`

An environment has the values of its stage; \`claimsmith plan --env dev\` and \`apply --env dev\` build with them:

\`\`\`yaml
${readExample('stages/environments/dev.yaml').text.trim()}
\`\`\`

Each customer has a realm in Keycloak: \`claimsmith build --env prod --issuer keycloak --set tenant=zen\` builds the one for
\`zen\`.
`,
  };
}

/** The recipes of a folder, and the context that their results belong to. */
function recipesIn(folder: string) {
  const settings = Object.fromEntries(issuers.map(({ id, settings }) => [id, settings]));
  const { spec } = readSpec(readExample(`${folder}enrichment.yaml`), settings);
  const [scenario] = readScenarios(readExample(`${folder}scenarios/recipes.yaml`)).scenarios;
  const sections = Object.entries(spec?.claims ?? {}).map(([name, { purpose = name, value = '' }]) => {
    const result = JSON.stringify(scenario?.expect?.access?.[name]);
    return `### ${purpose}\n\n\`\`\`cel\n${value.trim()}\n\`\`\`\n\nGives \`${result}\`.\n`;
  });
  return { sections, context: scenario?.context ?? {} };
}

function shown(data: unknown): string {
  return `\`\`\`json\n${JSON.stringify(data, undefined, 2)}\n\`\`\``;
}

function readExample(name: string) {
  const file = `${folder}/${name}`;
  return { file, text: readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8') };
}
