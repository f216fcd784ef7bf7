import {
  codes,
  type Export,
  type TerraformValue,
  terraform,
  terraformProject,
} from '@claimsmith/core/export';
import { aliasName } from '../publish/names.ts';
import { invoke, principal } from '../publish/permission.ts';
import {
  aboutFunction,
  archivePath,
  type Built,
  builtOf,
  defaultMemoryMb,
  findingsOf,
  keptSecrets,
} from './built.ts';

const label = 'pre_token_generation';
const resource = (type: string, name: string) => `${type}.${name}`;

/**
 * The function, a version for each change, the alias, and the permission to call it. The user pool is not here.
 *
 * @see https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/lambda_function
 */
export const terraformExport: Export = {
  write: (policy, compilation) => {
    const built = builtOf(policy, compilation);
    const { manifest } = built;
    const functionAt = resource('aws_lambda_function', label);
    const aliasAt = resource('aws_lambda_alias', aliasName);
    const archive = `"\${path.module}/${archivePath}"`;
    return terraformProject(policy, {
      issuer: 'cognito',
      provider: { name: 'aws', source: 'hashicorp/aws', version: '~> 6.19' },
      about: about(built),
      variable: variables(built),
      resource: {
        aws_lambda_function: {
          [label]: {
            function_name: terraform('var.cognito_function_name'),
            description: aboutFunction(policy),
            role: terraform('var.cognito_role_arn'),
            runtime: manifest.function.runtime,
            handler: manifest.function.handler,
            timeout: manifest.function.timeoutSeconds,
            memory_size: terraform('var.cognito_memory_mb'),
            filename: terraform(archive),
            source_code_hash: terraform(`filebase64sha256(${archive})`),
            publish: true,
            ...environment(built),
          },
        },
        aws_lambda_alias: {
          [aliasName]: {
            name: aliasName,
            function_name: terraform(`${functionAt}.function_name`),
            function_version: terraform(`${functionAt}.version`),
          },
        },
        aws_lambda_permission: {
          user_pool: {
            statement_id: 'claimsmith-user-pool',
            action: invoke,
            principal,
            function_name: terraform(`${functionAt}.function_name`),
            qualifier: terraform(`${aliasAt}.name`),
            source_arn: terraform('var.cognito_user_pool_arn'),
          },
        },
      },
      output: {
        cognito_pre_token_generation_config: {
          description: 'For `lambda_config` of the user pool.',
          value: {
            lambda_arn: terraform(`${aliasAt}.arn`),
            lambda_version: manifest.trigger.lambdaVersion,
          },
          depends_on: [resource('aws_lambda_permission', 'user_pool')],
        },
      },
      beside: built.files,
      findings: [...findingsOf(policy, built), ...keptSecrets(policy, built, "Terraform's state")],
    });
  },
};

function environment({ settings }: Built) {
  if (settings.length === 0) return {};
  const values = settings.map((name) => [name, terraform(`var.${variableOf(name)}`)] as const);
  return { environment: { variables: Object.fromEntries(values) } };
}

function variables({ settings, manifest }: Built): Readonly<Record<string, TerraformValue>> {
  return {
    cognito_user_pool_arn: {
      type: 'string',
      description: 'The ARN of the user pool that calls the function.',
      nullable: false,
    },
    cognito_role_arn: {
      type: 'string',
      description: 'The ARN of the role that the function runs with.',
      nullable: false,
    },
    cognito_function_name: {
      type: 'string',
      description: 'The name of the function.',
      default: manifest.function.name,
      nullable: false,
    },
    cognito_memory_mb: {
      type: 'number',
      description: 'The memory of the function in MB.',
      default: defaultMemoryMb,
      nullable: false,
    },
    ...Object.fromEntries(
      settings.map((name) => [
        variableOf(name),
        {
          type: 'string',
          description: `The value of ${name}, or where it is kept: secretsmanager:<ARN> or ssm:<name>.`,
          sensitive: true,
          nullable: false,
        },
      ]),
    ),
  };
}

function variableOf(setting: string): string {
  return `cognito_${setting}`;
}

function about({ settings, manifest }: Built): string {
  return [
    `The Lambda function of the pre token generation trigger, a version for each change, the alias \`${aliasName}\`, and the permission for the user pool to call the alias. \`${archivePath}\` is what Lambda runs; the files beside it are what it contains.`,
    `Credentials: those of the AWS provider. Variables: ${codes(['cognito_user_pool_arn', 'cognito_role_arn', 'cognito_function_name', 'cognito_memory_mb', ...settings.map(variableOf)])}.`,
    `Set the trigger where you manage the user pool. \`${manifest.trigger.lambdaVersion}\` is the version that the function is for:`,
    [
      '```hcl',
      'resource "aws_cognito_user_pool" "people" {',
      '  # …',
      '  lambda_config {',
      '    pre_token_generation_config {',
      '      lambda_arn     = module.claims.cognito_pre_token_generation_config.lambda_arn',
      '      lambda_version = module.claims.cognito_pre_token_generation_config.lambda_version',
      '    }',
      '  }',
      '}',
      '```',
    ].join('\n'),
    'If the ARN of that same resource is the value of `cognito_user_pool_arn`, Terraform finds a cycle. Write the ARN as text then: `arn:aws:cognito-idp:<region>:<account>:userpool/<id>`.',
    'To go back to an earlier version, set `function_version` of the alias.',
  ].join('\n\n');
}
