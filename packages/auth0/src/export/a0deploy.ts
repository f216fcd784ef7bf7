import type { Finding, Policy } from '@claimsmith/core';
import { codes, type Export } from '@claimsmith/core/export';
import { type BuiltAction, builtActions } from './actions.ts';
import { lifetimeFinding } from './lifetime.ts';

/**
 * A directory of auth0-deploy-cli with the Actions alone. Its `triggers.json` would replace whole flows, so the folder
 * has none.
 *
 * @see https://github.com/auth0/auth0-deploy-cli/blob/master/docs/available-resource-config-formats.md
 */
export const a0deployExport: Export = {
  write: (policy, compilation) => {
    const actions = builtActions(compilation);
    return {
      title: 'auth0-deploy-cli',
      usage,
      about: about(policy, actions),
      files: [
        { path: 'config.json', content: `${JSON.stringify(configuration, undefined, 2)}\n` },
        ...actions.flatMap(({ entry, code }) => [
          { path: `actions/${entry.name}.json`, content: actionFile(entry) },
          { path: `actions/${entry.name}/code.js`, content: code },
        ]),
      ],
      findings: [
        ...actions.flatMap((action) => replacedText(policy, action)),
        unbound(policy, actions),
        ...lifetimeFinding(policy),
      ],
    };
  },
};

/** Nothing but Actions, and nothing is deleted. Variables of the environment override it. */
const configuration = { AUTH0_INCLUDED_ONLY: ['actions'], AUTH0_ALLOW_DELETE: false };

/** A text that nothing else in the file has; it stands for a secret until the file is written. */
const mark = '\u0000';

/**
 * A secret is `@@NAME@@` without quotes: if nothing replaces it, the file is not JSON, and the tool stops before it
 * writes anything. As a text, `##NAME##` would become the secret's value.
 */
function actionFile({ name, runtime, dependencies, secrets, trigger }: BuiltAction['entry']): string {
  const action = {
    name,
    code: `./actions/${name}/code.js`,
    runtime,
    dependencies,
    secrets: secrets.map((secret) => ({ name: secret, value: `${mark}${secret}${mark}` })),
    supported_triggers: [trigger],
    deployed: true,
  };
  return `${JSON.stringify(action, undefined, 2).replace(/"\\u0000(\w+)\\u0000"/g, '@@$1@@')}\n`;
}

/** The tool replaces `##NAME##` and `@@NAME@@` in code too, and each variable of the environment is a name. */
function replacedText({ source }: Policy, { entry, code }: BuiltAction): readonly Finding[] {
  const found = /(##|@@)[^\n]*?\1/.exec(code);
  if (found === null) return [];
  const line = code.slice(0, found.index).split('\n').length;
  return [
    {
      rule: 'TE942',
      severity: 'error',
      issuer: 'auth0',
      message: `auth0-deploy-cli would replace the text ${JSON.stringify(found[0].slice(0, 60))} in line ${line} of ${entry.file}.`,
      range: source.value(['issuers', 'auth0']),
      help: 'Write the text without `##` and `@@`, or use another format.',
    },
  ];
}

function unbound({ source }: Policy, actions: readonly BuiltAction[]): Finding {
  const names = codes(actions.map(({ entry }) => entry.name));
  return {
    rule: 'TE940',
    severity: 'warning',
    issuer: 'auth0',
    message: `The folder does not bind ${names}, because auth0-deploy-cli replaces the whole flow of a trigger.`,
    range: source.value(['issuers', 'auth0']),
    help: 'Add each to the flow of its trigger in your own `triggers/triggers.json`, or bind it once in the dashboard.',
  };
}

const usage = `Give each secret as a variable of the environment, and import the folder:

\`\`\`sh
a0deploy import --config_file config.json --input_file .
\`\`\`

Run it in this folder, or copy \`actions/\` into the directory that your team has for the tenant. If a secret is not set,
the tool stops with a JSON error before it writes anything: in the files, \`@@NAME@@\` stands without quotes for that
purpose. \`config.json\` limits the tool to Actions and forbids it to delete; \`AUTH0_INCLUDED_ONLY\` and
\`AUTH0_ALLOW_DELETE\` in the environment would override that.
`;

function about({ secrets }: Policy, actions: readonly BuiltAction[]): string {
  const flows = Object.fromEntries(
    actions.map(({ entry: { trigger } }) => [
      trigger.id,
      actions
        .filter(({ entry }) => entry.trigger.id === trigger.id)
        .map(({ entry: { name } }) => ({ action_name: name, display_name: name })),
    ]),
  );
  return [
    'One Action for each trigger, deployed at each import. An import writes a new version of each Action even if nothing has changed.',
    `Secrets: ${secrets.length === 0 ? 'none' : codes(secrets)}.`,
    'The file `triggers/triggers.json` of your own directory lists **all** Actions of a flow in their order: the tool unbinds those that it does not list. Add these entries to it:',
    `\`\`\`json\n${JSON.stringify(flows, undefined, 2)}\n\`\`\``,
  ].join('\n\n');
}
