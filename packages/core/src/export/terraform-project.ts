import type { Artifact } from '../compilation.ts';
import type { Finding } from '../finding.ts';
import type { Policy } from '../policy.ts';
import { changedByTerraform, type TerraformValue, terraformJson } from './terraform.ts';
import type { Exported } from './types.ts';

/** An issuer's part of a Terraform folder. */
export interface TerraformPart {
  readonly issuer: string;
  /** `auth0/auth0`, and the versions whose resources we know: `~> 1.54`. The name is that of the issuer if absent. */
  readonly provider: { readonly name?: string; readonly source: string; readonly version: string };
  /** What the folder has for this issuer, in Markdown. */
  readonly about: string;
  readonly variable?: Readonly<Record<string, TerraformValue>>;
  readonly locals?: TerraformValue | undefined;
  readonly data?: TerraformValue | undefined;
  readonly resource: TerraformValue;
  readonly output?: TerraformValue;
  /** Files that the resources read: Terraform takes them as text. */
  readonly read?: readonly Artifact[];
  /** Other files, which people need. */
  readonly beside?: readonly Artifact[];
  readonly findings: readonly Finding[];
}

/** Terraform 1.11 has write-only arguments: secrets that are not kept in the state. OpenTofu has them since 1.11 too. */
const requiredVersion = '>= 1.11.0';

const usage = `The folder is a Terraform root module, and can also be used as a module of your own. It needs Terraform or
OpenTofu 1.11 or later. The providers read their credentials from the environment; there is no \`provider\` block.

\`\`\`sh
terraform init
terraform plan -out plan.bin
terraform apply plan.bin
\`\`\`

As a module, keep it apart from your own files, and export into the same folder again:

\`\`\`hcl
module "claims" {
  source = "./claims"
}
\`\`\`

Values of secrets are variables (\`TF_VAR_<name>\`). Use one way for each tenant: this folder, or \`claimsmith apply\`.
`;

/** Names in the folder that Terraform writes, and that people add. */
const kept = [
  '.terraform',
  '.terraform.lock.hcl',
  'terraform.tfstate',
  'terraform.tfstate.backup',
  'terraform.tfstate.d',
  'terraform.tfvars',
  'terraform.tfvars.json',
  'backend.tf',
  'backend.tf.json',
  'plan.bin',
];

/** Terraform's lock of a state in the folder. */
const busy = ['.terraform.tfstate.lock.info'];

/** An issuer's part of a Terraform folder, with findings about texts that Terraform would change. */
export function terraformProject(policy: Policy, part: TerraformPart): Exported {
  const {
    issuer,
    provider: { name: providerName = issuer, ...provider },
    about,
    variable = {},
    locals,
    data,
    resource,
    output,
    read = [],
    beside = [],
  } = part;
  const blocks = {
    '//': `${policy.name}, revision ${policy.revision}, by Claimsmith. Edit the spec, not this file.`,
    ...(Object.keys(variable).length === 0 ? {} : { variable }),
    ...(locals === undefined ? {} : { locals }),
    ...(data === undefined ? {} : { data }),
    resource,
    ...(output === undefined ? {} : { output }),
  };
  const texts = [
    ...changedByTerraform(blocks),
    ...read.flatMap(({ content }) => changedByTerraform(content)),
  ];
  return {
    title: 'Terraform',
    usage,
    about,
    files: [{ path: `${issuer}.tf.json`, content: terraformJson(blocks) }, ...read, ...beside],
    shared: {
      'versions.tf.json': {
        terraform: { required_version: requiredVersion, required_providers: { [providerName]: provider } },
      },
    },
    kept,
    busy,
    findings: [...part.findings, ...(texts.length === 0 ? [] : [changedText(policy, issuer)])],
  };
}

function changedText({ source }: Policy, issuer: string): Finding {
  return {
    rule: 'TE942',
    severity: 'error',
    issuer,
    message: 'Terraform would change a text of the policy, because it composes characters (Unicode NFC).',
    range: source.value(['issuers', issuer]),
    help: 'Write accented letters in the spec as one character, not as a letter and an accent.',
  };
}
