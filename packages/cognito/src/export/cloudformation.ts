import type { Policy } from '@claimsmith/core';
import { codes, type Export } from '@claimsmith/core/export';
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

const usage = `\`<issuer>.template.json\` is a template of CloudFormation. Its code is an archive, which must be in a bucket of the same region
first. CDK takes the template with \`CfnInclude\`.

Use one way for each user pool: this folder, or \`claimsmith apply\`.
`;

/**
 * The function, a version, the alias, and the permission to call it, as a template. The user pool is not here.
 *
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-version.html
 */
export const cloudformationExport: Export = {
  write: (policy, compilation) => {
    const built = builtOf(policy, compilation);
    const content = `${JSON.stringify(templateOf(policy, built), undefined, 2)}\n`;
    return {
      title: 'CloudFormation',
      usage,
      about: about(policy, built),
      files: [{ path: 'cognito.template.json', content }, ...built.files],
      findings: [...findingsOf(policy, built), ...keptSecrets(policy, built, 'the settings of the function')],
    };
  },
};

/** The key of the archive: a new one for new code, so that CloudFormation sees the change. */
function keyOf({ name }: Policy, { archive }: Built): string {
  return `${name}-${hexOf(archive.sha256).slice(0, 16)}.zip`;
}

function hexOf(base64: string): string {
  return Buffer.from(base64, 'base64').toString('hex');
}

function templateOf(policy: Policy, built: Built): object {
  const { manifest, settings, archive } = built;
  const ref = (name: string) => ({ Ref: name });
  // A version cannot change, so each code has one of its own, and the earlier ones stay for a rollback.
  const version = `Version${hexOf(archive.sha256).slice(0, 16)}`;
  return {
    AWSTemplateFormatVersion: '2010-09-09',
    Description: aboutFunction(policy),
    Parameters: parameters(policy, built),
    Resources: {
      Function: {
        Type: 'AWS::Lambda::Function',
        Properties: {
          FunctionName: ref('FunctionName'),
          Description: aboutFunction(policy),
          Role: ref('RoleArn'),
          Runtime: manifest.function.runtime,
          Handler: manifest.function.handler,
          Timeout: manifest.function.timeoutSeconds,
          MemorySize: ref('MemoryMb'),
          Code: { S3Bucket: ref('CodeBucket'), S3Key: ref('CodeKey') },
          ...(settings.length === 0
            ? {}
            : {
                Environment: {
                  Variables: Object.fromEntries(
                    parameterNames(built).map(([name, parameter]) => [name, ref(parameter)]),
                  ),
                },
              }),
        },
      },
      [version]: {
        Type: 'AWS::Lambda::Version',
        DeletionPolicy: 'Retain',
        UpdateReplacePolicy: 'Retain',
        Properties: { FunctionName: ref('Function'), CodeSha256: archive.sha256 },
      },
      Alias: {
        Type: 'AWS::Lambda::Alias',
        Properties: {
          Name: aliasName,
          FunctionName: ref('Function'),
          FunctionVersion: { 'Fn::GetAtt': [version, 'Version'] },
        },
      },
      Permission: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          // With the name of the alias, the statement is in the policy of the alias.
          FunctionName: ref('Alias'),
          Action: invoke,
          Principal: principal,
          SourceArn: ref('UserPoolArn'),
        },
      },
    },
    Outputs: {
      PreTokenGenerationFunction: {
        Description: 'LambdaArn of the PreTokenGenerationConfig of the user pool.',
        Value: ref('Alias'),
      },
      PreTokenGenerationVersion: {
        Description: 'LambdaVersion of the PreTokenGenerationConfig of the user pool.',
        Value: manifest.trigger.lambdaVersion,
      },
    },
  };
}

function parameters(policy: Policy, built: Built): object {
  const { manifest } = built;
  return {
    UserPoolArn: {
      Type: 'String',
      AllowedPattern: '^arn:[\\w-]+:cognito-idp:.+:userpool/.+$',
      Description: 'The ARN of the user pool that calls the function.',
    },
    RoleArn: {
      Type: 'String',
      AllowedPattern: '^arn:[\\w-]+:iam::\\d{12}:role/.+$',
      Description: 'The ARN of the role that the function runs with.',
    },
    CodeBucket: { Type: 'String', Description: 'The bucket of the archive.' },
    CodeKey: { Type: 'String', Default: keyOf(policy, built), Description: 'The key of the archive.' },
    FunctionName: { Type: 'String', Default: manifest.function.name },
    MemoryMb: { Type: 'Number', Default: defaultMemoryMb, MinValue: 128, MaxValue: 10_240 },
    ...Object.fromEntries(
      parameterNames(built).map(([name, parameter]) => [
        parameter,
        {
          Type: 'String',
          NoEcho: true,
          Description: `The value of ${name}, or where it is kept: secretsmanager:<ARN> or ssm:<name>.`,
        },
      ]),
    ),
  };
}

/** Names of parameters have letters and digits alone: `CRM_TOKEN` is `SettingCrmToken`. By name, each its own. */
function parameterNames({ settings }: Built): readonly (readonly [setting: string, parameter: string])[] {
  const taken = new Set<string>();
  return settings.map((setting) => {
    const words = setting.split('_').filter((word) => word !== '');
    const name = `Setting${words.map((word) => word[0] + word.slice(1).toLowerCase()).join('')}`;
    let own = name;
    for (let count = 2; taken.has(own); count++) own = `${name}${count}`;
    taken.add(own);
    return [setting, own];
  });
}

function about(policy: Policy, built: Built): string {
  const { manifest } = built;
  const key = keyOf(policy, built);
  const given = [
    'CodeBucket=<bucket>',
    'RoleArn=<ARN of the role>',
    'UserPoolArn=<ARN of the user pool>',
    ...parameterNames(built).map(([, parameter]) => `${parameter}=secretsmanager:<ARN of the secret>`),
  ];
  return [
    `The Lambda function of the pre token generation trigger, a version, the alias \`${aliasName}\`, and the permission for the user pool to call the alias. \`${archivePath}\` is what Lambda runs; the files beside it are what it contains.`,
    [
      '```sh',
      `aws s3 cp ${archivePath} s3://<bucket>/${key}`,
      `aws cloudformation deploy --template-file cognito.template.json --stack-name ${policy.name} \\`,
      `  --parameter-overrides ${given.map((one) => `"${one}"`).join(' \\\n    ')}`,
      '```',
    ].join('\n'),
    'Set the trigger in the template of the user pool. SAM and the helper of CDK cannot say an alias with a version of the trigger; the resource itself can:',
    [
      '```yaml',
      'UserPool:',
      '  Type: AWS::Cognito::UserPool',
      '  Properties:',
      '    LambdaConfig:',
      '      PreTokenGenerationConfig:',
      '        LambdaArn: <PreTokenGenerationFunction>',
      `        LambdaVersion: ${manifest.trigger.lambdaVersion}`,
      '```',
    ].join('\n'),
    `CloudFormation makes a new version for new code alone. When only a parameter changes (${codes(['MemoryMb', 'RoleArn', ...parameterNames(built).map(([, parameter]) => parameter)])}), the alias still runs the settings of before: publish a version, and move the alias, by hand.`,
    'To go back, deploy the folder of the earlier revision. Versions stay when the stack goes; delete the function to remove them.',
  ].join('\n\n');
}
