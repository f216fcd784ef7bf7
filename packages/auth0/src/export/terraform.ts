import type { Policy } from '@claimsmith/core';
import {
  codes,
  type Export,
  type TerraformValue,
  terraform,
  terraformFile,
  terraformLabel,
  terraformProject,
} from '@claimsmith/core/export';
import { type BuiltAction, builtActions } from './actions.ts';
import { lifetimeFinding } from './lifetime.ts';

/**
 * The Actions, deployed, and appended to the flows of their triggers. `auth0_trigger_actions` would replace the whole flow.
 *
 * @see https://registry.terraform.io/providers/auth0/auth0/latest/docs
 */
export const terraformExport: Export = {
  write: (policy, compilation) => {
    const actions = builtActions(compilation);
    const labels = actions.map(({ entry }) => labelOf(entry));
    const named = <T>(value: (action: BuiltAction, label: string) => T) =>
      Object.fromEntries(actions.map((action, index) => [labels[index], value(action, labels[index] ?? '')]));
    return terraformProject(policy, {
      issuer: 'auth0',
      provider: { source: 'auth0/auth0', version: '~> 1.54' },
      about: about(policy),
      variable: variables(policy),
      resource: {
        auth0_action: named(({ entry }) => ({
          name: entry.name,
          runtime: entry.runtime,
          code: terraformFile(`auth0/${entry.file}`),
          deploy: true,
          supported_triggers: { id: entry.trigger.id, version: entry.trigger.version },
          ...secrets(entry.secrets),
        })),
        auth0_trigger_action: named(({ entry }, label) => ({
          trigger: entry.trigger.id,
          action_id: terraform(`auth0_action.${label}.id`),
          display_name: entry.name,
          ...after(entry, actions),
        })),
      },
      read: actions.map(({ entry, code }) => ({ path: `auth0/${entry.file}`, content: code })),
      findings: lifetimeFinding(policy),
    });
  },
};

type Entry = BuiltAction['entry'];

function labelOf({ file }: Pick<Entry, 'file'>): string {
  return terraformLabel(file.replace(/\.js$/, '').replaceAll('-', '_'));
}

/** Bindings are appended one after the other: the Actions of a trigger run in the order of the build. */
function after({ file, trigger }: Entry, actions: readonly BuiltAction[]) {
  const same = actions.map(({ entry }) => entry).filter((entry) => entry.trigger.id === trigger.id);
  const before = same.slice(
    0,
    same.findIndex((entry) => entry.file === file),
  );
  if (before.length === 0) return {};
  return { depends_on: before.map((entry) => `auth0_trigger_action.${labelOf(entry)}`) };
}

/** Write-only: Terraform does not keep their values in its state, nor in a saved plan. */
function secrets(names: readonly string[]) {
  if (names.length === 0) return {};
  return {
    secrets_wo: names.map((name) => ({ name, value: terraform(`var.${variableOf(name)}`) })),
    secrets_wo_version: terraform('var.auth0_secrets_version'),
  };
}

function variables({ secrets }: Policy): Readonly<Record<string, TerraformValue>> {
  if (secrets.length === 0) return {};
  return {
    ...Object.fromEntries(
      secrets.map((name) => [
        variableOf(name),
        {
          type: 'string',
          description: `The secret ${name} of the Actions.`,
          sensitive: true,
          ephemeral: true,
          nullable: false,
        },
      ]),
    ),
    auth0_secrets_version: {
      type: 'number',
      description: 'Raise it when the value of a secret changes: Terraform cannot see that.',
      default: 1,
      nullable: false,
    },
  };
}

function variableOf(secret: string): string {
  return `auth0_${secret}`;
}

function about({ secrets }: Policy): string {
  const names = codes(secrets.map(variableOf));
  return [
    'One Action for each trigger, deployed and bound. Terraform appends each Action to the end of its flow, and leaves the Actions of others there alone. Do not manage the same flow with `auth0_trigger_actions`, which replaces it.',
    'Credentials: `AUTH0_DOMAIN`, `AUTH0_CLIENT_ID`, `AUTH0_CLIENT_SECRET`, with the permissions `read:actions`, `create:actions`, `update:actions`, `delete:actions`.',
    ...(secrets.length === 0
      ? []
      : [
          `Variables: ${names}. They are write-only and ephemeral: neither the state nor a saved plan holds them, so give them to \`plan\` and to \`apply\`. Raise \`auth0_secrets_version\` when a value changes.`,
        ]),
    'To take over an Action that exists: `terraform import auth0_action.post_login <id>`.',
  ].join('\n\n');
}
