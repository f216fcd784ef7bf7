import type { SecretReference, VaultReference } from '@claimsmith/core';
import { z } from 'zod';

// These begin with a capital letter: such a text is the whole message, and nothing of the value is repeated in it.
const notTheName = 'The name of an environment variable has letters, digits and underscores.';
const notTheValue = 'A `value` is text: put it in quotes.';
const notAReference =
  'Write where the value is kept: { env: NAME }, { file: path } or { command: [op, read, …] }; { value: … } only if it is not secret.';

const aPath = z.string('The path of a file is text.').min(1, 'The path of a file is empty.');
const aCommand = 'A command is a list of words: [op, read, …].';
const aWord = z
  .string('Each word of a command is text: put it in quotes.')
  .min(1, 'A word of a command is empty.');

const aSecret =
  'Write the name or the ARN of a secret in AWS Secrets Manager, such as prod/crm; prod/crm:token is one member of it.';
const aParameter =
  'Write the name of a parameter in the SSM Parameter Store of AWS, such as /prod/crm/token.';

const secrets = {
  env: z
    .string(notTheName)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, notTheName)
    .describe('The name of an environment variable.')
    .optional(),
  file: aPath.describe('The path of a file, from the folder of the environment file.').optional(),
  command: z
    .array(aWord, aCommand)
    .min(1, aCommand)
    .describe('A program and its arguments; it prints the value. It runs without a shell.')
    .optional(),
  value: z.string(notTheValue).describe('The value itself, if it is not secret.').optional(),
};

const vaults = {
  secretsManager: z
    .string(aSecret)
    .regex(/^(?:arn:(?:[^:\s]+:){5}[^:\s]+|[\w/+=.@-]+)(?::\S+)?$/, aSecret)
    .describe('The name or the ARN of a secret in AWS Secrets Manager; `:<key>` at its end names one member.')
    .optional(),
  ssm: z
    .string(aParameter)
    .regex(/^[\w./:-]+$/, aParameter)
    .describe('The name of a parameter in the SSM Parameter Store of AWS.')
    .optional(),
};

/** Other problems have their own messages. */
const reported = {
  error: ({ code }: { readonly code: string }) => (code === 'invalid_type' ? notAReference : undefined),
};
const exactlyOne = { minProperties: 1, maxProperties: 1 };

/** Where a secret is kept: `{ env: NAME }`, `{ file: path }`, `{ command: [op, read, …] }`, or `{ value: not-a-secret }`. */
export const secretReference: z.ZodType<SecretReference> = z
  .strictObject(secrets, reported)
  .transform((written, context) => theOne(secretsIn(written), context))
  .describe(
    'Where the value is: an environment variable, a file, the output of a command, or the value itself if it is not secret.',
  )
  .meta(exactlyOne);

/** Where the value of a `${NAME}` is kept: as a secret, or where the vendor's platform reads it when it runs. */
export const settingReference: z.ZodType<SettingReference> = z
  .strictObject({ ...secrets, ...vaults }, reported)
  .transform((written, context) => theOne([...secretsIn(written), ...vaultsIn(written)], context))
  .describe(
    'Where the value is: an environment variable, a file, the output of a command, or the value itself if it is not secret. For Cognito also a secret in AWS Secrets Manager, or a parameter in the SSM Parameter Store, which the function reads when it runs.',
  )
  .meta(exactlyOne);

export type SettingReference = SecretReference | VaultReference;

function theOne<Reference>(references: readonly Reference[], context: z.RefinementCtx): Reference {
  const [reference, second] = references;
  if (reference !== undefined && second === undefined) return reference;
  // An unknown key is reported already.
  if (context.issues.length === 0) context.addIssue({ code: 'custom', message: notAReference });
  return z.NEVER;
}

interface Written {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly value?: string | undefined;
  readonly secretsManager?: string | undefined;
  readonly ssm?: string | undefined;
}

function secretsIn({ env, file, command, value }: Written): readonly SecretReference[] {
  return [
    ...(env === undefined ? [] : [{ env }]),
    ...(file === undefined ? [] : [{ file }]),
    ...(command === undefined ? [] : [{ command }]),
    ...(value === undefined ? [] : [{ value }]),
  ];
}

function vaultsIn({ secretsManager, ssm }: Written): readonly VaultReference[] {
  return [
    ...(secretsManager === undefined ? [] : [{ secretsManager }]),
    ...(ssm === undefined ? [] : [{ ssm }]),
  ];
}

/** Whether the value is read where the policy runs. */
export function isVault(reference: SettingReference): reference is VaultReference {
  return 'secretsManager' in reference || 'ssm' in reference;
}

/** The text by which a function of ours knows where a value is kept. */
export function vaultText(reference: VaultReference): string {
  return 'ssm' in reference ? `ssm:${reference.ssm}` : `secretsmanager:${reference.secretsManager}`;
}
