import type { SecretReference } from '@claimsmith/core';
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

const fields = {
  env: z
    .string(notTheName)
    .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, notTheName)
    .describe('The name of an environment variable.'),
  file: aPath.describe('The path of a file, from the folder of the environment file.'),
  command: z
    .array(aWord, aCommand)
    .min(1, aCommand)
    .describe('A program and its arguments; it prints the value. It runs without a shell.'),
  value: z.string(notTheValue).describe('The value itself, if it is not secret.'),
};

/** Where a secret is kept: `{ env: NAME }`, `{ file: path }`, `{ command: [op, read, …] }`, or `{ value: not-a-secret }`. */
export const secretReference: z.ZodType<SecretReference> = z
  .strictObject(
    {
      env: fields.env.optional(),
      file: fields.file.optional(),
      command: fields.command.optional(),
      value: fields.value.optional(),
    },
    // Other problems have their own messages.
    { error: ({ code }) => (code === 'invalid_type' ? notAReference : undefined) },
  )
  .transform((written, context) => {
    const [reference, second] = referencesIn(written);
    if (reference !== undefined && second === undefined) return reference;
    // An unknown key is reported already.
    if (context.issues.length > 0) return z.NEVER;
    context.addIssue({ code: 'custom', message: notAReference });
    return z.NEVER;
  })
  .describe(
    'Where the value is: an environment variable, a file, the output of a command, or the value itself if it is not secret.',
  )
  .meta({ minProperties: 1, maxProperties: 1 });

interface Written {
  readonly env?: string | undefined;
  readonly file?: string | undefined;
  readonly command?: readonly string[] | undefined;
  readonly value?: string | undefined;
}

function referencesIn({ env, file, command, value }: Written): readonly SecretReference[] {
  return [
    ...(env === undefined ? [] : [{ env }]),
    ...(file === undefined ? [] : [{ file }]),
    ...(command === undefined ? [] : [{ command }]),
    ...(value === undefined ? [] : [{ value }]),
  ];
}
